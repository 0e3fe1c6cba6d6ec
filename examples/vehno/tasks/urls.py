from django.urls import path

from . import views

urlpatterns = [
    path("", views.requests, name="requests"),
    path("requests/new/", views.new_request, name="new_request"),
    path("requests/<int:number>/", views.one_request, name="request"),
    path("requests/<int:number>/change/", views.change_request, name="change_request"),
    path("requests/<int:number>/tasks/", views.add_task, name="add_task"),
    path("tasks/", views.tasks, name="tasks"),
    path("tasks/<int:number>/change/", views.change_task, name="change_task"),
    path("profile/", views.profile, name="profile"),
]

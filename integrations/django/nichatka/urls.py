from django.urls import path

from .views import token

app_name = "nichatka"

urlpatterns = [path("token", token, name="token")]

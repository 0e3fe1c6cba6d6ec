from django.http import HttpResponse
from django.template import engines
from django.urls import include, path

PAGE = """{% load nichatka %}<body>{% nichatka_bell %}{% nichatka_panel %}{% nichatka_script %}</body>"""


def page(request):
    return HttpResponse(engines["django"].from_string(PAGE).render({}, request))


urlpatterns = [path("", page), path("nichatka/", include("nichatka.urls"))]

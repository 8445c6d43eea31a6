from django.urls import path

from readerstudy.core import views

app_name = "core"
urlpatterns = [
    path("", views.home, name="home"),
]

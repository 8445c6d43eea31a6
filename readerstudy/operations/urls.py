from django.urls import path

from readerstudy.operations import views

app_name = "operations"
urlpatterns = [
    path("", views.work, name="work"),
    path("dead-letters/<slug:public_id>/send-again/", views.requeue, name="requeue"),
    path("dead-letters/<slug:public_id>/drop/", views.drop, name="drop"),
]

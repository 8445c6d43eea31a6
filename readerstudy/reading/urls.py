from django.urls import path

from readerstudy.reading import views

app_name = "reading"
urlpatterns = [
    path("", views.home, name="home"),
    path("<slug:public_id>/consent/", views.consent, name="consent"),
    path("<slug:public_id>/instructions/", views.instructions, name="instructions"),
    path("<slug:public_id>/read/", views.read, name="read"),
    path("image/<slug:public_id>/", views.image, name="image"),
    path("progress/<slug:slug>/", views.progress, name="progress"),
]

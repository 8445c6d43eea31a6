from django.urls import path

from readerstudy.reading import cockpit_views, views

app_name = "reading"
urlpatterns = [
    path("", views.home, name="home"),
    path("<slug:public_id>/consent/", views.consent, name="consent"),
    path("<slug:public_id>/instructions/", views.instructions, name="instructions"),
    path("<slug:public_id>/read/", views.read, name="read"),
    path("image/<slug:public_id>/", views.image, name="image"),
    path("image/<slug:public_id>/<int:number>/", views.further_image, name="further-image"),
    path("progress/<slug:slug>/", cockpit_views.progress, name="progress"),
    path("progress/<slug:slug>/matrix/", cockpit_views.matrix, name="matrix"),
    path("progress/<slug:slug>/reminders/", cockpit_views.reminders, name="reminders"),
]

from django.urls import path

from readerstudy.truth import views

app_name = "truth"
urlpatterns = [
    path("<slug:slug>/", views.standard, name="standard"),
    path("<slug:slug>/reference-standard.csv", views.file, name="file"),
    path("<slug:slug>/images/<slug:public_id>/thumbnail/", views.thumbnail, name="thumbnail"),
]

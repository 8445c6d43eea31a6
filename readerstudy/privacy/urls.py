from django.urls import path

from readerstudy.privacy import views

app_name = "privacy"
urlpatterns = [
    path("my-data/", views.my_data, name="my-data"),
    path("my-data.zip", views.my_data_file, name="my-data-file"),
    path("my-data/erasure/", views.my_erasure, name="my-erasure"),
    path("people/", views.people, name="people"),
    path("people/<slug:public_id>/copy/", views.person_file, name="person-file"),
    path("people/<slug:public_id>/erase/", views.erase, name="erase"),
    path("studies/<slug:slug>/", views.study, name="study"),
]

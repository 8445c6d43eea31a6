from django.urls import path

from readerstudy.images import views

app_name = "images"
urlpatterns = [
    path("", views.image_set_list, name="list"),
    path("<slug:public_id>/", views.image_set_detail, name="detail"),
    path("<slug:public_id>/overlap/", views.image_set_overlap, name="overlap"),
    path("<slug:public_id>/training/", views.image_set_training, name="training"),
    path("<slug:public_id>/delete/", views.image_set_delete, name="delete"),
    path("images/<slug:public_id>/file/", views.image_file, name="file"),
    path("images/<slug:public_id>/thumbnail/", views.image_thumbnail, name="thumbnail"),
]

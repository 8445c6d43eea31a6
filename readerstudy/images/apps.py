from django.apps import AppConfig


class ImagesConfig(AppConfig):
    name = "readerstudy.images"
    label = "images"

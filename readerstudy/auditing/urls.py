from django.urls import path

from readerstudy.auditing import views

app_name = "auditing"
_STUDY = "studies/<slug:slug>/audit"
urlpatterns = [
    path("audit/", views.trail, name="trail"),
    path("audit/verify/", views.verify, name="verify"),
    path("audit/export.<slug:file_format>", views.export, name="export"),
    path(f"{_STUDY}/", views.trail, name="study-trail"),
    path(f"{_STUDY}/verify/", views.verify, name="study-verify"),
    path(f"{_STUDY}/export.<slug:file_format>", views.export, name="study-export"),
]

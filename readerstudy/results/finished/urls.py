from django.urls import path

from readerstudy.results.finished import views

app_name = "finished"
urlpatterns = [
    path("", views.studies, name="list"),
    path("import/", views.upload, name="upload"),
    path("<str:public_id>/import/", views.plan, name="plan"),
    path("<str:public_id>/apply/", views.apply, name="apply"),
    path("<str:public_id>/discard/", views.discard, name="discard"),
    path("<str:public_id>/scores/", views.scores, name="scores"),
    path("<str:public_id>/compute/", views.compute, name="compute"),
    path("<str:public_id>/", views.dashboard, name="dashboard"),
    path("<str:public_id>/topic/<slug:name>/", views.topic, name="topic"),
    path("<str:public_id>/readers/", views.readers, name="readers"),
    path("<str:public_id>/cases/", views.cases, name="cases"),
]

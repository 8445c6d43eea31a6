from django.urls import path

from readerstudy.intake import job_views, views

app_name = "intake"
urlpatterns = [
    path("", views.upload, name="upload"),
    path("uploads/<slug:public_id>/discard/", views.let_go, name="let-go"),
    path("<slug:public_id>/", job_views.job_page, name="job"),
    path("<slug:public_id>/progress/", views.job_progress, name="job-progress"),
    path("<slug:public_id>/preview/<int:number>/", views.preview, name="preview"),
    path("<slug:public_id>/problems.csv", views.problems_file, name="problems"),
    path("<slug:public_id>/report.json", views.report_file, name="report"),
    path("<slug:public_id>/confirm/", views.confirm, name="confirm"),
    path("<slug:public_id>/mapping/", job_views.mapping, name="mapping"),
    path("<slug:public_id>/name/", job_views.rename, name="rename"),
    path("<slug:public_id>/manifest/", job_views.manifest, name="manifest"),
    path("<slug:public_id>/pause/", views.pause, name="pause"),
    path("<slug:public_id>/resume/", views.resume, name="resume"),
    path("<slug:public_id>/undo/", views.undo, name="undo"),
    path("<slug:public_id>/retry/", views.retry, name="retry"),
    path("<slug:public_id>/discard/", views.discard, name="discard"),
]

from django.urls import path

from readerstudy.results import bundle_views, plan_views, views
from readerstudy.results.report import urls as report_urls

app_name = "results"
urlpatterns = [
    path("<slug:slug>/", views.dashboard, name="dashboard"),
    path("<slug:slug>/plan/", plan_views.analysis_plan, name="plan"),
    path("<slug:slug>/plan/drop/", plan_views.analysis_plan_drop, name="plan-drop"),
    path("<slug:slug>/topic/<slug:name>/", views.topic, name="topic"),
    path("<slug:slug>/readers/", views.readers, name="readers"),
    path("<slug:slug>/cases/", views.cases, name="cases"),
    *report_urls.urlpatterns,
    path("<slug:slug>/compute/", views.compute, name="compute"),
    path("<slug:slug>/bundle/", bundle_views.bundle, name="bundle"),
    path("analysis/<str:public_id>/<slug:name>.csv", views.table_csv, name="table-csv"),
    path("analysis/<str:public_id>/document.json", views.document_json, name="document"),
]

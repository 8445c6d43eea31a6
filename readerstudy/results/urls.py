from django.urls import path

from readerstudy.results import (
    bundle_views,
    case_views,
    explore_views,
    plan_views,
    reader_views,
    views,
)
from readerstudy.results.report import urls as report_urls

app_name = "results"
urlpatterns = [
    path("<slug:slug>/", views.dashboard, name="dashboard"),
    path("<slug:slug>/plan/", plan_views.analysis_plan, name="plan"),
    path("<slug:slug>/plan/drop/", plan_views.analysis_plan_drop, name="plan-drop"),
    path("<slug:slug>/topic/<slug:name>/", views.topic, name="topic"),
    path("<slug:slug>/explore/", explore_views.explore, name="explore"),
    path("<slug:slug>/readers/", reader_views.readers, name="readers"),
    path("<slug:slug>/readers/<slug:code>/", reader_views.reader, name="reader"),
    path("<slug:slug>/cases/", case_views.cases, name="cases"),
    path("<slug:slug>/cases/<slug:public_id>/", case_views.case, name="case"),
    *report_urls.urlpatterns,
    path("<slug:slug>/compute/", views.compute, name="compute"),
    path("<slug:slug>/bundle/", bundle_views.bundle, name="bundle"),
    path("analysis/<str:public_id>/<slug:name>.csv", views.table_csv, name="table-csv"),
    path("analysis/<str:public_id>/document.json", views.document_json, name="document"),
    path("own/report/<slug:public_id>/", reader_views.own_report, name="own-report"),
    path("case/image/<slug:public_id>/<int:number>/", case_views.image, name="case-image"),
    path("case/thumbnail/<slug:public_id>/", case_views.thumbnail, name="case-thumbnail"),
]

from django.urls import path

from inference import aid_views, artefact_views, draft_views, score_views, views

app_name = "inference"
urlpatterns = [
    path("", views.model_list, name="model-list"),
    path("new/", views.model_upload, name="model-upload"),
    path("drafts/<slug:public_id>/", draft_views.draft, name="draft"),
    path("drafts/<slug:public_id>/discard/", draft_views.discard, name="draft-discard"),
    path("<slug:public_id>/", views.model_detail, name="model-detail"),
    path("studies/<slug:slug>/", views.study_runs, name="study-runs"),
    path("studies/<slug:slug>/progress/", views.run_progress, name="run-progress"),
    path("studies/<slug:slug>/start/", views.start, name="start"),
    path("studies/<slug:slug>/plan/", views.plan, name="plan"),
    path("studies/<slug:slug>/scores/", score_views.scores_upload, name="scores-upload"),
    path("studies/<slug:slug>/ensemble/", score_views.ensemble, name="ensemble"),
    path("studies/<slug:slug>/aid/", aid_views.aid, name="aid"),
    path("studies/<slug:slug>/aid/drop/", aid_views.aid_drop, name="aid-drop"),
    path("runs/<slug:public_id>/", views.run_detail, name="run"),
    path("runs/<slug:public_id>/retry/", views.retry, name="retry"),
    path("training-runs/<slug:public_id>/", artefact_views.artefact, name="artefact"),
    path("training-runs/<slug:public_id>/samples/", artefact_views.sample, name="sample"),
    path("samples/<slug:public_id>/picture/", artefact_views.picture, name="sample-picture"),
    path("<slug:public_id>/add/", views.artefact_upload, name="artefact-upload"),
]

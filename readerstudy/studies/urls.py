from django.urls import path

from readerstudy.studies import (
    copy_views,
    design_views,
    practice_views,
    question_views,
    reader_views,
    staff_views,
    transition_views,
    views,
)

app_name = "studies"
urlpatterns = [
    path("", views.study_list, name="list"),
    path("new/", views.study_create, name="create"),
    path("<slug:slug>/", views.study_detail, name="detail"),
    path("<slug:slug>/copy/", copy_views.study_copy, name="copy"),
    path("<slug:slug>/protocol/", views.study_protocol, name="protocol"),
    path("<slug:slug>/design/", design_views.study_design, name="design"),
    path("<slug:slug>/order.csv", design_views.study_order, name="order"),
    path("<slug:slug>/questions/", question_views.study_questions, name="questions"),
    path("<slug:slug>/practice/", practice_views.study_practice, name="practice"),
    path("<slug:slug>/manifest.json", views.study_manifest, name="manifest"),
    path("<slug:slug>/transition/", transition_views.study_transition, name="transition"),
    path("<slug:slug>/staff/", staff_views.study_staff, name="staff"),
    path(
        "<slug:slug>/staff/<slug:public_id>/remove/", staff_views.staff_remove, name="staff-remove"
    ),
    path("<slug:slug>/readers/", reader_views.study_readers, name="readers"),
    path("<slug:slug>/readers/invite/", reader_views.reader_invite, name="invite"),
    path("<slug:slug>/readers/table/", reader_views.roster_invite, name="roster"),
    path(
        "<slug:slug>/readers/<slug:public_id>/invite-again/",
        reader_views.reader_invite_again,
        name="invite-again",
    ),
    path(
        "<slug:slug>/readers/<slug:public_id>/withdraw/",
        reader_views.reader_withdraw,
        name="withdraw",
    ),
    path(
        "<slug:slug>/readers/<slug:public_id>/open-session/",
        design_views.session_open,
        name="open-session",
    ),
]

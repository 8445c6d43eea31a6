from django.urls import path

from readerstudy.reading import (
    around_views,
    cockpit_views,
    conduct_views,
    message_views,
    own_views,
    practice_views,
    sign_rules_views,
    sittings_views,
    views,
)

app_name = "reading"
urlpatterns = [
    path("", views.home, name="home"),
    path("<slug:public_id>/consent/", views.consent, name="consent"),
    path("<slug:public_id>/instructions/", views.instructions, name="instructions"),
    path("<slug:public_id>/read/", views.read, name="read"),
    path("<slug:public_id>/profile/", around_views.profile, name="profile"),
    path("<slug:public_id>/practice/", practice_views.practice, name="practice"),
    path("<slug:public_id>/room/", around_views.room, name="room"),
    path("<slug:public_id>/go-on/", around_views.go_on, name="go-on"),
    path("<slug:public_id>/sign/", around_views.sign, name="sign"),
    path(
        "<slug:public_id>/next-session.ics",
        sittings_views.next_session_file,
        name="next-session-file",
    ),
    path("<slug:public_id>/my-data.json", own_views.data, name="data"),
    path("<slug:public_id>/leave/", own_views.leave, name="leave"),
    path("<slug:public_id>/certificate/", own_views.certificate, name="certificate"),
    path("conduct/<slug:slug>/", conduct_views.conduct, name="conduct"),
    path("image/<slug:public_id>/", views.image, name="image"),
    path("image/<slug:public_id>/<int:number>/", views.further_image, name="further-image"),
    path("practice-image/<slug:public_id>/", practice_views.practice_image, name="practice-image"),
    path("progress/<slug:slug>/", cockpit_views.progress, name="progress"),
    path("progress/<slug:slug>/washout/", sittings_views.washout, name="washout"),
    path("progress/<slug:slug>/washout.ics", sittings_views.washout_file, name="washout-file"),
    path("progress/<slug:slug>/matrix/", cockpit_views.matrix, name="matrix"),
    path("progress/<slug:slug>/signs/", sign_rules_views.sign_rules, name="sign-rules"),
    path("progress/<slug:slug>/reminders/", cockpit_views.reminders, name="reminders"),
    path("progress/<slug:slug>/messages/", message_views.threads, name="threads"),
    path("progress/<slug:slug>/messages/<slug:public_id>/", message_views.thread, name="thread"),
    # After the pages of a study, whose slug may be "messages".
    path("<slug:public_id>/messages/", message_views.own_thread, name="messages"),
]

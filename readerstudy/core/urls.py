from django.urls import path

from readerstudy.core import views, well_known

app_name = "core"
urlpatterns = [
    path("", views.home, name="home"),
    path("robots.txt", well_known.robots, name="robots"),
    path(".well-known/security.txt", well_known.security_contact, name="security-contact"),
    path(".well-known/change-password", well_known.change_password, name="change-password"),
]

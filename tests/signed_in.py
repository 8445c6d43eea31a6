"""People who have signed in a moment ago, as the pages do it: files of data ask all others who they are."""

from allauth.account.internal.flows.login import record_authentication
from django.http import HttpRequest


def just_signed_in(client, user):
    """Their session, with what a sign-in by password leaves in it."""
    client.force_login(user)
    request = HttpRequest()
    request.session = client.session
    record_authentication(request, user, "password")
    request.session.save()

"""The least that Django can do with an answer: one view that inserts one row. The peer of `bench_reading`."""

import json
import os
from typing import Any

import environ
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

if not settings.configured:
    settings.configure(
        DATABASES={"default": {**environ.Env().db("DATABASE_URL"), "CONN_MAX_AGE": 60}},
        ROOT_URLCONF=__name__,
        ALLOWED_HOSTS=["*"],
        SECRET_KEY=os.urandom(16).hex(),
    )
INSERT = "INSERT INTO bare_reading (position, decision, confidence) VALUES (%s, %s, %s)"
CREATE = "CREATE TABLE IF NOT EXISTS bare_reading (position text, decision text, confidence int)"


@csrf_exempt
def store(request: HttpRequest) -> JsonResponse:
    """Stores one answer and says so."""
    answer: dict[str, Any] = json.loads(request.body)
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [answer["position"], answer["decision"], answer["confidence"]])
    response = JsonResponse({"stored": True}, status=201)
    # Without it (and without middleware that sets it) the connection would not be kept.
    response["Content-Length"] = str(len(response.content))
    return response


def healthy(_request: HttpRequest) -> JsonResponse:
    """Makes the table, so that the first answer finds it."""
    with connection.cursor() as cursor:
        cursor.execute(CREATE)
    return JsonResponse({"status": "ok"})


urlpatterns = [path("readings/", store), path("healthz", healthy)]
application = get_wsgi_application()

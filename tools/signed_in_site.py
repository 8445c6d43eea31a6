"""The same site with one view that asks who is signed in and inserts one row by the ORM: the second peer of `bench_reading`.

Sessions, the person, CSRF and all middleware are this project's. It knows of no order, no protocol, no repeats.
"""

import json
import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "readerstudy.settings")

from django.conf import settings
from django.core.wsgi import get_wsgi_application

# Models can be made once Django is set up.
settings.ROOT_URLCONF = __name__
application = get_wsgi_application()

from django.contrib.auth.decorators import login_required  # noqa: E402
from django.db import models  # noqa: E402
from django.http import HttpRequest, JsonResponse  # noqa: E402
from django.urls import path  # noqa: E402


class SignedInReading(models.Model):
    """An answer without anything around it."""

    reader_id = models.BigIntegerField()
    position = models.CharField(max_length=26)
    decision = models.CharField(max_length=40)
    confidence = models.IntegerField()

    class Meta:
        app_label = "core"
        managed = False
        db_table = "signed_in_reading"

    def __str__(self) -> str:
        return self.position


@login_required
def store(request: HttpRequest) -> JsonResponse:
    """Stores one answer of whoever is signed in and says so."""
    answer: dict[str, Any] = json.loads(request.body)
    SignedInReading.objects.create(
        reader_id=request.user.pk,
        position=answer["position"],
        decision=answer["decision"],
        confidence=answer["confidence"],
    )
    return JsonResponse({"stored": True}, status=201)


urlpatterns = [path("readings/", store)]

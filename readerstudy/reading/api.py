"""The reader's next position, and readings, over the API. The reading screen itself uses it."""

import uuid
from typing import Any

from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from readerstudy.accounts.requests import user_of
from readerstudy.core.api import problem_body
from readerstudy.core.clock import now
from readerstudy.core.errors import Conflict, InvalidInput
from readerstudy.core.schema import RefusalOutput
from readerstudy.core.scopes import Scope
from readerstudy.reading.answers import Answer
from readerstudy.reading.choices import (
    InputDevice,
    ManagementDecision,
    NotAssessable,
    TimingQuality,
)
from readerstudy.reading.conduct_choices import Pause
from readerstudy.reading.pacing import following_payload
from readerstudy.reading.selectors import enrolment_of_position
from readerstudy.reading.services import commit_reading
from readerstudy.studies.selectors import enrolment_for


class FactOutput(serializers.Serializer[Any]):
    """Something known of the case, in the reader's language."""

    name = serializers.CharField()
    text = serializers.CharField()


class FurtherImageOutput(serializers.Serializer[Any]):
    """Another photograph of the case."""

    view = serializers.CharField()
    image_url = serializers.CharField()


class AidOutput(serializers.Serializer[Any]):
    """What is shown of the CNN, as it was locked: a text, or the length of a bar in percent."""

    form = serializers.CharField()
    heading = serializers.CharField()
    text = serializers.CharField()
    percent = serializers.IntegerField(allow_null=True)


class PositionOutput(serializers.Serializer[Any]):
    """One position: an opaque id, its place in the order, and where its image is.

    `level` 2 and what comes with it stand there once the answer of level 1 is stored, where cases are answered twice:
    `facts` and `images` of a second look, or `aid` and `first_answer` in the sequential arm. In the aided arm there is
    `aid` from the beginning.
    """

    id = serializers.CharField()
    number = serializers.IntegerField()
    image_url = serializers.CharField()
    level = serializers.IntegerField(required=False)
    facts = FactOutput(many=True, required=False)
    images = FurtherImageOutput(many=True, required=False)
    aid = AidOutput(required=False)
    first_answer = serializers.CharField(required=False)


class NextOutput(serializers.Serializer[Any]):
    """How far the reader is, what comes next, what may be fetched ahead, and which answer may still be changed.

    `images_ahead` are positions beyond `ahead` whose photographs alone may be fetched: what is shown with them, or whether
    the same case comes again first, is told once it is their turn. `opens_at` is when the next session opens, where there is no next position until then.
    While a `pause` is due there is no next position although some are left. The next one is due once `pause_after` cases
    are done altogether, or with an answer that is given in `pause_in` seconds or later, if the reader goes on at once.
    """

    done = serializers.IntegerField()
    total = serializers.IntegerField()
    next = PositionOutput(allow_null=True)
    ahead = PositionOutput(many=True)
    images_ahead = PositionOutput(many=True)
    last = PositionOutput(allow_null=True)
    opens_at = serializers.DateTimeField(allow_null=True)
    pause = serializers.ChoiceField(choices=Pause.values, allow_null=True)
    pause_after = serializers.IntegerField(allow_null=True)
    pause_in = serializers.IntegerField(allow_null=True)


class GivenAnswerInput(serializers.Serializer[Any]):
    """What is answered to a case.

    `confidence` belongs to the two-step scale; `value` is 1 to 6 on six points, from which the decision follows, or 0
    to 100. A case that cannot be assessed has `not_assessable_reason` and no decision. `further_answers` are by the
    ordinal of the question: the number of an option, a list of such numbers, a text, or the quality from 1 to 5.
    """

    decision = serializers.ChoiceField(
        choices=ManagementDecision.values, required=False, default="", allow_blank=True
    )
    confidence = serializers.IntegerField(allow_null=True, required=False, default=None)
    value = serializers.IntegerField(allow_null=True, required=False, default=None)
    not_assessable_reason = serializers.ChoiceField(
        choices=NotAssessable.values, required=False, default="", allow_blank=True
    )
    not_assessable_note = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=500
    )
    further_answers = serializers.DictField(child=serializers.JSONField(), required=False)
    input_device = serializers.ChoiceField(
        choices=InputDevice.values, required=False, default="", allow_blank=True
    )
    language = serializers.ChoiceField(choices=["en", "de"], required=False, default="en")


class ReadingInput(GivenAnswerInput):
    """One answer to a position. `revise` makes it a new version of the last answer."""

    position = serializers.CharField(max_length=26)
    level = serializers.ChoiceField(choices=[1, 2], required=False, default=1)
    revise = serializers.BooleanField(required=False, default=False)
    milliseconds_to_decision = serializers.IntegerField(
        allow_null=True, required=False, default=None
    )
    milliseconds_to_commit = serializers.IntegerField(allow_null=True, required=False, default=None)
    milliseconds_hidden = serializers.IntegerField(required=False, default=0)
    milliseconds_aid_shown = serializers.IntegerField(allow_null=True, required=False, default=None)
    timing_quality = serializers.ChoiceField(
        choices=TimingQuality.values, required=False, default="", allow_blank=True
    )
    zooms = serializers.IntegerField(required=False, default=0)


class CommitOutput(NextOutput):
    """What was stored, and what comes next."""

    position = serializers.CharField()
    version = serializers.IntegerField()


class ConflictOutput(NextOutput):
    """Why nothing was stored, and what the server goes on with."""

    code = serializers.CharField()
    message = serializers.CharField()
    problems = serializers.ListField(child=serializers.DictField())


class NextPositionView(APIView):
    """What one's own enrolment goes on with."""

    token_scopes = {"GET": Scope.READING_READ}

    @extend_schema(responses=NextOutput)
    def get(self, request: Request, public_id: str) -> Response:
        enrolment = enrolment_for(user_of(request), public_id)
        return Response(following_payload(enrolment, now=now()))


class ReadingView(APIView):
    """Readings are committed here, each under an idempotency key of its own."""

    token_scopes = {"POST": Scope.READING_WRITE}

    @extend_schema(
        request=ReadingInput,
        responses={
            201: CommitOutput,
            200: CommitOutput,
            409: ConflictOutput,
            422: RefusalOutput,
        },
        parameters=[
            OpenApiParameter("Idempotency-Key", uuid.UUID, OpenApiParameter.HEADER, required=True)
        ],
    )
    def post(self, request: Request) -> Response:
        """201 stored now, 200 stored before, 400 off the scale, 404 not one's own, 409 out of order, 422 key reused."""
        given = ReadingInput(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        position, revise = values.pop("position"), values.pop("revise")
        try:
            commit = commit_reading(
                actor=user_of(request),
                position_id=position,
                answer=_answer(values),
                attempt=_attempt(request),
                revise=revise,
                now=now(),
            )
        except Conflict as conflict:
            body = {**problem_body(conflict), **_next_after(request, position)}
            return Response(body, status=conflict.status)
        stored = {"position": position, "version": commit.reading.version}
        body = {**stored, **following_payload(commit.enrolment, commit.order, now=now())}
        created = status.HTTP_201_CREATED if commit.created else status.HTTP_200_OK
        return Response(body, status=created)


def _answer(values: dict[str, Any]) -> Answer:
    device = InputDevice(values.pop("input_device"))
    quality = TimingQuality(values.pop("timing_quality"))
    return Answer(input_device=device, timing_quality=quality, **values)


def _next_after(request: Request, position_id: str) -> dict[str, Any]:
    enrolment = enrolment_of_position(user_of(request), position_id)
    return following_payload(enrolment, now=now())


def _attempt(request: Request) -> uuid.UUID:
    key = request.headers.get("Idempotency-Key", "")
    try:
        return uuid.UUID(key.strip('"'))
    except ValueError as error:
        message = "The header Idempotency-Key must hold a UUID."
        raise InvalidInput(message, code="no_idempotency_key", field="Idempotency-Key") from error


urlpatterns = [
    path(
        "enrolments/<slug:public_id>/next-position/",
        NextPositionView.as_view(),
        name="next-position",
    ),
    path("readings/", ReadingView.as_view(), name="reading-list"),
]

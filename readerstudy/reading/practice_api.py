"""Answers to practice cases over the API, each with its feedback. The practice screen itself uses it."""

from typing import Any

from django.urls import path
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from readerstudy.accounts.requests import user_of
from readerstudy.core.clock import now
from readerstudy.core.scopes import Scope
from readerstudy.core.sentences import translated
from readerstudy.reading.answers import Answer
from readerstudy.reading.api import GivenAnswerInput, PositionOutput
from readerstudy.reading.choices import InputDevice
from readerstudy.reading.practice import practice_payload
from readerstudy.reading.practising import Feedback, answer_practice
from readerstudy.studies.selectors import enrolment_for


class PracticeAnswerInput(GivenAnswerInput):
    """One answer to the next practice case of a round."""

    case = serializers.CharField(max_length=26)
    round = serializers.IntegerField(min_value=1, max_value=30_000)


class FeedbackOutput(serializers.Serializer[Any]):
    """Whether the answer is right, what the case is in the reader's language, and how the round goes on."""

    case = serializers.CharField()
    is_right = serializers.BooleanField()
    reference = serializers.CharField()
    diagnosis = serializers.CharField()
    round = serializers.IntegerField()
    done = serializers.IntegerField()
    total = serializers.IntegerField()
    next = PositionOutput(allow_null=True)
    ahead = PositionOutput(many=True)


class PracticeAnswerView(APIView):
    """Practice is answered here, one case after the other."""

    token_scopes = {"POST": Scope.READING_WRITE}

    @extend_schema(
        request=PracticeAnswerInput, responses={201: FeedbackOutput, 200: FeedbackOutput}
    )
    def post(self, request: Request, public_id: str) -> Response:
        """201 stored now, 200 the last answer again, 400 off the scale, 404 not one's own, 409 out of order."""
        user = user_of(request)
        enrolment = enrolment_for(user, public_id)
        given = PracticeAnswerInput(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        case, number = values.pop("case"), values.pop("round")
        device = InputDevice(values.pop("input_device"))
        feedback = answer_practice(
            actor=user,
            enrolment=enrolment,
            case_id=case,
            practice_round=number,
            answer=Answer(input_device=device, **values),
            now=now(),
        )
        created = status.HTTP_201_CREATED if feedback.created else status.HTTP_200_OK
        return Response(_told(feedback), status=created)


def _told(feedback: Feedback) -> dict[str, Any]:
    truth = feedback.truth
    return {
        "case": feedback.answer.practice_case.public_id,
        "is_right": feedback.answer.is_right,
        "reference": _("malignant") if truth.malignant else _("benign"),
        "diagnosis": translated(truth.diagnosis),
        **practice_payload(feedback.state),
    }


urlpatterns = [
    path(
        "enrolments/<slug:public_id>/practice-answers/",
        PracticeAnswerView.as_view(),
        name="practice-answers",
    ),
]

"""What a reader's browser measures of itself, over the API."""

from typing import Any

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from readerstudy.accounts.requests import user_of
from readerstudy.core.clock import now
from readerstudy.core.scopes import NO_TOKEN
from readerstudy.reading.conduct_choices import ColourGamut, DeviceClass, PointerKind, RoomLight
from readerstudy.reading.environments import mark_recorded, record_environment
from readerstudy.studies.selectors import enrolment_for

_LARGEST = 20_000


class EnvironmentInput(serializers.Serializer[Any]):
    """Window and screen as the browser tells them, and the light of the room as the reader does."""

    room_light = serializers.ChoiceField(choices=RoomLight.values)
    viewport_width = serializers.IntegerField(
        min_value=1, max_value=_LARGEST, required=False, allow_null=True
    )
    viewport_height = serializers.IntegerField(
        min_value=1, max_value=_LARGEST, required=False, allow_null=True
    )
    device_pixel_ratio = serializers.FloatField(
        min_value=0.1, max_value=20, required=False, allow_null=True
    )
    colour_gamut = serializers.ChoiceField(
        choices=ColourGamut.values, required=False, allow_blank=True
    )
    device_class = serializers.ChoiceField(
        choices=DeviceClass.values, required=False, allow_blank=True
    )
    pointer = serializers.ChoiceField(choices=PointerKind.values, required=False, allow_blank=True)
    is_fullscreen = serializers.BooleanField(required=False, allow_null=True)


class EnvironmentOutput(serializers.Serializer[Any]):
    """The stored row."""

    id = serializers.CharField(source="public_id")


class EnvironmentView(APIView):
    """One row more for each session of a reader's browser."""

    token_scopes = {"POST": NO_TOKEN}

    @extend_schema(request=EnvironmentInput, responses={201: EnvironmentOutput})
    def post(self, request: Request, public_id: str) -> Response:
        """201 stored, 400 off the scale, 404 not one's own, 409 not recorded in this study or not open."""
        enrolment = enrolment_for(user_of(request), public_id)
        given = EnvironmentInput(data=request.data)
        given.is_valid(raise_exception=True)
        row = record_environment(
            actor=user_of(request),
            enrolment=enrolment,
            user_agent=request.headers.get("User-Agent", ""),
            now=now(),
            **given.validated_data,
        )
        mark_recorded(enrolment, request.session)
        return Response(EnvironmentOutput(row).data, status=status.HTTP_201_CREATED)


urlpatterns = [
    path(
        "enrolments/<slug:public_id>/environments/", EnvironmentView.as_view(), name="environments"
    ),
]

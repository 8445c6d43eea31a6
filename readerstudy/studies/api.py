"""Studies and enrolments in the API. Readers stand in it by their codes; no name, no image, no truth."""

from typing import Any

from django.db.models import QuerySet
from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from readerstudy.accounts.requests import user_of
from readerstudy.core.clock import now
from readerstudy.core.errors import NotFound
from readerstudy.core.scopes import Scope
from readerstudy.studies.choices import (
    EnrolmentState,
    QuestionKind,
    QuestionMoment,
    Revision,
    Scale,
    StudyState,
)
from readerstudy.studies.models import Enrolment, Study
from readerstudy.studies.selectors import (
    enrolments_visible_to,
    lock_of,
    overseen_study_for,
    own_enrolments_of,
    staff_study_for,
    studies_visible_to,
    study_for,
)
from readerstudy.studies.services import copy_study


class ProtocolOutput(serializers.Serializer[Any]):
    """What readers are asked, in both languages. `confidence_levels` is 0 where no confidence is asked for."""

    question_en = serializers.CharField()
    question_de = serializers.CharField()
    positive_label_en = serializers.CharField()
    positive_label_de = serializers.CharField()
    negative_label_en = serializers.CharField()
    negative_label_de = serializers.CharField()
    scale = serializers.ChoiceField(choices=Scale.choices)
    confidence_levels = serializers.IntegerField()
    allows_not_assessable = serializers.BooleanField()
    has_second_level = serializers.BooleanField()
    revision = serializers.ChoiceField(choices=Revision.choices)


class OptionOutput(serializers.Serializer[Any]):
    """The words of one option; answers count options from 1."""

    en = serializers.CharField()
    de = serializers.CharField()


class QuestionOutput(serializers.Serializer[Any]):
    """A further question. Answers name it by its ordinal."""

    ordinal = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=QuestionKind.choices)
    moment = serializers.ChoiceField(choices=QuestionMoment.choices)
    is_required = serializers.BooleanField()
    text_en = serializers.CharField()
    text_de = serializers.CharField()
    options = OptionOutput(many=True)


class StudyOutput(serializers.Serializer[Any]):
    """A study with its counts; readers without the withdrawn ones."""

    id = serializers.CharField(source="public_id")
    slug = serializers.SlugField()
    title = serializers.CharField()
    summary = serializers.CharField()
    state = serializers.ChoiceField(choices=StudyState.choices)
    is_synthetic = serializers.BooleanField()
    cases = serializers.IntegerField(source="case_count")
    readers = serializers.IntegerField(source="reader_count")
    created_at = serializers.DateTimeField()


class StudyDetailOutput(StudyOutput):
    """A study with its protocol, its further questions and, once locked, the SHA-256 of its lock manifest."""

    protocol = ProtocolOutput()
    questions = QuestionOutput(many=True)
    lock_sha256 = serializers.SerializerMethodField()

    def get_lock_sha256(self, study: Study) -> str | None:
        lock = lock_of(study)
        return lock.sha256 if lock else None


class EnrolmentOutput(serializers.Serializer[Any]):
    """A reader in a study, under their code."""

    id = serializers.CharField(source="public_id")
    study = serializers.SlugField(source="study.slug")
    code = serializers.CharField()
    rank_group = serializers.CharField(source="rank_group.name")
    institution = serializers.CharField(source="institution.name")
    years_of_experience = serializers.IntegerField(allow_null=True)
    state = serializers.ChoiceField(choices=EnrolmentState.choices)


class StudyListView(ListAPIView[Study]):
    """The studies that the signed-in person may know of, newest first."""

    token_scopes = {"GET": Scope.STUDIES_READ}
    serializer_class = StudyOutput
    queryset = Study.objects.none()

    def get_queryset(self) -> QuerySet[Study]:
        if getattr(self, "swagger_fake_view", False):
            return Study.objects.none()
        return studies_visible_to(user_of(self.request))


class StudyView(RetrieveAPIView[Study]):
    """One study."""

    token_scopes = {"GET": Scope.STUDIES_READ}
    serializer_class = StudyDetailOutput
    queryset = Study.objects.none()

    def get_object(self) -> Study:
        return study_for(user_of(self.request), self.kwargs["slug"])


class CopyInput(serializers.Serializer[Any]):
    """The title of the copy."""

    title = serializers.CharField(max_length=200)


class StudyCopyView(APIView):
    """Copies of a study that one coordinates are made here."""

    token_scopes = {"POST": Scope.STUDIES_WRITE}

    @extend_schema(request=CopyInput, responses={201: StudyDetailOutput})
    def post(self, request: Request, slug: str) -> Response:
        """201 with the draft; 400 for a title that cannot be, 404 for a study that one does not coordinate."""
        actor = user_of(request)
        source = staff_study_for(actor, slug)
        given = CopyInput(data=request.data)
        given.is_valid(raise_exception=True)
        copy = copy_study(actor=actor, source=source, now=now(), **given.validated_data)
        body = StudyDetailOutput(study_for(actor, copy.slug)).data
        return Response(body, status=status.HTTP_201_CREATED)


class EnrolmentListView(ListAPIView[Enrolment]):
    """One's own enrolments; with `?study=slug` all of a study, for its staff and for admins."""

    token_scopes = {"GET": Scope.STUDIES_READ}
    serializer_class = EnrolmentOutput
    queryset = Enrolment.objects.none()

    def get_queryset(self) -> QuerySet[Enrolment]:
        if getattr(self, "swagger_fake_view", False):
            return Enrolment.objects.none()
        slug = self.request.query_params.get("study")
        if slug is None:
            return own_enrolments_of(user_of(self.request))
        study = overseen_study_for(user_of(self.request), slug)
        return enrolments_visible_to(user_of(self.request)).filter(study=study)

    @extend_schema(
        parameters=[OpenApiParameter("study", str, description="Slug of a study one oversees")]
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


class EnrolmentView(RetrieveAPIView[Enrolment]):
    """One enrolment: one's own, or of a study one oversees."""

    token_scopes = {"GET": Scope.STUDIES_READ}
    serializer_class = EnrolmentOutput
    queryset = Enrolment.objects.none()

    def get_object(self) -> Enrolment:
        visible = enrolments_visible_to(user_of(self.request))
        found = visible.filter(public_id=self.kwargs["public_id"]).first()
        if found is None:
            raise NotFound("There is no such enrolment.")
        return found


urlpatterns = [
    path("studies/", StudyListView.as_view(), name="study-list"),
    path("studies/<slug:slug>/", StudyView.as_view(), name="study-detail"),
    path("studies/<slug:slug>/copies/", StudyCopyView.as_view(), name="study-copies"),
    path("enrolments/", EnrolmentListView.as_view(), name="enrolment-list"),
    path("enrolments/<slug:public_id>/", EnrolmentView.as_view(), name="enrolment-detail"),
]

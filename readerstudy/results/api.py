"""Analyses over the API: for the staff of the study, after unblinding."""

from typing import Any

from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from readerstudy.accounts.requests import user_of
from readerstudy.core.clock import now
from readerstudy.core.scopes import Scope
from readerstudy.results.models import Analysis
from readerstudy.results.selectors import analysis_for, listed_analyses
from readerstudy.results.services import request_analysis
from readerstudy.studies.selectors import analysed_study_for


class AnalysisSerializer(serializers.ModelSerializer[Analysis]):
    """An analysis without its document."""

    id = serializers.CharField(source="public_id", read_only=True)
    study = serializers.CharField(source="study.slug", read_only=True, allow_null=True)
    finished = serializers.CharField(source="finished.public_id", read_only=True, allow_null=True)

    class Meta:
        model = Analysis
        fields = [
            "id",
            "study",
            "finished",
            "state",
            "sha256",
            "inputs_sha256",
            "code_version",
            "created_at",
            "finished_at",
            "error",
        ]


class AnalysisDetailSerializer(AnalysisSerializer):
    """An analysis with all its numbers."""

    document = serializers.JSONField(read_only=True)

    class Meta(AnalysisSerializer.Meta):
        fields = [*AnalysisSerializer.Meta.fields, "document"]


class AnalysisRequestSerializer(serializers.Serializer[Any]):
    """Which study to analyse."""

    study = serializers.SlugField()


class AnalysisListView(ListAPIView[Analysis]):
    """The analyses one may see, newest first; `?study=slug` picks one study's."""

    token_scopes = {"GET": Scope.RESULTS_READ, "POST": Scope.RESULTS_WRITE}
    serializer_class = AnalysisSerializer

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return Analysis.objects.none()
        found = listed_analyses(user_of(self.request))
        slug = self.request.query_params.get("study")
        return found.filter(study__slug=slug) if slug else found

    @extend_schema(parameters=[OpenApiParameter("study", str)])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(request=AnalysisRequestSerializer, responses={201: AnalysisSerializer})
    def post(self, request: Request) -> Response:
        """Queues a new analysis of an unblinded study."""
        given = AnalysisRequestSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        study = analysed_study_for(user_of(request), given.validated_data["study"])
        analysis = request_analysis(actor=user_of(request), study=study, now=now())
        return Response(AnalysisSerializer(analysis).data, status=status.HTTP_201_CREATED)


class AnalysisDetailView(APIView):
    """One analysis with its document."""

    token_scopes = {"GET": Scope.RESULTS_READ}

    @extend_schema(responses=AnalysisDetailSerializer)
    def get(self, request: Request, public_id: str) -> Response:
        return Response(AnalysisDetailSerializer(analysis_for(user_of(request), public_id)).data)


urlpatterns = [
    path("analyses/", AnalysisListView.as_view(), name="analysis-list"),
    path("analyses/<str:public_id>/", AnalysisDetailView.as_view(), name="analysis-detail"),
]

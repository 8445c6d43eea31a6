"""Model runs over the API: state and provenance, never scores."""

from typing import Any

from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.generics import ListAPIView
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from inference.models import ModelRun
from inference.permissions import SCORES, visible_runs
from inference.selectors import model_for, run_for, runnable_study_for
from inference.services import load_scores, start_runs
from readerstudy.accounts.requests import user_of
from readerstudy.core.clock import now
from readerstudy.core.scopes import Scope


class ModelRunSerializer(serializers.ModelSerializer[ModelRun]):
    """How far a run is and what it is run with."""

    id = serializers.CharField(source="public_id", read_only=True)
    study = serializers.CharField(source="study.slug", read_only=True)
    model = serializers.CharField(source="artefact.model.public_id", read_only=True)
    training_run = serializers.CharField(source="artefact.label", read_only=True)

    class Meta:
        model = ModelRun
        fields = [
            "id", "study", "model", "training_run", "state", "done", "total", "attempt", "error", "artefact_sha256",
            "spec_sha256", "provider_requested", "provider_used", "runtime_version", "app_version", "batch_size",
            "created_at", "started_at", "finished_at",
        ]  # fmt: skip


class ModelRunRequestSerializer(serializers.Serializer[Any]):
    """Which model to run over which study."""

    study = serializers.SlugField()
    model = serializers.CharField()


class ModelRunListView(ListAPIView[ModelRun]):
    """The runs one may see; `?study=slug` picks one study's."""

    token_scopes = {"GET": Scope.MODELS_READ, "POST": Scope.MODELS_WRITE}
    serializer_class = ModelRunSerializer

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return ModelRun.objects.none()
        found = visible_runs(user_of(self.request)).order_by("-created_at", "artefact__label")
        slug = self.request.query_params.get("study")
        return found.filter(study__slug=slug) if slug else found

    @extend_schema(parameters=[OpenApiParameter("study", str)])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(
        request=ModelRunRequestSerializer, responses={201: ModelRunSerializer(many=True)}
    )
    def post(self, request: Request) -> Response:
        """Starts the runs of every training run of a model that has none over the study yet."""
        given = ModelRunRequestSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        study = runnable_study_for(user_of(request), given.validated_data["study"])
        model = model_for(user_of(request), given.validated_data["model"])
        runs = start_runs(actor=user_of(request), model=model, study=study, now=now())
        return Response(ModelRunSerializer(runs, many=True).data, status=status.HTTP_201_CREATED)


class ScoresInput(serializers.Serializer[Any]):
    """A score file from elsewhere: a row per case, a column of probabilities per run."""

    study = serializers.SlugField()
    file = serializers.FileField()
    name = serializers.CharField(max_length=120)
    version = serializers.CharField(max_length=60)
    case_column = serializers.CharField(required=False, allow_blank=True, default="")
    columns = serializers.ListField(child=serializers.CharField(), required=False, default=list)
    positive = serializers.ListField(
        child=serializers.CharField(),
        required=False,
        default=list,
        help_text="Columns of classes whose probabilities are summed into the score of one run",
    )
    are_probabilities = serializers.BooleanField()

    def validate_are_probabilities(self, said: Any) -> Any:
        """True; nothing else is taken."""
        if not said:
            raise serializers.ValidationError("Other numbers are not taken: convert them first.")
        return said


class ScoresOutput(serializers.Serializer[Any]):
    """The model that the scores became, its runs (none in a draft), and the columns that hold no numbers."""

    model = serializers.CharField(source="model.public_id")
    runs = ModelRunSerializer(many=True)
    left_out = serializers.ListField(child=serializers.CharField())


class ScoresView(APIView):
    """Scores from elsewhere as runs of a study; what the page and `manage.py load_scores` do."""

    token_scopes = {"POST": Scope.MODELS_WRITE}
    takes_files = SCORES
    parser_classes = [MultiPartParser]

    @extend_schema(request=ScoresInput, responses={201: ScoresOutput})
    def post(self, request: Request) -> Response:
        """Loads the file, or tells everything that is wrong with it and stores nothing."""
        user = user_of(request)
        # A NUL, which the database takes in no text, is no part of a slug.
        slug = str(request.data.get("study", "")).replace("\0", "")
        study = runnable_study_for(user, slug)
        given = ScoresInput(data=request.data)
        given.is_valid(raise_exception=True)
        said = given.validated_data
        loaded = load_scores(
            actor=user,
            study=study,
            content=said["file"].read(),
            file_name=said["file"].name,
            name=said["name"],
            version=said["version"],
            naming_column=said["case_column"],
            columns=said["columns"],
            positive=said["positive"],
            now=now(),
        )
        return Response(ScoresOutput(loaded).data, status=status.HTTP_201_CREATED)


class ModelRunDetailView(APIView):
    """One run."""

    token_scopes = {"GET": Scope.MODELS_READ}

    @extend_schema(responses=ModelRunSerializer)
    def get(self, request: Request, public_id: str) -> Response:
        return Response(ModelRunSerializer(run_for(user_of(request), public_id)).data)


urlpatterns = [
    path("model-runs/", ModelRunListView.as_view(), name="model-run-list"),
    path("model-runs/scores/", ScoresView.as_view(), name="model-run-scores"),
    path("model-runs/<str:public_id>/", ModelRunDetailView.as_view(), name="model-run-detail"),
]

"""A model, its exported training runs, their runs over a study, and the scores."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q

from inference.aid_models import Aid
from inference.choices import ModelKind, RunState
from readerstudy.core.ids import PublicIdModel
from readerstudy.core.models import AppendOnlyModel
from readerstudy.images.models import Image
from readerstudy.studies.models import Study, StudyCase

__all__ = [
    "Aid",
    "Artefact",
    "ArtefactSample",
    "Model",
    "ModelDraft",
    "ModelRun",
    "PlannedModel",
    "Score",
]


class Model(PublicIdModel):
    """A CNN as a family: the same recipe trained one or several times.

    Scores from elsewhere and ensembles are models too, of one study each. Their artefacts hold the score file, or
    the recipe of the ensemble, in place of an ONNX file, so that they are hashed, planned and locked like networks.
    """

    name = models.CharField(max_length=200, unique=True)
    kind = models.CharField(
        max_length=10, choices=ModelKind.choices, default=ModelKind.NETWORK, editable=False
    )
    study = models.ForeignKey(
        Study,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="own_models",
        help_text="The one study that the scores belong to; none for a network",
    )
    description = models.TextField(blank=True)
    training_data = models.TextField(blank=True, help_text="What the CNN was trained on")
    is_synthetic = models.BooleanField(default=False)
    card = models.JSONField(default=dict, blank=True, help_text="Model card as uploaded")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=ModelKind.NETWORK, study=None)
                | (~Q(kind=ModelKind.NETWORK) & Q(study__isnull=False)),
                name="all_but_networks_belong_to_one_study",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_network(self) -> bool:
        return self.kind == ModelKind.NETWORK

    @property
    def marked_name(self) -> str:
        """The name with what it is, where it is no network that was run here."""
        return self.name if self.is_network else f"{self.name} ({self.kind})"


class Artefact(AppendOnlyModel, PublicIdModel):
    """One exported training run: an ONNX file and how to prepare an image for it."""

    is_bound = True

    model = models.ForeignKey(Model, on_delete=models.PROTECT, related_name="artefacts")
    label = models.CharField(max_length=80, help_text="Which training run, such as run-01")
    file = models.FileField(max_length=200, help_text="ONNX; score file or recipe of other kinds")
    file_name = models.CharField(max_length=255)
    bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    spec = models.JSONField(help_text="rs-preproc/1, canonical; what the file is, of other kinds")
    spec_sha256 = models.CharField(max_length=64)
    spec_origin = models.JSONField(default=dict, help_text="Which file each value came from")
    facts = models.JSONField(default=dict, help_text="Producer, opset, inputs, outputs")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["model", "label"]
        constraints = [
            models.UniqueConstraint(
                fields=["model", "label"], name="training_runs_of_a_model_have_their_own_labels"
            ),
            models.UniqueConstraint(
                fields=["model", "sha256", "spec_sha256"], name="a_training_run_is_loaded_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.label}"


class ModelDraft(PublicIdModel):
    """An upload whose files leave something open, kept until an admin has said it, or has let it go."""

    model = models.ForeignKey(
        Model,
        on_delete=models.CASCADE,
        null=True,
        related_name="drafts",
        help_text="To which training runs are added; none where a new model is made",
    )
    about = models.JSONField(default=dict, help_text="Name and description of a new model")
    file = models.FileField(max_length=200, help_text="A zip archive of the files as uploaded")
    questions = models.JSONField(default=list, help_text="All that was asked so far, in order")
    answers = models.JSONField(default=dict, help_text="Field of the spec to what was typed")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return str(self.model or self.about.get("name", ""))


class PlannedModel(models.Model):
    """The model that a study is planned with; part of the lock, so that results can say "pre-specified"."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="planned_models")
    model = models.ForeignKey(Model, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["study", "model"], name="a_model_is_planned_once_in_a_study"
            )
        ]

    def __str__(self) -> str:
        return f"{self.model} for {self.study}"


class ModelRun(PublicIdModel):
    """One artefact over the cases of one study. This row, not the queue, knows how far it is."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="model_runs")
    artefact = models.ForeignKey(Artefact, on_delete=models.PROTECT, related_name="runs")
    state = models.CharField(max_length=10, choices=RunState.choices, default=RunState.QUEUED)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField()
    attempt = models.PositiveSmallIntegerField(default=0)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)
    # Provenance: what was asked for and what was really used.
    artefact_sha256 = models.CharField(max_length=64)
    spec_sha256 = models.CharField(max_length=64)
    provider_requested = models.CharField(max_length=20)
    provider_used = models.CharField(max_length=60, blank=True)
    runtime_version = models.CharField(max_length=40, blank=True)
    app_version = models.CharField(max_length=40)
    batch_size = models.PositiveSmallIntegerField(help_text="0 where no network was run here")
    environment = models.JSONField(default=dict)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "artefact__label"]
        constraints = [
            models.UniqueConstraint(
                fields=["study", "artefact"], name="an_artefact_runs_once_over_a_study"
            ),
            models.CheckConstraint(
                condition=Q(done__lte=models.F("total")), name="a_run_does_no_more_than_its_total"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.artefact} on {self.study}"

    @property
    def duration(self) -> timedelta | None:
        """From the first start to the end, in whole seconds; None for a run that has not ended."""
        if self.started_at is None or self.finished_at is None:
            return None
        return timedelta(seconds=round((self.finished_at - self.started_at).total_seconds()))


class Score(AppendOnlyModel):
    """What one run gave one image: larger means more suspicious. A score of a whole case is at its first image."""

    # No index of its own: the unique one begins with it.
    run = models.ForeignKey(
        ModelRun, on_delete=models.PROTECT, related_name="scores", db_index=False
    )
    study_case = models.ForeignKey(StudyCase, on_delete=models.PROTECT, related_name="+")
    image = models.ForeignKey(Image, on_delete=models.PROTECT, related_name="+")
    value = models.FloatField()
    outputs = models.JSONField(help_text="Raw outputs of the network")
    # Of a score that was made elsewhere or derived nobody here knows the pixels, the tensor or the time.
    image_sha256 = models.CharField(max_length=64, blank=True)
    tensor_sha256 = models.CharField(max_length=64, blank=True)
    milliseconds = models.FloatField(null=True, blank=True)

    class Meta:
        ordering = ["run", "study_case"]
        constraints = [
            models.UniqueConstraint(fields=["run", "image"], name="one_score_per_run_and_image")
        ]

    def __str__(self) -> str:
        return f"{self.run}: {self.value:.4f}"


class ArtefactSample(PublicIdModel):
    """What a training run makes of one image that is in no study: the tensor as a picture, and the score."""

    artefact = models.ForeignKey(Artefact, on_delete=models.PROTECT, related_name="samples")
    # Samples go with their image set: they are a look at the preparation, not evidence.
    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="+")
    score = models.FloatField()
    outputs = models.JSONField(help_text="Raw outputs of the network")
    tensor = models.JSONField(help_text="Shape, SHA-256, and range and mean of every channel")
    picture = models.BinaryField(
        help_text="The tensor as a PNG, its channels as red, green and blue"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["artefact", "image__public_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["artefact", "image"], name="one_sample_per_training_run_and_image"
            )
        ]

    def __str__(self) -> str:
        return f"{self.artefact}: {self.image}"

"""What the API of imports takes and tells."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from readerstudy.intake.mapping import CLASSES
from readerstudy.intake.models import ImportJob


class ImportOutput(serializers.ModelSerializer[ImportJob]):
    """How far an import is; `report/` has what is wrong with it."""

    id = serializers.CharField(source="public_id", read_only=True)
    totals = serializers.SerializerMethodField()
    image_set = serializers.CharField(
        source="image_set.public_id", default=None, allow_null=True, read_only=True
    )

    class Meta:
        model = ImportJob
        fields = [
            "id", "name", "is_synthetic", "archive_name", "manifest_name", "state", "mapping", "totals", "done",
            "total", "paused_at", "error", "image_set", "created_at",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(
        serializers.DictField(child=serializers.IntegerField(allow_null=True), allow_null=True)
    )
    def get_totals(self, job: ImportJob) -> Any:
        """From the list they come without the report."""
        known = vars(job)
        return known["told_totals"] if "told_totals" in known else job.report.get("totals")


class ImportInput(serializers.Serializer[Any]):
    """An archive, or the id of one that came in pieces, perhaps a manifest beside it.

    With `dry_run` only the report is made and nothing is stored; the pieces stay.
    """

    archive = serializers.FileField(required=False, allow_null=True, default=None)
    upload = serializers.CharField(required=False, allow_blank=True, default="", max_length=40)
    manifest = serializers.FileField(required=False, allow_null=True, default=None)
    name = serializers.CharField(required=False, allow_blank=True, default="", max_length=200)
    is_synthetic = serializers.BooleanField(required=False, default=False)
    dry_run = serializers.BooleanField(required=False, default=False)


class MappingInput(serializers.Serializer[Any]):
    """Which column holds a field ("" for none), and what a diagnosis counts as."""

    columns = serializers.DictField(
        child=serializers.CharField(allow_blank=True), required=False, default=dict
    )
    classes = serializers.DictField(
        child=serializers.ChoiceField(choices=CLASSES), required=False, default=dict
    )


class NameInput(serializers.Serializer[Any]):
    """The name of the image set to be made."""

    name = serializers.CharField(max_length=200)


class ManifestInput(serializers.Serializer[Any]):
    """A CSV file in place of the manifest before, or of the one in the archive."""

    manifest = serializers.FileField()

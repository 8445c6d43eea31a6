"""Imports over the API, for admins: what the pages do, and the same report."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from readerstudy.accounts.models import User
from readerstudy.accounts.requests import user_of
from readerstudy.core.clock import now
from readerstudy.core.errors import Conflict, InvalidInput
from readerstudy.core.parsers import JsonParser
from readerstudy.core.scopes import Scope
from readerstudy.intake.chunk_api import urlpatterns as chunk_urls
from readerstudy.intake.chunks import upload_for, whole_file
from readerstudy.intake.dry_run import report_of_upload
from readerstudy.intake.jobs import name_of_set
from readerstudy.intake.mapping import ManifestMapping
from readerstudy.intake.models import ChunkedUpload, ImportJob
from readerstudy.intake.permissions import ARCHIVES, MANIFESTS, check_may_import
from readerstudy.intake.report import report_json
from readerstudy.intake.selectors import job_for, listed_jobs
from readerstudy.intake.serializers import (
    ImportInput,
    ImportOutput,
    ManifestInput,
    MappingInput,
    NameInput,
)
from readerstudy.intake.services import (
    confirm_job,
    create_job,
    create_job_of_upload,
    discard_job,
    map_job,
    pause_job,
    rename_job,
    replace_manifest,
    resume_job,
    retry_job,
    undo_import,
)

REPORT = OpenApiResponse(
    OpenApiTypes.OBJECT, description="Totals, columns, questions, problems and warnings"
)


class ImportListView(ListAPIView[ImportJob]):
    """All imports, the last one first; a POST uploads an archive."""

    token_scopes = {"GET": Scope.IMAGES_WRITE, "POST": Scope.IMAGES_WRITE}
    takes_files = ARCHIVES
    serializer_class = ImportOutput
    parser_classes = [MultiPartParser]
    queryset = ImportJob.objects.none()

    def get_queryset(self) -> QuerySet[ImportJob]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        check_may_import(user_of(self.request))
        return listed_jobs(user_of(self.request))

    @extend_schema(request=ImportInput, responses={201: ImportOutput, 200: REPORT})
    def post(self, request: Request) -> Response | HttpResponse:
        """Makes an import that a worker checks (201); with `dry_run` answers the report at once (200)."""
        user = user_of(request)
        check_may_import(user)
        given = ImportInput(data=request.data)
        given.is_valid(raise_exception=True)
        said = dict(given.validated_data)
        upload = _upload_in(user, said)
        if said.pop("dry_run"):
            said.pop("is_synthetic")
            with whole_file(upload) if upload else said["archive"] as archive:
                said |= {"archive": archive, "name": name_of_set(said["name"], archive)}
                return _report(report_of_upload(actor=user, **said))
        job = _created(user, said, upload)
        return Response(ImportOutput(job).data, status=status.HTTP_201_CREATED)


def _upload_in(user: User, said: dict[str, Any]) -> ChunkedUpload | None:
    """The upload that is named in place of an archive. Raises InvalidInput where there is neither."""
    public_id = said.pop("upload")
    if said["archive"]:
        return None
    if not public_id:
        message = "Send an archive, or the id of one that was uploaded in pieces."
        raise InvalidInput(message, code="required", field="archive")
    return upload_for(user, public_id)


def _created(user: User, said: dict[str, Any], upload: ChunkedUpload | None) -> ImportJob:
    if upload is None:
        said["name"] = name_of_set(said["name"], said["archive"])
        return create_job(actor=user, now=now(), **said)
    del said["archive"]
    return create_job_of_upload(actor=user, upload=upload, now=now(), **said)


class ImportView(APIView):
    """One import."""

    token_scopes = {"GET": Scope.IMAGES_WRITE, "DELETE": Scope.IMAGES_WRITE}

    @extend_schema(responses=ImportOutput)
    def get(self, request: Request, public_id: str) -> Response:
        return Response(ImportOutput(job_for(user_of(request), public_id)).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, public_id: str) -> Response:
        """Discards an import that was not confirmed, with its files."""
        user = user_of(request)
        discard_job(actor=user, job=job_for(user, public_id), now=now())
        return Response(status=status.HTTP_204_NO_CONTENT)


class ImportReportView(APIView):
    """The report of an import, byte for byte what the page and the command give."""

    token_scopes = {"GET": Scope.IMAGES_WRITE}

    @extend_schema(responses=REPORT)
    def get(self, request: Request, public_id: str) -> HttpResponse:
        job = job_for(user_of(request), public_id)
        if not job.report:
            raise Conflict("This import is not checked yet; it has no report.")
        return _report(job.report)


class ImportMappingView(APIView):
    """The answers to the questions of a report."""

    token_scopes = {"POST": Scope.IMAGES_WRITE}
    parser_classes = [JsonParser]

    @extend_schema(request=MappingInput, responses=ImportOutput)
    def post(self, request: Request, public_id: str) -> Response:
        """Stores the answers beside those given before, and has the archive checked again."""
        user = user_of(request)
        job = job_for(user, public_id)
        given = MappingInput(data=request.data)
        given.is_valid(raise_exception=True)
        mapping = ManifestMapping.from_json(given.validated_data)
        return Response(ImportOutput(map_job(actor=user, job=job, mapping=mapping, now=now())).data)


class ImportNameView(APIView):
    """Another name for the image set to be made."""

    token_scopes = {"POST": Scope.IMAGES_WRITE}

    @extend_schema(request=NameInput, responses=ImportOutput)
    def post(self, request: Request, public_id: str) -> Response:
        """Renames; where the old name was refused, the archive is checked again."""
        user = user_of(request)
        job = job_for(user, public_id)
        given = NameInput(data=request.data)
        given.is_valid(raise_exception=True)
        changed = rename_job(actor=user, job=job, now=now(), **given.validated_data)
        return Response(ImportOutput(changed).data)


class ImportManifestView(APIView):
    """Another manifest for the same archive."""

    token_scopes = {"POST": Scope.IMAGES_WRITE}
    takes_files = MANIFESTS
    parser_classes = [MultiPartParser]

    @extend_schema(request=ManifestInput, responses=ImportOutput)
    def post(self, request: Request, public_id: str) -> Response:
        """Takes the manifest, keeps the answers, and has the archive checked again."""
        user = user_of(request)
        job = job_for(user, public_id)
        given = ManifestInput(data=request.data)
        given.is_valid(raise_exception=True)
        changed = replace_manifest(actor=user, job=job, now=now(), **given.validated_data)
        return Response(ImportOutput(changed).data)


class _ActionView(APIView):
    """One change of an import, without a body."""

    token_scopes = {"POST": Scope.IMAGES_WRITE}
    service: ClassVar[Callable[..., ImportJob]]

    @extend_schema(request=None, responses=ImportOutput)
    def post(self, request: Request, public_id: str) -> Response:
        user = user_of(request)
        job = type(self).service(actor=user, job=job_for(user, public_id), now=now())
        return Response(ImportOutput(job).data)


class ImportConfirmView(_ActionView):
    """Lets a checked import be stored."""

    service = staticmethod(confirm_job)


class ImportPauseView(_ActionView):
    """Lets an import at work rest."""

    service = staticmethod(pause_job)


class ImportResumeView(_ActionView):
    """Lets a paused import go on."""

    service = staticmethod(resume_job)


class ImportRetryView(_ActionView):
    """Takes up a failed or interrupted import again."""

    service = staticmethod(retry_job)


class ImportUndoView(_ActionView):
    """Removes what an import stored, as long as no study is made on it."""

    service = staticmethod(undo_import)


def _report(report: dict[str, Any]) -> HttpResponse:
    return HttpResponse(report_json(report), content_type="application/json")


urlpatterns = [
    *chunk_urls,
    path("imports/", ImportListView.as_view(), name="import-list"),
    path("imports/<slug:public_id>/", ImportView.as_view(), name="import-detail"),
    path("imports/<slug:public_id>/report/", ImportReportView.as_view(), name="import-report"),
    path("imports/<slug:public_id>/mapping/", ImportMappingView.as_view(), name="import-mapping"),
    path("imports/<slug:public_id>/name/", ImportNameView.as_view(), name="import-name"),
    path(
        "imports/<slug:public_id>/manifest/", ImportManifestView.as_view(), name="import-manifest"
    ),
    path("imports/<slug:public_id>/confirm/", ImportConfirmView.as_view(), name="import-confirm"),
    path("imports/<slug:public_id>/pause/", ImportPauseView.as_view(), name="import-pause"),
    path("imports/<slug:public_id>/resume/", ImportResumeView.as_view(), name="import-resume"),
    path("imports/<slug:public_id>/retry/", ImportRetryView.as_view(), name="import-retry"),
    path("imports/<slug:public_id>/undo/", ImportUndoView.as_view(), name="import-undo"),
]

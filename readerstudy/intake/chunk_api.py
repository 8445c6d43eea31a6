"""Uploads in pieces over the API: begin, send piece after piece, ask how much has come, let go."""

from typing import Any

from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from readerstudy.accounts.requests import user_of
from readerstudy.core.clock import now
from readerstudy.core.errors import InvalidInput
from readerstudy.core.parsers import JsonParser
from readerstudy.core.scopes import Scope
from readerstudy.intake.chunks import (
    PIECE_BYTES,
    add_piece,
    begin_upload,
    remove_upload,
    upload_for,
)
from readerstudy.intake.models import ChunkedUpload
from readerstudy.intake.permissions import check_may_import

# Digits of a number that is a place in a file.
_LONGEST = 18


class BytesParser(BaseParser):
    """The body as it comes; the server has refused what is longer than a piece may be."""

    media_type = "application/octet-stream"

    def parse(self, stream: Any, *_arguments: Any, **_named: Any) -> Any:
        """One byte more than a piece may have, so that what is longer is seen."""
        return stream.read(PIECE_BYTES + 1)


class UploadInput(serializers.Serializer[Any]):
    """What the browser knows of the file, and the name of the image set, which is checked where it is given."""

    name = serializers.CharField(max_length=255)
    size = serializers.IntegerField(min_value=0, max_value=2**53)
    modified = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    set_name = serializers.CharField(
        max_length=200, required=False, allow_blank=True, allow_null=True, default=None
    )


class UploadOutput(serializers.ModelSerializer[ChunkedUpload]):
    """How much has come; the next piece begins there and has at most `piece_bytes`."""

    id = serializers.CharField(source="public_id", read_only=True)
    piece_bytes = serializers.SerializerMethodField()

    class Meta:
        model = ChunkedUpload
        fields = ["id", "name", "size", "set_name", "received", "piece_bytes"]
        read_only_fields = fields

    def get_piece_bytes(self, _upload: ChunkedUpload) -> int:
        return PIECE_BYTES


class UploadListView(APIView):
    """Begins an upload, or finds again the one of the same file."""

    token_scopes = {"POST": Scope.IMAGES_WRITE}
    parser_classes = [JsonParser]

    @extend_schema(request=UploadInput, responses={201: UploadOutput})
    def post(self, request: Request) -> Response:
        """Answers 201 with what has come already, which is 0 for a new upload."""
        check_may_import(user_of(request))
        given = UploadInput(data=request.data)
        given.is_valid(raise_exception=True)
        upload = begin_upload(actor=user_of(request), now=now(), **given.validated_data)
        return Response(UploadOutput(upload).data, status=status.HTTP_201_CREATED)


class UploadView(APIView):
    """One upload."""

    token_scopes = {
        "GET": Scope.IMAGES_WRITE,
        "PUT": Scope.IMAGES_WRITE,
        "DELETE": Scope.IMAGES_WRITE,
    }
    parser_classes = [BytesParser]

    @extend_schema(responses=UploadOutput)
    def get(self, request: Request, public_id: str) -> Response:
        return Response(UploadOutput(upload_for(user_of(request), public_id)).data)

    @extend_schema(
        request={"application/octet-stream": OpenApiTypes.BINARY},
        parameters=[OpenApiParameter("offset", int, required=True)],
        responses=UploadOutput,
    )
    def put(self, request: Request, public_id: str) -> Response:
        """Takes the piece that begins with byte `offset`; 409 where that is not the next one."""
        upload = upload_for(user_of(request), public_id)
        offset = request.query_params.get("offset", "")
        if not (offset.isascii() and offset.isdecimal() and len(offset) <= _LONGEST):
            message = "offset must be the number of the byte that the piece begins with."
            raise InvalidInput(message, code="offset", field="offset")
        content = request.data if isinstance(request.data, bytes) else b""
        held = add_piece(upload=upload, start=int(offset), content=content, now=now())
        return Response(UploadOutput(held).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, public_id: str) -> Response:
        """Lets the upload go, with what has come."""
        remove_upload(upload_for(user_of(request), public_id))
        return Response(status=status.HTTP_204_NO_CONTENT)


urlpatterns = [
    path("uploads/", UploadListView.as_view(), name="upload-list"),
    path("uploads/<str:public_id>/", UploadView.as_view(), name="upload-detail"),
]

"""What the API's schema says of every operation: how it refuses. In one place, so that no view has to."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from rest_framework import serializers

_REFUSALS = {
    400: "Something in the request is not what it should be; `problems` says what and where.",
    401: "Nobody is signed in, or the token is not valid any more.",
    403: "Nobody is signed in, or this may not be done by whoever is.",
    404: "There is no such thing, or it is not one's own to see.",
    405: "The address does not take this method.",
    406: "JSON is what is answered.",
    409: "The thing is not in a state in which this can be done.",
    415: "The body is of a type that is not read here.",
    429: "Too many requests; `Retry-After` says when to come again.",
    503: "A part of the server is away for the moment; `Retry-After` says when to come again.",
    507: "The server's disk is full; nothing was stored.",
}
_OF_EVERY_OPERATION = (401, 403, 404, 405, 406, 429, 503)
_OF_CHANGES = (400, 409, 507)


class ProblemOutput(serializers.Serializer[Any]):
    """One thing that is wrong, with where it is: file, row (the header being row 1), column or field."""

    code = serializers.CharField()
    message = serializers.CharField()
    file = serializers.CharField(allow_blank=True)
    row = serializers.IntegerField(allow_null=True)
    column = serializers.CharField(allow_blank=True)
    field = serializers.CharField(allow_blank=True)


class RefusalOutput(serializers.Serializer[Any]):
    """Why nothing was done. `code` is the same in all languages, `message` is a sentence for a person."""

    code = serializers.CharField()
    message = serializers.CharField()
    problems = ProblemOutput(many=True)


class ApiSchema(AutoSchema):
    """The framework's schema of a view, with every way in which it may refuse."""

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        known: dict[str, Any] = super()._get_response_bodies(direction)
        return known | {
            str(status): self._refusal(status, direction)
            for status in self._refusals()
            if str(status) not in known
        }

    def _get_paginator(self) -> Any:
        """Lists that are asked for come in pages; what a change gives back does not."""
        return super()._get_paginator() if self.method == "GET" else None

    def _refusals(self) -> list[int]:
        takes_a_body = self._get_request_body() is not None
        refusals = {*_OF_EVERY_OPERATION}
        if self.method != "GET":
            refusals |= {*_OF_CHANGES}
        if self._get_parameters():
            refusals |= {400, 409}
        if takes_a_body:
            refusals |= {415}
        return sorted(refusals)

    def _refusal(self, status: int, direction: Any) -> dict[str, Any]:
        body = self._get_response_for_code(RefusalOutput, str(status), ["application/json"], direction)  # fmt: skip
        return {**body, "description": _REFUSALS[status]}

"""Pages of lists in the API. What is no number is told instead of taken for the first page."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.request import Request

from readerstudy.core.errors import InvalidInput

# Farther than any list reaches, and still a number for the database.
FARTHEST = 2**31 - 1


class Pages(LimitOffsetPagination):
    """`?limit=` of at least 1 and `?offset=` of at least 0."""

    max_limit = 1000

    def get_limit(self, request: Request) -> int | None:
        """Raises InvalidInput for what is no such number."""
        _check(request.query_params, self.limit_query_param, least=1)
        return super().get_limit(request)

    def get_offset(self, request: Request) -> int:
        """Raises InvalidInput for what is no such number."""
        _check(request.query_params, self.offset_query_param, least=0)
        return super().get_offset(request)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """The framework's own, with the bounds."""
        parameters = super().get_schema_operation_parameters(view)
        for parameter, least in zip(parameters, (1, 0), strict=True):
            parameter["schema"] |= {"minimum": least, "maximum": FARTHEST}
        return parameters


def _check(query: Mapping[str, str], name: str, *, least: int) -> None:
    said = query.get(name)
    if said is None:
        return
    if not (said.isascii() and said.isdecimal() and least <= int(said[:20]) <= FARTHEST):
        message = _("%(name)s is a whole number from %(least)s to %(most)s.")
        raise InvalidInput(message % {"name": name, "least": least, "most": FARTHEST}, field=name)

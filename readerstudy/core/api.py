"""How the API tells of problems: the same object that the pages render."""

from typing import Any

from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler

from readerstudy.core.errors import DomainError, InvalidInputs, Problem
from readerstudy.core.sentences import translated


def problem_handler(exception: Exception, context: dict[str, Any]) -> Response | None:
    """`{"code", "message", "problems": [...]}` for every refusal."""
    if isinstance(exception, DomainError):
        return Response(problem_body(exception), status=exception.status)
    response = exception_handler(exception, context)
    if response is None:
        return None
    if isinstance(exception, ValidationError):
        problems = tuple(_field_problems(exception.get_full_details()))
        refused = InvalidInputs("The request is not valid.", problems)
        return Response(problem_body(refused), status=refused.status)
    # Read from the response: the framework turns Django's own 404 and 403 into its errors on the way.
    detail = response.data["detail"]
    code = getattr(detail, "code", "error")
    response.data = {"code": code, "message": str(detail), "problems": []}
    return response


def problem_body(error: DomainError) -> dict[str, Any]:
    """What the API says of a refusal, in the language of the request; codes and fields are the same in all of them."""
    problems = [
        {**problem.as_dict(), "message": translated(problem.message)} for problem in error.problems
    ]
    return {"code": error.code, "message": translated(error.message), "problems": problems}


def _field_problems(details: Any, field: str = "") -> list[Problem]:
    if isinstance(details, dict) and "message" in details and "code" in details:
        return [Problem(code=str(details["code"]), message=str(details["message"]), field=field)]
    if isinstance(details, dict):
        return [
            p
            for key, value in details.items()
            for p in _field_problems(value, f"{field}.{key}".lstrip("."))
        ]
    if isinstance(details, list):
        return [p for value in details for p in _field_problems(value, field)]
    return [Problem(code="invalid", message=str(details), field=field)]

"""Django's validation errors, told as errors of the domain."""

import math
from collections.abc import Collection, Iterator

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models

from readerstudy.core.errors import InvalidInputs, Problem


def check_valid(instance: models.Model, *, exclude: Collection[str] = ()) -> None:
    """Validates the row with its constraints. Raises InvalidInputs with every problem and its field."""
    _check_finite(instance)
    try:
        instance.full_clean(exclude=set(exclude))
    except ValidationError as error:
        raise invalid_inputs(error) from error


def _check_finite(instance: models.Model) -> None:
    """NaN is within every bound, for it is beyond none; JSON and statistics have no word for it."""
    fields = [one for one in instance._meta.concrete_fields if isinstance(one, models.FloatField)]
    wrong = [one.name for one in fields if not _is_finite(getattr(instance, one.attname))]
    if wrong:
        sentence = "This is not a number."
        problems = (Problem(code="not_finite", message=sentence, field=name) for name in wrong)
        raise InvalidInputs(sentence, tuple(problems))


def _is_finite(value: object) -> bool:
    return not isinstance(value, float) or math.isfinite(value)


def invalid_inputs(error: ValidationError, *, field: str = "") -> InvalidInputs:
    """The same problems as an error of the domain; `field` names those that have no field of their own."""
    problems = tuple(_problems(error, field))
    return InvalidInputs(problems[0].message, problems)


def _problems(error: ValidationError, field: str) -> Iterator[Problem]:
    by_field = error.error_dict if hasattr(error, "error_dict") else {field: error.error_list}
    for name, errors in by_field.items():
        place = field if name == NON_FIELD_ERRORS else name
        for one in errors:
            for message in one.messages:
                yield Problem(code=one.code or "invalid", message=message, field=place)

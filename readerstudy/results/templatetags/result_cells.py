"""How a page shows the cells of result tables, in the reader's language."""

import json
import re
from typing import Any

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from readerstudy.core.sentences import translated
from readerstudy.images.choices import Sex
from readerstudy.results.finished.models import FinishedStudy
from readerstudy.results.sentences import decimal, percent

register = template.Library()
_MISSING = "–"
_WORDS = ("text", "reason")
_TINY_P = 0.0001
_MANY = 1000
# Characters that could end a script element or open a comment inside it.
_ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}

# Plotly's other tags make bold, small and lines of their own.
_LINK = re.compile(r"<(?=/?a\b)", re.IGNORECASE)


@register.filter
def cell(value: Any, kind: str) -> str:
    """A raw value as its column shows it."""
    if value is None:
        return _MISSING
    return _FORMATS.get(kind, str)(value)


def _decimals(digits: int) -> Any:
    return lambda value: decimal(value, digits)


def _signed_points(value: float) -> str:
    sign = "+" if value > 0 else "−" if value < 0 else "±"
    return f"{sign}{percent(abs(value))}"


def _signed_fraction(value: float) -> str:
    sign = "+" if value > 0 else "−" if value < 0 else "±"
    return f"{sign}{decimal(abs(value), 3)}"


def _p_value(value: float) -> str:
    return f"< {decimal(_TINY_P, 4)}" if value < _TINY_P else decimal(value, 4)


def _df(value: float) -> str:
    """Degrees of freedom; beyond what changes an interval only that they are many."""
    return f"> {_MANY}" if value > _MANY else decimal(value, 1)


_FORMATS = {
    "rate": percent,
    "auc": _decimals(3),
    "difference_auc": _signed_fraction,
    "difference": _signed_points,
    "number": _decimals(2),
    "variance": _decimals(5),
    "df": _df,
    "score": _decimals(4),
    "p": _p_value,
    "reason": translated,
}


@register.filter
def is_number(kind: str) -> bool:
    """Whether a column's cells stand flush right."""
    return kind not in _WORDS


@register.filter
def rate(value: float | None) -> str:
    """A fraction as a percentage."""
    return percent(value)


@register.filter
def unlocalised(value: float) -> str:
    """A number as addresses have it, with a dot, and so that it is read back as the same number."""
    return repr(float(value))


@register.filter
def sex_words(value: str) -> str:
    """The sex of a case in words."""
    return str(dict(Sex.choices).get(value, value))


@register.filter
def plot_json(plot: dict[str, Any]) -> SafeString:
    """JSON for a `<script type="application/json">`, which the browser does not run.

    Plotly makes links of the names of readers, groups and files that look like ones; here they stay words.
    """
    text = _LINK.sub("&lt;", json.dumps(plot, allow_nan=False))
    return mark_safe(text.translate(_ESCAPES))  # nosec B703, B308  # noqa: S308 (escaped above)


@register.simple_tag
def results_url(study: Any, page: str, *arguments: str) -> str:
    """The address of one of the results' pages, of a study of this installation or of a finished one."""
    if isinstance(study, FinishedStudy):
        return reverse(f"finished:{page}", args=[study.public_id, *arguments])
    return reverse(f"results:{page}", args=[study.slug, *arguments])

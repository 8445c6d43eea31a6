"""How pages show the stored format check, in the reader's language."""

from django import template
from django.utils.formats import number_format

from readerstudy.truth.choices import Colour, Feature, HigherIn, Reason
from readerstudy.truth.confounds import DECIMALS

register = template.Library()


@register.filter
def feature_label(value: str) -> str:
    """The feature in words."""
    return str(Feature(value).label)


@register.filter
def colour_label(value: str) -> str:
    """The colour in words, so that nobody needs to see it."""
    return str(Colour(value).label)


@register.filter
def side_label(value: str) -> str:
    """On which side the feature is higher; empty for neither."""
    return str(HigherIn(value).label)


@register.filter
def reason_label(value: str) -> str:
    """Why there is no test or no interval; empty where there is one."""
    return str(Reason(value).label)


@register.filter
def auc(value: float | None) -> str:
    """An AUC with two decimals, a dash where there is none."""
    return "–" if value is None else number_format(value, DECIMALS)

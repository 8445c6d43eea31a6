"""How a matching rule is called."""

from django.utils.translation import gettext as _


def rule_name(rule: str) -> str:
    """The name of a matching rule for a person."""
    names = {
        "interpolated": _("interpolated on the empirical ROC"),
        "next": _("next threshold at or above"),
        "nearest": _("nearest threshold"),
    }
    return names[rule]

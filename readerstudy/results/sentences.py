"""The result in words, in the form in which the paper gives it. Numbers come from the document alone."""

from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

Document = dict[str, Any]


def percent(fraction: float | None, digits: int = 1) -> str:
    """A fraction as a percentage in the reader's language, such as 89.4 % or 89,4 %."""
    if fraction is None:
        return "–"
    return f"{decimal(100 * fraction, digits)} %"


def decimal(value: float, digits: int) -> str:
    """A rounded number in the reader's language. Django's own formatting cuts digits off instead of rounding."""
    return number_format(f"{value:.{digits}f}", digits, use_l10n=True)


def headline(document: Document) -> list[str]:
    """One sentence on the readers, one on each model, one on how many readers it beats."""
    sentences = [_readers_sentence(document)]
    for model in document["models"]:
        sentences += [_matched_sentence(model), _comparison_sentence(model, document)]
    return sentences


def _readers_sentence(document: Document) -> str:
    readers = document["readers"]
    words = {
        "readers": document["counts"]["readers"],
        **_rate_words(readers, "sensitivity"),
        **_rate_words(readers, "specificity"),
    }
    return (
        _(
            "The mean sensitivity of the %(readers)d readers was %(sensitivity_mean)s (range %(sensitivity_low)s to "
            "%(sensitivity_high)s) at a mean specificity of %(specificity_mean)s (range %(specificity_low)s to "
            "%(specificity_high)s)."
        )
        % words
    )


def _rate_words(part: Document, name: str) -> dict[str, str]:
    return {f"{name}_{key}": percent(part[name][key]) for key in ("mean", "low", "high")}


def _matched_sentence(model: Document) -> str:
    row = model["matched"][0]["specificity_at_sensitivity"][0]
    words = {
        "model": model["name"],
        "runs": len(model["runs"]),
        **{key: percent(row[key]) for key in ("target", "mean", "low", "high")},
    }
    if len(model["runs"]) == 1:
        return (
            _("At the same sensitivity of %(target)s, %(model)s reached a specificity of %(mean)s.")
            % words
        )
    return (
        _(
            "At the same sensitivity of %(target)s, %(model)s reached a mean specificity of %(mean)s (range over "
            "%(runs)d training runs %(low)s to %(high)s)."
        )
        % words
    )


def _comparison_sentence(model: Document, document: Document) -> str:
    mean = model["comparison"]["mean"]
    words = {"model": model["name"], "readers": document["counts"]["readers"], **mean}
    return (
        _(
            "On the average over its runs, %(model)s was better than the reader in both sensitivity and specificity "
            "for %(both)d of %(readers)d readers, in one of the two for %(one)d and in neither for %(neither)d."
        )
        % words
    )

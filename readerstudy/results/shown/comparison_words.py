"""The words of comparisons: roles, measures, verdicts and headings, in the reader's language."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from readerstudy.results.choices import PrimaryComparison
from readerstudy.results.figure import Document
from readerstudy.results.sentences import decimal, percent
from readerstudy.results.shown.marks import section

MEAN_OF_RUNS = ""


def section_of(document: Document, name: str) -> dict[str, Any]:
    """A section; empty where it could not be computed, or the analysis is older than it."""
    return section(document, name) or {}


def run_name(label: str) -> str:
    """A training run; the empty label is the mean of all."""
    return label or _("Mean of the runs")


def comparison_name(name: str) -> str:
    """What is compared, as the analysis plan calls it."""
    return str(PrimaryComparison(name).label)


def role_name(role: str) -> str:
    """What a comparison is in the analysis plan."""
    names = {
        "primary": _("primary"),
        "secondary": _("secondary"),
        "exploratory": _("exploratory"),
    }
    return names[role]


def figure_name(figure: str) -> str:
    """A measure of accuracy."""
    names = {"auc": "AUC", "sensitivity": _("Sensitivity"), "specificity": _("Specificity")}
    return names[figure]


def verdict(claim: Mapping[str, Any] | None, role: str) -> str:
    """What a claim shows. Only of the planned primary comparison is anything called superior or non-inferior."""
    if claim is None or claim["p_non_inferior"] is None:
        return _("no test")
    if role != "primary":
        return _("interval above 0") if claim["superior"] else _("interval not above 0")
    if claim["superior"]:
        return _("superior")
    if claim["margin"] and claim["non_inferior"]:
        return _("non-inferior, not shown to be superior")
    return _("not shown to be non-inferior") if claim["margin"] else _("not shown to be superior")


def joint_verdict(joint: Mapping[str, Any] | None) -> str:
    """What both rates show together."""
    if joint is None or joint["p"] is None:
        return _("no test")
    return _("holds for both rates") if joint["holds"] else _("not shown for both rates")


def caution_text(caution: Mapping[str, Any]) -> str:
    """A caution of the primary section."""
    texts = {
        "not_planned": _(
            "No analysis plan was fixed before the reading: every comparison is exploratory."
        ),
        "few_readers": _(
            "With fewer than four readers their variance is hardly known: the result holds for these readers."
        ),
        "bare_decisions": _(
            "The readers gave decisions without a confidence: a reader's AUC is the mean of sensitivity and specificity."
        ),
        "several_models": _(
            "Several models were fixed at the lock: each is tested at the full level, without adjustment."
        ),
        "not_locked": _("%(model)s was not fixed at the lock: its comparisons are exploratory."),
    }
    words = {"model": caution.get("model", "")}
    return texts[caution["code"]] % words


def plan_rows(document: Document) -> list[tuple[str, str]]:
    """What the analysis plan fixed, and the cautions, in rows of two."""
    part = section_of(document, "primary")
    plan = document.get("study", {}).get("plan", {})
    return [*_planned(plan), *((_("Caution"), caution_text(one)) for one in part["cautions"])]


def _planned(plan: Mapping[str, Any]) -> list[tuple[str, str]]:
    if not plan.get("is_prespecified"):
        return []
    margin = _("none, superiority alone") if plan["margin"] is None else decimal(plan["margin"], 3)
    if plan["prevalence"] is None:
        prevalence = _("not planned")
    else:
        prevalence = f"{percent(plan['prevalence'], 2)} ({plan['prevalence_source']})"
    return [
        (_("Primary comparison"), comparison_name(plan["primary"])),
        (_("Two-sided significance level α"), decimal(plan["alpha"], 3)),
        (_("Non-inferiority margin"), margin),
        (_("Target prevalence"), prevalence),
    ]

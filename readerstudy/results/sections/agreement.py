"""Agreement between readers (E8, GRRAS): coefficients by rank group and class of cases, pairs, majority and CNN."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from readerstudy.results.sections.agreement_pairs import pairs
from readerstudy.results.sections.agreement_with import with_majority, with_models
from readerstudy.results.sections.errors import NotComputableError
from readerstudy.results.sections.panel import Panel, Part, panel_of, part_or_reason
from readerstudy.results.table import ReadingTable
from readerstudy.stats.agreement import (
    Agreement,
    Scale,
    conger_kappa,
    fleiss_kappa,
    gwet_ac,
    krippendorff_alpha,
    percent_agreement,
)

METHOD = (
    "Decisions with nominal weights: mean share of agreeing pairs of readers, Fleiss' kappa (1971) and Conger's kappa "
    "(1980) over the cases that all of these readers graded, Gwet's AC1 (2008) and Krippendorff's alpha (2004) over all "
    "cases that two of them graded; ratings with Krippendorff's alpha of an ordinal scale. Intervals from the jackknife "
    "over cases, normal, readers fixed, not clipped. Each reader's first unaided answer to a case counts."
)
NO_CONFIDENCE = "Readers gave decisions without a confidence: there is no ordinal scale."
_Coefficient = Callable[[NDArray[np.float64], float], Agreement]


def agreement(table: ReadingTable) -> Part:
    """All parts of the section. Raises NotComputableError for fewer than two complete readers."""
    panel = panel_of(table)
    if len(panel.readers) < 2:  # noqa: PLR2004 (a pair)
        raise NotComputableError("Agreement between readers needs two complete readers.")
    return {
        "estimands": ["E8"],
        "method": METHOD,
        "level": panel.level,
        "panels": _panels(panel),
        "pairs": pairs(panel),
        "with_majority": with_majority(panel),
        "with_models": with_models(panel),
    }


def _panels(panel: Panel) -> list[Part]:
    """Every group of readers on all, the malignant and the benign cases."""
    truth = panel.truth
    some = {"all": np.ones(truth.size, np.bool_), "malignant": truth == 1, "benign": truth == 0}
    return [
        {"group": name, "cases": label, **_panel(panel, members, cases)}
        for name, members in panel.groups
        for label, cases in some.items()
    ]


def _panel(panel: Panel, members: NDArray[np.bool_], cases: NDArray[np.bool_]) -> Part:
    decisions, ratings = (values[members][:, cases] for values in (panel.choices, panel.rating))
    graded = ~np.isnan(decisions)
    together = decisions[:, graded.all(axis=0)]
    answers, level = int(graded.sum()), panel.level
    biopsies = int((decisions == 1).sum())
    named = [
        _row("agreement", percent_agreement, decisions, level),
        _row("fleiss", fleiss_kappa, together, level),
        _row("conger", conger_kappa, together, level),
        _row("gwet", gwet_ac, decisions, level),
        _row("krippendorff", krippendorff_alpha, decisions, level),
        _ordinal(ratings, level) if panel.has_confidence else _missing("ordinal", NO_CONFIDENCE),
    ]
    return {
        "readers": int(members.sum()),
        "n_cases": int(cases.sum()),
        "answers": answers,
        "biopsies": biopsies,
        # The prevalence of the decision, without which no kappa can be read (GRRAS, item 13).
        "biopsy_share": biopsies / answers if answers else None,
        "coefficients": named,
    }


def _row(name: str, coefficient: Any, ratings: NDArray[np.float64], level: float) -> Part:
    return _told(name, lambda: coefficient(ratings, level=level))


def _ordinal(ratings: NDArray[np.float64], level: float) -> Part:
    return _told("ordinal", lambda: krippendorff_alpha(ratings, Scale.ORDINAL, level))


def _told(name: str, build: Callable[[], Agreement]) -> Part:
    found = part_or_reason(lambda: build().as_dict())
    kept = ("estimate", "se", "low", "high", "n_cases", "reason")
    row = {key: found[key] for key in kept if key in found and (key != "reason" or found[key])}
    return {"name": name, **row} if "estimate" in row else _missing(name, found["reason"])


def _missing(name: str, reason: str) -> Part:
    empty = dict.fromkeys(("estimate", "se", "low", "high"))
    return {"name": name, **empty, "n_cases": 0, "reason": reason}

"""The wording guard: what a report must not say of a study that has not planned to show it.

The adjectives are guarded, not the names of hypotheses: a plan may speak of superiority, only a result may call
something superior. A result that shows nothing is told as such, never as equality.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.utils.translation import gettext as _

from readerstudy.results.sentences import decimal

Document = dict[str, Any]


class Claim(Enum):
    """What a comparison may be planned to show."""

    SUPERIORITY = "superiority"
    NON_INFERIORITY = "non-inferiority"
    EQUIVALENCE = "equivalence"


_GUARDED: dict[Claim, str] = {
    Claim.NON_INFERIORITY: r"non-?\s?inferior(?!ity)|not inferior|nicht[\s-]?unterlegen(?!heit)",
    Claim.SUPERIORITY: r"(?<!non-)superior(?!ity)|überlegen(?!heit)",
    Claim.EQUIVALENCE: r"equivalent\w*|äquivalent\w*|gleichwertig(?!keit)\w*",
}


# What is denied is not claimed.
_DENIED = re.compile(r"not shown to be [^.;,]*|do(?:es)? not show that [^.;]*", re.IGNORECASE)


@dataclass(frozen=True)
class Effect:
    """A difference CNN − readers with its interval; None where it could not be computed."""

    value: float | None
    low: float | None
    high: float | None


def shown_claims(document: Document) -> frozenset[Claim]:
    """The claims that were planned before anybody read and that the result bears out.

    Two-sided interval at the planned α: superiority where its lower end is above 0, non-inferiority where it is above
    minus the margin, for every training run where there is no result over all of them. There is no plan for equivalence.
    """
    plan = document["study"].get("plan") or {}
    effects = effects_of(document)
    lows = [one.low for one in effects if one.low is not None]
    if not plan.get("is_prespecified") or not has_area_as_primary(document):
        return frozenset()
    if not lows or len(lows) < len(effects) or not document["models"][0]["prespecified"]:
        return frozenset()
    margin = plan.get("margin")
    found = {Claim.SUPERIORITY} if min(lows) > 0 else set()
    if margin is not None and min(lows) > -margin:
        found.add(Claim.NON_INFERIORITY)
    return frozenset(found)


def has_area_as_primary(document: Document) -> bool:
    """Whether the difference of areas is what was planned as primary, or nothing else was."""
    return (document["study"].get("plan") or {}).get("primary", "auc") == "auc"


def effects_of(document: Document) -> list[Effect]:
    """The first model's difference of areas over all its training runs; where that is not computed, one for each run."""
    row = over_all_runs(document)
    if row is not None:
        return [Effect(row["value"], row["low"], row["high"])]
    models = document["models"]
    rows = models[0]["against_readers"] if models else []
    return [Effect(row["effect"], row["low"], row["high"]) for row in rows]


def over_all_runs(document: Document) -> Document | None:
    """The row of the primary comparison over all training runs, with training runs random; None where it is not computed."""
    models = document.get("sections", {}).get("primary", {}).get("models", [])
    rows: list[Document] = models[0].get("rows", []) if models else []
    first = rows[0] if rows else None
    return first if first and first.get("label") == "" and first.get("low") is not None else None


def guarded_words(text: str, claims: Iterable[Claim] = ()) -> list[str]:
    """The words of the text that claim something which `claims` do not allow."""
    allowed = frozenset(claims)
    text = _DENIED.sub("", text)
    found = []
    for claim, pattern in _GUARDED.items():
        if claim not in allowed:
            found += [hit.group() for hit in re.finditer(rf"\b(?:{pattern})", text, re.IGNORECASE)]
    return found


def verdict(document: Document) -> str:
    """What the primary comparison shows, in the words that the plan allows."""
    effects = effects_of(document)
    known = [(one.low, one.high) for one in effects if one.low is not None and one.high is not None]
    if not known:
        return _("The primary comparison could not be computed.")
    claims = shown_claims(document)
    if Claim.SUPERIORITY in claims:
        return _("As planned before unblinding, the CNN was superior to the mean of the readers.")
    if Claim.NON_INFERIORITY in claims:
        margin = decimal(document["study"]["plan"]["margin"], 3)
        words = _(
            "As planned before unblinding, the CNN was non-inferior to the mean of the readers with a margin of %(margin)s."
        )
        return words % {"margin": margin}
    if not has_area_as_primary(document):
        planned = _(
            "The primary comparison that was planned is another one; its result stands in chapter 6."
        )
        return f"{planned} {_descriptive(known)}"
    return _descriptive(known)


def _descriptive(known: list[tuple[float, float]]) -> str:
    above = sum(low > 0 for low, _high in known)
    below = sum(high < 0 for _low, high in known)
    words = {"runs": len(known), "apart": above + below}
    if above + below == 0:
        return _(
            "The study does not show a difference between the CNN and the mean of the readers."
        )
    if above + below < len(known):
        return (
            _(
                "The interval excludes zero for %(apart)d of %(runs)d training runs, so that the result depends on the run."
            )
            % words
        )
    if above and below:
        return _("The training runs differ from the mean of the readers in both directions.")
    return (
        _("The area of the CNN was larger than the mean area of the readers.")
        if above
        else _("The area of the CNN was smaller than the mean area of the readers.")
    )

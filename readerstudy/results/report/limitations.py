"""The limitations of a study, each said only where its data ask for it."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from readerstudy.results.report.facts import Facts
from readerstudy.results.sentences import percent

Document = dict[str, Any]
Rule = Callable[[Document, Facts], str | None]
FEW_READERS, SMALL_CLASS, WASHOUT_DAYS = 4, 30, 28
DARK_TYPES, FEW_DARK_CASES = (5, 6), 10
# A share of malignant cases above this is no clinic's, where the plan names no prevalence of its own.
ENRICHED = 0.05
_MORE_THAN_PLANNED = 1.2
CERTIFIED = "certified"


def limitations(document: Document, facts: Facts) -> dict[str, str]:
    """Name → sentence of every limitation that the data trigger, in a fixed order."""
    told = {name: rule(document, facts) for name, rule in _RULES.items()}
    return {name: sentence for name, sentence in told.items() if sentence}


def _synthetic(document: Document, _facts: Facts) -> str | None:
    if not document["study"]["synthetic"]:
        return None
    return _(
        "All data are synthetic: the report shows what such a report looks like, and says nothing about real readers or real CNNs."
    )


def _no_plan(document: Document, _facts: Facts) -> str | None:
    if (document["study"].get("plan") or {}).get("is_prespecified"):
        return None
    return _(
        "No analysis plan with hypotheses, margin and primary endpoint was fixed before unblinding; every comparison is exploratory."
    )


def _enriched(document: Document, _facts: Facts) -> str | None:
    counts, plan = document["counts"], document["study"].get("plan") or {}
    share = counts["positives"] / counts["cases"]
    usual = plan.get("prevalence")
    if share <= (ENRICHED if usual is None else _MORE_THAN_PLANNED * usual):
        return None
    return _(
        "%(share)s of the cases are malignant, more than in the population that the test is meant for. Predictive values of this "
        "set do not hold there, and readers may have decided for biopsy more often than in practice."
    ) % {"share": percent(share)}


def _small_class(document: Document, _facts: Facts) -> str | None:
    counts = document["counts"]
    fewest = min(counts["positives"], counts["negatives"])
    if fewest >= SMALL_CLASS:
        return None
    words = (
        _(
            "With %(fewest)d malignant cases, sensitivity is estimated coarsely: one case is %(step)s."
        )
        if counts["positives"] == fewest
        else _(
            "With %(fewest)d benign cases, specificity is estimated coarsely: one case is %(step)s."
        )
    )
    return words % {"fewest": fewest, "step": percent(1 / fewest)}


def _few_readers(document: Document, _facts: Facts) -> str | None:
    readers = document["counts"]["readers"]
    if readers >= FEW_READERS:
        return None
    return _(
        "With %(readers)d complete readers the variance between readers is hardly known; the results hold for these readers."
    ) % {"readers": readers}


def _one_institution(document: Document, _facts: Facts) -> str | None:
    institutions = document["readers"]["institutions"]
    if len(institutions) != 1:
        return None
    return _("All readers work at one institution (%(name)s); others may decide differently.") % {
        "name": institutions[0]["name"]
    }


def _certification(_document: Document, facts: Facts) -> str | None:
    if facts.table is None:
        return None
    told = [one.board_certification for one in facts.table.readers]
    known = [one for one in told if one]
    if not known:
        return _("Whether the readers are board certified was not recorded.")
    others = sum(one != CERTIFIED for one in known)
    if not others:
        return None
    return _("%(others)d of %(known)d readers who told are not board certified in dermatology.") % {
        "others": others,
        "known": len(known),
    }


def _phototypes(_document: Document, facts: Facts) -> str | None:
    cases = facts.table.cases if facts.table else ()
    known = [one.fitzpatrick for one in cases if one.fitzpatrick is not None]
    if cases and not known:
        return _(
            "The phototype of the cases was not recorded, so nothing can be said about dark skin."
        )
    dark = sum(one in DARK_TYPES for one in known)
    if not cases or dark >= FEW_DARK_CASES:
        return None
    return _(
        "%(dark)d of %(known)d cases with a recorded phototype are of Fitzpatrick type V or VI; results for dark skin are uncertain."
    ) % {"dark": dark, "known": len(known)}


def _washout(_document: Document, facts: Facts) -> str | None:
    shortest = min((one["shortest"] for one in facts.gaps), default=None)
    if shortest is None or shortest >= WASHOUT_DAYS:
        return None
    return _(
        "The shortest gap between two sessions with the same cases was %(days)d days, less than four weeks: readers may have remembered cases."
    ) % {"days": int(shortest)}


def _incomplete(document: Document, _facts: Facts) -> str | None:
    counts = document["counts"]
    left_out = counts["incomplete_readers"] + counts["readers_without_answers"]
    if not left_out:
        return None
    return _(
        "%(left_out)d readers did not finish and are left out; those who finish may differ from those who do not."
    ) % {"left_out": left_out}


def _not_assessable(document: Document, _facts: Facts) -> str | None:
    answers = document["counts"]["not_assessable"]
    if not answers:
        return None
    return _(
        "%(answers)d answers say that the case cannot be assessed; they count as missing, and are hardly missing at random."
    ) % {"answers": answers}


def _no_model(document: Document, _facts: Facts) -> str | None:
    return None if document["models"] else _("No CNN was run; only the readers are reported.")


def _model_not_planned(document: Document, _facts: Facts) -> str | None:
    names = [model["name"] for model in document["models"] if not model["prespecified"]]
    if not names:
        return None
    return _(
        "The files of %(names)s were not all fixed when the study was locked; its results are exploratory."
    ) % {"names": ", ".join(names)}


def _one_run(document: Document, _facts: Facts) -> str | None:
    if not any(len(model["runs"]) == 1 for model in document["models"]):
        return None
    return _("The CNN was trained once; how much another training run would differ is not known.")


def _prior_exposure(_document: Document, facts: Facts) -> str | None:
    knew = sum(one.prior_exposure is True for one in facts.table.readers) if facts.table else 0
    if not knew:
        return None
    return _("%(knew)d readers said that they may have seen photographs of the set before.") % {
        "knew": knew
    }


def _overlap(_document: Document, facts: Facts) -> str | None:
    sets = facts.section("training_overlap").get("training_sets", [])
    shared = sum(one["exact"] + one["near"] + one["patients"] + one["lesions"] for one in sets)
    if not shared:
        return None
    return _(
        "The cases share photographs, patients or lesions with a declared training set; the CNN may know them."
    )


def _used_before(_document: Document, facts: Facts) -> str | None:
    uses = facts.section("uses_of_the_cases")
    if not any(uses.get(name, 0) for name in ("studies", "model_runs")):
        return None
    return _(
        "Before the lock the case set had been used in %(studies)d other studies and %(runs)d model runs; it is not new."
    ) % {
        "studies": uses.get("studies", 0),
        "runs": uses.get("model_runs", 0),
    }


def _photographs_alone(_document: Document, facts: Facts) -> str | None:
    answers = facts.manifest.get("answers")
    if answers is None or answers.get("has_second_level"):
        return None
    return _(
        "Readers decided from photographs alone, without history, palpation or dermoscopy of the patient, and without consequences for anybody."
    )


def _sequential(document: Document, _facts: Facts) -> str | None:
    if document["study"].get("design") != "sequential":
        return None
    return _(
        "Unaided and aided answers were given one after the other; readers who know that aid follows may decide less carefully at first."
    )


_RULES: dict[str, Rule] = {
    "synthetic": _synthetic,
    "no-plan": _no_plan,
    "enriched": _enriched,
    "small-class": _small_class,
    "few-readers": _few_readers,
    "one-institution": _one_institution,
    "certification": _certification,
    "phototypes": _phototypes,
    "washout": _washout,
    "incomplete": _incomplete,
    "not-assessable": _not_assessable,
    "no-model": _no_model,
    "model-not-planned": _model_not_planned,
    "one-run": _one_run,
    "prior-exposure": _prior_exposure,
    "overlap": _overlap,
    "used-before": _used_before,
    "photographs-alone": _photographs_alone,
    "sequential": _sequential,
}

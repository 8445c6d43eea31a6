"""What the page needs to move the CNN's threshold by itself: every run's ROC with its thresholds, every reader's point."""

from typing import Any

from readerstudy.results.figure import Document


def threshold_panels(document: Document) -> dict[str, dict[str, Any]]:
    """Name of the ROC figure → what its slider moves over, for every model whose thresholds are kept."""
    inspected = min(document["models"], key=lambda model: not model["prespecified"], default=None)
    return {
        f"roc-{index}": {**_panel(document, model), "is_inspected": model is inspected}
        for index, model in enumerate(document["models"], start=1)
        if all("threshold" in run["roc"] for run in model["runs"])
    }


def _panel(document: Document, model: Document) -> dict[str, Any]:
    counts, readers, plan = document["counts"], document["readers"], document["study"]["plan"]
    cases = {"positives": counts["positives"], "negatives": counts["negatives"]}
    enriched = counts["positives"] / counts["cases"]
    prevalence = enriched if plan["prevalence"] is None else plan["prevalence"]
    return {
        "runs": [{"label": run["label"], **run["roc"], **cases} for run in model["runs"]],
        "readers": [[one["sensitivity"], one["specificity"]] for one in readers["points"]],
        "mean_sensitivity": readers["sensitivity"]["mean"],
        # As text: a number field takes no decimal comma.
        "prevalence_percent": f"{100 * prevalence:.6g}",
        "is_planned": plan["prevalence"] is not None,
    }

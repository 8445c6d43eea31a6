"""The headline numbers of an analysis as a small JSON object, for commands and the API."""

from typing import Any

Document = dict[str, Any]


def headline_numbers(document: Document) -> dict[str, Any]:
    """Readers, cases, positives, mean and range of the rates, and the first model's numbers; rates are fractions."""
    counts, readers = document["counts"], document["readers"]
    return {
        "readers": counts["readers"],
        "cases": counts["cases"],
        "positives": counts["positives"],
        "reader_sensitivity": _spread(readers["sensitivity"]),
        "reader_specificity": _spread(readers["specificity"]),
        "groups": [
            {
                "name": group["name"],
                "readers": group["n"],
                "sensitivity": _spread(group["sensitivity"]),
                "specificity": _spread(group["specificity"]),
            }
            for group in readers["groups"]
        ],
        "model": _model(document["models"][0]) if document["models"] else None,
    }


def _spread(part: Document) -> dict[str, float]:
    return {key: part[key] for key in ("mean", "low", "high")}


def _model(model: Document) -> dict[str, Any]:
    matched = model["matched"][0]
    at_groups = {row["group"]: row for row in matched["specificity_at_sensitivity"]}
    return {
        "name": model["name"],
        "runs": len(model["runs"]),
        "auc": _spread(model["auc"]),
        "matching_rule": matched["rule"],
        "specificity_at_reader_sensitivity": _spread(at_groups.pop("")),
        "specificity_at_group_sensitivity": {name: _spread(row) for name, row in at_groups.items()},
        "sensitivity_at_reader_specificity": _spread(matched["sensitivity_at_specificity"][0]),
        "better_than": model["comparison"]["mean"],
    }

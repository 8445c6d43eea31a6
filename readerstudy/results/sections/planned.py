"""What the analysis plan makes of a comparison: its role, its level, and what may be claimed."""

from typing import Any

from readerstudy import stats
from readerstudy.results.sections.complete import complete_part
from readerstudy.results.sections.differences import Difference
from readerstudy.results.sections.errors import NotComputableError
from readerstudy.results.table import ModelScores, ReadingTable

AUC, MATCHED, FIXED = "auc", "matched", "fixed_threshold"
NO_READER = "No reader has answered every case, so there is nothing to compare."
NO_MODEL = "No model has scored every case, so there is nothing to compare with the readers."


def panel_of(table: ReadingTable) -> ReadingTable:
    """The table of the readers who count. Raises NotComputableError where there is none."""
    return complete_part(table, NO_READER)


def panel_with_models(table: ReadingTable) -> ReadingTable:
    """The same. Raises NotComputableError also where no model has scores."""
    if not table.models:
        raise NotComputableError(NO_MODEL)
    return panel_of(table)


def level_of(table: ReadingTable) -> float:
    """The confidence level that belongs to the plan's two-sided alpha."""
    return 1 - table.plan.alpha


def role_of(table: ReadingTable, model: ModelScores, comparison: str) -> str:
    """`primary` or `secondary` where plan and model were fixed before anybody read, otherwise `exploratory`."""
    if not (table.plan.is_prespecified and model.prespecified):
        return "exploratory"
    return "primary" if table.plan.primary == comparison else "secondary"


def margin_of(table: ReadingTable, comparison: str) -> float:
    """The planned margin, which is that of the primary comparison; 0 tests superiority alone."""
    return table.plan.margin or 0.0 if table.plan.primary == comparison else 0.0


def claimed(table: ReadingTable, comparison: str, difference: Difference) -> dict[str, Any]:
    """Non-inferiority within the margin, then superiority, one-sided at half of alpha."""
    margin = margin_of(table, comparison)
    return stats.claim(difference.estimate, margin, alpha=table.plan.alpha / 2).as_dict()


def claimed_of_both(
    table: ReadingTable, sensitivity: Difference, specificity: Difference
) -> dict[str, Any]:
    """The same of sensitivity and specificity, which must both hold."""
    margin = margin_of(table, FIXED)
    found = stats.claim_on_both(
        sensitivity.estimate,
        specificity.estimate,
        margins=(margin, margin),
        alpha=table.plan.alpha / 2,
    )
    return found.as_dict()


def named(model: ModelScores) -> dict[str, Any]:
    """How a section names a model."""
    return {"id": model.model_id, "name": model.name, "prespecified": model.prespecified}

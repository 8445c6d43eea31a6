"""The Obuchowski-Rockette block of the command."""

from dataclasses import fields
from typing import Any, TypeVar

from readerstudy.stats.command.blocks import (
    DifferenceRow,
    ModalityRow,
    ModelBlock,
    MrmcBlock,
    Reason,
)
from readerstudy.stats.mrmc import ModelTest, obuchowski_rockette
from readerstudy.stats.readings import Readings

_Row = TypeVar("_Row")


def mrmc_block(readings: Readings, covariance: str, level: float) -> tuple[MrmcBlock, list[Reason]]:
    """The block and its reasons. Raises StatisticsInputError where there is no analysis of variance."""
    found = obuchowski_rockette(readings, covariance=covariance, level=level)
    reasons = [Reason("mrmc", found.reason)] if found.reason else []
    blocks = {}
    for name in ("rrrc", "frrc", "rrfc"):
        test: ModelTest = getattr(found, name)
        blocks[name] = _model(test)
        reasons += _reasons(f"mrmc.{name}", test, found.reason)
    return MrmcBlock(found.covariance, found.components, **blocks), reasons


def _model(test: ModelTest) -> ModelBlock | None:
    """None where the model gives neither a test nor an interval of a mean."""
    if test.statistic is None and all(row.se is None for row in test.modalities):
        return None
    return ModelBlock(
        test.statistic, test.df1, test.df2, test.p,
        tuple(row_of(DifferenceRow, row) for row in test.differences),
        tuple(row_of(ModalityRow, row) for row in test.modalities),
    )  # fmt: skip


def row_of(kind: type[_Row], found: Any) -> _Row:
    """The row of the output with the fields of the same names of a result."""
    return kind(**{field.name: getattr(found, field.name) for field in fields(kind)})  # type: ignore[arg-type]


def _reasons(what: str, test: ModelTest, known: str | None) -> list[Reason]:
    """Each reason once: the test's, and those of the means that the test's does not cover."""
    reasons = [Reason(what, test.reason)] if test.reason and test.reason != known else []
    said = {known, test.reason}
    means = [row for row in test.modalities if row.reason and row.reason not in said]
    return reasons + [Reason(f"{what}.modalities {row.modality}", row.reason or "") for row in means]  # fmt: skip

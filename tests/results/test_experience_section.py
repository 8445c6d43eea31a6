"""Experience and performance against SciPy over the same pairs."""

import dataclasses

import numpy as np
import pytest
from scipy.stats import linregress, spearmanr

from readerstudy.results.sections import NotComputableError
from readerstudy.results.sections.experience import experience
from readerstudy.results.shown.experience import figures
from tests.results.factories import fuller_table, make_table


def test_correlations_are_those_of_every_reader_s_rates():
    table = fuller_table(readers=9)
    part = experience(table)
    malignant = table.truth == 1
    rates = {
        "sensitivity": table.decision[:, malignant].mean(axis=1),
        "specificity": 1 - table.decision[:, ~malignant].mean(axis=1),
        "accuracy": (table.decision == table.truth).mean(axis=1),
    }
    found = {(one["experience"], one["measure"]): one for one in part["correlations"]}
    for measure, values in rates.items():
        one = found["skin_checks_per_week", measure]
        checks = [5 * number for number in range(9)]
        rho, line = spearmanr(checks, values), linregress(checks, values)
        assert one["spearman"]["value"] == pytest.approx(rho.statistic)
        assert one["spearman"]["p"] == pytest.approx(rho.pvalue)
        assert one["slope"]["value"] == pytest.approx(line.slope)
        assert one["start"] == [0.0, pytest.approx(line.intercept)]
        assert one["end"] == [40.0, pytest.approx(line.intercept + 40 * line.slope)]
    assert found["skin_checks_per_week", "auc"]["n"] == 9


def test_readers_who_told_nothing_are_left_out_of_that_correlation_alone():
    table = fuller_table(readers=9)
    silent = dataclasses.replace(table.readers[3], skin_checks_per_week=None)
    table = dataclasses.replace(table, readers=(*table.readers[:3], silent, *table.readers[4:]))
    found = {(one["experience"], one["measure"]): one["n"] for one in experience(table)["correlations"]}  # fmt: skip
    assert found["skin_checks_per_week", "sensitivity"] == 8
    assert found["years_of_experience", "sensitivity"] == 9
    assert ("years_of_dermoscopy", "auc") not in found


def test_without_a_confidence_no_area_is_correlated():
    table = fuller_table(readers=9)
    part = experience(dataclasses.replace(table, rating=np.sign(table.rating)))
    one = next(row for row in part["correlations"] if row["measure"] == "auc")
    assert one["spearman"]["value"] is None
    assert "four pairs" in one["spearman"]["reason"]


def test_nothing_recorded_is_told():
    table = make_table()
    bare = tuple(dataclasses.replace(one, years_of_experience=None) for one in table.readers)
    with pytest.raises(NotComputableError, match="Nothing is recorded"):
        experience(dataclasses.replace(table, readers=bare))


def test_the_figure_draws_every_reader_and_the_line_of_the_document():
    part = experience(fuller_table(readers=9))
    figure = figures({"sections": {"experience": part}})[0]
    one = part["correlations"][0]
    dots, line = figure.plot["data"][:2]
    assert dots["x"] == [row["years_of_experience"] for row in part["points"]]
    assert dots["y"] == [row["sensitivity"] for row in part["points"]]
    assert list(zip(line["x"], line["y"], strict=True)) == [tuple(one["start"]), tuple(one["end"])]

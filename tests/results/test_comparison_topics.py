"""The topics that show the comparison of the CNN with the readers: whole tables, figures with their numbers, all words."""

import dataclasses
import json

import pytest
from django.utils import translation

from readerstudy.results.analysis import build_document
from readerstudy.results.shown import TOPICS
from readerstudy.results.shown.comparison_words import joint_verdict, verdict
from readerstudy.results.templatetags.result_cells import cell
from tests.results.factories import fuller_table
from tests.results.test_comparison_sections import PLAN, TABLES

NAMES = ("comparison", "operating-points", "readers")


def topic(name):
    return next(one for one in TOPICS if one.name == name)


def tables_of(name, document):
    return {table.name: table for table in topic(name).tables(document)}


@pytest.fixture(scope="module")
def document():
    return build_document(dataclasses.replace(fuller_table(), plan=PLAN))


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("data", TABLES)
@pytest.mark.parametrize("name", NAMES)
def test_every_table_is_whole_and_every_figure_names_one(name, data, language):
    with translation.override(language):
        analysed = build_document(TABLES[data])
        tables = tables_of(name, analysed)
        assert len(tables) == len(list(topic(name).tables(analysed)))
        for table in tables.values():
            assert len(table.kinds) == len(table.header)
            assert all(len(row) == len(table.header) for row in table.rows)
            assert all(cell(value, kind) for row in table.cells for value, kind in row if value != "")  # fmt: skip
        for figure in topic(name).figures(analysed):
            assert figure.table in tables
            assert figure.caption
            json.dumps(figure.plot, allow_nan=False)


def test_the_claims_are_those_of_the_document(document):
    table = tables_of("comparison", document)["comparison-claims"]
    rows = {(row[1], row[2]): row for row in table.rows}
    found = document["sections"]["primary"]["models"][0]["comparisons"]
    areas = found[0]["differences"][0]
    row = rows["Area under the ROC curve", "AUC"]
    assert row[3] == "primary"
    assert row[4:10] == tuple(areas[name] for name in ("cnn", "readers", "value", "low", "high", "p"))  # fmt: skip
    assert row[11] == areas["claim"]["p_non_inferior"]
    fixed = rows["Sensitivity and specificity at the fixed threshold, both", "Specificity"]
    assert fixed[6] == found[2]["differences"][1]["value"]
    assert (fixed[3], fixed[10]) == ("secondary", None)


def test_the_margin_is_drawn_beside_the_primary_comparison_alone(document):
    figure = next(one for one in topic("comparison").figures(document) if one.name == "comparison-claims")  # fmt: skip
    marks = [trace for trace in figure.plot["data"] if trace["name"] == "Non-inferiority margin"]
    assert [trace["x"] for trace in marks] == [[-0.1]]
    intervals = next(trace for trace in figure.plot["data"] if trace["name"] == "primary")
    row = document["sections"]["primary"]["models"][0]["rows"][0]
    assert intervals["x"] == [row["value"]]
    assert intervals["error_x"]["array"] == [pytest.approx(row["high"] - row["value"])]


def test_without_a_plan_that_is_the_first_thing_said():
    rows = tables_of("comparison", build_document(fuller_table()))["comparison-plan"].rows
    assert rows[0][0] == "Caution"
    assert "exploratory" in rows[0][1]


def test_the_forest_plot_has_every_reader_once_in_the_order_of_the_measure(document):
    for figure in topic("readers").figures(document):
        places = sorted(
            (x, y) for trace in figure.plot["data"] for x, y in zip(trace["x"], trace["y"], strict=True)
        )  # fmt: skip
        assert [x for x, _y in places] == list(range(1, 7))
        assert [y for _x, y in places] == sorted(y for _x, y in places)
        assert {code for trace in figure.plot["data"] for code in trace["text"]} == {f"R-{n}" for n in range(6)}  # fmt: skip


def test_predictive_values_stand_at_both_prevalences_or_the_target_is_empty(document):
    table = tables_of("readers", document)["reader-values"]
    place = table.header.index("PPV, target prevalence")
    target = document["sections"]["per_reader"]["readers"][0]["measures"]["target"]
    assert table.rows[0][place] == target["positive_predictive_value"]["value"]
    unplanned = tables_of("readers", build_document(fuller_table()))
    assert {row[place] for row in unplanned["reader-values"].rows} == {None}
    assert "no other population" in unplanned["reader-prevalences"].rows[1][1]


def test_only_the_planned_matched_comparison_is_called_so():
    plan = dataclasses.replace(PLAN, primary="matched")
    document = build_document(dataclasses.replace(fuller_table(), plan=plan))
    rows = tables_of("operating-points", document)["matched-own-1"].rows
    assert [row[:4] for row in rows if row[5] == "primary"] == [
        ("Specificity", "interpolated on the empirical ROC", "All readers", "Mean of the runs")
    ]
    assert {row[5] for row in rows} == {"primary", "exploratory"}


@pytest.mark.parametrize(
    ("superior", "non_inferior", "margin", "words"),
    [
        (True, True, 0.1, "superior"),
        (False, True, 0.1, "non-inferior, not shown to be superior"),
        (False, False, 0.1, "not shown to be non-inferior"),
        (False, False, 0.0, "not shown to be superior"),
    ],
)
def test_the_verdict_is_what_was_shown(superior, non_inferior, margin, words):
    claim = {
        "superior": superior,
        "non_inferior": non_inferior,
        "margin": margin,
        "p_non_inferior": 0.5,
    }
    assert verdict(claim, "primary") == words
    described = "interval above 0" if superior else "interval not above 0"
    assert {verdict(claim, role) for role in ("secondary", "exploratory")} == {described}


def test_without_a_test_there_is_no_verdict():
    assert verdict(None, "primary") == verdict({"p_non_inferior": None}, "primary") == "no test"
    assert joint_verdict({"p": None, "holds": False}) == "no test"
    assert joint_verdict({"p": 0.01, "holds": True}) == "holds for both rates"


def test_an_analysis_from_before_there_were_sections_shows_what_it_has(document):
    old = {name: part for name, part in document.items() if name != "sections"}
    old["study"] = {name: part for name, part in document["study"].items() if name != "plan"}
    for name in NAMES:
        assert all(table.rows for table in topic(name).tables(old))
        list(topic(name).figures(old))


def test_a_model_without_a_threshold_is_told_beside_the_other():
    analysed = build_document(TABLES["two models"])
    for name in ("operating-points", "readers"):
        assert any("Other: " in reason and "threshold" in reason for reason in topic(name).reasons(analysed))  # fmt: skip
    assert topic("comparison").reasons(build_document(TABLES["plain"])) == []

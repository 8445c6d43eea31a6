"""Topics on subgroups, time, difficulty, aided readings and missing answers: every table and figure from the document."""

import dataclasses
import json

import numpy as np
import pytest
from django.utils import translation

from readerstudy.results.analysis import build_document
from readerstudy.results.shown import TOPICS
from readerstudy.results.table import AnalysisPlan
from readerstudy.results.templatetags.result_cells import cell, plot_json
from tests.results.factories import fuller_table, make_table
from tests.results.test_aided import two_arms
from tests.results.test_subgroups import table_by_sex

NAMES = ("subgroups", "difficulty", "time", "aided", "missing")


def topic(name):
    return next(one for one in TOPICS if one.name == name)


def tables(name, document):
    return {table.name: table for table in topic(name).tables(document)}


def figures(name, document):
    return {figure.name: figure for figure in topic(name).figures(document)}


def with_two_models():
    table = table_by_sex()
    return dataclasses.replace(
        table,
        models=(*table.models, dataclasses.replace(table.models[0], name="Other", thresholds=())),
    )


STUDIES = {
    "full": table_by_sex,
    "bare": make_table,
    "no model": lambda: fuller_table(models=False),
    "one reader": lambda: fuller_table(readers=1),
    "two models": with_two_models,
    "holes": lambda: fuller_table(missing=[(2, 3)], unassessed=[(0, 1), (1, 12)]),
    "tiny": lambda: fuller_table(positives=1, negatives=2, readers=3),
}


@pytest.fixture(scope="module", params=STUDIES)
def document(request):
    # What is stored and read again.
    return json.loads(json.dumps(build_document(STUDIES[request.param]()), allow_nan=False))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", ["en", "de"])
def test_every_table_has_a_cell_for_each_column_and_every_figure_its_table(
    document, name, language
):
    with translation.override(language):
        found = tables(name, document)
        for table in found.values():
            assert table.rows, table.name
            widths = {len(row) for row in table.rows}
            assert widths == {len(table.header)} == {len(table.kinds)}, table.name
            assert all(
                isinstance(cell(value, kind), str) for row in table.cells for value, kind in row
            )
        for figure in figures(name, document).values():
            assert figure.table in found
            assert figure.caption
            json.dumps(figure.plot, allow_nan=False)


@pytest.mark.parametrize("name", NAMES)
def test_an_analysis_of_before_there_were_sections_shows_nothing(name):
    document = build_document(make_table())
    del document["sections"]
    assert list(topic(name).tables(document)) == []
    assert list(topic(name).figures(document)) == []


def test_a_subgroup_is_shown_with_its_counts_and_its_limits():
    document = build_document(table_by_sex())
    rows = tables("subgroups", document)["subgroups-readers"].rows
    row = next(one for one in rows if one[1] == "Female")
    part = next(
        one for one in document["sections"]["subgroups"]["factors"] if one["factor"] == "sex"
    )
    auc = part["levels"][0]["readers"]["auc"]
    assert row[:7] == ("Sex", "Female", 7, 11, auc["value"], auc["low"], auc["high"])
    assert row[-1] is None
    suppressed = next(one for one in rows if one[1] == "melanoma")
    assert suppressed[4] is None
    assert suppressed[-1] == "Fewer than 5 negative cases: not given."


def test_the_forest_plot_shows_the_subgroups_that_have_an_area():
    found = figures("subgroups", build_document(table_by_sex()))
    assert set(found) == {"subgroups-auc", "subgroups-difference-1"}
    labels = found["subgroups-auc"].plot["data"][0]["y"]
    assert "Sex: Female (7/11)" in labels
    assert not any("melanoma" in label for label in labels)
    assert found["subgroups-auc"].caption.startswith("Exploratory")


@pytest.mark.parametrize("tag", ['<a href="https://evil.example">', "<A HREF='x'>", "</a>", "<a>"])
def test_a_name_that_looks_like_a_link_stays_words(tag):
    """Plotly makes a link of it, to wherever it says, in the figure of whoever looks."""
    plot = {"data": [{"name": f"Ward {tag} 3<br><b>x</b>", "hovertemplate": "%{y}<extra></extra>"}]}
    text = plot_json(plot)
    assert not {"<", ">", "&"} & set(text)
    read = json.loads(text)["data"][0]
    assert read["name"] == f"Ward &lt;{tag[1:]} 3<br><b>x</b>"
    assert read["hovertemplate"] == "%{y}<extra></extra>"


def test_the_level_of_the_plan_stands_in_the_headings():
    plan = AnalysisPlan(is_prespecified=True, alpha=0.025)
    document = build_document(dataclasses.replace(table_by_sex(), plan=plan))
    table = tables("subgroups", document)["subgroups-readers"]
    assert "97.5 % CI, low" in table.header
    assert "pre-specified" in table.title


def test_a_case_is_named_where_it_is_pointed_at():
    document = build_document(fuller_table())
    plot = figures("difficulty", document)["difficulty-1"].plot
    assert plot["data"][0]["text"][0] == "case-0, melanoma"
    assert [len(trace["x"]) for trace in plot["data"]] == [5, 12]
    assert len(plot["layout"]["shapes"]) == 2


def test_every_readers_slope_runs_from_the_unaided_to_the_aided_rate():
    table = two_arms()
    plot = figures("aided", build_document(table))["aided-sensitivity"].plot
    own = table.truth == 1
    before, after = (side[0][own].mean() for side in (table.decision, table.aided.decision))
    assert plot["data"][0]["y"][:3] == pytest.approx([before, after, None], nan_ok=True)
    assert plot["data"][0]["x"][:3] == [0, 1, None]


def test_the_bars_add_up_to_all_answers():
    table = two_arms()
    plot = figures("aided", build_document(table))["aided-switching"].plot
    assert sum(trace["y"][0] for trace in plot["data"]) == table.decision.size


def test_the_caveat_of_the_design_stands_below_the_figure():
    document = build_document(dataclasses.replace(two_arms(), design="sequential"))
    assert "order and aid cannot be told apart" in figures("aided", document)["aided-auc"].caption


def test_the_curve_along_the_order_has_its_trend_only_where_there_is_one():
    table = fuller_table()
    assert len(figures("time", build_document(table))["time-order"].plot["data"]) == 2
    same = dataclasses.replace(table, place=np.tile(np.arange(1.0, 18), (6, 1)))
    assert len(figures("time", build_document(same))["time-order"].plot["data"]) == 1
    unknown = dataclasses.replace(table, place=None)
    assert set(figures("time", build_document(unknown))) == {"time-readers"}


def test_what_missing_answers_could_change_is_drawn_only_where_some_are_missing():
    assert figures("missing", build_document(make_table())) == {}
    found = figures("missing", build_document(make_table(unassessed=[(0, 1)])))
    assert len(found["missing-scenarios"].plot["data"][0]["y"]) == 5


def test_reasons_are_those_of_the_sections():
    document = build_document(make_table())
    assert topic("time").reasons(document) == ["No time to the decision was measured."]
    assert topic("aided").reasons(document) == [
        "No case was read with the CNN's aid.",
        "No case was read a second time.",
    ]

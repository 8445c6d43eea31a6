"""The topics on readers as a panel hold for every table: one reader, no model, no confidence, gaps, perfect data."""

import dataclasses
import json

import numpy as np
import pytest

from readerstudy.core.canonical import canonical_json
from readerstudy.results.analysis import build_document
from readerstudy.results.sections import build_sections
from readerstudy.results.shown import TOPICS
from readerstudy.results.shown.marks import in_two_lines
from readerstudy.results.shown.topic import Topic
from readerstudy.results.table import AnalysisPlan
from tests.results.factories import fuller_table, make_table

NAMES = ("agreement", "calibration", "net_benefit", "predictive", "crowd", "combination", "experience")  # fmt: skip
PLAN = AnalysisPlan(is_prespecified=True, prevalence=0.03, prevalence_source="Registry")


def with_probabilities(table, **changes):
    """The same with the CNN's scores between 0 and 1."""
    models = tuple(
        dataclasses.replace(one, values=1 / (1 + np.exp(-one.values))) for one in table.models
    )
    return dataclasses.replace(table, **{"models": models, **changes})


def full(**options):
    return with_probabilities(fuller_table(**options), plan=PLAN)


def without_confidence(table):
    sign = np.where(table.decision == 1, 1.0, -1.0)
    return dataclasses.replace(table, rating=np.where(table.decision == -1, np.nan, sign))


def likelihoods(table):
    rng = np.random.default_rng(5)
    p = rng.integers(0, 101, size=table.decision.shape)
    p[0, :3] = (0, 100, 50)
    rating = np.where(table.decision == 1, p + 1.0, p - 101.0)
    return dataclasses.replace(table, rating=np.where(table.decision == -1, np.nan, rating))


def two_models(table):
    other = dataclasses.replace(table.models[0], model_id="m2", name="Other CNN", thresholds=())
    return dataclasses.replace(table, models=(*table.models, other))


def perfect(table):
    right = np.broadcast_to(table.truth, table.decision.shape).astype(np.int8)
    rating = np.where(right == 1, 3.0, -3.0)
    scores = np.broadcast_to(0.2 + 0.6 * table.truth, table.models[0].values.shape)
    model = dataclasses.replace(table.models[0], values=scores)
    return dataclasses.replace(table, decision=right, rating=rating, models=(model,))


def all_yes(table):
    decision = np.ones_like(table.decision)
    model = dataclasses.replace(table.models[0], values=np.full_like(table.models[0].values, 0.9))
    return dataclasses.replace(
        table, decision=decision, rating=np.full(decision.shape, 2.0), models=(model,)
    )


def no_case_in_common(table):
    """Every case lacks the answer of one reader or another."""
    decision, rating, skipped = table.decision.copy(), table.rating.copy(), table.not_assessable.copy()  # fmt: skip
    for case in range(decision.shape[1]):
        place = case % decision.shape[0], case
        decision[place], rating[place], skipped[place] = -1, np.nan, True
    return dataclasses.replace(table, decision=decision, rating=rating, not_assessable=skipped)


TABLES = {
    "plain": make_table,
    "full": full,
    "scores that are no probabilities": fuller_table,
    "one reader": lambda: full(readers=1),
    "a group of one reader": lambda: full(readers=3),
    "two readers": lambda: full(readers=2),
    "one run": lambda: full(runs=1),
    "no model": lambda: full(models=False),
    "two models": lambda: two_models(full()),
    "no confidence": lambda: without_confidence(full()),
    "likelihoods": lambda: likelihoods(full()),
    "gaps": lambda: full(unassessed=[(0, 1), (2, 8)], missing=[(4, 4)]),
    "no case in common": lambda: no_case_in_common(full()),
    "perfect": lambda: perfect(full()),
    "all yes": lambda: all_yes(full()),
    "one malignant case": lambda: full(positives=1),
    "two cases": lambda: full(positives=1, negatives=1),
}


@pytest.fixture(scope="module", params=TABLES.values(), ids=TABLES)
def document(request):
    table = request.param()
    # Only what these topics read of the rest of the document.
    return {"sections": {name: part for name, part in build_sections(table).items() if name in {*NAMES, "truth_uncertainty"}}}  # fmt: skip


def test_no_number_is_nan_and_what_is_missing_has_a_reason(document):
    canonical_json(document)
    for name in NAMES:
        part = document["sections"][name]
        assert "reason" in part or {"estimands", "method"} <= part.keys()


def test_every_table_is_even_and_every_figure_names_one(document):
    for topic in TOPICS:
        tables = {table.name: table for table in topic.tables(document)}
        for table in tables.values():
            assert len(table.header) == len(table.kinds)
            assert {len(row) for row in table.rows} <= {len(table.header)}
        for figure in topic.figures(document):
            assert figure.table in tables
            assert figure.title
            assert figure.caption
            assert "%%" not in figure.caption
            json.dumps(figure.plot, allow_nan=False)


def test_names_of_tables_and_figures_are_unique(document):
    for kind in ("tables", "figures"):
        names = [one.name for topic in TOPICS for one in getattr(topic, kind)(document)]
        assert len(names) == len(set(names))


def test_the_whole_analysis_has_every_section():
    sections = build_document(full())["sections"]
    assert {*NAMES, "truth_uncertainty"} <= sections.keys()
    assert "no votes of a panel" in sections["truth_uncertainty"]["reason"]


def test_every_model_has_its_curve_and_its_columns():
    table = two_models(full())
    document = {"sections": build_sections(table)}
    topic = next(one for one in TOPICS if one.name == "net-benefit")
    figure = next(one for one in topic.figures(document) if one.name == "net-benefit-target")
    names = [trace["name"] for trace in figure.plot["data"]]
    assert {
        "Test CNN, mean of runs",
        "Test CNN, scores moved, mean of runs",
        "Other CNN, mean of runs",
        "Treat all",
    } <= set(names)
    shown = next(one for one in topic.tables(document) if one.name == figure.table)
    assert "Other CNN" in shown.header
    mean = document["sections"]["net_benefit"]["prevalences"][1]["models"][2]["mean"]
    column = shown.header.index("Other CNN")
    assert [row[column] for row in shown.rows] == mean


def test_a_group_has_one_colour_in_every_figure():
    document = build_document(full())
    colours = {
        trace["marker"]["color"]
        for topic in TOPICS
        for figure in topic.figures(document)
        for trace in figure.plot["data"]
        if trace.get("name") == "Resident" and "marker" in trace
    }
    assert colours == {"var(--series-2)"}


def test_long_labels_are_broken_near_their_middle():
    assert in_two_lines("Share of agreeing pairs") == "Share of<br>agreeing pairs"
    assert in_two_lines("Sensitivity") == "Sensitivity"


def test_without_a_document_a_topic_shows_nothing():
    for topic in TOPICS:
        assert list(topic.tables({})) == list(topic.figures({})) == topic.reasons({}) == []


def test_sections_without_a_complete_reader_say_so():
    table = make_table(readers=1, missing=[(0, 0)])
    found = build_sections(table)
    assert {found[name]["reason"] for name in NAMES} == {"No reader has answered every case."}


def test_a_topic_tells_the_reasons_of_its_parts_once_and_with_the_model():
    def part(models):
        return {"method": "m", "models": models, "values": [1.0, None]}

    lost = {"model": "A", "reason": "No threshold."}
    document = {"sections": {"one": part([lost, {"model": "B", "mean": 1}]), "two": part([lost]), "three": {"reason": "Nothing."}}}  # fmt: skip
    topic = Topic("t", "T", ("one", "two", "three"), lambda _d: [], lambda _d: [])
    assert topic.reasons(document) == ["A: No threshold.", "Nothing."]


def test_a_number_with_its_own_reason_is_no_missing_part():
    document = {"sections": {"one": {"kappa": {"value": None, "reason": "Constant."}}}}
    topic = Topic("t", "T", ("one",), lambda _d: [], lambda _d: [])
    assert topic.reasons(document) == []

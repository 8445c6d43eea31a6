"""Every limitation: said where the data ask for it, and nowhere else."""

import dataclasses

import pytest

from readerstudy.results.analysis import build_document
from readerstudy.results.report.limitations import _RULES, limitations
from readerstudy.results.table import AnalysisPlan
from tests.results.factories import fuller_table, make_table
from tests.results.report.factories import make_facts, make_manifest

PLAN = AnalysisPlan(is_prespecified=True, prevalence=0.5, prevalence_source="a register")


def perfect():
    """A table that triggers nothing, with its facts."""
    table = fuller_table(readers=6, positives=40, negatives=60, runs=2)
    readers = tuple(
        dataclasses.replace(one, board_certification="certified", prior_exposure=False)
        for one in table.readers
    )
    cases = tuple(dataclasses.replace(one, fitzpatrick=6) for one in table.cases)
    return dataclasses.replace(
        table, readers=readers, cases=cases, plan=PLAN, is_synthetic=False, design="crossover"
    )


def facts_for(table, **changes):
    answers = {"scale": "two_step", "has_second_level": True}
    manifest = make_manifest(answers=answers, **changes.pop("manifest", {}))
    lock = {"version": 1, "sha256": "a" * 64, "locked_at": "", "reason": "", "manifest": manifest}
    return make_facts(table, locks=[lock], **changes)


def found(table=None, **changes):
    table = perfect() if table is None else table
    return set(limitations(build_document(table), facts_for(table, **changes)))


def readers_with(table, **fields):
    first, *rest = table.readers
    return dataclasses.replace(table, readers=(dataclasses.replace(first, **fields), *rest))


def test_a_study_that_asks_for_none_has_none():
    assert found() == set()


def sections(**own):
    return {"manifest": {"sections": own}}


CASES = {
    "synthetic": lambda t: (dataclasses.replace(t, is_synthetic=True), {}),
    "no-plan": lambda t: (dataclasses.replace(t, plan=AnalysisPlan(prevalence=0.5)), {}),
    "enriched": lambda t: (dataclasses.replace(t, plan=dataclasses.replace(PLAN, prevalence=0.01)), {}),
    "certification": lambda t: (readers_with(t, board_certification="in_training"), {}),
    "phototypes": lambda t: (dataclasses.replace(t, cases=tuple(dataclasses.replace(c, fitzpatrick=2) for c in t.cases)), {}),
    "washout": lambda t: (t, {"gaps": [{"session": 2, "readers": 6, "shortest": 13.9, "median": 30, "longest": 40, "too_short": 1}]}),
    "one-institution": lambda t: (dataclasses.replace(t, readers=tuple(dataclasses.replace(r, institution="North") for r in t.readers)), {}),
    "no-model": lambda t: (dataclasses.replace(t, models=()), {}),
    "model-not-planned": lambda t: (dataclasses.replace(t, models=tuple(dataclasses.replace(m, prespecified=False) for m in t.models)), {}),
    "prior-exposure": lambda t: (readers_with(t, prior_exposure=True), {}),
    "sequential": lambda t: (dataclasses.replace(t, design="sequential"), {}),
    "overlap": lambda t: (t, sections(training_overlap={"training_sets": [{"exact": 1, "near": 0, "patients": 0, "lesions": 0}]})),
    "used-before": lambda t: (t, sections(uses_of_the_cases={"studies": 1, "model_runs": 0})),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_each_alone_is_triggered_by_its_data(name):
    table, changes = CASES[name](perfect())
    assert found(table, **changes) == {name}


def test_few_readers_and_small_classes_and_one_run():
    small = dataclasses.replace(
        fuller_table(readers=3, positives=5, negatives=6, runs=1), plan=PLAN, is_synthetic=False
    )
    assert {"few-readers", "small-class", "one-run"} <= found(small)
    assert not {"few-readers", "small-class", "one-run"} & found()


def test_readers_who_did_not_finish_and_cases_that_could_not_be_assessed():
    table = make_table(missing=[(1, 2)], unassessed=[(0, 3)])
    assert {"incomplete", "not-assessable"} <= found(table)


def test_a_prevalence_that_is_not_planned_is_held_against_that_of_clinics():
    rare = dataclasses.replace(
        fuller_table(readers=4, positives=4, negatives=96), plan=AnalysisPlan()
    )
    assert "enriched" not in found(rare)
    assert "enriched" in found(make_table())


def test_phototypes_that_were_not_recorded_are_told_too():
    table = perfect()
    cases = tuple(dataclasses.replace(one, fitzpatrick=None) for one in table.cases)
    sentences = limitations(
        build_document(dataclasses.replace(table, cases=cases)),
        facts_for(dataclasses.replace(table, cases=cases)),
    )
    assert "was not recorded" in sentences["phototypes"]


def test_photographs_alone_are_told_where_there_was_no_second_level():
    table = perfect()
    assert "photographs-alone" in limitations(build_document(table), make_facts(table))


def test_every_rule_is_tested_here():
    assert set(_RULES) == {
        *CASES,
        "few-readers",
        "small-class",
        "one-run",
        "incomplete",
        "not-assessable",
        "photographs-alone",
    }

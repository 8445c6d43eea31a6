"""What a report must not say: guarded in its words, in both languages, on the dashboard too."""

import dataclasses

import pytest
from django.utils.translation import override

from readerstudy.results.analysis import build_document
from readerstudy.results.figures import all_figures
from readerstudy.results.report.chapters.front import primary_sentence
from readerstudy.results.report.wording import Claim, guarded_words, shown_claims, verdict
from readerstudy.results.sentences import headline
from readerstudy.results.shown import TOPICS
from readerstudy.results.table import AnalysisPlan
from readerstudy.results.tables import all_tables
from tests.results.factories import fuller_table, make_table
from tests.results.report.factories import full_report, make_report


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("The CNN was superior to the readers.", ["superior"]),
        ("Superiority was not planned.", []),
        ("The two are equivalent.", ["equivalent"]),
        ("The CNN is non-inferior, and noninferior.", ["non-inferior", "noninferior"]),
        ("Non-inferiority needs a margin.", []),
        ("Das CNN ist überlegen und gleichwertig.", ["überlegen", "gleichwertig"]),
        ("Die Überlegenheit ist nicht geplant.", []),
        ("Es ist nicht unterlegen.", ["nicht unterlegen"]),
        ("Nichtunterlegenheit wird nicht geprüft.", []),
        ("The study does not show a difference.", []),
        ("not shown to be superior", []),
        ("The data do not show that the algorithm is superior.", []),
    ],
)
def test_adjectives_are_guarded_and_names_of_hypotheses_are_not(words, found):
    assert sorted(guarded_words(words)) == sorted(found)


def test_what_was_planned_and_shown_may_be_said():
    assert guarded_words("It is superior.", {Claim.SUPERIORITY}) == []
    assert guarded_words("It is non-inferior.", {Claim.SUPERIORITY}) == ["non-inferior"]


def with_effects(*pairs, **plan):
    """A document whose training runs have these intervals."""
    table = dataclasses.replace(make_table(runs=len(pairs)), plan=AnalysisPlan(**plan))
    document = build_document(table)
    # Where there is a result over all runs, it is that which counts: see below.
    document["sections"].pop("primary")
    for row, (low, high) in zip(document["models"][0]["against_readers"], pairs, strict=True):
        row.update(low=low, high=high, effect=(low + high) / 2)
    return document


@pytest.mark.parametrize(
    ("pairs", "words"),
    [
        ([(-0.1, 0.1)], "does not show a difference"),
        ([(-0.1, 0.1), (-0.2, 0.3)], "does not show a difference"),
        ([(0.01, 0.1)], "larger than the mean area"),
        ([(-0.2, -0.1)], "smaller than the mean area"),
        ([(0.01, 0.1), (-0.1, 0.1)], "depends on the run"),
        ([(0.01, 0.1), (-0.2, -0.1)], "in both directions"),
    ],
)
def test_without_a_plan_a_result_is_only_described(pairs, words):
    sentence = verdict(with_effects(*pairs))
    assert words in sentence
    assert guarded_words(sentence) == []


def test_a_planned_claim_is_said_only_where_every_run_bears_it_out():
    plan = {"is_prespecified": True, "margin": 0.05}
    assert shown_claims(with_effects((0.01, 0.1), **plan)) == {
        Claim.SUPERIORITY,
        Claim.NON_INFERIORITY,
    }
    assert "superior" in verdict(with_effects((0.01, 0.1), **plan))
    assert shown_claims(with_effects((-0.04, 0.1), **plan)) == {Claim.NON_INFERIORITY}
    assert "non-inferior" in verdict(with_effects((-0.04, 0.1), **plan))
    assert shown_claims(with_effects((-0.04, 0.1), (-0.06, 0.1), **plan)) == frozenset()
    assert "does not show a difference" in verdict(with_effects((-0.06, 0.1), **plan))
    assert shown_claims(with_effects((0.01, 0.1))) == frozenset()
    assert Claim.NON_INFERIORITY not in shown_claims(
        with_effects((-0.04, 0.1), is_prespecified=True)
    )


def test_an_interval_that_could_not_be_computed_shows_nothing():
    document = with_effects((0.1, 0.2), is_prespecified=True)
    document["models"][0]["against_readers"][0].update(low=None, high=None)
    assert shown_claims(document) == frozenset()
    assert "could not be computed" in verdict(document)


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("make", [make_report, full_report], ids=["small", "full"])
def test_no_sentence_of_a_report_without_a_plan_claims_anything(language, make):
    for sentence in make(language=language).sentences():
        assert guarded_words(str(sentence)) == [], sentence


@pytest.mark.parametrize("language", ["en", "de"])
def test_no_sentence_of_a_dashboard_without_a_plan_claims_anything(language):
    document = build_document(fuller_table(readers=8))
    with override(language):
        texts = [*headline(document), *(str(topic.title) for topic in TOPICS)]
        for table in all_tables(document).values():
            texts += [
                table.title,
                *table.header,
                *(cell for row in table.rows for cell in row if isinstance(cell, str)),
            ]
        texts += [text for one in all_figures(document) for text in (one.title, one.caption)]
        for topic in TOPICS:
            texts += [text for one in topic.figures(document) for text in (one.title, one.caption)]
    for text in texts:
        assert guarded_words(str(text)) == [], text


def test_the_primary_sentence_has_the_numbers_of_the_document():
    document = build_document(make_table(runs=1))
    document["sections"].pop("primary")
    row = document["models"][0]["against_readers"][0]
    sentence = primary_sentence(document)
    assert f"{row['algorithm']:.3f}" in sentence
    assert f"{abs(row['effect']):.3f}" in sentence
    assert f"{abs(row['low']):.3f}" in sentence
    assert f"{abs(row['high']):.3f}" in sentence
    several = build_document(make_table(runs=3))
    several["sections"].pop("primary")
    effects = [one["effect"] for one in several["models"][0]["against_readers"]]
    assert f"{abs(min(effects)):.3f}" in primary_sentence(several)
    assert "could not be compared" in primary_sentence(build_document(make_table(models=False)))


def with_whole(low, high, **plan):
    """A document that has a result over all training runs."""
    document = with_effects((low - 0.1, high), (low, high), **plan)
    row = {
        "label": "",
        "value": (low + high) / 2,
        "low": low,
        "high": high,
        "level": 0.95,
        "cnn": 0.9,
        "readers": 0.8,
        "n_cases": 17,
    }
    document["sections"]["primary"] = {"models": [{"rows": [row]}]}
    return document


def test_a_result_over_all_runs_goes_before_those_of_single_ones():
    plan = {"is_prespecified": True, "margin": 0.05}
    assert shown_claims(with_whole(0.01, 0.1, **plan)) == {Claim.SUPERIORITY, Claim.NON_INFERIORITY}
    assert "does not show a difference" in verdict(with_whole(-0.1, 0.1))
    sentence = primary_sentence(with_whole(0.01, 0.1))
    assert "0.900" in sentence
    assert "+0.010 to +0.100" in sentence
    assert "mean of 2 training runs" in sentence


def test_where_something_else_was_planned_the_areas_claim_nothing():
    document = with_whole(0.01, 0.1, is_prespecified=True, margin=0.05)
    document["study"]["plan"]["primary"] = "matched"
    assert shown_claims(document) == frozenset()
    assert "is another one" in verdict(document)


def test_a_cnn_that_was_not_fixed_at_the_lock_claims_nothing():
    document = with_whole(0.01, 0.1, is_prespecified=True)
    document["models"][0]["prespecified"] = False
    assert shown_claims(document) == frozenset()

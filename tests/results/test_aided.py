"""Aided against unaided readings, and repeated ones, against plain loops and against whole analyses."""

import dataclasses

import numpy as np
import pytest
from scipy import stats as scipy_stats

from readerstudy import stats
from readerstudy.core.canonical import canonical_json
from readerstudy.results.sections import NotComputableError, build_sections
from readerstudy.results.sections.aided import aided
from readerstudy.results.sections.arms import aiding_model, calls_of_aid
from readerstudy.results.sections.repeats import repeats
from tests.results.factories import fuller_table, make_table


def two_arms(**options):
    """A crossed study in two arms: the aid turns some answers, and the ratings with them."""
    table = fuller_table(**{"readers": 8, "positives": 12, "negatives": 18, **options})
    rng = np.random.default_rng(5)
    shape = table.decision.shape
    decision = np.where(rng.random(shape) < 0.75, table.decision, rng.integers(0, 2, shape))
    rating = np.where(decision == 1, 1, -1) * rng.integers(1, 6, size=shape)
    answers = dataclasses.replace(
        table.aided, decision=decision.astype(np.int8), rating=rating.astype(float)
    )
    return dataclasses.replace(table, aided=answers, design="crossover")


def answered(table, where):
    """The aided answers there alone."""
    kept = dataclasses.replace(
        table.aided,
        decision=np.where(where, table.aided.decision, -1).astype(np.int8),
        rating=np.where(where, table.aided.rating, np.nan),
    )
    return dataclasses.replace(table, aided=kept)


def test_the_area_is_compared_by_obuchowski_and_rockette():
    table = two_arms()
    found = aided(table)["groups"][0]["auc"]
    scores = np.stack([table.aided.rating, table.rating])
    expected = stats.obuchowski_rockette(stats.fully_crossed(table.truth, scores)).rrrc
    row = expected.differences[0]
    assert found["difference"]["value"] == row.estimate
    assert (found["difference"]["low"], found["difference"]["p"]) == (row.low, row.p)
    # With two modalities the two analyses are one (Hillis et al. 2005).
    assert found["p_dbm"] == pytest.approx(row.p)
    areas = [[stats.auc(table.truth, row) for row in side] for side in scores]
    assert (found["aided"], found["unaided"]) == pytest.approx(tuple(np.mean(areas, axis=1)))


@pytest.mark.parametrize("rate", ["sensitivity", "specificity"])
def test_the_rates_are_compared_in_the_same_model(rate):
    table = two_arms()
    found = aided(table)["groups"][0][rate]
    scores = np.stack([table.aided.decision, table.decision]).astype(float)
    figure = {"sensitivity": stats.Sensitivity, "specificity": stats.Specificity}[rate](0.5)
    expected = stats.obuchowski_rockette(
        stats.fully_crossed(table.truth, scores), figure=figure
    ).rrrc.differences[0]
    for name in ("se", "df", "low", "high", "p"):
        assert found["difference"][name] == pytest.approx(getattr(expected, name)), name
    own = table.truth == (rate == "sensitivity")
    right = (table.decision == table.truth)[:, own].mean()
    assert found["unaided"] == pytest.approx(right)


def test_groups_and_readers_are_compared_too():
    table = two_arms()
    found = aided(table)
    assert [(row["name"], row["readers"]) for row in found["groups"]] == [
        ("", 8),
        ("Resident", 4),
        ("Attending", 4),
    ]
    row = found["readers"][3]
    own = table.truth == 1
    before, after = (side[3][own].mean() for side in (table.decision, table.aided.decision))
    assert row["sensitivity"]["difference"] == pytest.approx(after - before)
    assert row["auc"]["aided"] == pytest.approx(stats.auc(table.truth, table.aided.rating[3]))


def test_a_share_of_aided_cases_is_compared_over_the_answers_in_both_arms():
    table = two_arms()
    some = np.random.default_rng(3).random(table.decision.shape) < 0.6
    found = aided(dataclasses.replace(answered(table, some), design="sequential"))
    assert found["is_paired"]
    assert not found["is_complete"]
    part = found["groups"][0]["sensitivity"]
    own = some & (table.truth == 1)
    assert part["unaided"] == pytest.approx((table.decision[own] == 1).mean())
    assert part["aided"] == pytest.approx((table.aided.decision[own] == 1).mean())
    scores = np.where(some, np.stack([table.aided.rating, table.rating]), np.nan)
    expected = stats.u_statistics(stats.fully_crossed(table.truth, scores)).differences[0]
    assert found["groups"][0]["auc"]["difference"]["value"] == pytest.approx(expected.estimate)
    assert found["groups"][0]["auc"]["difference"]["se"] == pytest.approx(expected.se)
    assert "order and aid" in found["caveat"]


def test_cases_in_one_arm_each_are_compared_without_pairs():
    table = two_arms()
    with_aid = np.random.default_rng(3).random(table.decision.shape) < 0.5
    once = answered(
        dataclasses.replace(
            table,
            decision=np.where(with_aid, -1, table.decision).astype(np.int8),
            rating=np.where(with_aid, np.nan, table.rating),
            assigned=~with_aid,
            design="once",
        ),
        with_aid,
    )
    found = aided(once)
    assert not found["is_paired"]
    assert found["switching"]["rows"] == []
    assert "one arm only" in found["switching"]["reason"]
    part = found["groups"][0]["specificity"]
    own = with_aid & (table.truth == 0)
    assert part["aided"] == pytest.approx((table.aided.decision[own] == 0).mean())
    own = ~with_aid & (table.truth == 0)
    assert part["unaided"] == pytest.approx((table.decision[own] == 0).mean())
    assert part["difference"]["se"] is not None


def test_switches_are_counted_by_whether_the_cnn_was_right():
    table = two_arms()
    rows = aided(table)["switching"]["rows"]
    calls = table.models[0].values.mean(axis=0) >= 0.5
    for group, members in (("", range(8)), ("Resident", range(0, 8, 2))):
        for kind in ("all", "right", "wrong"):
            counts = dict.fromkeys(("right_right", "right_wrong", "wrong_right", "wrong_wrong"), 0)
            for reader in members:
                for case, truth in enumerate(table.truth):
                    if kind != "all" and (calls[case] == truth) != (kind == "right"):
                        continue
                    before, after = (
                        "right" if side[reader, case] == truth else "wrong"
                        for side in (table.decision, table.aided.decision)
                    )
                    counts[f"{before}_{after}"] += 1
            row = next(one for one in rows if (one["group"], one["cnn"]) == (group, kind))
            assert {name: row[name] for name in counts} == counts
            assert row["answers"] == sum(counts.values())


def test_automation_bias_is_the_share_of_right_answers_given_up_where_the_cnn_is_wrong():
    table = two_arms()
    wrong = (table.models[0].values.mean(axis=0) >= 0.5) != table.truth
    found = aided(table)["switching"]["influence"]
    row = next(one for one in found if (one["group"], one["kind"]) == ("", "misled"))
    shares = []
    for reader in range(8):
        right = wrong & (table.decision[reader] == table.truth)
        shares.append((table.aided.decision[reader][right] != table.truth[right]).mean())
    expected = scipy_stats.t.interval(0.95, 7, np.mean(shares), scipy_stats.sem(shares))
    assert row["mean"]["value"] == pytest.approx(np.mean(shares))
    assert (row["mean"]["low"], row["mean"]["high"]) == pytest.approx(tuple(expected))
    before = (table.decision == table.truth) & wrong
    assert row["possible"] == before.sum()
    assert row["turned"] == (before & (table.aided.decision != table.truth)).sum()
    residents = next(one for one in found if (one["group"], one["kind"]) == ("Resident", "misled"))
    assert residents["mean"]["value"] == pytest.approx(np.mean(shares[::2]))
    assert residents["possible"] == before[::2].sum()


def test_without_a_threshold_switches_are_counted_but_not_by_the_cnn():
    table = two_arms()
    model = dataclasses.replace(table.models[0], thresholds=())
    found = aided(dataclasses.replace(table, models=(model,)))["switching"]
    assert {row["cnn"] for row in found["rows"]} == {"all"}
    assert found["influence"] is None
    assert "threshold" in found["reason"]


def test_the_model_that_was_fixed_before_is_taken_for_the_aid():
    table = two_arms()
    other = dataclasses.replace(table.models[0], name="Other", prespecified=False)
    both = dataclasses.replace(table, models=(other, table.models[0]))
    assert aiding_model(both).name == "Test CNN"
    assert aiding_model(dataclasses.replace(table, models=(other,))).name == "Other"
    assert calls_of_aid(None) is None


def test_no_aid_and_nobody_in_both_arms_are_reasons():
    with pytest.raises(NotComputableError, match="aid"):
        aided(make_table())
    table = two_arms()
    with pytest.raises(NotComputableError, match="both with and without"):
        aided(answered(table, np.zeros(table.decision.shape, bool)))


def test_one_reader_has_values_and_a_reason():
    found = aided(two_arms(readers=1))["groups"][0]
    for measure in ("auc", "sensitivity", "specificity"):
        assert found[measure]["difference"]["value"] is not None
        assert found[measure]["difference"]["low"] is None
        assert "one reader" in found[measure]["difference"]["reason"]


def repeated(first, second, table):
    """Some cases decided twice; NaN where there is no second answer."""
    known = ~np.isnan(second)
    decision = np.where(known, second, -1).astype(np.int8)
    rating = np.where(known, np.where(second == 1, 2.0, -2.0), np.nan)
    again = dataclasses.replace(table.repeats, decision=decision, rating=rating)
    own = np.where(first == 1, 2.0, -2.0)
    return dataclasses.replace(table, decision=first.astype(np.int8), rating=own, repeats=again)


def kappa(a, b, c, d):
    """Of a 2 × 2 table: both yes, first alone, second alone, both no."""
    n = a + b + c + d
    observed = (a + d) / n
    expected = ((a + b) * (a + c) + (c + d) * (b + d)) / n**2
    return (observed - expected) / (1 - expected)


def test_a_readers_kappa_is_that_of_the_two_by_two_table():
    table = fuller_table(readers=2, positives=4, negatives=6)
    first = np.array([[1, 1, 1, 1, 0, 0, 0, 0, 0, 0], [1, 1, 0, 0, 1, 1, 0, 0, 0, 0]])
    second = np.array([[1, 1, 1, 0, 1, 0, 0, 0, np.nan, np.nan], [1, 0, 0, 0, 1, 1, 1, 0, 0, 0]])
    found = repeats(repeated(first, second, table))
    own = [row["kappa"]["estimate"] for row in found["readers"]]
    assert own == pytest.approx([kappa(3, 1, 1, 3), kappa(3, 1, 1, 5)])
    assert [row["pairs"] for row in found["readers"]] == [8, 10]
    assert found["mean_kappa"]["value"] == pytest.approx(np.mean(own))
    assert found["mean_agreement"]["value"] == pytest.approx((6 / 8 + 8 / 10) / 2)
    pooled = found["pooled"]
    assert pooled["kappa"]["estimate"] == pytest.approx(kappa(6, 2, 2, 8))
    assert (pooled["switched_to_biopsy"], pooled["switched_to_none"]) == (2, 2)
    assert pooled["prevalence"] == pytest.approx(8 / 18)
    # With two equally distant categories quadratic weights are none.
    assert pooled["weighted_kappa"]["estimate"] == pytest.approx(kappa(6, 2, 2, 8))


def test_the_same_rating_twice_correlates_fully():
    table = fuller_table()
    found = repeats(table)
    assert found["pooled"]["icc"]["estimate"] == pytest.approx(1)
    assert found["pooled"]["agreement"]["estimate"] == 1
    assert found["pairs"] == 6 * 5


def test_without_repeats_there_is_a_reason():
    with pytest.raises(NotComputableError, match="second time"):
        repeats(make_table())


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"readers": 1},
        {"readers": 2, "runs": 1},
        {"models": False},
        {"positives": 1, "negatives": 2},
        {"missing": [(2, 3)], "unassessed": [(0, 1), (1, 1)]},
    ],
    ids=str,
)
@pytest.mark.parametrize("make", [make_table, fuller_table])
def test_all_sections_are_plain_values_whatever_the_study(make, options):
    sections = build_sections(make(**options))
    canonical_json(sections)
    for name, section in sections.items():
        assert section.get("method") or section["reason"], name

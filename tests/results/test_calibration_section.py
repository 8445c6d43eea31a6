"""The section "calibration" against plain loops over cases and answers."""

import dataclasses

import numpy as np
import pytest

from readerstudy.reading.rating import rating
from readerstudy.results.sections.calibration import calibration
from readerstudy.results.sections.reader_calibration import likelihoods_of
from readerstudy.results.table import AnalysisPlan
from tests.results.factories import fuller_table, make_table

TARGET = 0.02


def table(**options):
    found = fuller_table(positives=8, negatives=20, **options)
    model = dataclasses.replace(found.models[0], values=1 / (1 + np.exp(-found.models[0].values)))
    plan = AnalysisPlan(prevalence=TARGET, prevalence_source="Registry")
    return dataclasses.replace(found, models=(model,), plan=plan)


def in_tenths(p, truth, weight):
    """(mean p, share, weight) of the cases in each tenth of the scale, an edge belonging to the tenth below."""
    found = []
    for k in range(10):
        inside = [i for i, one in enumerate(p) if k / 10 < one <= (k + 1) / 10]
        total = sum(weight[i] for i in inside)
        if inside:
            found.append([sum(weight[i] * values[i] for i in inside) / total for values in (p, truth)] + [total])  # fmt: skip
    return found


@pytest.mark.parametrize("key", ["study", "target", "moved"])
def test_bins_and_errors_of_a_run_are_those_of_a_plain_count(key):
    study = table()
    truth, p = study.truth.tolist(), study.models[0].values[1].tolist()
    share = sum(truth) / len(truth)
    weight = [1.0] * len(p)
    if key != "study":
        weight = [TARGET / share if one else (1 - TARGET) / (1 - share) for one in truth]
    if key == "moved":
        odds = [one / (1 - one) * (TARGET / (1 - TARGET)) / (share / (1 - share)) for one in p]
        p = [one / (1 + one) for one in odds]
    run = calibration(study)["models"][0]["judged"][key]["runs"][1]
    bins = in_tenths(p, truth, weight)
    assert [one["predicted"] for one in run["bins"]] == pytest.approx([one[0] for one in bins])
    assert [one["observed"] for one in run["bins"]] == pytest.approx([one[1] for one in bins])
    error = sum(w * abs(mean - seen) for mean, seen, w in bins) / sum(weight)
    assert run["expected_error"] == pytest.approx(error)
    brier = sum(w * (a - b) ** 2 for w, a, b in zip(weight, p, truth, strict=True)) / len(p)
    assert run["brier"]["value"] == pytest.approx(brier)


def test_slope_and_intercept_make_the_weighted_scores_vanish():
    study = table()
    for key in ("study", "target"):
        run = calibration(study)["models"][0]["judged"][key]["runs"][0]
        logits = np.log(study.models[0].values[0] / (1 - study.models[0].values[0]))
        share = study.truth.mean()
        weight = np.where(study.truth == 1, TARGET / share, (1 - TARGET) / (1 - share)) if key == "target" else 1.0  # fmt: skip
        line = run["intercept"]["value"] + run["slope"]["value"] * logits
        residual = weight * (study.truth - 1 / (1 + np.exp(-line)))
        assert residual.sum() == pytest.approx(0, abs=1e-8)
        assert (residual * logits).sum() == pytest.approx(0, abs=1e-8)


def test_means_over_runs_are_those_of_the_runs_and_the_pool_holds_every_case_of_each():
    study = table(runs=3)
    judged = calibration(study)["models"][0]["judged"]["study"]
    slopes = [run["slope"]["value"] for run in judged["runs"]]
    assert judged["mean"]["slope"] == {"mean": pytest.approx(np.mean(slopes)), "low": min(slopes), "high": max(slopes), "n": 3}  # fmt: skip
    assert sum(one["n"] for one in judged["pooled"]) == 3 * study.truth.size


def test_scores_that_are_no_probabilities_are_told():
    found = calibration(fuller_table())
    assert "must lie between 0 and 1" in found["models"][0]["reason"]
    assert found["readers"]["scale"] == "levels"


def test_levels_of_the_rating_count_answers_and_malignant_cases():
    study = table()
    rows = {(one["group"], one["rating"]): one for one in calibration(study)["readers"]["levels"]}
    for (group, level), row in rows.items():
        answers = [
            int(study.truth[case])
            for reader in range(6)
            if group in {"", study.readers[reader].group}
            for case in range(study.truth.size)
            if study.rating[reader, case] == level
        ]
        assert (row["n"], row["malignant"]) == (len(answers), sum(answers))
        if answers:
            assert row["observed"] == pytest.approx(sum(answers) / len(answers))


def test_a_level_at_the_target_prevalence_is_weighted_by_class():
    study = table()
    share = study.truth.mean()
    row = next(one for one in calibration(study)["readers"]["levels"] if 0 < one["malignant"] < one["n"])  # fmt: skip
    malignant = row["malignant"] * TARGET / share
    benign = (row["n"] - row["malignant"]) * (1 - TARGET) / (1 - share)
    assert row["at_target"] == pytest.approx(malignant / (malignant + benign))


def test_likelihoods_are_read_back_from_the_ratings_of_their_scale():
    given = [0, 3, 50, 97, 100]
    rows = [
        [rating(decision, None, scale="percent", value=value) for value in given]
        for decision in ("none", "biopsy")
    ]
    found = likelihoods_of(np.array(rows))
    assert found.tolist() == [[value / 100 for value in given]] * 2


@pytest.mark.parametrize("ratings", [[-5, 5, 1], [-3, 3], [-1, 1], [0.5, 40], [0, 90], [150, -150]])
def test_ratings_of_other_scales_are_no_likelihoods(ratings):
    assert likelihoods_of(np.array([ratings], float)) is None


def test_the_readers_brier_score_is_the_mean_over_readers_of_their_squared_errors():
    study = table(unassessed=[(1, 2)])
    rng = np.random.default_rng(4)
    p = rng.integers(1, 100, size=study.decision.shape)
    scale = np.where(study.decision == 1, p + 1.0, p - 101.0)
    study = dataclasses.replace(study, rating=np.where(study.decision == -1, np.nan, scale))
    found = calibration(study)["readers"]
    assert found["scale"] == "likelihood"
    scores = [
        np.mean([
            (p[row, case] / 100 - study.truth[case]) ** 2
            for case in range(study.truth.size)
            if study.decision[row, case] != -1
        ])
        for row in range(6)
    ]  # fmt: skip
    assert found["groups"][0]["brier"]["mean"] == pytest.approx(np.mean(scores))
    assert found["groups"][0]["brier"]["high"] == pytest.approx(max(scores))
    assert sum(one["n"] for one in found["groups"][0]["bins"]) == 6 * study.truth.size - 1


def test_decisions_without_a_confidence_are_not_calibrated():
    study = make_table()
    study = dataclasses.replace(study, rating=np.sign(study.rating))
    assert "without a confidence" in calibration(study)["readers"]["reason"]

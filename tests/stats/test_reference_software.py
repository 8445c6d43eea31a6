"""Agreement with pROC, RJafroc and MRMCaov on published and simulated data sets."""

import numpy as np
import pytest

from readerstudy import stats
from tests.stats.goldens import SHARED, golden, needs_shared, panel_of, readings_of

pytestmark = needs_shared


def datasets(tag):
    """(folder, data set) of every golden file with this tag."""
    return [
        pytest.param(path.parent, path.name.split("__")[0], id=path.name.split("__")[0])
        for path in sorted(SHARED.glob(f"*/*__{tag}.json"))
    ]


@pytest.mark.parametrize(("folder", "dataset"), datasets("proc_perreader"))
def test_every_reading_has_the_area_and_matched_rates_of_proc(folder, dataset):
    readings = readings_of(folder, dataset)
    for row in golden(folder, dataset, "proc_perreader"):
        truth, score = readings[row["modality"], row["reader"]]
        assert stats.auc(truth, score) == pytest.approx(row["auc"], rel=1e-9)
        curve = stats.empirical_roc(truth, score)
        assert curve.auc == pytest.approx(row["auc"], rel=1e-9)
        for target, value in row["sens_at_spec"].items():
            found = stats.sensitivity_at_specificity(curve, float(target))
            assert found == pytest.approx(value, abs=1e-9)
        for target, value in row["spec_at_sens"].items():
            found = stats.specificity_at_sensitivity(curve, float(target))
            assert found == pytest.approx(value, abs=1e-9)


@pytest.mark.parametrize(("folder", "dataset"), datasets("proc_perreader"))
def test_every_reading_has_the_delong_interval_of_proc(folder, dataset):
    readings = readings_of(folder, dataset)
    for row in golden(folder, dataset, "proc_perreader"):
        estimate = stats.auc_interval(*readings[row["modality"], row["reader"]])
        if estimate.low is None:
            # There: no variance with one positive case, [1, 1] with a warning for variance zero.
            assert row["n_pos"] == 1 or row["auc"] in (0.5, 1)
            continue
        assert estimate.se**2 == pytest.approx(row["var_delong"], rel=1e-9)
        low, _value, high = row["ci95_delong"]
        assert (estimate.low, estimate.high) == pytest.approx((low, high), rel=1e-9)


@pytest.mark.parametrize(("folder", "dataset"), datasets("proc_tests"))
def test_paired_readings_have_the_test_of_proc(folder, dataset):
    readings = readings_of(folder, dataset)
    for row in golden(folder, dataset, "proc_tests"):
        statistic = (row.get("delong_paired") or {}).get("statistic")
        (truth, a), (other, b) = (readings[row[m], row[r]] for m, r in (("m1", "r1"), ("m2", "r2")))
        if not row.get("same_cases") or truth.shape != other.shape or not np.any(truth != 0):
            continue
        result = stats.paired_test(truth, a, b)
        assert result.value == pytest.approx(row["auc1"] - row["auc2"], abs=1e-12)
        if result.p is None:
            assert not isinstance(statistic, float)
            continue
        assert result.value / result.se == pytest.approx(statistic, rel=1e-9)
        assert result.p == pytest.approx(row["delong_paired"]["p.value"], abs=1e-12)
        interval = row["delong_paired"]["conf.int"]
        assert (result.low, result.high) == pytest.approx(interval, rel=1e-8)


@pytest.mark.parametrize(("folder", "dataset"), datasets("rjafroc_cadvsrad"))
def test_the_algorithm_against_readers_agrees_with_rjafroc(folder, dataset):
    truth, readers = panel_of(folder, dataset, "M1")
    algorithm = readers.pop("ALG" if "ALG" in readers else "CAD")
    result = stats.algorithm_against_readers(
        truth, list(readers.values()), algorithm, covariance="jackknife"
    )
    expected = golden(folder, dataset, "rjafroc_cadvsrad")["1T-RRRC"]
    assert result.effect == pytest.approx(-expected["avgDiffFom"], rel=1e-9)
    assert result.t == pytest.approx(-expected["Tstat"], rel=1e-9)
    assert result.df == pytest.approx(expected["df"], rel=1e-9)
    assert result.p == pytest.approx(expected["pval"], abs=1e-12)
    assert (-result.high, -result.low) == pytest.approx(expected["CIAvgDiffFom"], rel=1e-9)


@pytest.mark.parametrize(("folder", "dataset"), datasets("mrmcaov_alg2t"))
def test_the_algorithm_against_readers_with_delong_agrees_with_mrmcaov(folder, dataset):
    truth, readers = panel_of(folder, dataset, "M1")
    algorithm = readers.pop("ALG" if "ALG" in readers else "CAD")
    result = stats.algorithm_against_readers(truth, list(readers.values()), algorithm)
    row = golden(folder, dataset, "mrmcaov_alg2t")["DeLong"]["test_diffs"]
    assert result.effect == pytest.approx(row["Estimate"][0], rel=1e-9)
    assert (result.se, result.df) == pytest.approx((row["StdErr"][0], row["df"][0]), rel=1e-9)
    assert result.p == pytest.approx(row["p-value"][0], abs=1e-12)


@pytest.mark.parametrize("modality", [0, 1])
def test_the_mean_area_of_readers_has_the_one_modality_interval_of_rjafroc(modality):
    folder, dataset = SHARED / "simulated", "d01_cont_5x2x100"
    truth, readers = panel_of(folder, dataset, "AB"[modality])
    result = stats.jackknife_covariance(truth, list(readers.values()))
    count = result.auc.size
    cov2 = (result.covariance.sum() - np.trace(result.covariance)) / (count * (count - 1))
    mean = stats.mean_over_random_readers(result.auc, cov2)
    row = golden(folder, dataset, "rjafroc_or")["RRRC"]["RRRC"]["ciAvgRdrEachTrt"]
    names = ("Estimate", "StdErr", "DF", "Cov2")
    expected = [row[name][modality] for name in names]
    assert (mean.mean, mean.se, mean.df, mean.cov2) == pytest.approx(expected, rel=1e-9)
    assert mean.mean + mean.half_width(0.95) == pytest.approx(row["CIUpper"][modality], rel=1e-9)


@pytest.mark.parametrize("modality", [0, 1])
@pytest.mark.parametrize(("tag", "positive"), [("mrmcaov_sens", 1), ("mrmcaov_spec", 0)])
def test_mean_sensitivity_and_specificity_have_the_intervals_of_mrmcaov(tag, positive, modality):
    folder, dataset = SHARED / "simulated", "d10_binary_8x2x150"
    truth, readers = panel_of(folder, dataset, "AB"[modality])
    correct = (np.stack(list(readers.values()))[:, truth == positive] == positive).astype(int)
    estimate = stats.random_reader_random_case_interval(correct)
    row = golden(folder, dataset, tag)["jackknife"]["RRRC"]["test_means"]
    names = ("Estimate", "StdErr", "df", "CI.Lower", "CI.Upper")
    expected = [row[name][modality] for name in names]
    found = (estimate.value, estimate.se, estimate.df, estimate.low, estimate.high)
    assert found == pytest.approx(expected, rel=1e-9)

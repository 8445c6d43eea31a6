"""DeLong's intervals and tests, the binormal variance and bootstrap intervals beside pROC."""

import numpy as np

from readerstudy.stats.auc_intervals import obuchowski_mcclish_variance
from readerstudy.stats.delong import auc_interval, paired_test
from readerstudy.stats.rate_intervals import (
    sensitivity_at_specificity_interval,
    specificity_at_sensitivity_interval,
)
from readerstudy.stats.unpaired import unpaired_test
from tests.stats.agreement_with.comparison import Comparison
from tests.stats.goldens import SHARED, golden, readings_of

PROC = "pROC 1.18.0"
RATES = {
    "se_at_sp": ("sensitivity at specificity", sensitivity_at_specificity_interval),
    "sp_at_se": ("specificity at sensitivity", specificity_at_sensitivity_interval),
}
DELIBERATE = {
    "Variance zero (pROC)": """
        For an area of 0 or 1, and for a constant reading, pROC gives an interval of width zero, with a warning at 1. Ours
        gives no interval and the reason, also for bootstrap intervals whose replicates are all alike. For two such
        readings pROC's test has a statistic that is NaN or infinite, or p = 1; ours has none.""",
    "The unpaired test with one variance of zero (pROC)": """
        The numbers agree; ours says beside them that the error is understated.""",
    "Smooth binormal curves (pROC)": """
        pROC draws a least-squares line through the normal deviates of the points, which is no maximum-likelihood fit; its
        areas differ by up to 0.09. Its parameters are used here only to compare the variance of Obuchowski and McClish.""",
    "McClish's scale below the chance line (pROC), intervals": """
        pROC has no number there; ours goes on, and its interval is clipped to what the scale can give.""",
}  # fmt: skip


def files(tag):
    """(data set, {(modality, reader): (truth, score)}, results)."""
    for path in sorted(SHARED.glob(f"*/*__{tag}.json")):
        dataset = path.name.split("__")[0]
        yield dataset, readings_of(path.parent, dataset), golden(path.parent, dataset, tag)


def value_of(found):
    """A number that may have come with a warning."""
    return found.get("value") if isinstance(found, dict) else found


def intervals():
    for dataset, readings, rows in files("proc_perreader"):
        ours, theirs = [], []
        for row in rows:
            reading = readings[row["modality"], row["reader"]]
            if not value_of(row["var_delong"]):
                assert auc_interval(*reading).low is None
                continue
            for level, name in ((0.95, "ci95_delong"), (0.90, "ci90_delong")):
                found = auc_interval(*reading, level)
                ours += [found.se**2, found.low, found.value, found.high]
                theirs += [value_of(row["var_delong"]), *value_of(row[name])]
        if ours:
            yield Comparison(dataset, PROC, "DeLong variance and intervals", ours, theirs)


def variances():
    for dataset, _readings, rows in files("proc_perreader"):
        ours, theirs = [], []
        for row in rows:
            line = row["smooth_binormal"]
            if not isinstance(row["var_obuchowski"], float):
                continue
            # pROC's slope is that on the deviates of specificity, with the sign turned.
            ours.append(obuchowski_mcclish_variance(line["a_intercept"], abs(line["b_slope"]), row["n_pos"], row["n_neg"]))  # fmt: skip
            theirs.append(row["var_obuchowski"])
        if ours:
            yield Comparison(dataset, PROC, "Obuchowski-McClish variance", ours, theirs)


def bootstrap_rows(dataset, readings, rows):
    """(rate, target, reading, their limits) of every bootstrap interval of a data set."""
    for row in rows:
        for name in RATES if "boot_ci" in row else ():
            found = row["boot_ci"][name]
            table = found.get("value", found)
            for target, (low, _middle, high) in zip(table["rows"], table["values"], strict=True):
                yield name, float(target), readings[row["modality"], row["reader"]], (low, high)


def bootstrap():
    """Bootstrap limits vary by a step of the curve; their means over a data set do not."""
    for dataset, readings, rows in files("proc_perreader"):
        for name, (method, interval) in RATES.items():
            pairs = []
            for rate, target, reading, theirs in bootstrap_rows(dataset, readings, rows):
                if rate == name:
                    found = interval(*reading, target)
                    if found.low is not None:
                        pairs.append(((found.low, found.high), theirs))
            if pairs:
                ours, theirs = np.mean(pairs, axis=0).tolist()
                yield Comparison(dataset, PROC, f"bootstrap limits of {method}, mean over readings", ours, theirs, 0.06)  # fmt: skip


def paired():
    yield from _tests("delong_paired", "Paired DeLong test", _paired)


def unpaired():
    yield from _tests("delong_unpaired", "Unpaired DeLong test", _unpaired)


def _tests(name, method, compare):
    for dataset, readings, rows in files("proc_tests"):
        ours, theirs = [], []
        for row in rows:
            expected = row.get(name)
            if not isinstance(expected, dict) or "statistic" not in expected:
                continue
            pair = compare(*(readings[row[m], row[r]] for m, r in (("m1", "r1"), ("m2", "r2"))), expected)  # fmt: skip
            ours += pair[0]
            theirs += pair[1]
        if ours:
            yield Comparison(dataset, PROC, method, ours, theirs)


def _paired(first, second, expected):
    (truth, a), (_truth, b) = first, second
    found = paired_test(truth, a, b)
    if not found.se:
        assert found.p is None
        return [], []
    interval = expected["conf.int"] or []
    ours = [found.value / found.se, found.p, *((found.low, found.high) if interval else ())]
    return ours, [expected["statistic"], expected["p.value"], *interval]


def _unpaired(first, second, expected):
    found = unpaired_test(*first, *second)
    if not found.se:
        assert found.p is None
        return [], []
    names = ("statistic", "p.value", "parameter")
    return [found.value / found.se, found.p, found.df], [expected[name] for name in names]


def comparisons():
    for part in (intervals, variances, bootstrap, paired, unpaired):
        yield from part()

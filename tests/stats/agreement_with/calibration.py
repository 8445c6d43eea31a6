"""Calibration and net benefit beside scikit-learn, statsmodels and dcurves.

Their numbers stand in calibration_reference.json, with the calls that made them; the data sets are those of the other
comparisons. The probabilities are the scaled mid-ranks of the first reading of each data set.
"""

import json
from pathlib import Path

from readerstudy.stats.calibration import brier_score, recalibration, reliability_curve
from readerstudy.stats.crowd import scaled_ranks
from readerstudy.stats.net_benefit import decision_curve, treat_all
from tests.stats.agreement_with.comparison import Comparison
from tests.stats.goldens import SHARED, readings_of

REFERENCE = json.loads(Path(__file__).with_name("calibration_reference.json").read_text())
SKLEARN, STATSMODELS, DCURVES = REFERENCE["software"].split(", ")
DELIBERATE = {
    "Calibration slope of separated classes (statsmodels, d11)": """
        statsmodels goes on until the deviance is zero and gives a slope of several hundred; ours has no value and says
        that no finite one exists.""",
    "Calibration at another prevalence (statsmodels)": """
        The weighted coefficients agree. The weighted model's standard errors take the weights for counts of cases; ours are
        the sandwich over the two classes.""",
}


def first_reading(dataset, found):
    """(truth, probabilities) of the reading that the reference was computed from."""
    path = next(SHARED.glob(f"*/{dataset}.csv"))
    truth, score = readings_of(path.parent, dataset)[found["modality"], found["reader"]]
    return truth, scaled_ranks([score])[0]


def _recalibration(truth, p, found):
    mine = recalibration(truth, p)
    parts = (("in the large", [mine.in_the_large], found["large"]), ("line", [mine.intercept, mine.slope], found["line"]))  # fmt: skip
    for name, estimates, theirs in parts:
        ours = [value for one in estimates for value in (one.value, one.se, one.low, one.high)]
        expected = [None] * len(ours) if theirs is None else _flat(theirs)
        yield STATSMODELS, f"Calibration, {name}", ours, expected
    weighted = recalibration(truth, p, prevalence=0.1)
    ours = [one.value for one in (weighted.in_the_large, weighted.intercept, weighted.slope)]
    expected = [*found["weighted_large"], *(found["weighted_line"] or [None, None])]
    yield STATSMODELS, "Calibration at prevalence 0.1", ours, expected


def _flat(theirs):
    rows = zip(theirs["params"], theirs["bse"], theirs["conf_int"], strict=True)
    return [value for estimate, se, (low, high) in rows for value in (estimate, se, low, high)]


def _scores(truth, p, found):
    yield SKLEARN, "Brier score", [brier_score(truth, p).value], [found["brier"]]
    bins = reliability_curve(truth, p).bins
    ours = [*(row.observed for row in bins), *(row.predicted for row in bins)]
    yield SKLEARN, "Reliability curve", ours, [*found["curve"]["observed"], *found["curve"]["predicted"]]  # fmt: skip


def _net_benefit(truth, p, found):
    at = REFERENCE["thresholds"]
    for tag, prevalence in (("study", None), ("prevalence_0.1", 0.1)):
        theirs, curve = found[f"net_benefit_{tag}"], decision_curve(truth, p, at, prevalence=prevalence)  # fmt: skip
        ours = [point.net_benefit for point in curve.points]
        all_positive = treat_all(curve.prevalence, at).tolist()
        yield DCURVES, f"Net benefit, {tag.replace('_', ' ')}", [*ours, *all_positive], [*theirs["p"], *theirs["all"]]  # fmt: skip


def comparisons():
    for dataset, found in REFERENCE["results"].items():
        truth, p = first_reading(dataset, found)
        for part in (_scores, _recalibration, _net_benefit):
            for software, method, ours, theirs in part(truth, p, found):
                yield Comparison(dataset, software, method, ours, theirs)

"""Obuchowski-Rockette and Dorfman-Berbaum-Metz beside RJafroc, MRMCaov and Google Health's Python."""

import csv

from readerstudy.stats import mrmc
from readerstudy.stats.readings import readings_from_columns
from tests.stats.agreement_with.comparison import Comparison
from tests.stats.goldens import SHARED, golden

DELIBERATE = {
    "Readers fixed, Cov2 < Cov3 (RJafroc; of the data sets here franken)": """
        RJafroc holds Cov2 − Cov3 at zero or above. Without readers to sample, the denominator is the variance that the
        covariance matrix itself gives to the difference of the means; a constraint would change it. MRMCaov does as we
        do.""",
    "Readers nested in modalities (MRMCaov 0.3.0, d08)": """
        Its factor of Cov2 − Cov3 is (J − ΣJᵢ²)/(J(I − 1)), which is negative; it must be (J² − ΣJᵢ²)/(J(I − 1)), the
        readers per modality where they are equal. Its test is anti-conservative, its variance with fixed readers
        negative.""",
    "Intervals of means near 1 (MRMCaov)": """
        MRMCaov cuts them at 0 and 1; ours and RJafroc's are not cut.""",
    "One positive or one negative case (d12)": """
        RJafroc gives NA, MRMCaov stops; ours gives the model with fixed cases and a reason for the two others.""",
}


def readings_of_file(path):
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    columns = ([row[name] for row in rows] for name in ("reader", "modality", "case"))
    return readings_from_columns(
        *columns, [int(row["truth"]) for row in rows], [float(row["score"]) for row in rows]
    )


def files(tag):
    """(data set, its readings, results) of every golden file with this tag."""
    for path in sorted(SHARED.glob(f"*/*__{tag}.json")):
        dataset = path.name.split("__")[0]
        yield dataset, readings_of_file(path.parent / f"{dataset}.csv"), golden(path.parent, dataset, tag)  # fmt: skip


def of_test(test, order=()):
    """Differences and means of one model as a flat list."""
    rows = [(row.estimate, row.se, row.low, row.high, row.p) for row in test.differences]
    means = [(row.estimate, row.se) for row in test.modalities]
    return [value for row in rows + means for value in row]


def rjafroc():
    for tag, analyse, software in (
        ("rjafroc_or", mrmc.obuchowski_rockette, "OR"),
        ("rjafroc_dbm", mrmc.dorfman_berbaum_metz, "DBM"),
    ):
        for dataset, readings, results in files(tag):
            if readings.n_positive < 2:
                continue
            found = analyse(readings)
            for model in ("RRRC", "FRRC", "RRFC"):
                if (dataset, tag, model) == ("franken", "rjafroc_or", "FRRC"):
                    continue
                theirs = _rjafroc(results[model][model])
                ours = of_test(getattr(found, model.lower()))
                yield Comparison(dataset, "RJafroc 2.1.3", f"{software} {model}", ours, theirs)


def _rjafroc(rows):
    differences, means = rows["ciDiffTrt"], rows["ciAvgRdrEachTrt"]
    names = ("Estimate", "StdErr", "CILower", "CIUpper")
    p = differences.get("PrGTt") or differences.get("PrGTz")
    each = zip(*(differences[name] for name in names), p, strict=True)
    found = [value for row in each for value in row]
    return found + [v for row in zip(means["Estimate"], means["StdErr"], strict=True) for v in row]


def mrmcaov():
    for dataset, readings, results in files("mrmcaov_auc"):
        for covariance, models in results.items():
            if "error" in models or readings.n_positive < 2:
                continue
            found = mrmc.obuchowski_rockette(readings, covariance=covariance.lower())
            for model in ("RRRC", "FRRC", "RRFC"):
                if model not in models or "error" in models[model]:
                    continue
                if dataset.startswith("d08") and model != "RRFC":
                    continue
                ours = _means(getattr(found, model.lower()))
                yield Comparison(dataset, "MRMCaov 0.3.0", f"OR {covariance} {model}", ours, _mrmcaov(models[model]))  # fmt: skip


def _means(test):
    rows = [(row.estimate, row.se, row.low, row.high, row.p) for row in test.differences]
    return [test.statistic, test.df2, *(value for row in rows for value in row), *(row.se for row in test.modalities)]  # fmt: skip


def _mrmcaov(model):
    test, differences = model["test_equality"], model["test_diffs"]
    statistic, df2 = (test.get("F") or test["X2"])[0], test.get("df2", [None])[0]
    names = ("Estimate", "StdErr", "CI.Lower", "CI.Upper", "p-value")
    rows = zip(*(differences[name] for name in names), strict=True)
    means = (model["test_means"] or {"StdErr": []})["StdErr"]
    return [statistic, df2, *(value for row in rows for value in row), *means]


def components():
    for dataset, readings, results in files("mrmcaov_auc"):
        for covariance, models in results.items():
            if "error" in models or readings.n_positive < 2 or dataset.startswith("d08"):
                continue
            found = mrmc.obuchowski_rockette(readings, covariance=covariance.lower()).components
            ours = [found.var_r, found.var_tr, found.var, found.cov1, found.cov2, found.cov3]
            theirs = models["RRRC"]["vcov_comps"]["Estimate"]
            yield Comparison(dataset, "MRMCaov 0.3.0", f"OR {covariance} components", ours, theirs)


def comparisons():
    yield from rjafroc()
    yield from mrmcaov()
    yield from components()

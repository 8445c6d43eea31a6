"""Partial areas, matched rates, sensitivity, specificity and delete-one areas beside MRMCaov, pROC and RJafroc."""

import numpy as np

from readerstudy.stats import mrmc
from readerstudy.stats.figures import (
    Auc,
    PartialAuc,
    Polygon,
    Sensitivity,
    SensitivityAt,
    Specificity,
    SpecificityAt,
)
from tests.stats.agreement_with.comparison import Comparison
from tests.stats.agreement_with.mrmc import files

MRMCAOV, PROC, RJAFROC = "MRMCaov 0.3.0", "pROC 1.18.0", "RJafroc 2.1.3"
COLLAPSED = Polygon.COLLAPSED
# The figure of each golden file, on the polygon of MRMCaov.
MULTI_READER = {
    "mrmcaov_pauc_spec80": PartialAuc(0.8, 1, polygon=COLLAPSED),
    "mrmcaov_pauc_sens80norm": PartialAuc(0.8, 1, of="sensitivity", scale="normalised", polygon=COLLAPSED),
    "mrmcaov_sens_at_spec80": SensitivityAt(0.8, polygon=COLLAPSED),
    "mrmcaov_spec_at_sens80": SpecificityAt(0.8, polygon=COLLAPSED),
    "mrmcaov_sens": Sensitivity(0.5),
    "mrmcaov_spec": Specificity(0.5),
}  # fmt: skip
OF_PROC = {
    "spec80_100": PartialAuc(0.8, 1),
    "spec80_100_corrected": PartialAuc(0.8, 1, scale="mcclish"),
    "spec90_100": PartialAuc(0.9, 1),
    "spec60_90": PartialAuc(0.6, 0.9),
    "sens80_100": PartialAuc(0.8, 1, of="sensitivity"),
    "sens80_100_corrected": PartialAuc(0.8, 1, of="sensitivity", scale="mcclish"),
}
OF_MRMCAOV = {
    "pauc_spec80": PartialAuc(0.8, 1, polygon=COLLAPSED),
    "pauc_sens80": PartialAuc(0.8, 1, of="sensitivity", polygon=COLLAPSED),
    "pauc_spec60_90_norm": PartialAuc(0.6, 0.9, scale="normalised", polygon=COLLAPSED),
}
DELIBERATE = [
    (
        "Partial areas and matched rates (MRMCaov)",
        ("To interpolate, MRMCaov keeps of the points with an equal rate only one (the largest TPF of equal FPF, the largest "
        "FPF of equal TPF); vertical and horizontal pieces of the empirical curve become slopes. Its partial areas take "
        "both ends from there and only the points strictly between, so that they are not the curve's. Ours is the "
        'empirical polygon, as in pROC; polygon="collapsed" gives the numbers of MRMCaov.'),
    ),
    (
        "McClish's scale below the chance line (pROC)",
        ("pROC gives no number where the partial area is smaller than that of chance; ours goes on below 0.5, so that a "
        "delete-one value is defined wherever the partial area is."),
    ),
    (
        "One positive case (d12)",
        "MRMCaov stops in the middle of the jackknife; ours refuses with a sentence. The figures themselves are compared.",
    ),
]  # fmt: skip


def described(figure):
    """The figure, and its polygon where that is not the empirical one."""
    collapsed = getattr(figure, "polygon", "") == COLLAPSED
    return f"{figure.name}, collapsed polygon" if collapsed else figure.name


def multi_reader():
    for tag, figure in MULTI_READER.items():
        for dataset, readings, results in files(tag):
            found = results["jackknife"]
            theirs = next(values for name, values in found["estimates"].items() if name not in ("modality", "reader"))  # fmt: skip
            scores = readings.scores.reshape(-1, readings.truth.size)
            ours = figure.values(readings.truth, scores).tolist()
            yield Comparison(dataset, MRMCAOV, described(figure), ours, theirs)
            if "cov" in found:
                yield Comparison(dataset, MRMCAOV, f"{described(figure)}, jackknife covariance", *_covariances(figure, readings, scores, found))  # fmt: skip
                yield Comparison(dataset, MRMCAOV, f"{described(figure)}, OR differences", *_differences(figure, readings, found))  # fmt: skip


def _covariances(figure, readings, scores, found):
    left_out = figure.jackknife(readings.truth, scores)[1]
    cases = left_out.shape[1]
    ours = np.cov(left_out) * (cases - 1) ** 2 / cases
    return ours.ravel().tolist(), np.ravel(found["cov"]["values"]).tolist()


def _differences(figure, readings, found):
    result, ours, theirs = mrmc.obuchowski_rockette(readings, figure=figure), [], []
    for model in ("RRRC", "FRRC", "RRFC"):
        rows = getattr(result, model.lower()).differences
        ours += [value for row in rows for value in (row.estimate, row.se, row.low, row.high, row.p)]  # fmt: skip
        names = ("Estimate", "StdErr", "CI.Lower", "CI.Upper", "p-value")
        columns = (found[model]["test_diffs"][name] for name in names)
        theirs += [value for row in zip(*columns, strict=True) for value in row]
    return ours, theirs


def readers_of_proc():
    yield from _per_reader("proc_perreader", PROC, OF_PROC, Polygon.EXACT)


def readers_of_mrmcaov():
    yield from _per_reader("mrmcaov_perreader", MRMCAOV, OF_MRMCAOV, COLLAPSED)


def _per_reader(tag, software, areas, polygon):
    """The figures of every reading by itself, one comparison for each figure and data set."""
    for dataset, readings, rows in files(tag):
        collected = {}
        for row in rows:
            truth, score = _reading(readings, row["modality"], row["reader"])
            for figure, theirs in _figures_of(row, areas, polygon):
                if isinstance(theirs, dict):
                    continue
                pair = collected.setdefault(figure, ([], []))
                pair[0].append(float(figure.values(truth, score)[0]))
                pair[1].append(theirs)
        for figure, (ours, theirs) in collected.items():
            yield Comparison(dataset, software, f"{described(figure)}, each reader", ours, theirs)


def _reading(readings, modality, reader):
    score = readings.scores[readings.modalities.index(modality), readings.readers.index(reader)]
    read = ~np.isnan(score)
    return readings.truth[read], score[read]


def _figures_of(row, areas, polygon):
    """(figure, their value) of one reading."""
    partial = row.get("pauc", row)
    yield from ((figure, partial[name]) for name, figure in areas.items())
    for name, kind in (("sens_at_spec", SensitivityAt), ("spec_at_sens", SpecificityAt)):
        for target, theirs in row[name].items():
            yield kind(float(target), polygon=polygon), theirs


def rjafroc():
    for dataset, readings, results in files("rjafroc_jackknife"):
        if readings.n_positive < 2:
            continue
        values, left_out = Auc().jackknife(readings.truth, readings.scores.reshape(-1, readings.truth.size))  # fmt: skip
        negatives_first = np.argsort(readings.truth, kind="stable")
        ours = [*values.tolist(), *left_out[:, negatives_first].ravel().tolist()]
        theirs = [*np.ravel(results["fom"]["values"]), *np.ravel(results["jkFomValues"])]
        yield Comparison(dataset, RJAFROC, "AUC and delete-one AUCs", ours, theirs)


def comparisons():
    for part in (multi_reader, readers_of_proc, readers_of_mrmcaov, rjafroc):
        yield from part()

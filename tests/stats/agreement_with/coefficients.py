"""Agreement between readers beside irr, psych, statsmodels and krippendorff."""

from readerstudy.stats import agreement
from tests.stats.agreement_with.comparison import Comparison
from tests.stats.agreement_with.mrmc import files

DELIBERATE = {
    "Krippendorff's alpha (irr 0.84.1)": """
        irr's kripp.alpha differs by about 1e-3 on every data set; krippendorff (PyPI) and ours satisfy
        α = 1 − (1 − κ of Fleiss)(n − 1)/n exactly for nominal ratings of all cases.""",
    "Weighted kappa of ratings of two digits (irr)": """
        irr sorts categories as text, 10 before 2; ours sorts them as numbers. Only data sets with ratings of one digit are
        compared with it.""",
    "Interval of ICC(2,k) (irr)": """
        irr steps up its limits with other degrees of freedom, which moves them by 1e-6; ours are those of psych.""",
    "p of Light's kappa (irr)": """
        irr gives a z test for the mean of all pairs' kappa that takes no account of their correlation; ours gives the mean
        alone.""",
}
ICC_ORDER = list(agreement.IccForm)


def panels(tag):
    """(data set, modality, readings, scores (J, K), results) where every reader rated every case; no algorithms."""
    for dataset, everybody, results in files(tag):
        people = [name for name in everybody.readers if name not in ("ALG", "CAD")]
        readings = everybody.of_readers(people)
        for i, modality in enumerate(readings.modalities):
            found = results.get(modality)
            if isinstance(found, dict) and readings.is_complete:
                yield dataset, modality, readings, readings.scores[i], found


def irr():
    for dataset, modality, readings, scores, found in panels("agreement"):
        if "error" in found or "fleiss" not in found or "value" not in found["fleiss"]:
            continue
        name = f"{dataset}, {modality}"
        ours = [agreement.fleiss_kappa(scores).estimate, agreement.conger_kappa(scores).estimate, agreement.light_kappa(scores)]  # fmt: skip
        theirs = [_value(found[key]) for key in ("fleiss", "fleiss_exact_conger", "light")]
        yield Comparison(name, "irr 0.84.1", "Fleiss, Conger, Light kappa", ours, theirs)
        if scores.max() < 10 and scores.min() >= 0:
            yield from _pairs(name, readings, scores, found["pairs"])


def _value(entry):
    return entry["value"] if isinstance(entry["value"], float | int) else None


def _pairs(name, readings, scores, rows):
    for key, weights in (("unweighted", "nominal"), ("equal", "linear"), ("squared", "quadratic")):
        ours, theirs = [], []
        for row in rows:
            if isinstance(row[key].get("value"), float | int):
                pair = (scores[readings.readers.index(row[reader])] for reader in ("r1", "r2"))
                ours.append(agreement.cohen_kappa(*pair, weights).estimate)
                theirs.append(row[key]["value"])
        if ours:
            yield Comparison(name, "irr 0.84.1", f"Cohen kappa, {weights}, all pairs", ours, theirs)


def psych():
    for dataset, modality, _readings, scores, found in panels("agreement"):
        table = found.get("psych_ICC_aov")
        if not isinstance(table, dict) or not isinstance(table.get("ICC"), list):
            continue
        rows = [agreement.intraclass_correlation(scores, form) for form in ICC_ORDER]
        if any(row.f is None for row in rows):
            continue
        low, high = (next(key for key in table if key.startswith(start)) for start in ("lower", "upper"))  # fmt: skip
        ours = [value for row in rows for value in (row.estimate, row.f, row.p, row.low, row.high)]
        columns = zip(table["ICC"], table["F"], table["p"], table[low], table[high], strict=True)
        yield Comparison(f"{dataset}, {modality}", "psych 2.2.9", "ICC, all six forms", ours, [value for row in columns for value in row])  # fmt: skip


def python():
    for dataset, modality, readings, scores, found in panels("python"):
        name = f"{dataset}, {modality}"
        if "fleiss" in found:
            ours = [agreement.fleiss_kappa(scores).estimate, agreement.brennan_prediger(scores).estimate]  # fmt: skip
            yield Comparison(name, "statsmodels 0.15.0", "Fleiss and Randolph kappa", ours, [found["fleiss"], found["randolph"]])  # fmt: skip
        kinds = [kind for kind in agreement.Scale if isinstance(found.get(f"krippendorff_{kind}"), float) and (kind != "ratio" or scores.min() >= 0)]  # fmt: skip
        if kinds:
            ours = [agreement.krippendorff_alpha(scores, kind).estimate for kind in kinds]
            yield Comparison(name, "krippendorff 0.9.0", "alpha, all scales", ours, [found[f"krippendorff_{kind}"] for kind in kinds])  # fmt: skip
        if found.get("cohen_pairs"):
            yield from _cohen_pairs(name, readings, scores, found["cohen_pairs"])


def _cohen_pairs(name, readings, scores, rows):
    ours, theirs = [], []
    for row in rows:
        if not isinstance(row.get("kappa"), float) or "error" in row:
            continue
        pair = [scores[readings.readers.index(row[reader])] for reader in ("r1", "r2")]
        found = agreement.cohen_kappa(*pair)
        ours += [found.estimate, found.se, found.low, found.high, found.p]
        theirs += [row["kappa"], row["std"], row["low"], row["upp"], row["p2"]]
        for weights in ("linear", "quadratic"):
            weighted = agreement.cohen_kappa(*pair, weights)
            ours += [weighted.estimate, weighted.se]
            theirs += [row[weights], row[f"{weights}_std"]]
    if ours:
        yield Comparison(name, "statsmodels 0.15.0", "Cohen kappa and its error, all pairs", ours, theirs)  # fmt: skip


def comparisons():
    yield from irr()
    yield from psych()
    yield from python()

"""Binormal curves beside MRMCaov; McNemar, Cochran's Q and proportions beside statsmodels, R and its binom."""

import numpy as np

from readerstudy.stats.binormal import fit_binormal, fit_proper_binormal, proper_binormal_auc
from readerstudy.stats.delong import auc_interval
from readerstudy.stats.further_proportions import agresti_coull, jeffreys
from readerstudy.stats.mcnemar import cochran_q, mcnemar_test, paired_counts
from readerstudy.stats.proportions import clopper_pearson, wilson
from tests.stats.agreement_with.comparison import Comparison
from tests.stats.agreement_with.proc import files

MRMCAOV, STATSMODELS, R, BINOM = "MRMCaov 0.3.0", "statsmodels 0.15.0", "R 4.2.2", "binom 1.1-1.1"
OF_STATSMODELS = {
    "wilson": wilson,
    "beta": clopper_pearson,
    "agresti_coull": agresti_coull,
    "jeffreys": jeffreys,
}
OF_BINOM = {"wilson": wilson, "exact": clopper_pearson, "agresti-coull": agresti_coull}
ALGORITHMS = ("ALG", "CAD")
SIGNS = {"positives": 1, "negatives": 0}
DELIBERATE = {
    "Degenerate binormal data (MRMCaov)": """
        Where the points of the curve lie on one horizontal and one vertical line (d09 A R02, A R03; one positive case, d12)
        the likelihood has no maximum; MRMCaov reports where its search stopped, ours says that the data are degenerate. For a
        constant reading MRMCaov reports an area of 0.5, for a curve along the edges of the unit square without a perfect
        separation (Van Dyke T2 R4) an area of 1; ours reports none.""",
    "Binormal parameters to more than four digits (MRMCaov)": """
        MRMCaov stops its search before the maximum of the likelihood. Ours ends where the gradient vanishes to rounding; a
        test shows that the likelihood at MRMCaov's a and b, maximised over the boundaries, is lower. The largest
        difference is 1.6e-4 in a (d05 B R03), 4e-6 in the area.""",
    "Proper curves with d_a near 0 (MRMCaov)": """
        There the likelihood changes with the fourth power of d_a only, and the two searches stop at different small numbers
        (0.00 and 0.05); the areas agree to 2e-5. Ours says that the fit lies on the edge of the model and gives no interval.""",
    "The corrected McNemar statistic for n10 = n01 (statsmodels)": """
        The continuity correction must not move a difference of zero away from zero: ours and R give 0, statsmodels
        1 / (n10 + n01).""",
    "McNemar's test without a discordant case": """
        There is nothing to test: ours gives no p and says so. R gives NaN; statsmodels NaN, an infinite corrected
        statistic with p = 0, and 1 for the exact test.""",
    "Limits of the Agresti-Coull interval outside 0 to 1 (binom)": """
        Ours and statsmodels clip them, the R package binom does not.""",
    "The Jeffreys interval of no success or no failure (statsmodels)": """
        Its lower limit for no success is above 0, so that the interval misses the observed share. Ours is 0 there, and 1
        for no failure, as Brown, Cai and DasGupta (2001) advise; the table compares the other limit.""",
}  # fmt: skip


def binormal():
    for dataset, readings, rows in files("mrmcaov_perreader"):
        parts = {"a and b": ([], []), "area": ([], []), "sensitivity at specificity 0.8": ([], [])}
        for row in rows:
            theirs = row["binormal"]
            found = fit_binormal(*readings[row["modality"], row["reader"]])
            if found.converged:
                _add(parts["a and b"], [found.a.value, found.b.value], [theirs["a"], theirs["b"]])
                _add(parts["area"], [found.auc.value], [theirs["auc"]])
                _add(parts["sensitivity at specificity 0.8"], [found.sensitivity_at(0.8).value], [theirs["sens_at_spec80"]])  # fmt: skip
            elif found.auc.value is not None:
                _add(parts["area"], [found.auc.value], [theirs["auc"]])
        for (name, pair), allowed in zip(parts.items(), (2e-4, 5e-6, 2e-5), strict=True):
            if pair[0]:
                yield Comparison(dataset, MRMCAOV, f"binormal fit: {name}", *pair, allowed)


def proper():  # noqa: C901 (three tables from one fit)
    for dataset, readings, rows in files("mrmcaov_perreader"):
        formula, area, parameters = ([], []), ([], []), ([], [])
        for row in rows:
            theirs = row["binormalLR"]
            d_a, c = (theirs["Metz"][name][0] for name in ("d_a", "c"))
            # Nearer to c = 0 the correlation of their bivariate normal distribution rounds to −1.
            if not isinstance(d_a, str) and (abs(c) > 1e-7 or c == 0):
                _add(formula, [proper_binormal_auc(d_a, c)], [theirs["auc"]])
            found = fit_proper_binormal(*readings[row["modality"], row["reader"]])
            if found.converged:
                _add(area, [found.auc.value], [theirs["auc"]])
                if found.reason is None and d_a > 0.1:
                    _add(parameters, [found.d_a, found.c], [d_a, c])
        if formula[0]:
            yield Comparison(dataset, MRMCAOV, "proper binormal area from d_a and c", *formula)
        if area[0]:
            yield Comparison(dataset, MRMCAOV, "proper binormal fit: area", *area, 2e-5)
        if parameters[0]:
            yield Comparison(dataset, MRMCAOV, "proper binormal fit: d_a and c", *parameters, 5e-3)


def single_delong():
    for dataset, readings, rows in files("mrmcaov_perreader"):
        ours, theirs = [], []
        for row in rows:
            found, expected = auc_interval(*readings[row["modality"], row["reader"]]), row["stmc_DeLong"]  # fmt: skip
            if found.low is not None:
                names = ("empirical_auc", "StdErr", "CI.Lower", "CI.Upper")
                _add((ours, theirs), [found.value, found.se, found.low, found.high], [expected[name] for name in names])  # fmt: skip
        if ours:
            yield Comparison(dataset, MRMCAOV, "single reading, DeLong", ours, theirs)


def decisions_of(readings, results, modality):
    """Truth and the decisions {reader: (K,)} of one modality."""
    found = {reader: (truth, (score > results["threshold"]).astype(int)) for (m, reader), (truth, score) in readings.items() if m == modality and reader not in ALGORITHMS}  # fmt: skip
    return next(truth for truth, _d in found.values()), {r: d for r, (_t, d) in found.items()}


def answers(truth, decision, cases):
    """What McNemar's test and Cochran's Q were computed of: decisions of a class, or right answers of all cases."""
    return decision[truth == SIGNS[cases]] if cases in SIGNS else (decision == truth).astype(int)


def mcnemar():
    for tag, software, forms in (("python", STATSMODELS, _of_statsmodels), ("agreement", R, _of_r)):
        for dataset, readings, results in files(tag):
            pair = [], []
            for row in results.get("mcnemar", ()):
                both = [decisions_of(readings, results, row[m]) for m in ("m1", "m2")]
                first, second = (answers(truth, made[row["reader"]], row["cases"]) for truth, made in both)  # fmt: skip
                _add(pair, *forms(paired_counts(first, second), row))
            if pair[0]:
                yield Comparison(dataset, software, "McNemar, every form", *pair)


def _of_statsmodels(counts, row):
    found = mcnemar_test(counts)
    table = np.array(row["table"]).ravel().tolist()
    ours, theirs = [counts.n11, counts.n10, counts.n01, counts.n00], table
    if found.p is not None:
        ours += [found.statistic, found.p, found.p_exact]
        theirs = [*theirs, *row["nocc"].values(), row["exact"]["pvalue"]]
        if counts.n10 != counts.n01:
            ours += [found.statistic_corrected, found.p_corrected]
            theirs = [*theirs, *row["cc"].values()]
    return ours, theirs


def _of_r(counts, row):
    found = mcnemar_test(counts)
    ours = [counts.n11, counts.n10, counts.n01, counts.n00, found.statistic, found.p, found.statistic_corrected, found.p_corrected, found.p_exact]  # fmt: skip
    theirs = [row[name] for name in ("n11", "n10", "n01", "n00")]
    for name in ("chisq_uncorrected", "chisq_corrected"):
        theirs += row[name].values()
    return ours, [*theirs, row["exact_p"]]


def cochran():
    for dataset, readings, results in files("python"):
        pair = [], []
        for modality in {m for m, _r in readings} & set(results):
            truth, made = decisions_of(readings, results, modality)
            for name, theirs in results[modality].items():
                if name.startswith("cochran_q"):
                    cases = name.removeprefix("cochran_q_")
                    found = cochran_q([answers(truth, decision, cases) for decision in made.values()])  # fmt: skip
                    _add(pair, [found.statistic, found.p], [theirs["statistic"], theirs["pvalue"]])
        if pair[0]:
            yield Comparison(dataset, STATSMODELS, "Cochran's Q", *pair)


def proportions():
    for tag, software, kinds in (("python", STATSMODELS, OF_STATSMODELS), ("agreement", BINOM, OF_BINOM)):  # fmt: skip
        for dataset, _readings, results in files(tag):
            collected = {kind: ([], []) for kind in kinds}
            for part in results.values():
                for row in part.get("binomial", ()) if isinstance(part, dict) else ():
                    for kind, interval in kinds.items():
                        _add(collected[kind], *_limits(kind, interval(row["x"], row["n"]), row))
            for kind, pair in collected.items():
                if pair[0]:
                    yield Comparison(dataset, software, f"proportion, {kind}", *pair)


def _limits(kind, found, row):
    """Our limits and theirs, as far as they mean the same."""
    if "ci" in row:
        place = row["ci"]["method"].index(kind)
        theirs = [min(max(row["ci"][end][place], 0), 1) for end in ("lower", "upper")]
        return [found.low, found.high], theirs
    limits = list(zip((found.low, found.high), row[kind], strict=True))
    if kind == "jeffreys":
        limits = [pair for pair, count in zip(limits, (row["x"], row["n"] - row["x"]), strict=True) if count]  # fmt: skip
    return [ours for ours, _theirs in limits], [theirs for _ours, theirs in limits]


def _add(pair, ours, theirs):
    pair[0].extend(ours)
    pair[1].extend(theirs)


def comparisons():
    for part in (binormal, proper, single_delong, mcnemar, cochran, proportions):
        yield from part()

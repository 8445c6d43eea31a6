"""One reading or two beside pROC, statsmodels and binom."""

from readerstudy.stats import delong, further_proportions, mcnemar, partial, proportions, unpaired
from tests.stats.agreement_with.comparison import Comparison
from tests.stats.agreement_with.mrmc import files

DELIBERATE = {
    "A reading without variance (pROC)": """
        pROC gives the interval [1, 1] or [.5, .5] with a warning; ours gives the area with a reason and no interval (the
        command line prints the area as both limits, with the reason).""",
    "Unpaired DeLong test of areas with variance zero (pROC)": """
        pROC gives NaN or an infinite statistic; ours gives the difference and a reason.""",
    "Exact McNemar test without discordant pairs (statsmodels)": """
        statsmodels gives p = 1; ours gives no test and a reason.""",
}


def reading(readings, row, modality="modality", reader="reader"):
    """Truth and scores of the cases that this reader read."""
    score = readings.scores[readings.modalities.index(row[modality]), readings.readers.index(row[reader])]  # fmt: skip
    read = score == score  # noqa: PLR0124 (NaN is unequal to itself)
    return readings.truth[read], score[read]


def proc_intervals():
    for dataset, readings, results in files("proc_perreader"):
        ours, theirs = [], []
        for row in results:
            found = delong.auc_interval(*reading(readings, row))
            if found.low is not None:
                ours += [found.value, found.se**2, found.low, found.high]
                theirs += [row["auc"], row["var_delong"], row["ci95_delong"][0], row["ci95_delong"][2]]  # fmt: skip
        if ours:
            yield Comparison(dataset, "pROC 1.18", "AUC, DeLong variance and interval", ours, theirs)  # fmt: skip


PARTIAL = {
    "spec80_100": (0.8, 1, "specificity", "raw"),
    "spec80_100_corrected": (0.8, 1, "specificity", "mcclish"),
    "spec90_100": (0.9, 1, "specificity", "raw"),
    "sens80_100": (0.8, 1, "sensitivity", "raw"),
    "spec60_90": (0.6, 0.9, "specificity", "raw"),
}


def proc_partial():
    for dataset, readings, results in files("proc_perreader"):
        ours, theirs = [], []
        for row in results:
            for name, (low, high, of, scale) in PARTIAL.items():
                if isinstance(row["pauc"].get(name), float | int) and row["n_pos"] > 1:
                    ours.append(partial.partial_auc(*reading(readings, row), low, high, of=of, scale=scale).value)  # fmt: skip
                    theirs.append(row["pauc"][name])
        if ours:
            yield Comparison(dataset, "pROC 1.18", "partial AUC, raw and McClish", ours, theirs)


def proc_unpaired():
    for dataset, readings, results in files("proc_tests"):
        ours, theirs = [], []
        for row in results:
            test = row.get("delong_unpaired") or {}
            if not isinstance(test.get("statistic"), float | int):
                continue
            pair = reading(readings, row, "m1", "r1"), reading(readings, row, "m2", "r2")
            found = unpaired.unpaired_test(*pair[0], *pair[1])
            if found.p is not None:
                ours += [found.value / found.se, found.df, found.p]
                theirs += [test["statistic"], test["parameter"], test["p.value"]]
        if ours:
            yield Comparison(dataset, "pROC 1.18", "unpaired DeLong test", ours, theirs)


def statsmodels_mcnemar():
    for dataset, _readings, results in files("python"):
        ours, theirs = [], []
        for row in results.get("mcnemar") or []:
            (n11, n10), (n01, n00) = row["table"]
            found = mcnemar.mcnemar_test(mcnemar.PairedCounts(n11, n10, n01, n00))
            if found.reason is None and n10 != n01:
                ours += [found.statistic, found.p, found.statistic_corrected, found.p_corrected, found.p_exact]  # fmt: skip
                theirs += [row[part][key] for part in ("nocc", "cc") for key in ("statistic", "pvalue")]  # fmt: skip
                theirs.append(row["exact"]["pvalue"])
        if ours:
            yield Comparison(dataset, "statsmodels 0.15.0", "McNemar: asymptotic, corrected, exact", ours, theirs)  # fmt: skip


INTERVALS = {
    "wilson": proportions.wilson,
    "beta": proportions.clopper_pearson,
    "agresti_coull": further_proportions.agresti_coull,
    "jeffreys": further_proportions.jeffreys,
}


def statsmodels_proportions():
    for dataset, _readings, results in files("python"):
        rows = [row for part in results.values() if isinstance(part, dict) for row in part.get("binomial", [])]  # fmt: skip
        ours, theirs = [], []
        for row in rows:
            for name, interval in INTERVALS.items():
                if 0 < row["x"] < row["n"] and isinstance(row.get(name), list):
                    found = interval(row["x"], row["n"])
                    ours += [found.low, found.high]
                    theirs += [max(row[name][0], 0.0), min(row[name][1], 1.0)]
        if ours:
            yield Comparison(dataset, "statsmodels 0.15.0", "Wilson, Clopper-Pearson, Agresti-Coull, Jeffreys", ours, theirs)  # fmt: skip


def statsmodels_cochran():
    for dataset, readings, results in files("python"):
        for i, modality in enumerate(readings.modalities):
            found = results.get(modality)
            if not isinstance(found, dict) or "cochran_q_positives" not in found:
                continue
            people = [j for j, name in enumerate(readings.readers) if name not in ("ALG", "CAD")]
            calls = (readings.scores[i, people] > results["threshold"]).astype(int)
            if readings.read[i, people].all():
                yield _cochran(f"{dataset}, {modality}", calls, readings.truth, found)


def _cochran(name, calls, truth, found):
    parts = {"positives": calls[:, truth == 1], "negatives": calls[:, truth == 0], "correctness": (calls == truth).astype(int)}  # fmt: skip
    ours, theirs = [], []
    for part, answers in parts.items():
        test, row = mcnemar.cochran_q(answers), found[f"cochran_q_{part}"]
        if test.p is not None:
            ours += [test.statistic, test.p, test.df]
            theirs += [row["statistic"], row["pvalue"], row["df"]]
    return Comparison(name, "statsmodels 0.15.0", "Cochran's Q", ours, theirs)


def comparisons():
    yield from proc_intervals()
    yield from proc_partial()
    yield from proc_unpaired()
    yield from statsmodels_mcnemar()
    yield from statsmodels_proportions()
    yield from statsmodels_cochran()

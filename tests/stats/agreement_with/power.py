"""Power and sample sizes beside RJafroc and pROC."""

import numpy as np

from readerstudy.stats import design, mrmc
from readerstudy.stats.delong import delong_covariance
from tests.stats.agreement_with.comparison import Comparison
from tests.stats.agreement_with.mrmc import files
from tests.stats.goldens import SHARED, golden, readings_of

RJAFROC, PROC = "RJafroc 2.1.3", "pROC 1.18"
# R stops the series of its noncentral F at 1e-9.
NONCENTRAL_F = 1e-7
GIVEN_UP = 2001
DELIBERATE = {
    "Cases needed where the readers' variance forbids the power (RJafroc)": """
        RJafroc counts up by one and, past 2000 cases, returns 2001 with the power that 2001 cases have, or the bare
        number. Ours has no limit of that kind: where the power approaches less than the target with ever more cases it
        returns no number, the reason, and that power.""",
    "Power where a perfect or a chance area is planned (pROC)": """
        pROC gives NaN for an area of 1 and infinitely many cases for 0.5; ours gives a reason.""",
}


def pilots():
    """(data set, its components, observed effect, results) of each pilot study that has components."""
    for dataset, readings, results in files("rjafroc_power"):
        if readings.n_positive < 2:
            continue
        analysis = mrmc.obuchowski_rockette(readings)
        components = design.components_of_analysis(analysis, source=dataset)
        yield dataset, components, analysis.rrrc.differences[0].estimate, results


def rjafroc():
    for dataset, components, observed, results in pilots():
        for model, found in results.items():
            tails, terms = ([], []), ([], [])
            for row in found["SsPowerGivenJK"]:
                effect = observed if row["effectSize"] == "observed" else row["effectSize"]
                ours = design.power(components, row["J"], row["K"], effect, analysis=model)
                power, ncp, df, critical = (value[0] for value in row["value"].values())
                for (mine, yours), pairs in (
                    (tails, [(ours.power, power)]),
                    (terms, [(ours.ncp, ncp), (ours.df, df), (ours.critical, critical)]),
                ):
                    mine += [value for value, _theirs in pairs]
                    yours += [theirs for _value, theirs in pairs]
            tolerance = 1e-9 if model == "FRRC" else NONCENTRAL_F
            yield Comparison(dataset, RJAFROC, f"Power {model}, OR and DBM", *tails, tolerance)
            yield Comparison(dataset, RJAFROC, f"Power {model}: noncentrality, df, critical value", *terms)  # fmt: skip


def rjafroc_cases():
    for dataset, components, _observed, results in pilots():
        for model, found in results.items():
            ours, theirs = [], []
            for row in found["SsSampleSizeKGivenJ"]:
                value = row["value"]
                count = value[f"K{model}"][0] if isinstance(value, dict) else value
                if count == GIVEN_UP:
                    continue
                n = design.cases_needed(components, row["J"], row["desiredPower"], row["effectSize"], analysis=model)  # fmt: skip
                ours.append(float(n.n))
                theirs.append(float(count))
            if ours:
                yield Comparison(dataset, RJAFROC, f"Cases needed {model}", ours, theirs)


def proc_one_curve():
    for dataset, _readings, rows in files("proc_perreader"):
        ours, theirs = [], []
        for row in rows:
            needed, given = row.get("power_n"), row.get("power_given_n")
            if needed is None or row["auc"] in (0.5, 1):
                continue
            n = design.curve_cases_needed(row["auc"], 0.8, ratio=row["n_neg"] / row["n_pos"])
            power = design.curve_power(row["auc"], row["n_pos"], row["n_neg"])
            ours += [n.n_positive, n.n_negative, power.power]
            theirs += [needed["ncases"], needed["ncontrols"], given["power"]]
        if ours:
            yield Comparison(dataset, PROC, "One ROC curve: cases needed, power", ours, theirs)


def proc_two_curves():
    for path in sorted(SHARED.glob("*/*__proc_tests.json")):
        dataset = path.name.split("__")[0]
        readings, ours, theirs = readings_of(path.parent, dataset), [], []
        for row in golden(path.parent, dataset, "proc_tests"):
            count = (row.get("power_paired") or {}).get("ncases")
            if not isinstance(count, int | float):
                continue
            (truth, a), (_truth, b) = (readings[row[m], row[r]] for m, r in (("m1", "r1"), ("m2", "r2")))  # fmt: skip
            c = delong_covariance(truth, np.stack([a, b])).covariance
            n1 = int(truth.sum())
            n = design.paired_cases_needed(row["auc1"] - row["auc2"], c[0, 0], c[1, 1], c[0, 1], n_positive=n1, n_negative=truth.size - n1)  # fmt: skip
            ours += [n.n_positive, n.n_negative]
            theirs += [count, row["power_paired"]["ncontrols"]]
        if ours:
            yield Comparison(dataset, PROC, "Two paired ROC curves: cases needed", ours, theirs)


def comparisons():
    for part in (rjafroc, rjafroc_cases, proc_one_curve, proc_two_curves):
        yield from part()

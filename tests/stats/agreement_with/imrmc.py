"""U-statistics beside iMRMC (the R package and the Java engine) and MRMCaov's unbiased covariance."""

import numpy as np

from readerstudy.stats.ustatistics import (
    reader_covariances,
    u_statistics,
    u_statistics_of_sensitivity,
    u_statistics_of_specificity,
)
from tests.stats.agreement_with.comparison import Comparison
from tests.stats.agreement_with.mrmc import files

R, JAVA, MRMCAOV = "iMRMC R 2.1.2", "iMRMC Java 4.0.3", "MRMCaov 0.3.0"
# The Java engine writes 9 digits, and 6 in the tables of components.
NINE, SIX = 1e-7, 1e-5
COMPONENTS = ("N", "D", "ND", "R", "NR", "DR", "RND")
DELIBERATE = {
    "Degrees of freedom of a difference with unpaired readers or cases (iMRMC R; d07, d08, kundel)": """
        The R package squares the sum of the two modalities' components over the smaller degrees of freedom, as if they
        were one mean square. They are independent, so that Satterthwaite's formula keeps them apart, as the Java engine
        does and we do. With unpaired="pooled" ours gives the R package's number, which is the one compared here.""",
    "Less than 2 degrees of freedom (iMRMC Java)": """
        The Java engine sets them to 2, which makes a test of two readers too small a p value; ours leaves them. No data
        set here has so few.""",
    "A modality with one reader, such as an algorithm (iMRMC; d15, d16, nico, d04)": """
        The R package stops and the Java engine waits for ever, since the readers' degrees of freedom are 0/0. Ours takes
        the one reader as fixed: the variance is over cases alone, and the difference from a panel of readers has the
        variance MS/J + Cov2 of Obuchowski-Rockette for differences from a standalone reader. A caution says so.""",
    "One positive or one negative case (iMRMC; d12)": """
        The R package stops; ours gives the averages and a reason why there is no variance.""",
    "Two readings without a common case (iMRMC R, covariances of single readings)": """
        The R package gives NaN for readers who share no case; ours gives 0, which is the unbiased estimate.""",
}


def tests_of(row):
    """Everything both kinds of rows have, unbiased and MLE."""
    names = ("variance", "df_bdg", "low", "high", "p")
    return [row.estimate, *(getattr(row, name + kind) for kind in ("", "_mle") for name in names)]


def row_of(found, a, b):
    if a == b:
        return next(row for row in found.modalities if row.modality == a)
    return next(row for row in found.differences if (row.a, row.b) == (a, b))


def rows_of_r(table):
    """(a, b, row by name) of a table that is stored column by column."""
    for place, names in enumerate(zip(table["modalityID.1"], table["modalityID.2"], strict=True)):
        yield *names, {name: column[place] for name, column in table.items()}


def analysis_by_r(table, found):
    """Ours and theirs of every modality and difference."""
    ours, theirs = [], []
    for a, b, row in rows_of_r(table):
        single = a == b
        estimate, variance = ("AUC.1", "covAUC") if single else ("AUC1minusAUC2", "varAUC1minusAUC2")  # fmt: skip
        theirs.append(row[estimate])
        for kind in ("", ".biased"):
            df = f"dfBDG{kind}" + ("" if single else ".diff")
            names = (variance + kind, df, f"botCIBDG{kind}", f"topCIBDG{kind}", f"pValueBDG{kind}")
            theirs += [row[name] for name in names]
        ours += tests_of(row_of(found, a, b))
    return ours, theirs


def decompositions_by_r(table, found):
    """Ours and theirs of the moments, components and coefficients of every covariance."""
    ours, theirs = [], []
    moments = [f"M{place}" for place in range(1, 9)]
    names = [
        *(name + kind for kind in ("", ".b", ".coeff") for name in moments),
        *(f"BCK.{name}{kind}" for kind in ("", ".b", ".coeff") for name in COMPONENTS),
        "covAUC",
        "covAUC.biased",
    ]
    for a, b, row in rows_of_r(table):
        each = found.decomposition(a, b)
        ours += [
            *(*each.moments, *each.moments_mle, *each.coefficients),
            *(*each.components, *each.components_mle, *each.component_coefficients),
            *(each.covariance, each.covariance_mle),
        ]
        theirs += [row[name] for name in names]
    return ours, theirs


def by_the_r_package():
    for dataset, readings, results in files("imrmc_auc"):
        if "error" in results:
            continue
        table = results["Ustat.full"]
        found = u_statistics(readings, unpaired="pooled")
        yield Comparison(dataset, R, "U-statistics, tests", *analysis_by_r(table, found))
        yield Comparison(dataset, R, "U-statistics, moments", *decompositions_by_r(table, found))
        yield Comparison(dataset, R, "Unbiased covariance of readings", *single_readings(readings, results))  # fmt: skip


def single_readings(readings, results):
    table, place = results["perReader.full"], places(readings)
    matrix = reader_covariances(readings).covariance
    columns = ("modalityID.1", "readerID.1", "modalityID.2", "readerID.2", "covAUC")
    rows = [row for row in zip(*(table[name] for name in columns), strict=True) if row[4] != "NaN"]
    ours = [float(matrix[place[a, j], place[b, k]]) for a, j, b, k, _theirs in rows]
    return ours, [row[4] for row in rows]


def places(readings):
    """{(modality, reader): row of the matrix of all readings}."""
    pairs = np.argwhere(readings.read.any(axis=2)).tolist()
    return {(readings.modalities[i], readings.readers[j]): row for row, (i, j) in enumerate(pairs)}


def rates_by_the_r_package():
    for dataset, readings, results in files("imrmc_senspec"):
        for figure, analyse in (
            ("sensitivity", u_statistics_of_sensitivity),
            ("specificity", u_statistics_of_specificity),
        ):
            if "error" in results[figure]:
                continue
            table = results[figure]["Ustat.full"]
            found = analyse(readings, results["threshold"], inclusive=False, unpaired="pooled")
            yield Comparison(dataset, R, f"U-statistics, {figure}", *analysis_by_r(table, found))


def by_the_java_engine():
    for dataset, readings, results in files("imrmc_java"):
        if "error" in results:
            continue
        found = u_statistics(readings)
        yield Comparison(
            dataset, JAVA, "U-statistics, tests", *analysis_by_java(results, found), NINE
        )
        ours, theirs = components_by_java(results["varDecomp"], found)
        yield Comparison(dataset, JAVA, "U-statistics, moments", ours, theirs, SIX)


def analysis_by_java(results, found):
    ours, theirs = [], []
    for table, kind in ((results["Ustat"], ""), (results["MLEstat"], "_mle")):
        for place, (a, b) in enumerate(zip(table["modalityA"], table["modalityB"], strict=True)):
            single = b == "NO_MOD"
            names = ("AUCA", "varAUCA") if single else ("AUCAminusAUCB", "varAUCAminusAUCB")
            theirs += [
                table[n][place] for n in (*names, "dfBDG", "botCIBDG", "topCIBDG", "pValueBDG")
            ]
            row = row_of(found, a, a if single else b)
            names = ("variance", "df_bdg", "low", "high", "p")
            ours += [row.estimate, *(getattr(row, name + kind) for name in names)]
    return ours, theirs


def components_by_java(tables, found):
    """Of modalities only: the engine's coefficients of a difference are sums over its three parts."""
    ours, theirs = [], []
    for kind, suffix in (("Ustat", ""), ("MLE", "_mle")):
        for table, names, ours_is in (
            ("BDG", [f"M{place}" for place in range(1, 9)], ("moments", "coefficients")),
            ("BCK", COMPONENTS, ("components", "component_coefficients")),
        ):
            for part, attribute in (("comp", ours_is[0] + suffix), ("coeff", ours_is[1])):
                for key, row in tables[table][kind][part].items():
                    if not key.endswith(".NO_MOD"):
                        continue
                    ours += getattr(found.decomposition(row["row"][0]), attribute)
                    theirs += [row[name][0] for name in names]
    return ours, theirs


def by_mrmcaov():
    for dataset, readings, results in files("mrmcaov_auc"):
        if "error" in results.get("unbiased", {"error": ""}) or readings.n_positive < 2:
            continue
        table, place = results["unbiased"]["cov"], places(readings)
        rows = [place[tuple(name.split(".", 1))] for name in table["rows"]]
        matrix = reader_covariances(readings).covariance
        ours = matrix[np.ix_(rows, rows)].ravel().tolist()
        theirs = np.array(table["values"], dtype=float).ravel().tolist()
        yield Comparison(dataset, MRMCAOV, "Unbiased covariance of readings", ours, theirs)


def comparisons():
    yield from by_the_r_package()
    yield from rates_by_the_r_package()
    yield from by_the_java_engine()
    yield from by_mrmcaov()

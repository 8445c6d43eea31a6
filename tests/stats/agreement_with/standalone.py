"""An algorithm against readers beside RJafroc, MRMCaov and Google Health's Python."""

from readerstudy.stats import standalone
from readerstudy.stats.against import algorithm_as_second_modality, rate_against_readers
from tests.stats.agreement_with.comparison import Comparison
from tests.stats.agreement_with.mrmc import files

DELIBERATE = {
    "The sign of an algorithm's difference (RJafroc)": """
        RJafroc gives readers − algorithm, ours and MRMCaov's layout algorithm − readers; the comparison turns the sign.""",
    "Cases fixed (1T-RRFC)": """
        The numbers agree, but the result says in its method that other cases are left out of account: on the CAD data of
        Hupse it gives p = .012 where the test with random cases gives p = .32.""",
}


def split(readings):
    """Truth, the readers' scores and the algorithm's."""
    name = "ALG" if "ALG" in readings.readers else "CAD"
    people = [reader for reader in readings.readers if reader != name]
    return readings.truth, readings.of_readers(people).scores[0], readings.of_readers([name]).scores[0, 0]  # fmt: skip


def rjafroc():
    for dataset, readings, results in files("rjafroc_cadvsrad"):
        data = split(readings)
        random = standalone.algorithm_against_readers(*data, covariance="jackknife")
        theirs = results["1T-RRRC"]
        low, high = theirs["CIAvgDiffFom"]
        ours = [random.effect, random.t, random.df, random.p, random.low, random.high, random.ms, random.var, random.cov2]  # fmt: skip
        expected = [-theirs["avgDiffFom"], -theirs["Tstat"], theirs["df"], theirs["pval"], -high, -low, theirs["varR"], theirs["varError"], theirs["cov2"]]  # fmt: skip
        yield Comparison(dataset, "RJafroc 2.1.3", "1T-RRRC", ours, expected)
        fixed, theirs = standalone.algorithm_against_readers_of_fixed_cases(*data), results["1T-RRFC"]  # fmt: skip
        low, high = theirs["CIAvgDiffFom"]
        ours = [fixed.t, fixed.df, fixed.p, fixed.low, fixed.high]
        yield Comparison(dataset, "RJafroc 2.1.3", "1T-RRFC", ours, [-theirs["Tstat"], theirs["df"], theirs["pval"], -high, -low])  # fmt: skip
        second = algorithm_as_second_modality(*data).rrrc.differences[0]
        row = results["2T-RRRC"]["ciDiffFom"]
        ours = [second.estimate, second.se, second.df, second.p]
        yield Comparison(dataset, "RJafroc 2.1.3", "2T-RRRC", ours, [-row["Estimate"][0], row["StdErr"][0], row["DF"][0], row["PrGTt"][0]])  # fmt: skip


def mrmcaov():
    for dataset, readings, results in files("mrmcaov_alg2t"):
        data = split(readings)
        for covariance, theirs in results.items():
            row = theirs["test_diffs"]
            expected = [row[name][0] for name in ("Estimate", "StdErr", "df", "CI.Lower", "CI.Upper", "p-value")]  # fmt: skip
            found = standalone.algorithm_against_readers(*data, covariance=covariance.lower())
            ours = [found.effect, found.se, found.df, found.low, found.high, found.p]
            yield Comparison(dataset, "MRMCaov 0.3.0", f"1T-RRRC {covariance}", ours, expected)


def google():
    for dataset, readings, results in files("google_orh"):
        if len(readings.modalities) == 1:
            found = standalone.algorithm_against_readers(*split(readings), covariance="jackknife")
            ours = [found.effect, found.low, found.high, found.t, found.df, found.p]
            theirs = [results["effect"], *results["ci"], results["statistic"], results["dof"], results["pvalue"]]  # fmt: skip
            yield Comparison(dataset, "Google Health", "model against readers", ours, theirs)


def binary():
    """Sensitivity and specificity of decisions: RJafroc's AUC of a decision is their mean."""
    for dataset, readings, results in files("rjafroc_cadvsrad"):
        truth, people, algorithm = split(readings)
        if set(people.ravel()) <= {0, 1}:
            rates = [rate_against_readers(truth, people, algorithm, rate=rate).effect for rate in ("sensitivity", "specificity")]  # fmt: skip
            yield Comparison(dataset, "RJafroc 2.1.3", "mean of sensitivity and specificity", [sum(rates) / 2], [-results["1T-RRRC"]["avgDiffFom"]])  # fmt: skip


def comparisons():
    yield from rjafroc()
    yield from mrmcaov()
    yield from google()
    yield from binary()

"""`python -m tools.simulations [--studies N] [--seed S]`: coverage, type I error and power in simulated studies.

Prints a Markdown table. Studies are simulated under the model of Roe and Metz, whose true areas are known; the predicted
power is that of the planning functions with the components that the model has. A method is a function of the readings
that returns estimate, lower and upper limit and p, each None where it has none; add it to one of the dicts below.
"""

import argparse
import functools
import itertools
import math
import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from readerstudy.stats import CovarianceEstimator, algorithm_against_readers, design, mrmc
from readerstudy.stats.logit import mean_on_logit_scale
from readerstudy.stats.mrmc import MrmcAnalysis
from readerstudy.stats.readings import Readings, fully_crossed
from readerstudy.stats.ustatistics import u_statistics

Answer = tuple[float | None, float | None, float | None, float | None]
Method = Callable[[Readings], Answer]
_ALPHA = 0.05
_LOW_READER_VARIANCE = 0.0055
# Area → σ²_R = σ²_TR, near the high values of Roe and Metz.
_HIGH_READER_VARIANCE = {0.70: 0.011, 0.855: 0.03, 0.95: 0.056}
_C, _TC, _RC, _E = 0.3, 0.3, 0.2, 0.2
_READERS = 5, 10
_SIZES = (50, 50), (80, 20)  # negative, positive
_HEAD = (
    "| Question | Method | Readers | Negative + positive | AUC | σ²_R = σ²_TR | True value | Coverage | Rejected | Predicted | Without interval |\n"
    "|---|---|---|---|---|---|---|---|---|---|---|"
)


@functools.lru_cache(maxsize=2)
def _rockette(readings: Readings, covariance: CovarianceEstimator) -> MrmcAnalysis:
    return mrmc.obuchowski_rockette(readings, covariance=covariance)


def _difference_by(covariance: CovarianceEstimator) -> Method:
    def analyse(readings: Readings) -> Answer:
        found = _rockette(readings, covariance).rrrc.differences[0]
        return found.estimate, found.low, found.high, found.p

    return analyse


def _mean_by(covariance: CovarianceEstimator) -> Method:
    def analyse(readings: Readings) -> Answer:
        found = _rockette(readings, covariance).rrrc.modalities[0]
        return found.estimate, found.low, found.high, None

    return analyse


def _mean_on_logit_scale(readings: Readings) -> Answer:
    found = mean_on_logit_scale(_rockette(readings, CovarianceEstimator.JACKKNIFE).rrrc.modalities[0])  # fmt: skip
    return found.estimate, found.low, found.high, None


def _standalone_by(covariance: CovarianceEstimator) -> Method:
    """The algorithm is the last reader."""

    def analyse(readings: Readings) -> Answer:
        scores = readings.scores[0]
        found = algorithm_against_readers(readings.truth, scores[:-1], scores[-1], covariance=covariance)  # fmt: skip
        return found.effect, found.low, found.high, found.p

    return analyse


def _difference_by_u_statistics(readings: Readings) -> Answer:
    found = u_statistics(readings).differences[0]
    return found.estimate, found.low, found.high, found.p


# Modality 1 − modality 2; the readers' mean area in modality 1; algorithm − mean of the readers.
DIFFERENCE: dict[str, Method] = {
    "OR RRRC, jackknife": _difference_by(CovarianceEstimator.JACKKNIFE),
    "OR RRRC, unbiased": _difference_by(CovarianceEstimator.UNBIASED),
    "U-statistics": _difference_by_u_statistics,
}
MEAN: dict[str, Method] = {
    "OR RRRC, jackknife": _mean_by(CovarianceEstimator.JACKKNIFE),
    "OR RRRC, jackknife, logit scale": _mean_on_logit_scale,
}
STANDALONE: dict[str, Method] = {
    "1T-RRRC, DeLong": _standalone_by(CovarianceEstimator.DELONG),
    "1T-RRRC, jackknife": _standalone_by(CovarianceEstimator.JACKKNIFE),
}


@dataclass(frozen=True)
class Setting:
    """One simulated study design; `effect` is the second modality's, or the algorithm's, gain of area."""

    n_readers: int
    n_negative: int
    n_positive: int
    auc: float
    reader_variance: float
    effect: float
    standalone: bool

    def model(self) -> design.RoeMetz:
        """The parameters that give these areas: μ = Φ⁻¹(AUC) √V."""
        scale = math.sqrt(2 + 4 * self.reader_variance)
        mu, other = scale * float(ndtri(self.auc)), float(ndtri(self.auc + self.effect))
        return design.RoeMetz(
            mu=mu,
            n_readers=self.n_readers,
            n_negative=self.n_negative,
            n_positive=self.n_positive,
            var_r=self.reader_variance,
            var_tr=self.reader_variance,
            var_c=_C,
            var_tc=_TC,
            var_rc=_RC,
            var_e=_E,
            tau=(0.0,) if self.standalone else (0.0, scale * other - mu),
            algorithm=math.sqrt(2) * other if self.standalone else None,
        )

    def predicted(self) -> float:
        """The power of the study by the planning functions; the level where there is no effect."""
        model = self.model()
        components = design.expected_standalone_components(model) if self.standalone else design.expected_components(model)  # fmt: skip
        found = design.power(components, self.n_readers, model.truth.size, self.effect).power
        return math.nan if found is None else found


@dataclass(frozen=True)
class Row:
    """What one method did in one setting."""

    question: str
    method: str
    setting: Setting
    true: float
    coverage: tuple[float, int]
    rejected: tuple[float, int]
    predicted: float
    undefined: int

    def markdown(self) -> str:
        """One row of the table; the numbers in brackets are Monte Carlo standard errors."""
        s = self.setting
        cells = [
            self.question,
            self.method,
            s.n_readers,
            f"{s.n_negative} + {s.n_positive}",
            s.auc,
            s.reader_variance,
            f"{self.true:.4f}",
            shown(*self.coverage),
            shown(*self.rejected),
            "–" if math.isnan(self.predicted) else f"{self.predicted:.3f}",
            self.undefined,
        ]
        return "| " + " | ".join(map(str, cells)) + " |"


def shown(share: float, n: int) -> str:
    """A share of n with its standard error; a dash where n is 0."""
    return f"{share:.3f} ({math.sqrt(share * (1 - share) / n):.3f})" if n else "–"


def settings() -> Iterator[Setting]:
    """Every combination; under the alternative the gain is a quarter of what is missing to an area of 1."""
    variances = ("low", "high")
    for standalone, J, (n0, n1), auc, level, gain in itertools.product(
        (False, True), _READERS, _SIZES, _HIGH_READER_VARIANCE, variances, (0.0, 0.25)
    ):
        variance = _LOW_READER_VARIANCE if level == "low" else _HIGH_READER_VARIANCE[auc]
        yield Setting(J, n0, n1, auc, variance, round((1 - auc) * gain, 6), standalone)


def simulated(setting: Setting, studies: int, seed: np.random.SeedSequence) -> list[Row]:
    """The rows of all methods that answer the questions of one setting."""
    model = setting.model()
    scores, truth = model.simulate_many(np.random.default_rng(seed), studies)
    data = [fully_crossed(truth, study) for study in scores]
    predicted = setting.predicted()
    if setting.standalone:
        questions = [("algorithm − readers", STANDALONE, setting.effect, predicted)]
    else:
        questions = [("difference of modalities", DIFFERENCE, 0.0 - setting.effect, predicted)]
    if not setting.standalone and not setting.effect:
        questions.append(("mean AUC", MEAN, setting.auc, math.nan))
    asked = [
        (question, name, method, true, expected)
        for question, methods, true, expected in questions
        for name, method in methods.items()
    ]
    # All methods of one study before the next study: they share its analysis.
    answers = [[method(readings) for _q, _n, method, *_rest in asked] for readings in data]
    return [
        _row((question, name), list(given), setting, true=true, predicted=expected)
        for (question, name, _method, true, expected), given in zip(asked, zip(*answers, strict=True), strict=True)
    ]  # fmt: skip


def _row(
    names: tuple[str, str], answers: list[Answer], setting: Setting, *, true: float, predicted: float
) -> Row:  # fmt: skip
    covered = [low <= true <= high for _value, low, high, _p in answers if low is not None and high is not None]  # fmt: skip
    rejected = [p < _ALPHA for *_rest, p in answers if p is not None]
    return Row(*names, setting, true, _share(covered), _share(rejected), predicted, len(answers) - len(covered))  # fmt: skip


def _share(flags: list[bool]) -> tuple[float, int]:
    return (sum(flags) / len(flags) if flags else 0.0), len(flags)


def run(studies: int, seed: int, workers: int, chosen: list[Setting]) -> list[Row]:
    """The rows of all settings, in their order and independent of the number of workers."""
    seeds = np.random.SeedSequence(seed).spawn(len(chosen))
    counts = [studies] * len(chosen)
    if workers == 1:
        found = list(map(simulated, chosen, counts, seeds))
    else:
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(workers, mp_context=context) as pool:
            found = list(pool.map(simulated, chosen, counts, seeds))
    return sorted(itertools.chain.from_iterable(found), key=lambda row: (row.question, row.method))


def main(arguments: list[str] | None = None) -> None:
    """Read the command line and print the table."""
    parser = argparse.ArgumentParser(prog="tools.simulations", description=__doc__)
    parser.add_argument("--studies", type=int, default=2000, help="studies for each setting")
    parser.add_argument("--seed", type=int, default=20240501)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args(arguments)
    rows = run(given.studies, given.seed, given.workers, list(settings()))
    print(f"{given.studies} studies for each setting, seed {given.seed}; Monte Carlo standard errors in brackets.\n")  # fmt: skip
    print(_HEAD)
    for row in rows:
        print(row.markdown())


if __name__ == "__main__":
    main()

"""Multi-reader multi-case analysis of AUCs by U-statistics, for studies of any design.

Gallas, Acad Radiol 2006;13:353; Gallas and Brown, Neural Netw 2008;21:387; Gallas, Bandos, Samuelson and Wagner,
Commun Stat Theory Methods 2009;38:2586. The method of the iMRMC software.
"""

from itertools import combinations
from typing import Any

from readerstudy.stats.inputs import check_level
from readerstudy.stats.readings import Readings
from readerstudy.stats.result import StatisticsInputError
from readerstudy.stats.ustatistics.degrees import (
    NEGATIVES,
    POSITIVES,
    READERS,
    Contribution,
    UnpairedRule,
    of_difference,
    of_modality,
)
from readerstudy.stats.ustatistics.inference import Distribution, Options, Tested, tested
from readerstudy.stats.ustatistics.moments import Fractions
from readerstudy.stats.ustatistics.result import (
    Decomposition,
    DifferenceUStatistic,
    ModalityUStatistic,
    UStatistics,
)
from readerstudy.stats.ustatistics.study import Study, Variances, cases

METHOD = "U-statistics (Gallas), readers and cases random; readers weighted by their pairs of cases"
_CHANCE = 0.5


def u_statistics(
    readings: Readings,
    *,
    level: float = 0.95,
    test: Distribution | str = Distribution.IMRMC,
    unpaired: UnpairedRule | str = UnpairedRule.SEPARATE,
) -> UStatistics:
    """Reader-averaged AUC of every modality and all differences, with unbiased and MLE variances, intervals and tests.

    Any design: what was not read is left out, and every reader counts by the number of pairs of a positive and a
    negative case. A modality with one reader, such as an algorithm, has a variance over cases alone, with a caution.
    Differences are a − b in the order of the modalities. Raises StatisticsInputError for an impossible level
    or an unknown rule.
    """
    return analysed(readings, "AUC", checked_options(level, test, unpaired))


def checked_options(
    level: float, test: Distribution | str, unpaired: UnpairedRule | str
) -> Options:
    """Checked. Raises StatisticsInputError for an impossible level or an unknown rule."""
    check_level(level)
    try:
        return Options(level, Distribution(test), UnpairedRule(unpaired))
    except ValueError as error:
        raise StatisticsInputError(
            f"The test must be one of {', '.join(Distribution)}, and unpaired one of {', '.join(UnpairedRule)}, "
            f"not {test} and {unpaired}."
        ) from error


def analysed(readings: Readings, figure: str, options: Options) -> UStatistics:
    """The analysis of any figure that is an AUC of suitable scores."""
    study = Study(readings)
    every = range(len(readings.modalities))
    return UStatistics(
        figure,
        METHOD,
        readings.design.value,
        options.level,
        tuple(_of_modality(study, i, options) for i in every),
        tuple(_of_difference(study, a, b, options) for a, b in combinations(every, 2)),
        tuple(_decomposition(study, *pair) for pair in study.moments),
    )


def _of_modality(study: Study, i: int, options: Options) -> ModalityUStatistic:
    variances = study.variances(i)
    contributions = [] if variances.unbiased is None else of_modality(study.moments[i, i])
    estimate = float(study.auc[i]) if i in study.auc else None
    n_positive, n_negative = cases(study.counts, i)
    return ModalityUStatistic(
        modality=study.names[i],
        n_readers=len(study.readers[i]),
        n_positive=n_positive,
        n_negative=n_negative,
        estimate=estimate,
        **_inference(estimate, _CHANCE, variances, contributions, options),
    )


def _of_difference(study: Study, a: int, b: int, options: Options) -> DifferenceUStatistic:
    variances, both = study.variances_of_difference(a, b), study.moments.get((a, b))
    contributions = []
    if both is not None and variances.unbiased is not None:
        contributions = of_difference(study.moments[a, a], study.moments[b, b], both, options.unpaired)  # fmt: skip
    estimate = None if both is None else float(both.auc_a - both.auc_b)
    readers, positives, negatives = (
        both is not None and both.component_coefficients[factor] > 0
        for factor in (READERS, POSITIVES, NEGATIVES)
    )
    return DifferenceUStatistic(
        a=study.names[a],
        b=study.names[b],
        readers_paired=readers,
        positives_paired=positives,
        negatives_paired=negatives,
        estimate=estimate,
        **_inference(estimate, 0.0, variances, contributions, options),
    )


def _inference(
    estimate: float | None,
    null: float,
    variances: Variances,
    contributions: list[Contribution],
    options: Options,
) -> dict[str, Any]:
    """The fields that both kinds of rows have, by name."""
    found = []
    for variance, kind in ((variances.unbiased, "unbiased"), (variances.mle, "MLE")):
        if estimate is None or variance is None:
            found.append(Tested())
        else:
            found.append(
                tested(estimate, null, variance, contributions, options=options, kind=kind)
            )
    reasons = dict.fromkeys(filter(None, (variances.reason, *(each.reason for each in found))))
    return {**found[0].named(""), **found[1].named("_mle"), "reason": " ".join(reasons) or None}


def _decomposition(study: Study, a: int, b: int) -> Decomposition:
    found, covariance = study.moments[a, b], study.covariance(a, b)
    return Decomposition(
        study.names[a],
        study.names[b],
        None if isinstance(covariance, str) else float(covariance),
        float(found.biased_covariance),
        moments=_floats(found.unbiased),
        moments_mle=_floats(found.biased),
        coefficients=_floats(found.coefficients),
        components=_floats(found.components),
        components_mle=_floats(found.biased_components),
        component_coefficients=_floats(found.component_coefficients),
    )


def _floats(values: Fractions) -> tuple[float, ...]:
    return tuple(map(float, values))

"""The standalone block of the command: an algorithm against the mean of the readers."""

import numpy as np

from readerstudy.stats.command.blocks import FixedCases, RandomCases, Reason, StandaloneBlock
from readerstudy.stats.command.mrmc_block import row_of
from readerstudy.stats.readings import Readings
from readerstudy.stats.result import StatisticsInputError
from readerstudy.stats.standalone import (
    algorithm_against_readers,
    algorithm_against_readers_of_fixed_cases,
)


def standalone_block(
    readings: Readings, people: Readings, algorithm: str, covariance: str, level: float
) -> tuple[StandaloneBlock, list[Reason]]:
    """The block and its reasons. Raises StatisticsInputError unless all readers and the algorithm read all cases."""
    _check_complete(readings)
    score = readings.of_readers([algorithm]).scores[0, 0]
    inputs = readings.truth, people.scores[0], score, level
    random = algorithm_against_readers(*inputs, covariance=covariance)
    fixed = algorithm_against_readers_of_fixed_cases(*inputs)
    reasons = [Reason("standalone.rrrc", random.reason)] if random.reason else []
    if fixed.reason and fixed.reason != random.reason:
        reasons.append(Reason("standalone.rrfc", fixed.reason))
    block = StandaloneBlock(
        algorithm,
        random.effect,
        row_of(RandomCases, random) if random.se is not None else None,
        row_of(FixedCases, fixed) if fixed.se is not None else None,
    )
    return block, reasons


def _check_complete(readings: Readings) -> None:
    unread = np.isnan(readings.scores[0]).sum(axis=1)
    if unread.any():
        row = int(np.flatnonzero(unread)[0])
        raise StatisticsInputError(
            f"Reader {readings.readers[row]} has no score for {unread[row]} of {len(readings.cases)} cases: this "
            "comparison needs every case read by everybody."
        )

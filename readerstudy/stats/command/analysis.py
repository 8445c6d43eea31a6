"""The analysis of a file of readings, block by block: what fails in one does not stop the others."""

from collections.abc import Callable
from typing import TypeVar

from readerstudy.stats.command.blocks import (
    DataBlock,
    FileAnalysis,
    Reason,
    StandaloneBlock,
)
from readerstudy.stats.command.hypothesis_rows import hypothesis_rows
from readerstudy.stats.command.mrmc_block import mrmc_block
from readerstudy.stats.command.reader_rows import reader_rows
from readerstudy.stats.command.standalone_block import standalone_block
from readerstudy.stats.command.u_block import u_block
from readerstudy.stats.inputs import check_level
from readerstudy.stats.mrmc.obuchowski_rockette import estimator_named
from readerstudy.stats.readings import Readings
from readerstudy.stats.result import StatisticsInputError

_Block = TypeVar("_Block")
_Made = tuple[_Block | None, list[Reason]]


def analyse(
    readings: Readings,
    *,
    algorithm: str | None = None,
    covariance: str = "jackknife",
    alpha: float = 0.05,
    margin: float | None = None,
    notes: tuple[str, ...] = (),
) -> FileAnalysis:
    """Everything that the readings allow, with a reason for everything that they do not.

    With an `algorithm`, that reader is kept out of the readers' means and compared with them. Raises
    StatisticsInputError for an unknown algorithm or estimator, a level outside 0 to 1, and where nothing at all can
    be computed: no positive or no negative case.
    """
    check_level(1 - alpha)
    estimator_named(covariance)
    _check_classes(readings)
    people = _without(readings, algorithm)
    rows, of_readers = reader_rows(readings, 1 - alpha)
    mrmc, of_mrmc = _made("mrmc", lambda: mrmc_block(_some(people), covariance, 1 - alpha))
    ustatistics, of_u = _made("ustatistics", lambda: u_block(_some(people), 1 - alpha))
    standalone, of_standalone = _standalone(readings, people, algorithm, covariance, 1 - alpha)
    hypotheses = hypothesis_rows(mrmc, standalone, alpha, margin)
    told = [Reason("data", note) for note in notes]
    return FileAnalysis(
        data=_data(readings, people),
        readers=tuple(rows),
        mrmc=mrmc,
        ustatistics=ustatistics,
        standalone=standalone,
        hypotheses=hypotheses,
        reasons=tuple(told + of_readers + of_mrmc + of_u + of_standalone),
    )


def _check_classes(readings: Readings) -> None:
    for count, name in ((readings.n_positive, "positive"), (readings.n_negative, "negative")):
        if not count:
            raise StatisticsInputError(f"There is no {name} case: nothing can be computed.")


def _without(readings: Readings, algorithm: str | None) -> Readings:
    """The people among the readers, who may be none. Raises StatisticsInputError for an unknown algorithm."""
    if algorithm is None:
        return readings
    readings.of_readers([algorithm])
    return readings.of_readers([name for name in readings.readers if name != algorithm])


def _some(people: Readings) -> Readings:
    if not people.readers:
        raise StatisticsInputError("There is no reader beside the algorithm.")
    return people


def _data(readings: Readings, people: Readings) -> DataBlock:
    return DataBlock(
        readers=len(people.readers),
        modalities=len(readings.modalities),
        cases=len(readings.cases),
        positives=readings.n_positive,
        negatives=readings.n_negative,
        design=people.design.value,
    )


def _made(what: str, make: Callable[[], tuple[_Block, list[Reason]]]) -> _Made[_Block]:
    try:
        return make()
    except StatisticsInputError as error:
        return None, [Reason(what, str(error))]


def _standalone(
    readings: Readings, people: Readings, algorithm: str | None, covariance: str, level: float
) -> _Made[StandaloneBlock]:
    if algorithm is None:
        return None, []
    if len(readings.modalities) > 1:
        why = f"An algorithm is compared with readers in one modality; there are {len(readings.modalities)}."
        return None, [Reason("standalone", why)]
    return _made("standalone", lambda: standalone_block(readings, _some(people), algorithm, covariance, level))  # fmt: skip

"""The topics of the dashboard: each shows some parts of the document as tables and figures, and computes nothing.

Pages, report and bundle go through `TOPICS`; a topic whose section has a reason shows that instead.
"""

from collections.abc import Iterator

from readerstudy.results.figure import Document, Figure
from readerstudy.results.shown import (
    agreement,
    aided,
    calibration,
    comparison,
    crowd,
    difficulty,
    experience,
    missing,
    net_benefit,
    operating_points,
    reader_performance,
    reading_time,
    subgroups,
)
from readerstudy.results.shown.topic import Topic
from readerstudy.results.table_model import ResultTable

TOPICS: tuple[Topic, ...] = (
    comparison.TOPIC,
    operating_points.TOPIC,
    reader_performance.TOPIC,
    subgroups.TOPIC,
    agreement.TOPIC,
    calibration.TOPIC,
    net_benefit.TOPIC,
    crowd.TOPIC,
    experience.TOPIC,
    difficulty.TOPIC,
    reading_time.TOPIC,
    aided.TOPIC,
    missing.TOPIC,
)


def topic_tables(document: Document) -> Iterator[ResultTable]:
    """The tables of every topic, in order."""
    for topic in TOPICS:
        yield from topic.tables(document)


def topic_figures(document: Document) -> Iterator[Figure]:
    """The figures of every topic, in order."""
    for topic in TOPICS:
        yield from topic.figures(document)

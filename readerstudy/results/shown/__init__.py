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
    modalities,
    net_benefit,
    operating_points,
    reader_performance,
    reading_time,
    subgroups,
    votes,
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
    modalities.TOPIC,
    votes.TOPIC,
)


def topics_of(document: Document) -> list[Topic]:
    """The topics that have a page: all but those that are optional and have nothing to show."""
    sections = document.get("sections", {})
    return [
        topic
        for topic in TOPICS
        if not topic.is_optional
        or any(name in sections and "reason" not in sections[name] for name in topic.sections)
    ]


def topic_tables(document: Document) -> Iterator[ResultTable]:
    """The tables of every topic, in order."""
    for topic in TOPICS:
        yield from topic.tables(document)


def topic_figures(document: Document) -> Iterator[Figure]:
    """The figures of every topic, in order."""
    for topic in TOPICS:
        yield from topic.figures(document)

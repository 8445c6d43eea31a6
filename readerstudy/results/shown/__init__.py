"""The topics of the dashboard: each shows some parts of the document as tables and figures, and computes nothing.

Pages, report and bundle go through `TOPICS`; a topic whose section has a reason shows that instead.
"""

from collections.abc import Iterator

from readerstudy.results.figure import Document, Figure
from readerstudy.results.shown.agreement import TOPIC as AGREEMENT
from readerstudy.results.shown.calibration import TOPIC as CALIBRATION
from readerstudy.results.shown.crowd import TOPIC as CROWD
from readerstudy.results.shown.experience import TOPIC as EXPERIENCE
from readerstudy.results.shown.net_benefit import TOPIC as NET_BENEFIT
from readerstudy.results.shown.topic import Topic
from readerstudy.results.table_model import ResultTable

TOPICS: tuple[Topic, ...] = (AGREEMENT, CALIBRATION, NET_BENEFIT, CROWD, EXPERIENCE)


def topic_tables(document: Document) -> Iterator[ResultTable]:
    """The tables of every topic, in order."""
    for topic in TOPICS:
        yield from topic.tables(document)


def topic_figures(document: Document) -> Iterator[Figure]:
    """The figures of every topic, in order."""
    for topic in TOPICS:
        yield from topic.figures(document)

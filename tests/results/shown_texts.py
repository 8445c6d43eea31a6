"""Studies of every kind, and all the texts that pages and reports make of their documents."""

import dataclasses
import re

import numpy as np

from readerstudy.results.figures import all_figures
from readerstudy.results.shown import TOPICS, topic_figures, topic_tables
from readerstudy.results.table import FurtherModality, Votes
from readerstudy.results.tables import main_tables
from readerstudy.results.templatetags.result_cells import cell
from tests.results.factories import fuller_table, make_table
from tests.results.test_aided import two_arms
from tests.results.test_aspects_shown import STUDIES
from tests.results.test_panel_topics import TABLES, full
from tests.results.test_split_plot import split

# What Plotly reads of a figure and nobody else.
_SETTINGS = {"boxpoints", "color", "colorscale", "dash", "fill", "hoverinfo", "legendgroup", "mode", "symbol", "type"}  # fmt: skip
# Words of Plotly's that stand between those of ours.
_FILLED = re.compile(r"%\{[^}]*\}|</?\w+>")


def two_modalities(**options):
    table = fuller_table(**options)
    return dataclasses.replace(table, further=(FurtherModality("film", table.aided),))


def other_half(**options):
    """Two modalities, each of which has other readers, in the second nobody who read a positive case."""
    table = split(two_modalities(**options))
    answers = table.further[0].answers
    own = (table.assigned == 0) & (table.truth == 0)
    answers = dataclasses.replace(
        answers,
        decision=np.where(own, answers.decision, -1).astype(np.int8),
        rating=np.where(own, answers.rating, np.nan),
    )
    return dataclasses.replace(table, further=(FurtherModality("film", answers),))


def votes_alone():
    """Counts of votes: nothing is known of single readers."""
    table = make_table(readers=0, models=False)
    positive = 2 + 5 * table.truth
    return dataclasses.replace(table, votes=(Votes("Resident", positive, np.full_like(positive, 9)),))  # fmt: skip


STUDIES_OF_EVERY_KIND = {
    **TABLES,
    **STUDIES,
    "two arms": two_arms,
    "two arms, other cases": lambda: split(fuller_table(readers=4)),
    "split": lambda: split(full(readers=8, positives=12, negatives=14)),
    "split, two readers": lambda: split(full(readers=2)),
    "two modalities": two_modalities,
    "two modalities, one reader": lambda: two_modalities(readers=1),
    "two modalities, other cases": other_half,
    "votes alone": votes_alone,
}


def reasons_in(part):
    """Every sentence of the document that says why a number is missing; columns of numbers have one of reasons too."""
    if isinstance(part, list):
        for one in part:
            yield from reasons_in(one)
    elif isinstance(part, dict):
        found = part.get("reason")
        yield from filter(None, found if isinstance(found, list) else [found])
        for one in part.values():
            yield from reasons_in(one)


def texts_shown(document):
    """The reasons, headings, cells and captions of every page of results, in the active language."""
    for topic in TOPICS:
        yield str(topic.title)
        yield from topic.reasons(document)
    for table in (*main_tables(document), *topic_tables(document)):
        yield from (str(table.title), *map(str, table.header))
        yield from (cell(value, kind) for row in table.cells for value, kind in row if isinstance(value, str))  # fmt: skip
    # Where only votes are known there are no readers to draw.
    overview = all_figures(document) if document["readers"]["n"] else []
    for figure in (*overview, *topic_figures(document)):
        yield from (str(figure.title), str(figure.caption), *_drawn(figure.plot))


def _drawn(part):
    """The words of a figure."""
    if isinstance(part, str):
        yield _FILLED.sub(" ", part)
    elif isinstance(part, dict):
        yield from (text for key, one in part.items() if key not in _SETTINGS for text in _drawn(one))  # fmt: skip
    elif isinstance(part, list | tuple):
        yield from (text for one in part for text in _drawn(one))

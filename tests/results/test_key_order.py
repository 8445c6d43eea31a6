"""A stored document has its keys in the database's own order: nothing that is shown depends on it."""

import pytest

from readerstudy.results.analysis import build_document
from readerstudy.results.figures import all_figures
from readerstudy.results.shown import TOPICS, topic_figures
from readerstudy.results.tables import all_tables
from tests.results.factories import fuller_table


def ordered(part, key, *, backwards):
    if isinstance(part, dict):
        names = sorted(part, key=key, reverse=backwards)
        return {name: ordered(part[name], key, backwards=backwards) for name in names}
    if isinstance(part, list):
        return [ordered(one, key, backwards=backwards) for one in part]
    return part


def by_length(name):
    """The order of PostgreSQL's jsonb."""
    return len(name), name


@pytest.mark.parametrize(("key", "backwards"), [(by_length, False), (str, False), (str, True)])
def test_tables_figures_and_reasons_are_the_same_in_any_order_of_the_keys(key, backwards):
    document = build_document(fuller_table())
    other = ordered(document, key, backwards=backwards)
    assert list(other) != list(document)
    assert all_tables(other) == all_tables(document)
    assert all_figures(other) == all_figures(document)
    assert list(topic_figures(other)) == list(topic_figures(document))
    for topic in TOPICS:
        assert topic.reasons(other) == topic.reasons(document)

"""A study that was closed before anybody read has an analysis that says so; on PostgreSQL too."""

import numpy as np

from readerstudy.core.fetching import _copied, whole_numbers
from readerstudy.reading.models import Reading


def test_rows_that_cannot_be_are_an_empty_table(db):
    nothing = Reading.objects.filter(pk__in=[])
    assert whole_numbers(nothing, {"a": "version", "b": "position"}).shape == (0, 2)
    # What PostgreSQL would be asked for, without asking it: Django knows that there is nothing.
    assert np.array_equal(_copied(nothing.values_list("version"), 1), np.empty((0, 1), np.int64))

"""Files stay with a row that was stored, and go with one that was refused."""

import pytest
from django.db import OperationalError, transaction

from readerstudy.core.leftovers import stored_or_removed

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def removed():
    return []


def test_files_of_a_refused_row_are_removed(removed):
    with pytest.raises(ValueError, match="refused"), stored_or_removed(lambda: removed.append(1)):
        raise ValueError("refused")
    assert removed == [1]


def fail():
    raise AttributeError("the queue went away")


def test_files_stay_where_something_fails_after_the_commit(removed):
    with (
        pytest.raises(AttributeError, match="queue"),
        stored_or_removed(lambda: removed.append(1)),
    ):
        transaction.on_commit(fail)
    assert removed == []


def test_files_stay_where_nobody_knows_whether_the_row_is_stored(removed):
    with pytest.raises(OperationalError), stored_or_removed(lambda: removed.append(1)):
        raise OperationalError("the connection was lost")
    assert removed == []


def test_files_stay_where_all_is_well(removed):
    with stored_or_removed(lambda: removed.append(1)):
        pass
    assert removed == []

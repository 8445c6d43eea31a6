"""A stored reading table is the table that went in."""

import dataclasses

import numpy as np
import pytest

from readerstudy.results.analysis import build_document
from readerstudy.results.stored_table import table_bytes, table_of
from tests.results.factories import fuller_table, make_table


def table_of_sessions():
    table = fuller_table()
    return dataclasses.replace(table, session=np.where(table.place < 9, 1, 2).astype(np.int16))


@pytest.mark.parametrize("make", [make_table, fuller_table, table_of_sessions])
def test_a_table_comes_back_with_the_same_hash_and_the_same_bytes(make):
    table = make()
    stored = table_bytes(table)
    again = table_of(stored)
    assert again.sha256() == table.sha256()
    assert table_bytes(again) == stored
    assert build_document(again) == build_document(table)


def test_some_readers_and_cases_of_a_table_keep_all_that_is_theirs():
    table = fuller_table()
    readers, cases = np.arange(6) % 2 == 0, np.arange(17) != 3
    some = table.picked(readers=readers, cases=cases)
    assert [reader.code for reader in some.readers] == ["R-0", "R-2", "R-4"]
    assert "case-3" not in some.case_ids
    assert some.aided.decision.shape == some.decision.shape == some.place.shape == (3, 16)
    assert np.array_equal(some.decision, table.decision[::2][:, cases])
    assert np.array_equal(some.models[0].values, table.models[0].values[:, cases])
    assert len(some.cases) == len(some.diagnosis) == 16

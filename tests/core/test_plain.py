"""What is kept in the cache comes out as it went in, and is nothing but JSON on the way."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readerstudy.core.plain import packed, unpacked

PLAIN = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=8)
    | st.binary(max_size=8)
    | st.datetimes(timezones=st.just(UTC))
)
ROWS = st.dictionaries(st.integers() | st.text(max_size=8), st.tuples(PLAIN, st.tuples(PLAIN)), max_size=3)  # fmt: skip
VALUES = st.tuples(PLAIN, ROWS, st.lists(PLAIN, max_size=4).map(tuple))


@given(VALUES)
def test_it_comes_back_through_json(value):
    assert unpacked(json.loads(json.dumps(packed(value)))) == value


def test_numbers_stay_numbers_as_keys():
    moment = datetime(2026, 11, 28, tzinfo=UTC)
    kept = (7, {3: (b"\x00\xff", moment)}, 2.5)
    assert unpacked(json.loads(json.dumps(packed(kept)))) == kept


def test_what_was_not_packed_is_refused():
    with pytest.raises(ValueError, match="No value is packed like"):
        unpacked([{"other": 1}])

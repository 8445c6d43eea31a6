import hashlib

import pytest

from readerstudy.core.canonical import canonical_json, sha256_of, sha256_of_all


def test_equal_content_gives_equal_bytes():
    assert (
        canonical_json({"b": 1, "a": [None, True, "ä"]}) == '{"a":[null,true,"ä"],"b":1}'.encode()
    )
    assert canonical_json({"a": 1, "b": 2}) == canonical_json({"b": 2, "a": 1})


def test_the_hash_is_that_of_the_bytes():
    assert sha256_of({"a": 1}) == hashlib.sha256(b'{"a":1}').hexdigest()


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_numbers_that_json_does_not_have_are_refused(number):
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_json([number])


@pytest.mark.parametrize("items", [[], [1], [["R-1", 1, None], ["Ä", 2, "x"]]])
def test_the_hash_of_items_one_by_one_is_that_of_their_list(items):
    assert sha256_of_all(iter(items)) == sha256_of(items)

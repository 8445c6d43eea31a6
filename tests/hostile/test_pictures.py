"""Hostile photographs get their sentence, or are read right and lose what they hide; time and memory stay bounded."""

import time

import pytest

from readerstudy.core.errors import InvalidInput
from readerstudy.intake.children import encode_in_child
from tests.hostile.pictures import SECRETS, corpus

MAX_SECONDS = 60
READ = [one for one in corpus() if not one.code]
REFUSED = [one for one in corpus() if one.code]


@pytest.mark.parametrize("hostile", REFUSED, ids=lambda hostile: hostile.name)
def test_a_hostile_photograph_is_refused_by_its_name(hostile):
    start = time.monotonic()
    with pytest.raises(InvalidInput) as raised:
        encode_in_child(hostile.content, name=hostile.name)
    assert raised.value.code == hostile.code
    assert raised.value.message.startswith(hostile.name)
    assert raised.value.message.endswith(".")
    assert time.monotonic() - start < MAX_SECONDS


@pytest.mark.parametrize("hostile", READ, ids=lambda hostile: hostile.name)
def test_a_strange_photograph_is_read_and_loses_what_it_hides(hostile):
    encoded = encode_in_child(hostile.content, name=hostile.name)
    assert (encoded.width, encoded.height) == hostile.size
    for stored in (encoded.content, encoded.thumbnail):
        assert stored[:4] == b"RIFF"
        assert stored[8:12] == b"WEBP"
        assert not [secret for secret in SECRETS if secret in stored]

"""A short run of the fuzzer of photographs and archives."""

from tests.hostile.fuzz_sources import fuzz


def test_a_thousand_mutated_files_are_read_or_refused_and_never_crash():
    found = fuzz(1_000, seed=1)
    assert found.total() == 1_000
    assert {"picture: read", "picture: broken_image", "archive: not_an_archive"} <= set(found)

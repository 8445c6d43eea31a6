"""A short run of the planner's fuzzer."""

from tests.hostile.fuzz_planner import fuzz


def test_a_thousand_mutated_manifests_are_planned_or_refused_and_never_crash():
    counts = fuzz(1_000, seed=1).counts
    assert sum(counts.values()) == 1_000
    assert all(counts.values())  # every kind of outcome was met

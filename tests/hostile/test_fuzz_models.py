from tests.hostile.fuzz_models import fuzz


def test_no_mutated_network_crashes_the_reader():
    found = fuzz(1_500, seed=11)
    # Else the mutations are too wild, or too tame, to test anything.
    assert min(found.values()) > 20, found

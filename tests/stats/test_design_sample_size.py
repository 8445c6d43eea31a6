"""How many cases or readers a study needs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from readerstudy.stats import StatisticsInputError
from readerstudy.stats.design import (
    Model,
    StandaloneComponents,
    VarianceComponents,
    cases_needed,
    power,
    readers_needed,
)
from readerstudy.stats.design.sample_size import smallest
from tests.stats.strategies import steady
from tests.stats.test_design_power import components, pilot

# Readers vary and share much error: with two readers power rises with the cases, then falls.
HUMP = VarianceComponents(var=3e-3, cov1=1e-3, cov2=2.5e-3, cov3=5e-4, var_tr=2e-4, n_cases=100, source="")  # fmt: skip


class TestTwins:
    @steady
    @given(c=components(), J=st.integers(2, 12), effect=st.floats(0.02, 0.15), target=st.floats(0.3, 0.95))  # fmt: skip
    @pytest.mark.parametrize("analysis", list(Model))
    def test_counting_up_by_one_finds_the_same_number_of_cases(self, c, J, effect, target, analysis):  # fmt: skip
        found = cases_needed(c, J, target, effect, analysis=analysis)
        counted = next((K for K in range(4, 260) if power(c, J, K, effect, analysis=analysis).power >= target), None)  # fmt: skip
        if counted is not None:
            assert found.n == counted
        else:
            assert found.n is None or found.n >= 260

    @steady
    @given(c=components(), K=st.integers(20, 600), effect=st.floats(0.02, 0.15), target=st.floats(0.3, 0.95))  # fmt: skip
    def test_counting_up_by_one_finds_the_same_number_of_readers(self, c, K, effect, target):
        found = readers_needed(c, K, target, effect)
        counted = next((J for J in range(2, 60) if power(c, J, K, effect).power >= target), None)
        if counted is not None:
            assert found.n == counted
        else:
            assert found.n is None or found.n >= 60

    @steady
    @given(c=components(), J=st.integers(2, 30), effect=st.floats(0.01, 0.2), target=st.floats(0.1, 0.99), margin=st.none() | st.floats(0.01, 0.1))  # fmt: skip
    def test_the_number_reaches_the_target_and_its_predecessor_does_not(self, c, J, effect, target, margin):  # fmt: skip
        found = cases_needed(c, J, target, effect, margin=margin)
        if found.n is None:
            assert found.limit < target
            return
        assert found.power == power(c, J, found.n, effect, margin=margin).power >= target
        assert found.n == 4 or power(c, J, found.n - 1, effect, margin=margin).power < target

    def test_the_search_finds_every_threshold(self):
        for threshold in [1, 2, 3, 17, 99, 100, 101, 5003, 10**6 + 1, 10**9]:
            assert smallest(lambda n, t=threshold: (n >= t).astype(float), 1, 0.5) == threshold
        assert smallest(lambda n: np.zeros(n.shape), 1, 0.5) is None


class TestLimits:
    def test_the_limit_is_what_a_million_million_cases_give(self):
        c = StandaloneComponents(var=9e-4, cov2=4e-4, var_r=3e-3, n_cases=100, source="pilot")
        found = cases_needed(c, 5, 0.9, 0.05)
        assert found.limit == pytest.approx(power(c, 5, 10**12, 0.05).power, rel=1e-6)
        assert found.n is None
        assert found.reason == f"With ever more cases the power approaches {found.limit:.4f}, which is below 0.9."  # fmt: skip

    def test_the_limit_of_readers_is_what_a_hundred_million_readers_give(self):
        found = readers_needed(pilot(), 60, 0.9, 0.04)
        assert found.limit == pytest.approx(power(pilot(), 10**8, 60, 0.04).power, rel=1e-5)
        assert found.n is None
        assert found.reason.startswith("With ever more readers the power approaches ")

    def test_without_shared_error_enough_readers_reach_any_power(self):
        c = pilot(cov2=2e-4, cov3=2e-4)
        assert readers_needed(c, 60, 0.999, 0.04).limit == 1
        assert readers_needed(c, 60, 0.999, 0.04).n > 10

    def test_power_that_falls_again_is_told(self):
        found = cases_needed(HUMP, 2, 0.4, 0.0566)
        assert found.limit < 0.4 <= found.power
        assert power(HUMP, 2, 100 * found.n, 0.0566).power < 0.4
        assert power(HUMP, 2, found.n - 1, 0.0566).power < 0.4
        assert found.reason == f"With ever more cases the power falls again, to {found.limit:.4f}."

    def test_no_number_shows_an_effect_of_zero(self):
        found = cases_needed(pilot(), 5, 0.8, 0.0)
        assert (found.n, found.limit) == (None, pytest.approx(0.05))

    def test_an_effect_beyond_the_margin_is_never_shown_not_to_be(self):
        found = cases_needed(pilot(), 5, 0.8, -0.1, margin=0.05)
        assert found.n is None
        assert found.limit < 0.025

    def test_astronomic_numbers_are_not_given(self):
        c = pilot(var_tr=0.0)
        found = cases_needed(c, 5, 0.8, 1e-6)
        assert (found.n, found.limit) == (None, 1)
        assert found.reason == "More than 1,000,000,000 cases would be needed."

    def test_fixed_readers_may_be_one(self):
        assert cases_needed(pilot(), 1, 0.8, 0.05, analysis="FRRC").n > 4
        assert readers_needed(pilot(), 10**4, 0.8, 0.05, analysis="FRRC").n == 1


class TestRefusals:
    @pytest.mark.parametrize(
        ("given", "sentence"),
        [
            ({"n_readers": 1}, "A study with random readers needs two readers or more."),
            ({"target": 1.0}, "The power asked for must lie between 0 and 1, not 1.0."),
            ({"analysis": "x"}, "The analysis must be one of RRRC, FRRC, RRFC, not x."),
        ],
    )
    def test_what_cannot_be_planned_is_refused(self, given, sentence):
        with pytest.raises(StatisticsInputError) as error:
            cases_needed(pilot(), **{"n_readers": 5, "target": 0.8, "effect": 0.05, **given})
        assert str(error.value) == sentence

    def test_no_readers_are_needed_for_no_cases(self):
        with pytest.raises(StatisticsInputError, match="The number of cases must be a whole number above zero, not 0"):  # fmt: skip
            readers_needed(pilot(), 0, 0.8, 0.05)

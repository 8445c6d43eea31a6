"""Power of a planned study."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from readerstudy.stats import StatisticsInputError
from readerstudy.stats.design import (
    Model,
    RoeMetz,
    StandaloneComponents,
    VarianceComponents,
    expected_components,
    expected_standalone_components,
    power,
    power_grid,
    roe_metz_structure,
)
from readerstudy.stats.design.hypothesis import hypothesis, upper_tail
from tests.stats.strategies import steady
from tests.stats.twins_design import noncentral_tail, or_power, rockette

# Van Dyke's data, as everybody's tables print them.
VAN_DYKE = {"var": 0.0008023, "cov1": 0.0003466, "cov2": 0.0003441, "cov3": 0.0002390, "var_tr": 0.000200, "n_cases": 114}  # fmt: skip
MODELS = tuple(Model)


def pilot(**changes):
    return VarianceComponents(**{**VAN_DYKE, "source": "pilot study", **changes})


@st.composite
def components(draw):
    """Components that may belong to a study: Var >= Cov1 + max(Cov2 − Cov3, 0)."""
    small = st.floats(0, 1e-3)
    cov1, cov2, cov3 = draw(small), draw(small), draw(small)
    var = cov1 + max(cov2 - cov3, 0) + draw(st.floats(1e-5, 1e-3))
    return pilot(var=var, cov1=cov1, cov2=cov2, cov3=cov3, var_tr=draw(st.floats(-1e-4, 1e-3)))


class TestTwins:
    @steady
    @given(c=components(), J=st.integers(2, 30), K=st.integers(20, 2000), effect=st.floats(0.01, 0.2))  # fmt: skip
    @pytest.mark.parametrize("analysis", MODELS)
    def test_power_is_the_formula_of_2011(self, c, J, K, effect, analysis):
        found = power(c, J, K, effect, analysis=analysis)
        # The library's noncentral F is the weaker side here.
        assert found.power == pytest.approx(or_power(c.as_dict(), J, K, effect, analysis), abs=1e-8)

    @pytest.mark.parametrize("df", [1.0, 1.7, 4.0, 33.3, 1000.0, math.inf])
    @pytest.mark.parametrize("ncp", [-3.0, 0.0, 0.7, 2.5, 6.0])
    @pytest.mark.parametrize("level", [0.05, 0.001])
    def test_the_tail_is_the_integral_over_the_density_of_the_variance(self, df, ncp, level):
        critical = stats.norm.isf(level) if math.isinf(df) else stats.t.isf(level, df)
        found = float(upper_tail(np.array(critical), np.array(df), np.array(ncp)))
        assert found == pytest.approx(noncentral_tail(critical, df, ncp), abs=1e-9)

    def test_no_noncentrality_breaks_the_tail(self):
        rng = np.random.default_rng(5)
        df, ncp = 10 ** rng.uniform(0, 16, 4000), rng.choice([-1, 1], 4000) * 10 ** rng.uniform(-3, 12, 4000)  # fmt: skip
        found = upper_tail(stats.t.isf(10 ** rng.uniform(-3, -0.31, 4000), df), df, ncp)
        assert ((found >= 0) & (found <= 1)).all()
        assert found[ncp < -10].max() == 0

    def test_the_algorithms_power_is_that_of_its_variance(self):
        c = StandaloneComponents(var=9e-4, cov2=4e-4, var_r=6e-4, n_cases=100, source="pilot")
        found = power(c, 7, 250, 0.06)
        ms, shared = 6e-4 + 0.4 * 5e-4, 0.4 * 4e-4
        df = 6 * ((ms + 7 * shared) / ms) ** 2
        se = math.sqrt(ms / 7 + shared)
        t = stats.t.isf(0.025, df)
        both = noncentral_tail(t, df, 0.06 / se) + noncentral_tail(t, df, -0.06 / se)
        assert (found.se, found.df, found.power) == pytest.approx((se, df, both), rel=1e-9)
        assert (found.ncp, found.critical) == pytest.approx(((0.06 / se) ** 2, t * t))

    def test_the_pilots_own_size_has_the_pilots_variance_for_fixed_readers_and_fixed_cases(self):
        c = StandaloneComponents(var=9e-4, cov2=4e-4, var_r=6e-4, n_cases=100, source="pilot")
        assert power(c, 5, 100, 0.05, analysis="FRRC").se ** 2 == pytest.approx((9e-4 + 4 * 4e-4) / 5)  # fmt: skip
        assert power(c, 5, 100, 0.05, analysis="RRFC").se ** 2 == pytest.approx((6e-4 + 5e-4) / 5)
        assert power(c, 5, 100, 0.05, analysis="RRFC").df == pytest.approx(4)
        assert power(c, 5, 100, 0.05, analysis="FRRC").df is None


class TestSimulation:
    def test_as_many_simulated_studies_show_the_difference_as_predicted(self):
        model = roe_metz_structure("HH", 1.5, n_readers=5, n_negative=30, n_positive=30, tau=(0, 0.6))  # fmt: skip
        scores, truth = model.simulate_many(np.random.default_rng(11), 500)
        tests = [rockette(truth, study) for study in scores]
        shown = np.mean([2 * stats.t.sf(abs(d) / se, df) < 0.05 for d, se, df in tests])
        expected = power(expected_components(model), 5, 60, model.auc[1] - model.auc[0]).power
        assert 0.3 < expected < 0.7
        assert abs(shown - expected) < 4 * math.sqrt(expected * (1 - expected) / 500)

    def test_as_many_simulated_studies_show_that_the_new_modality_is_not_worse(self):
        model = roe_metz_structure("LL", 1.5, n_readers=6, n_negative=30, n_positive=30)
        scores, truth = model.simulate_many(np.random.default_rng(12), 500)
        c, margin = expected_components(model), 0.06
        tests = [rockette(truth, study) for study in scores]
        shown = np.mean([stats.t.sf((d + margin) / se, df) < 0.025 for d, se, df in tests])
        expected = power(c, 6, 60, 0.0, margin=margin).power
        assert 0.3 < expected < 0.8
        assert abs(shown - expected) < 4 * math.sqrt(expected * (1 - expected) / 500)

    def test_the_differences_from_an_algorithm_have_the_predicted_mean_square_and_variance(self):
        model = RoeMetz(mu=1.2, n_readers=5, n_negative=30, n_positive=25, var_r=0.08, var_tr=0, var_c=0.5, var_tc=0, var_rc=0.2, var_e=0.3, tau=(0.0,), algorithm=1.8)  # fmt: skip
        scores, truth = model.simulate_many(np.random.default_rng(13), 4000)
        order = scores.argsort(axis=-1).argsort(axis=-1) + 1
        areas = (order[..., truth == 1].sum(axis=-1) - 25 * 26 / 2) / (25 * 30)
        difference = areas[:, 0, -1:] - areas[:, 0, :-1]
        c = expected_standalone_components(model)
        ms = c.var_r + c.var - c.cov2
        assert difference.var(axis=1, ddof=1).mean() == pytest.approx(ms, rel=0.04)
        assert difference.mean(axis=1).var() == pytest.approx(ms / 5 + c.cov2, rel=0.08)
        assert difference.mean() == pytest.approx(model.algorithm_auc - model.auc[0], abs=0.002)


class TestIdentities:
    @steady
    @given(c=components(), J=st.integers(2, 20), K=st.integers(20, 800), effect=st.floats(-0.1, 0.1))  # fmt: skip
    def test_superiority_is_both_directions_of_non_inferiority_with_margin_zero(self, c, J, K, effect):  # fmt: skip
        both = [power(c, J, K, d, margin=0.0, alpha=0.025).power for d in (effect, -effect)]
        assert power(c, J, K, effect).power == pytest.approx(sum(both), abs=1e-12)

    @steady
    @given(c=components(), J=st.integers(2, 20), K=st.integers(20, 800), effect=st.floats(-0.1, 0.1), margin=st.floats(0, 0.1))  # fmt: skip
    def test_the_margin_adds_to_the_effect(self, c, J, K, effect, margin):
        shifted = power(c, J, K, effect + margin, margin=0.0).power
        assert power(c, J, K, effect, margin=margin).power == pytest.approx(shifted, abs=1e-12)

    @steady
    @given(c=components(), J=st.integers(2, 20), K=st.integers(20, 800))
    @pytest.mark.parametrize("analysis", MODELS)
    def test_without_an_effect_the_power_is_the_level(self, c, J, K, analysis):
        assert power(c, J, K, 0.0, analysis=analysis, alpha=0.03).power == pytest.approx(0.03)
        assert power(c, J, K, -0.05, analysis=analysis, margin=0.05).power == pytest.approx(0.025)

    @steady
    @given(c=components(), J=st.integers(2, 20), K=st.integers(20, 800), effect=st.floats(0.0, 0.1))
    @pytest.mark.parametrize("analysis", MODELS)
    def test_power_grows_with_readers_and_effect(self, c, J, K, effect, analysis):
        here = power(c, J, K, effect, analysis=analysis).power
        assert power(c, J + 1, K, effect, analysis=analysis).power >= here - 1e-12
        assert power(c, J, K, effect + 0.01, analysis=analysis).power >= here - 1e-12
        assert power(c, J, K, -effect, analysis=analysis).power == pytest.approx(here, abs=1e-14)

    @steady
    @given(c=components(), J=st.integers(2, 20), K=st.integers(20, 800), effect=st.floats(0.0, 0.1))
    @pytest.mark.parametrize("analysis", [Model.FRRC, Model.RRFC])
    def test_power_grows_with_cases_where_the_degrees_of_freedom_do_not_depend_on_them(self, c, J, K, effect, analysis):  # fmt: skip
        here = power(c, J, K, effect, analysis=analysis).power
        assert power(c, J, K + 10, effect, analysis=analysis).power >= here - 1e-12

    @steady
    @given(c=components(), J=st.integers(2, 20), K=st.integers(20, 800), effect=st.floats(0.0, 0.1))
    def test_the_standard_error_falls_with_cases(self, c, J, K, effect):
        assert power(c, J, K + 1, effect).se < power(c, J, K, effect).se

    @steady
    @given(c=components(), effect=st.floats(-0.1, 0.1), margin=st.none() | st.floats(0, 0.1))
    @pytest.mark.parametrize("analysis", MODELS)
    def test_the_grid_is_made_of_single_powers(self, c, effect, margin, analysis):
        grid = power_grid(c, [2, 5, 9], [30, 200], effect, margin=margin, analysis=analysis)
        for J, row in zip(grid.readers, grid.power, strict=True):
            for K, value in zip(grid.cases, row, strict=True):
                one = power(c, J, K, effect, margin=margin, analysis=analysis)
                assert value == pytest.approx(one.power, abs=1e-14)


class TestResults:
    @pytest.mark.parametrize(
        ("analysis", "margin", "name"),
        [("RRRC", None, "noncentral F"), ("FRRC", None, "noncentral chi-square"), ("RRRC", 0.05, "noncentral t"), ("FRRC", 0.05, "normal")],
    )  # fmt: skip
    def test_the_distribution_is_named_and_its_tail_is_the_power(self, analysis, margin, name):
        found = power(pilot(), 6, 150, 0.03, analysis=analysis, margin=margin)
        tail = {
            "noncentral F": lambda: stats.ncf.sf(found.critical, 1, found.df, found.ncp),
            "noncentral chi-square": lambda: stats.ncx2.sf(found.critical, 1, found.ncp),
            "noncentral t": lambda: noncentral_tail(found.critical, found.df, found.ncp),
            "normal": lambda: stats.norm.sf(found.critical - found.ncp),
        }[name]()
        assert found.distribution == name
        assert found.power == pytest.approx(tail, abs=1e-8)
        assert (found.df is None) == (analysis == "FRRC")
        assert ("non-inferiority" in found.method) == (margin is not None)
        assert found.source == "pilot study"

    def test_the_grid_shows_itself_with_one_row_for_each_number_of_readers(self):
        grid = power_grid(pilot(), [1, 5], [100, 200], 0.05)
        first, second = grid.as_dict()["power"]
        assert first == {"readers": 1, "100 cases": None, "200 cases": None}
        assert second["200 cases"] == grid.power[1][1] > second["100 cases"] > 0.5
        assert "<caption>Power grid</caption>" in grid.as_html()
        assert "200 cases" in grid.as_text()

    def test_one_random_reader_has_no_power(self):
        found = power(pilot(), 1, 100, 0.05)
        assert (found.power, found.reason) == (None, "With one reader the variance between readers cannot be estimated.")  # fmt: skip
        assert power(pilot(), 1, 100, 0.05, analysis="FRRC").power > 0

    def test_an_effect_without_variance_has_no_power(self):
        c = pilot(var=1e-4, cov1=1e-4, cov2=0, cov3=0, var_tr=0)
        found = power(c, 4, 100, 0.05)
        assert found.power is None
        assert found.reason == "The components give the effect no variance: there is nothing to estimate an error from."  # fmt: skip

    def test_without_variance_between_readers_the_degrees_of_freedom_are_infinite(self):
        c = pilot(var=2e-4, cov1=1e-4, cov2=1e-4, cov3=0, var_tr=0)
        found = power(c, 4, 100, 0.02)
        assert (found.df, found.distribution) == (None, "noncentral chi-square")
        assert found.se == pytest.approx(math.sqrt(2e-4 * 114 / 100))


class TestRefusals:
    @pytest.mark.parametrize(
        ("given", "sentence"),
        [
            ({"n_readers": 0}, "The number of readers must be a whole number above zero, not 0."),
            ({"n_cases": 10.5}, "The number of cases must be a whole number above zero, not 10.5."),
            ({"effect": 1.5}, "A difference of two areas or rates lies between -1 and 1, not 1.5."),
            ({"effect": math.nan}, "A difference of two areas or rates lies between -1 and 1, not nan."),
            ({"alpha": 0.5}, "The significance level must lie between 0 and 0.5, not 0.5."),
            ({"margin": -0.05}, "A non-inferiority margin lies between 0 and 1, not -0.05."),
            ({"analysis": "FRFC"}, "The analysis must be one of RRRC, FRRC, RRFC, not FRFC."),
        ],
    )  # fmt: skip
    def test_what_cannot_be_planned_is_refused(self, given, sentence):
        with pytest.raises(StatisticsInputError) as error:
            power(pilot(), **{"n_readers": 5, "n_cases": 100, "effect": 0.05, **given})
        assert str(error.value) == sentence

    @pytest.mark.parametrize(("readers", "cases", "what"), [([], [5], "readers"), ([5], [], "cases")])  # fmt: skip
    def test_an_empty_grid_is_refused(self, readers, cases, what):
        with pytest.raises(StatisticsInputError, match=f"Give at least one number of {what}."):
            power_grid(pilot(), readers, cases, 0.05)

    def test_the_usual_levels_are_chosen_unless_given(self):
        assert hypothesis(0.1).alpha == 0.05
        assert hypothesis(0.1, margin=0.05).alpha == 0.025
        assert hypothesis(0.1, margin=0.05, alpha=0.05).alpha == 0.05

    def test_a_negative_reader_variance_counts_as_zero(self):
        below, zero = pilot(var_tr=-2e-4), pilot(var_tr=0.0)
        assert power(below, 5, 100, 0.05).power == power(zero, 5, 100, 0.05).power

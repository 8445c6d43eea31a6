"""Variance components of a pilot study."""

import math

import numpy as np
import pytest
from hypothesis import assume, given

from readerstudy.stats import StatisticsInputError, algorithm_against_readers, mrmc
from readerstudy.stats.design import (
    StandaloneComponents,
    VarianceComponents,
    components_of_analysis,
    components_of_standalone,
    power,
)
from readerstudy.stats.readings import fully_crossed
from tests.stats.strategies import readings, steady
from tests.stats.test_design_power import VAN_DYKE, pilot
from tests.stats.twins import delong_by_pairs


def a_study(seed=3, modalities=2, readers=4, negatives=14, positives=11):
    rng = np.random.default_rng(seed)
    truth = np.array([0] * negatives + [1] * positives)
    scores = rng.normal(size=(modalities, readers, truth.size)) + truth
    return fully_crossed(truth, scores + rng.normal(size=(modalities, readers, 1)) * truth)


class TestPilots:
    @pytest.mark.parametrize("covariance", ["jackknife", "delong"])
    @pytest.mark.parametrize("seed", [1, 2, 3])
    def test_the_pilots_own_size_gives_back_its_own_test(self, covariance, seed):
        found = mrmc.obuchowski_rockette(a_study(seed), covariance=covariance)
        c = components_of_analysis(found, source="pilot")
        here = power(c, 4, 25, 0.05)
        assert c.var_tr > 0
        assert here.se == pytest.approx(found.rrrc.differences[0].se)
        assert here.df == pytest.approx(found.rrrc.df2)
        assert (c.n_cases, c.n_readers, c.source) == (25, 4, "pilot")

    @steady
    @given(data=readings(count=5, least=2))
    @pytest.mark.parametrize("covariance", ["jackknife", "delong"])
    def test_the_algorithms_pilot_gives_back_its_own_test(self, covariance, data):
        truth, scores = data
        test = algorithm_against_readers(truth, scores[:4], scores[4], covariance=covariance)
        assume(test.df is not None)
        c = components_of_standalone(truth, scores[:4], scores[4], source="", covariance=covariance)
        assume(c.var_r > 1e-9)
        here = power(c, 4, truth.size, 0.05)
        assert here.se == pytest.approx(test.se, rel=1e-6)
        assert here.df == pytest.approx(test.df, rel=1e-6)

    def test_the_algorithms_components_are_means_over_readers_of_the_differences_covariance(self):
        study = a_study(modalities=1, readers=4)
        truth, scores = study.truth.tolist(), study.scores[0]
        c = components_of_standalone(study.truth, scores[:3], scores[3], source="")
        machine = scores[3].tolist()

        def covariance(a, b):
            rows = scores[a].tolist(), scores[b].tolist()
            parts = delong_by_pairs(truth, *rows), delong_by_pairs(truth, machine, machine)
            crossed = [delong_by_pairs(truth, row, machine) for row in rows]
            return sum(parts) - sum(crossed)

        var = np.mean([covariance(j, j) for j in range(3)])
        cov2 = np.mean([covariance(a, b) for a in range(3) for b in range(3) if a != b])
        assert (c.var, c.cov2) == pytest.approx((var, cov2), rel=1e-10)

    def test_a_pilot_of_another_design_is_refused(self):
        study = a_study()
        scores = study.scores.copy()
        scores[0, 0, 0] = np.nan
        found = mrmc.obuchowski_rockette(fully_crossed(study.truth, scores))
        with pytest.raises(StatisticsInputError, match="needs the components of a fully crossed study; the design of this one is: incomplete"):  # fmt: skip
            components_of_analysis(found, source="")

    def test_a_pilot_with_a_single_positive_case_is_refused_with_its_reason(self):
        study = a_study(positives=1)
        with pytest.raises(StatisticsInputError, match=r"no variance components\. Reader 1 has 1 positive case"):  # fmt: skip
            components_of_analysis(mrmc.obuchowski_rockette(study), source="")

    @pytest.mark.parametrize("shape", [{"modalities": 1}, {"readers": 1}])
    def test_a_pilot_of_one_modality_or_one_reader_is_refused(self, shape):
        found = mrmc.obuchowski_rockette(a_study(**shape))
        with pytest.raises(StatisticsInputError, match=r"needs two modalities and two readers\."):
            components_of_analysis(found, source="")

    def test_an_algorithm_against_one_reader_is_refused_with_its_reason(self):
        study = a_study(modalities=1, readers=2)
        with pytest.raises(StatisticsInputError, match=r"no variance components\. With one reader"):
            components_of_standalone(study.truth, study.scores[0, :1], study.scores[0, 1], source="")  # fmt: skip


class TestRefusals:
    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"var": math.nan}, "var must be a finite number, not nan."),
            ({"cov3": None}, "cov3 must be a finite number, not None."),
            ({"var": 0.0, "cov1": -1e-3}, "The error variance must be above zero, not 0.0."),
            ({"cov1": 0.0009}, "Var − Cov1 − max(Cov2 − Cov3, 0) is -0.000203: such components cannot belong to one study."),
            ({"n_cases": 0}, "The number of cases must be a whole number above zero, not 0."),
        ],
    )  # fmt: skip
    def test_components_that_cannot_be_are_refused(self, changes, sentence):
        with pytest.raises(StatisticsInputError) as error:
            pilot(**changes)
        assert str(error.value) == sentence

    def test_the_algorithms_components_that_cannot_be_are_refused(self):
        with pytest.raises(StatisticsInputError, match=r"Var − max\(Cov2, 0\) is -0\.0001"):
            StandaloneComponents(var=1e-4, cov2=2e-4, var_r=1e-4, n_cases=100, source="")
        with pytest.raises(StatisticsInputError, match="above zero, not 0"):
            StandaloneComponents(var=0, cov2=-2e-4, var_r=1e-4, n_cases=100, source="")

    def test_components_printed_with_few_digits_are_accepted(self):
        c = pilot(var=3e-4, cov1=2e-4, cov2=3e-4, cov3=2e-4)
        assert power(c, 5, 100, 0.05).power > 0

    def test_components_show_themselves(self):
        assert VarianceComponents(**VAN_DYKE, source="Van Dyke 1993").as_dict()["source"] == "Van Dyke 1993"  # fmt: skip
        assert "Variance components" in pilot().as_text()

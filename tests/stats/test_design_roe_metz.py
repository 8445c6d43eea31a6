"""Simulated readings under the model of Roe and Metz."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from readerstudy.stats import StatisticsInputError
from readerstudy.stats.design import (
    ALGORITHM,
    RoeMetz,
    Structure,
    expected_components,
    expected_standalone_components,
    roe_metz_structure,
)
from readerstudy.stats.readings import Design
from tests.stats.twins_design import area_covariance, score_covariance

MODEL = RoeMetz(mu=1.3, n_readers=2, n_negative=2, n_positive=2, var_r=0.3, var_tr=0.2, var_c=0.2, var_tc=0.35, var_rc=0.15, var_e=0.3, tau=(0.0, 0.5), b=0.6)  # fmt: skip
ALONE = replace(MODEL, tau=(0.2,), algorithm=2.0)


def rng():
    return np.random.default_rng(20)


def areas(truth, scores):
    """Empirical areas of scores (..., K), pair by pair."""
    positive, negative = scores[..., truth == 1], scores[..., truth == 0]
    wins = sum((positive > negative[..., k : k + 1]) + 0.5 * (positive == negative[..., k : k + 1]) for k in range(negative.shape[-1]))  # fmt: skip
    return (wins / negative.shape[-1]).mean(axis=-1)


class TestMoments:
    def test_scores_have_the_means_and_covariances_of_the_effects(self):
        scores, _truth = MODEL.simulate_many(rng(), 60000)
        flat = scores.reshape(60000, -1)
        places = list(itertools.product(range(2), range(2), range(4)))
        expected = np.array([[score_covariance(MODEL, a, b) for b in places] for a in places])
        # The standard error of a covariance is at most √(2 / S) × the variance, which is below 3.3.
        assert np.abs(np.cov(flat.T) - expected).max() < 5 * 3.3 * np.sqrt(2 / 60000)
        means = [(MODEL.mu + MODEL.tau[i]) * (k >= 2) for i, _j, k in places]
        assert np.abs(flat.mean(axis=0) - means).max() < 5 * np.sqrt(3.3 / 60000)

    def test_the_algorithm_shares_the_case_effects_of_the_readers_and_nothing_else(self):
        scores, _truth = ALONE.simulate_many(rng(), 60000)
        case = ALONE.var_c + ALONE.var_tc
        for k, scale in ((0, 1.0), (3, ALONE.b**-2)):
            found = np.cov(scores[:, 0, :, k].T)
            assert found[2, 2] == pytest.approx(scale, rel=0.03)
            assert found[0, 2] == pytest.approx(scale * case, rel=0.05)
        assert scores[:, 0, 2, 2:].mean() == pytest.approx(2.0, abs=0.03)
        assert abs(np.corrcoef(scores[:, 0, 2, 0], scores[:, 0, 2, 1])[0, 1]) < 0.02

    @pytest.mark.parametrize("cuts", [None, (-0.5, 0.4, 1.2, 2.0)])
    def test_the_mean_empirical_area_is_the_true_area(self, cuts):
        model = replace(MODEL, cuts=cuts, n_readers=3, n_negative=6, n_positive=5)
        scores, truth = model.simulate_many(rng(), 12000)
        found = areas(truth, scores).mean(axis=2)
        error = found.std(axis=0) / np.sqrt(12000)
        assert (np.abs(found.mean(axis=0) - model.auc) < 4 * error).all()
        assert (error < 0.003).all()

    @pytest.mark.parametrize("cuts", [None, (0.3, 1.5)])
    def test_the_algorithms_mean_empirical_area_is_its_true_area(self, cuts):
        model = replace(ALONE, cuts=cuts, n_negative=6, n_positive=5)
        scores, truth = model.simulate_many(rng(), 12000)
        found = areas(truth, scores[:, 0, -1])
        assert abs(found.mean() - model.algorithm_auc) < 4 * found.std() / np.sqrt(12000)

    def test_without_categories_the_area_is_the_normal_probability(self):
        spread = np.sqrt(1 + 1 / 0.36 + 2 * 0.5)
        assert MODEL.auc == pytest.approx(stats.norm.cdf(np.array([1.3, 1.8]) / spread))
        assert MODEL.algorithm_auc is None
        assert ALONE.algorithm_auc == pytest.approx(stats.norm.cdf(2 / np.sqrt(1 + 1 / 0.36)))

    def test_very_many_categories_are_no_categories(self):
        fine = replace(MODEL, cuts=tuple(np.linspace(-9, 9, 4001).tolist()))
        assert fine.auc == pytest.approx(MODEL.auc, abs=1e-6)


class TestExpectedComponents:
    @pytest.mark.parametrize("change", [{}, {"b": 1.0}, {"tau": (0.0, 0.0)}, {"n_negative": 30, "n_positive": 7}, {"tau": (0.0, 0.3, -0.2)}])  # fmt: skip
    def test_components_are_means_over_the_covariances_of_areas(self, change):
        model = replace(MODEL, n_readers=2, n_negative=25, n_positive=20, **{} if "n_negative" in change else change)  # fmt: skip
        model = replace(model, **change)
        found = expected_components(model)
        many = replace(model, n_negative=10**8, n_positive=10**8)
        places = list(itertools.product(range(len(model.tau)), range(2)))
        means = {}
        for a, b in itertools.product(places, repeat=2):
            entry = means.setdefault((a[0] == b[0], a[1] == b[1]), [])
            readers = area_covariance(many, a, b)
            entry.append((area_covariance(model, a, b) - readers, readers))
        error, reader = ({key: np.mean([row[place] for row in rows]) for key, rows in means.items()} for place in (0, 1))  # fmt: skip
        expected = error[True, True], error[False, True], error[True, False], error[False, False]
        assert (found.var, found.cov1, found.cov2, found.cov3) == pytest.approx(expected, abs=1e-8)
        assert found.var_r == pytest.approx(reader[False, True], abs=1e-7)
        assert found.var_tr == pytest.approx(reader[True, True] - reader[False, True], abs=1e-7)
        assert abs(reader[True, False]) < 1e-7
        assert (found.n_cases, found.n_readers) == (model.truth.size, 2)

    def test_simulated_areas_have_these_variances(self):
        model = roe_metz_structure("HH", 1.5, n_readers=3, n_negative=12, n_positive=10, tau=(0, 0.3))  # fmt: skip
        scores, truth = model.simulate_many(rng(), 10000)
        found, c = areas(truth, scores), expected_components(model)
        matrix = np.cov(found.reshape(10000, 6).T).reshape(2, 3, 2, 3)
        off = ~np.eye(3, dtype=bool)
        same = [np.diag(matrix[i, :, i]).mean() for i in (0, 1)]
        assert np.mean(same) == pytest.approx(c.var + c.var_r + c.var_tr, rel=0.03)
        assert np.diag(matrix[0, :, 1]).mean() == pytest.approx(c.cov1 + c.var_r, rel=0.05)
        assert np.mean([matrix[i, :, i][off] for i in (0, 1)]) == pytest.approx(c.cov2, rel=0.05)
        assert matrix[0, :, 1][off].mean() == pytest.approx(c.cov3, rel=0.08)

    def test_the_algorithm_as_another_reader_has_the_readers_components(self):
        # Without reader variance an equally good algorithm is one of the readers: Var(D) = 2 (Var − Cov2) and
        # Cov(D_j, D_k) = Var − Cov2.
        reader = replace(ALONE, var_r=0.0, var_tr=0.0, algorithm=ALONE.mu + 0.2)
        c = expected_standalone_components(replace(reader, n_negative=30, n_positive=20))
        pair = replace(reader, algorithm=None, tau=(0.2, 0.2), n_negative=30, n_positive=20)
        of_readers = expected_components(pair)
        own = of_readers.var - of_readers.cov2
        assert (c.var, c.cov2) == pytest.approx((2 * own, own), rel=1e-9)
        assert c.var_r == 0

    @pytest.mark.parametrize(
        ("call", "sentence"),
        [
            (lambda: expected_components(ALONE), "The components of a difference need two modalities."),
            (lambda: expected_components(replace(MODEL, cuts=(0.5,))), "The expected components are known for complete studies without categories."),
            (lambda: expected_components(replace(MODEL, missing=0.1)), "The expected components are known for complete studies without categories."),
            (lambda: expected_standalone_components(MODEL), "The model has no algorithm."),
        ],
    )  # fmt: skip
    def test_models_without_known_components_are_refused(self, call, sentence):
        with pytest.raises(StatisticsInputError) as error:
            call()
        assert str(error.value) == sentence


class TestStructures:
    @pytest.mark.parametrize(("mu", "area"), [(0.75, 0.702), (1.5, 0.855), (2.5, 0.961)])
    @pytest.mark.parametrize("structure", list(Structure))
    def test_a_reader_without_reader_effect_has_the_area_of_the_paper(self, structure, mu, area):
        model = roe_metz_structure(structure, mu, n_readers=3, n_negative=10, n_positive=10)
        plain = replace(model, var_r=0.0, var_tr=0.0)
        assert plain.auc == pytest.approx((area, area), abs=0.0006)
        assert model.var_r == model.var_tr
        assert (model.var_c > 0.2) == (structure[0] == "H")
        assert (model.var_r > 0.006) == (structure[1] == "H")

    @pytest.mark.parametrize(("structure", "mu"), [("MM", 1.5), ("HH", 1.0)])
    def test_other_structures_are_refused(self, structure, mu):
        with pytest.raises(StatisticsInputError) as error:
            roe_metz_structure(structure, mu, n_readers=3, n_negative=10, n_positive=10)
        assert str(error.value) == f"Roe and Metz have the structures HH, HL, LH, LL with mu 0.75, 1.5, 2.5, not {structure} with {mu}."  # fmt: skip


class TestDesigns:
    def test_one_study_is_a_fully_crossed_set_of_readings(self):
        study = replace(MODEL, n_readers=3, n_negative=4, n_positive=3).simulate(rng())
        assert study.scores.shape == (2, 3, 7)
        assert study.design is Design.FULLY_CROSSED
        assert study.truth.tolist() == [0, 0, 0, 0, 1, 1, 1]
        assert (study.modalities, study.readers) == (("1", "2"), ("1", "2", "3"))

    def test_the_same_seed_gives_the_same_study(self):
        assert (MODEL.simulate(rng()).scores == MODEL.simulate(rng()).scores).all()
        assert (MODEL.simulate(rng()).scores == MODEL.simulate_many(rng(), 1)[0][0]).all()
        assert (MODEL.simulate(np.random.default_rng(21)).scores != MODEL.simulate(rng()).scores).all()  # fmt: skip

    def test_studies_larger_than_a_block_are_drawn_one_after_the_other(self, monkeypatch):
        monkeypatch.setattr("readerstudy.stats.design.roe_metz._BLOCK", 40)
        scores, _truth = MODEL.simulate_many(rng(), 7)
        assert np.unique(scores).size == scores.size == 7 * 16

    def test_the_algorithm_is_the_last_reader(self):
        study = ALONE.simulate(rng())
        assert study.readers == ("1", "2", ALGORITHM)
        assert study.scores.shape == (1, 3, 4)

    def test_categories_are_whole_numbers_from_one(self):
        study = replace(MODEL, n_readers=20, cuts=(-1.0, 0.0, 1.0)).simulate(rng())
        assert set(np.unique(study.scores)) == {1.0, 2.0, 3.0, 4.0}
        plain = replace(MODEL, n_readers=20).simulate(rng())
        assert (study.scores == 1 + (plain.scores[..., np.newaxis] >= [-1.0, 0.0, 1.0]).sum(axis=-1)).all()  # fmt: skip

    def test_split_plot_readers_read_their_block_in_every_modality(self):
        study = replace(MODEL, n_readers=6, n_negative=9, n_positive=6, blocks=3).simulate(rng())
        assert study.design is Design.SPLIT_PLOT
        read = study.read
        assert (read.sum(axis=2) == 5).all()
        assert (read[:, :, study.truth == 1].sum(axis=2) == 2).all()
        assert (read.sum(axis=1) == 2).all()

    def test_a_share_of_the_readings_is_missing_but_none_of_the_algorithm(self):
        study = replace(ALONE, n_readers=30, n_negative=60, n_positive=40, missing=0.2).simulate(rng())  # fmt: skip
        assert study.read[0, -1].all()
        assert study.read[0, :-1].mean() == pytest.approx(0.8, abs=0.03)
        assert study.design is Design.INCOMPLETE

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"mu": float("nan")}, "mu must be a finite number, not nan."),
            ({"var_e": 0.2}, "var_c, var_tc, var_rc and var_e must sum to 1, not to 0.9."),
            ({"var_r": -0.1}, "var_r must not be negative; it is -0.1."),
            ({"b": 0.0}, "b must be above zero, not 0.0."),
            ({"tau": ()}, "tau needs a finite number for each modality, not ()."),
            ({"n_readers": 0}, "The number of readers must be a whole number above zero, not 0."),
            ({"n_positive": 1.5}, "The number of positive cases must be a whole number above zero, not 1.5."),
            ({"cuts": (1.0, 1.0)}, "The cut-points must be finite and increase: (1.0, 1.0)."),
            ({"cuts": (1.0, float("inf"))}, "The cut-points must be finite and increase: (1.0, inf)."),
            ({"blocks": 3}, "There are too few readers or cases for 3 blocks."),
            ({"missing": 1.0}, "The missing share lies between 0 and 1, not 1.0."),
            ({"algorithm": 1.0}, "A standalone algorithm needs one modality and a finite separation."),
        ],
    )  # fmt: skip
    def test_a_model_that_does_not_fit_is_refused(self, changes, sentence):
        with pytest.raises(StatisticsInputError) as error:
            replace(MODEL, **changes)
        assert str(error.value) == sentence

"""The simulated panel answers as the paper's did, and its parts behave as a reader would."""

import numpy as np
import pytest

from readerstudy.demo import latent, panel
from readerstudy.demo.answers import PANEL_SEED
from readerstudy.demo.fixtures import read_photographs


@pytest.fixture(scope="module")
def photographs():
    return read_photographs()


@pytest.fixture(scope="module")
def answers(photographs):
    rng = np.random.default_rng(PANEL_SEED)
    return latent.simulate(truth=photographs.truth, atypia=photographs.atypia, rng=rng)


def rates(answers, truth):
    return answers.biopsy[:, truth == 1].mean(axis=1), 1 - answers.biopsy[:, truth == 0].mean(
        axis=1
    )


def test_the_panel_has_145_readers_of_four_groups_and_12_institutions():
    assert sum(group.readers for group in panel.GROUPS) == 145
    assert len(panel.GROUPS) == 4
    assert len(set(panel.INSTITUTIONS)) == 12


def test_the_groups_targets_add_up_to_the_papers_means():
    weights = np.array([group.readers for group in panel.GROUPS]) / 145
    assert weights @ [group.sensitivity for group in panel.GROUPS] == pytest.approx(
        panel.PAPER_SENSITIVITY, abs=0.001
    )
    assert weights @ [group.specificity for group in panel.GROUPS] == pytest.approx(
        panel.PAPER_SPECIFICITY, abs=0.001
    )


def test_the_photographs_are_20_melanomas_and_80_nevi(photographs):
    assert (photographs.truth.sum(), photographs.truth.size) == (20, 100)


def test_mean_sensitivity_and_specificity_are_near_the_papers(answers, photographs):
    sensitivity, specificity = rates(answers, photographs.truth)
    assert sensitivity.mean() == pytest.approx(panel.PAPER_SENSITIVITY, abs=0.006)
    assert specificity.mean() == pytest.approx(panel.PAPER_SPECIFICITY, abs=0.006)


def test_the_ranges_are_near_the_papers(answers, photographs):
    sensitivity, specificity = rates(answers, photographs.truth)
    assert (sensitivity.min(), sensitivity.max()) == pytest.approx(
        panel.PAPER_SENSITIVITY_RANGE, abs=0.051
    )
    assert (specificity.min(), specificity.max()) == pytest.approx(
        panel.PAPER_SPECIFICITY_RANGE, abs=0.051
    )


def test_attendings_are_more_sensitive_and_less_specific_than_all(answers, photographs):
    sensitivity, specificity = rates(answers, photographs.truth)
    attending = np.array(answers.group) == "Attending"
    assert sensitivity[attending].mean() > sensitivity.mean()
    assert specificity[attending].mean() < specificity.mean()


def test_the_same_seed_gives_the_same_answers(answers, photographs):
    rng = np.random.default_rng(PANEL_SEED)
    again = latent.simulate(truth=photographs.truth, atypia=photographs.atypia, rng=rng)
    assert np.array_equal(answers.biopsy, again.biopsy)
    assert np.array_equal(answers.confidence, again.confidence)


def test_confidence_uses_the_whole_scale(answers):
    assert set(np.unique(answers.confidence)) == {1, 2, 3, 4, 5}


def test_confident_answers_are_right_more_often(answers, photographs):
    right = answers.biopsy == (photographs.truth == 1)
    assert right[answers.confidence == 5].mean() > right[answers.confidence == 1].mean() + 0.1


def test_doubtful_cases_take_longer(answers):
    assert np.median(answers.milliseconds[answers.confidence == 1]) > np.median(
        answers.milliseconds[answers.confidence == 5]
    )


def test_a_group_is_solved_to_its_targets(photographs):
    group = panel.Group("Any", 50, 0.9, 0.6, (0, 1))
    rng = np.random.default_rng(5)
    suspicion = latent.case_suspicion(truth=photographs.truth, atypia=photographs.atypia, rng=rng)
    many = panel.Group("Any", 4000, 0.9, 0.6, (0, 1))
    biopsy = latent.simulate(
        truth=photographs.truth, atypia=photographs.atypia, rng=rng, groups=(many,)
    ).biopsy
    assert suspicion[photographs.truth == 1].mean() > suspicion[photographs.truth == 0].mean()
    assert biopsy[:, photographs.truth == 1].mean() == pytest.approx(group.sensitivity, abs=0.01)
    assert 1 - biopsy[:, photographs.truth == 0].mean() == pytest.approx(
        group.specificity, abs=0.01
    )

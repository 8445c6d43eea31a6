"""No patient is on both sides of a split."""

import numpy as np
import pytest

from inference.training.split import split_by_patient


def patients_and_labels(seed=0, people=60):
    rng = np.random.default_rng(seed)
    patients = [f"P{rng.integers(people)}" for _ in range(300)]
    return patients, (rng.random(300) < 0.3).astype(np.int64)


@pytest.mark.parametrize("seed", range(5))
def test_training_and_validation_share_no_patient_and_lose_no_image(seed):
    patients, labels = patients_and_labels(seed)
    training, validation = split_by_patient(labels, patients, share=0.2, seed=seed)
    assert sorted([*training, *validation]) == list(range(300))
    assert not {patients[i] for i in training} & {patients[i] for i in validation}


def test_each_class_gives_its_share_of_single_image_patients():
    labels = np.array([1] * 40 + [0] * 160)
    _, validation = split_by_patient(labels, [str(n) for n in range(200)], share=0.2, seed=3)
    assert labels[validation].tolist().count(1) == 8
    assert len(validation) == 40


def test_the_split_follows_from_the_seed():
    patients, labels = patients_and_labels()
    one, same, other = (
        split_by_patient(labels, patients, share=0.2, seed=seed)[1].tolist() for seed in (1, 1, 2)
    )
    assert one == same
    assert one != other


def test_a_small_set_still_validates_on_both_classes():
    labels = np.array([0, 0, 0, 1, 1])
    _, validation = split_by_patient(labels, list("abcde"), share=0.1, seed=0)
    assert sorted(labels[validation]) == [0, 1]

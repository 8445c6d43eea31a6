"""Both classes count the same, by weights or by drawing as many of each."""

import numpy as np
import pytest

from inference.training.sampling import balanced_order, class_weights

LABELS = np.array([0] * 30 + [1] * 10)


def test_the_rarer_class_weighs_more_so_that_both_count_the_same():
    assert class_weights(LABELS) * [30, 10] == pytest.approx([20, 20])


def test_an_epoch_holds_as_many_images_of_each_class():
    order = balanced_order(LABELS, np.random.default_rng(0))
    assert np.bincount(LABELS[order]).tolist() == [20, 20]


def test_no_image_comes_a_second_time_before_all_of_its_class_came_once():
    order = balanced_order(LABELS, np.random.default_rng(1))
    times = np.bincount(order, minlength=40)
    assert times[:30].max() == 1
    assert times[30:].tolist() == [2] * 10


def test_the_order_follows_from_the_generator_and_differs_from_epoch_to_epoch():
    rng, same = np.random.default_rng(2), np.random.default_rng(2)
    first, second = balanced_order(LABELS, rng), balanced_order(LABELS, rng)
    assert np.array_equal(first, balanced_order(LABELS, same))
    assert not np.array_equal(first, second)

"""The numbers of the learning rate: cosine decay with warm restarts."""

import math

import pytest

from inference.training.schedule import cosine_with_restarts, layer_shares


def test_the_rate_starts_high_is_halved_in_the_middle_and_is_high_again_at_every_restart():
    values = {epoch: cosine_with_restarts(epoch) for epoch in (0, 3, 6, 12, 18, 30)}
    assert values == pytest.approx({0: 1, 3: 0.5, 6: 1, 12: 0.5, 18: 1, 30: 0.5})


def test_the_rate_falls_to_nothing_before_a_restart():
    assert cosine_with_restarts(5.999) < 1e-6
    assert cosine_with_restarts(17.999) < 1e-6


@pytest.mark.parametrize("epoch", [0.25, 1.5, 5.0])
def test_the_first_cycle_is_half_a_cosine(epoch):
    assert cosine_with_restarts(epoch) == pytest.approx((1 + math.cos(math.pi * epoch / 6)) / 2)


def test_cycles_can_be_shorter_and_grow_faster():
    restarts = [cosine_with_restarts(e, first_cycle=1, growth=3) for e in (0, 1, 4, 13)]
    assert restarts == pytest.approx([1, 1, 1, 1])


def test_later_layers_learn_faster_than_earlier_ones():
    assert layer_shares(3) == (1.0, 0.5, 0.25)
    assert layer_shares(6, 0.3) == pytest.approx((1, 0.3, 0.09, 0.027, 0.0081, 0.00243))

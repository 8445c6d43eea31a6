"""The rule that says whether something grows says so, and is not deceived by peaks, steps while warming up, or noise."""

import os
import random

import pytest

from tools.soak.memory import descendants, growth_of, resident_bytes

TIMES = [5.0 * number for number in range(360)]
LIMIT = 0.10


def grows(values):
    return growth_of(TIMES, values).is_growth(limit=LIMIT)


def noise(number, size=1.0):
    return random.Random(number).uniform(-size, size)


def test_what_stays_does_not_grow():
    assert not grows([200 + noise(number, 5) for number in range(360)])


def test_a_slow_leak_grows():
    leak = [200 + number / 8 + noise(number, 5) for number in range(360)]
    growth = growth_of(TIMES, leak)
    assert growth.is_growth(limit=LIMIT)
    assert growth.per_hour == pytest.approx(3600 / 5 / 8, rel=0.05)


def test_warming_up_is_no_growth():
    assert not grows([min(200.0, 120 + number) for number in range(360)])


def test_peaks_are_no_growth():
    assert not grows([200 + (300 if number % 10 == 0 else 0) for number in range(360)])


def test_a_rise_within_the_scatter_is_no_growth():
    rng = random.Random(3)
    values = [rng.choice([20.0, 40.0]) + number / 100 for number in range(360)]
    assert not grows(values)


def test_too_few_points_are_no_series():
    with pytest.raises(ValueError, match="too few"):
        growth_of(TIMES[:9], [1.0] * 9)


def test_what_a_process_holds_is_read_from_the_system():
    assert resident_bytes(os.getpid()) > 10 * 2**20
    assert resident_bytes(2**22 + 1) == 0
    assert os.getpid() in descendants(os.getppid())

"""The search for the most readers, the clients' waits, and a day's pace."""

import math
import random
import statistics

import pytest

from tools.load_client import Tally
from tools.soak.day_part import CASES_A_DAY, Samples, think_for, verdicts
from tools.soak.load_part import Point, most_borne, point_of, settings_of
from tools.soak.readers import SPREAD, think_time, wait_before


def server_that_bears(limit, asked):
    def measure(count):
        asked.append(count)
        return Point(count, 100, 10.0, 0.01, 0.1 if count <= limit else 0.4, 0)

    return measure


@pytest.mark.parametrize("limit", [60, 145, 333, 1000])
def test_the_most_readers_are_found_to_within_a_tenth(limit):
    asked = []
    found = most_borne(server_that_bears(limit, asked), fewest=50, most=1600)
    assert limit - max(10, limit // 10) <= found <= limit
    assert len(asked) < 12


def test_a_server_that_bears_all_or_none():
    assert most_borne(server_that_bears(10**6, []), fewest=50, most=300) == 300
    assert most_borne(server_that_bears(10, []), fewest=50, most=300) == 0


def test_a_fault_or_a_slow_answer_is_not_borne():
    assert point_of(10, Tally([0.1] * 100), 10.0).is_borne
    assert not point_of(10, Tally([0.1] * 100, faults=["503"]), 10.0).is_borne
    assert not point_of(10, Tally([0.1] * 90 + [0.5] * 10), 10.0).is_borne
    assert not point_of(10, Tally([]), 10.0).is_borne


def test_readers_think_as_long_as_is_said():
    rng = random.Random(1)
    times = [think_time(rng, 8.0) for _ in range(4000)]
    assert statistics.median(times) == pytest.approx(8.0, rel=0.05)
    assert statistics.mean(times) == pytest.approx(8.0 * math.exp(SPREAD**2 / 2), rel=0.05)
    assert think_time(rng, 0.0) == 0.0


def test_what_fails_is_sent_again_as_the_screen_does():
    rng = random.Random(1)
    waits = [wait_before(tries, rng) for tries in range(12)]
    assert 0.28 <= waits[0] <= 0.52
    assert all(5.6 <= wait <= 10.4 for wait in waits[5:])


def test_a_day_is_paced_to_its_minutes():
    mean = think_for(30) * math.exp(SPREAD**2 / 2)
    assert mean * CASES_A_DAY == pytest.approx(30 * 60)


def test_a_part_that_grows_is_named():
    samples = Samples()
    for number in range(100):
        samples.add(5.0 * number, {"web": 100.0 + number, "beat": 40.0})
    assert [(name, grows) for name, _, grows in verdicts(samples)] == [
        ("web", True),
        ("beat", False),
    ]


def test_settings_are_read_and_anything_else_is_refused():
    assert settings_of("3x4,1x1") == [(3, 4), (1, 1)]
    assert (3, 4) in settings_of("")
    with pytest.raises(SystemExit, match="no list of settings"):
        settings_of("3x4,many")

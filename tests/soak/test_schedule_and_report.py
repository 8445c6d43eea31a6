"""Faults come from a seed; the report says what is not clean."""

import json
from dataclasses import replace

import pytest

from tools.soak.faults import kinds
from tools.soak.faults_part import _not_done
from tools.soak.report import median, table, write
from tools.soak.schedule import schedule

CLEAN = replace(
    _not_done("kill-web", ""), repeats=3, acknowledged=900, runs=5, scores=500, imports=2, recoveries=(1.0, 4.0, 2.0)
)  # fmt: skip


def test_the_same_seed_gives_the_same_moments():
    asked = {"repeats": 20, "seconds": 80.0}
    first = schedule(["kill-web", "clock"], seed=7, **asked)
    assert first == schedule(["kill-web", "clock"], seed=7, **asked)
    assert first != schedule(["kill-web", "clock"], seed=8, **asked)
    assert first["clock"] == schedule(["clock"], seed=7, **asked)["clock"]


def test_the_waits_add_up_and_no_two_faults_are_alike():
    moments = schedule(["clock"], repeats=20, seconds=80.0, seed=1)["clock"]
    assert [one.number for one in moments] == list(range(1, 21))
    assert sum(one.after for one in moments) == pytest.approx(80.0)
    assert len({one.seed for one in moments}) == 20
    assert all(1 <= one.lasting <= 6 for one in moments)


@pytest.mark.parametrize(("repeats", "seconds"), [(0, 10), (1, 0)])
def test_a_schedule_of_nothing_is_refused(repeats, seconds):
    with pytest.raises(ValueError, match="at least one repeat"):
        schedule(["clock"], repeats=repeats, seconds=seconds, seed=1)


def test_every_fault_of_the_issue_is_there():
    asked = {
        "kill-web",
        "kill-worker",
        "kill-beat",
        "redis-restart",
        "redis-emptied",
        "disk-full",
        "clock",
        "net-reset",
    }
    assert asked | {"postgres-fast", "postgres-immediate", "net-swallowed"} <= set(kinds())


def test_a_clean_row_is_clean_and_shown():
    assert CLEAN.is_clean
    line = table([CLEAN]).splitlines()[-1]
    assert line == "| kill-web | 3 | 900 | 0 | 0 | 0 | 5 | 500 | 0 | 2 | 0 | 2.0, 4.0 | fits |"


@pytest.mark.parametrize(
    "change",
    [
        {"lost": 1},
        {"changed": 1},
        {"duplicates": 1},
        {"unknown": 1},
        {"refused": 1},
        {"signed_out": 1},
        {"wrong_scores": 1},
        {"failed_runs": ("No.",)},
        {"import_faults": ("No.",)},
        {"stuck": ("run x is queued",)},
        {"recoveries": (1.0, None)},
        {"audit_fault": "Event 3 does not fit."},
        {"not_done": "faketime is missing"},
    ],
)
def test_whatever_is_wrong_makes_a_row_unclean(change):
    assert not replace(CLEAN, **change).is_clean


def test_what_was_not_done_is_said(tmp_path):
    row = _not_done("clock", "libfaketime is missing")
    assert "not done: libfaketime is missing" in table([row])
    assert table([row]).splitlines()[-1].count("|") == table([row]).splitlines()[0].count("|")
    write(tmp_path / "a" / "soak.json", [row], seed=7)
    told = json.loads((tmp_path / "a" / "soak.json").read_text())
    assert (told["seed"], told["rows"][0]["fault"]) == (7, "clock")


def test_the_median():
    assert (median([3.0, 1.0, 2.0]), median([4.0, 1.0, 2.0, 3.0])) == (2.0, 2.5)

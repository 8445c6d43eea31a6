"""The ledger sees an answer that is lost, changed, stored twice or stored though nobody sent it."""

import json
import os
from dataclasses import replace

import pytest

from tools.soak.ledger import Entry, Ledger, compare

FIRST = Entry("a", "p1", "biopsy / further treatment", 3)
SECOND = Entry("b", "p2", "no further treatment", 5)


def test_what_was_acknowledged_and_is_stored_is_clean():
    verdict = compare([FIRST, SECOND], [SECOND, FIRST], [])
    assert verdict.is_clean
    assert verdict.acknowledged == 2


def test_an_answer_that_was_on_its_way_back_is_no_fault():
    assert compare([FIRST], [FIRST, SECOND], [SECOND]).is_clean


@pytest.mark.parametrize(
    ("stored", "fault"),
    [
        ([FIRST], "lost"),
        ([FIRST, replace(SECOND, confidence=4)], "changed"),
        ([FIRST, replace(SECOND, position="p9")], "changed"),
        ([FIRST, SECOND, replace(SECOND, attempt="c")], "duplicates"),
        ([FIRST, SECOND, replace(SECOND, position="p9")], "duplicates"),
        ([FIRST, SECOND, Entry("z", "p3", "", 1)], "unknown"),
    ],
)
def test_every_fault_is_seen(stored, fault):
    verdict = compare([FIRST, SECOND], stored, [replace(SECOND, attempt="c")])
    assert getattr(verdict, fault) == 1
    assert not verdict.is_clean


def test_an_answer_is_on_the_disk_before_it_counts(tmp_path, monkeypatch):
    ledger = Ledger(tmp_path / "ledger.jsonl")
    counts = []
    monkeypatch.setattr(os, "fsync", lambda _number: counts.append(ledger.count))
    ledger.acknowledge(FIRST)
    ledger.acknowledge(SECOND)
    assert counts == [0, 1]
    assert ledger.count == 2
    assert ledger.acknowledged() == [FIRST, SECOND]
    assert json.loads(ledger.path.read_text().splitlines()[0])["attempt"] == "a"
    ledger.close()

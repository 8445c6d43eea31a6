"""Which items of the checklists a report fills."""

from collections import Counter

import pytest

from readerstudy.results.analysis import build_document
from readerstudy.results.report.checklists import CHECKLISTS, Status, item_keys, statuses
from tests.results.factories import fuller_table, make_table
from tests.results.report.factories import make_facts, make_report


def found(table=None, texts=None, **changes):
    table = make_table() if table is None else table
    document, facts = build_document(table), make_facts(table, **changes)
    return {
        one.key: one
        for checklist in CHECKLISTS
        for one in statuses(checklist, document, facts, texts or {})
    }


@pytest.mark.parametrize(
    ("name", "count"), [("stard-ai", 40), ("claim-2024", 44), ("clear-derm", 25), ("grras", 15)]
)
def test_every_item_is_there_once(name, count):
    checklist = next(one for one in CHECKLISTS if one.name == name)
    numbers = [item.number for item in checklist.items]
    assert len(numbers) == len(set(numbers))
    # Items with letters are parts of one number.
    assert {number.rstrip("abcd") for number in numbers} == {str(n) for n in range(1, count + 1)}


def test_keys_are_unique_and_fit_their_column():
    assert len(item_keys()) == sum(len(one.items) for one in CHECKLISTS)
    assert max(map(len, item_keys())) <= 40


def test_what_the_system_knows_is_filled_and_what_people_know_is_missing():
    items = found()
    assert items["stard-ai-24"].status == Status.SYSTEM
    assert items["stard-ai-24"].location == "chapter 4"
    assert items["stard-ai-6"].status == Status.MISSING
    assert items["clear-derm-8"].status == Status.MISSING
    assert found(fuller_table())["clear-derm-8"].status == Status.SYSTEM


def test_what_does_not_apply_says_why():
    items = found(make_table(models=False))
    assert items["stard-ai-15a"].status == Status.NOT_APPLICABLE
    assert items["stard-ai-15a"].text == "no CNN took part"


def test_a_text_goes_before_everything_else():
    items = found(texts={"stard-ai-6": "Approved.", "stard-ai-24": "See elsewhere."})
    assert (items["stard-ai-6"].status, items["stard-ai-6"].text) == (Status.TEXT, "Approved.")
    assert items["stard-ai-24"].status == Status.TEXT


def test_every_chapter_that_an_item_names_exists():
    numbers = {chapter.number for chapter in make_report().chapters}
    for checklist in CHECKLISTS:
        assert {item.chapter for item in checklist.items} - {None} <= numbers


def test_the_note_counts_the_items():
    report = make_report(texts={"grras-5": "Known."})
    table = next(one for one in report.tables() if one.table.name == "checklist-grras")
    counts = Counter(row[2] for row in table.table.rows)
    filled = counts["filled by the system"] + counts["filled by a text"]
    assert table.note.startswith(
        f"{filled} of 15 items are filled; texts missing: {counts['text missing']};"
    )


def test_no_item_is_empty_in_german():
    for table in (
        one.table for one in make_report(language="de").tables() if one.number.startswith("C")
    ):
        assert all(row[1] for row in table.rows)

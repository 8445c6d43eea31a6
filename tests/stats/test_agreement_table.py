"""The page of agreement in the documentation is what a computation gives today."""

import pytest

from tests.stats.goldens import needs_shared
from tools import agreement

pytestmark = needs_shared


@pytest.fixture(scope="module")
def computed():
    return list(agreement.rows())


@pytest.fixture(scope="module")
def shown_page():
    return agreement.PAGE.read_text(encoding="utf-8")


def test_every_number_agrees_to_its_tolerance(computed):
    assert len(computed) > 500
    assert [(row, row.difference) for row in computed if not row.agrees] == []


def test_the_page_has_every_comparison_and_no_other(computed, shown_page):
    body = shown_page.split("## Every comparison")[1].splitlines()
    shown = sorted("|".join(line.split("|")[:5]) + "|" for line in body if line.count("|") == 7)
    head = [line for line in shown if "Software" in line or "---" in line]
    assert sorted(agreement.key(row) for row in computed) == [line for line in shown if line not in head]  # fmt: skip


def test_the_page_has_every_difference_on_purpose(shown_page):
    assert agreement.deliberate() in shown_page


def test_differences_are_not_larger_than_the_page_says(computed, shown_page):
    """By no more than a power of ten: sums in another order, on another processor, round otherwise."""
    rows = [line.split("|") for line in shown_page.splitlines() if line.count("|") == 7]
    said = {"|".join(row[:5]) + "|": row[5] for row in rows[2:]}
    larger = [row for row in computed if row.difference > max(10 * float(said[agreement.key(row)]), 1e-12)]  # fmt: skip
    assert larger == []

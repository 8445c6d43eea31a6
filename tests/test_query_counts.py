"""Every page takes as many queries as its baseline says, however many readers, cases, runs and studies there are."""

import os

import pytest
from django.db import transaction

from tests import every_page
from tests.conftest import make_user
from tests.every_page import World, browsers, counted, read_baseline

SMALL, LARGE = 2, 8
HOW = "Write tests/query_counts.json again (see tests/every_page.py) and look at the difference."


@pytest.fixture
def world(admin, coordinator, reader_user, settings, tmp_path, django_capture_on_commit_callbacks):  # noqa: PLR0917 (fixtures)
    """Makes a world of a size beside those that are there."""
    settings.INFERENCE_PROVIDER = "cpu"
    keeper = make_user("reader", "keeper@example.org", "Kim Keeper")
    people = {
        "admin": admin,
        "coordinator": coordinator,
        "reader": reader_user,
        "truth keeper": keeper,
    }

    def make(size):
        return World(size, people=people, capture=django_capture_on_commit_callbacks, folder=tmp_path)  # fmt: skip

    return make


def write_baseline(world):
    """Looks for every page, and writes down how many queries it takes."""
    small = world(SMALL)
    with transaction.atomic():
        pages, unseen = every_page.explored(small, browsers(small.people))
        transaction.set_rollback(True)
    print("\nNever opened:", {route: seen for route, seen in unseen.items() if 405 not in seen})
    large = world(LARGE)
    every_page.write_baseline(counted(pages, large, browsers(large.people)))


def test_no_page_takes_more_queries_than_its_baseline_or_more_for_more_rows(world):
    if os.environ.get("UPDATE_QUERY_COUNTS"):
        write_baseline(world)
        return
    baseline = read_baseline()
    small = world(SMALL)
    clients = browsers(small.people)
    assert every_page.without_baseline(baseline, clients["coordinator"]) == [], HOW
    few = counted(baseline, small, clients)
    large = world(LARGE)
    many = counted(baseline, large, browsers(large.people))
    grown = {page: (few[page], many[page]) for page in baseline if few[page] != many[page]}
    assert grown == {}, f"More rows, more queries (few rows, many rows): {grown}"
    changed = {page: (baseline[page], few[page]) for page in baseline if baseline[page] != few[page]}  # fmt: skip
    assert changed == {}, f"Other than the baseline (baseline, now): {changed}. {HOW}"

"""Every page takes as many queries as its baseline says, however many readers, cases, runs and studies there are."""

import os

import pytest

from tests import every_page
from tests.every_page import World, browsers, counted, explored, read_baseline, routes
from tests.conftest import make_user

SMALL, LARGE = 2, 8
HOW = "Write tests/query_counts.json again (see tests/every_page.py) and look at the difference."
# Only buttons lead there; GET is refused, and a refusal asks for nothing that grows.
_REFUSES_GET = {405}


@pytest.fixture
def world(admin, coordinator, reader_user, settings, tmp_path, django_capture_on_commit_callbacks):
    """Makes a world of a size beside those that are there."""
    settings.INFERENCE_PROVIDER = "cpu"
    people = {"admin": admin, "coordinator": coordinator, "reader": reader_user}

    def make(size):
        return World(size, people=people, capture=django_capture_on_commit_callbacks, folder=tmp_path)  # fmt: skip

    return make


def test_no_page_takes_more_queries_than_its_baseline_or_more_for_more_rows(world):
    small = world(SMALL)
    clients = browsers(small.people)
    if os.environ.get("UPDATE_QUERY_COUNTS"):
        pages, unseen = explored(small, clients)
        every_page.write_baseline(pages)
        print("\nNever opened:", {route: seen for route, seen in unseen.items() if seen != _REFUSES_GET})  # fmt: skip
    baseline = read_baseline()
    few = counted(baseline, small, clients)
    large = world(LARGE)
    many = counted(baseline, large, browsers(large.people))
    grown = {page: (few[page], many[page]) for page in baseline if few[page] != many[page]}
    assert grown == {}, f"More rows, more queries (few rows, many rows): {grown}"
    changed = {page: (baseline[page], few[page]) for page in baseline if baseline[page] != few[page]}  # fmt: skip
    assert changed == {}, f"Other than the baseline (baseline, now): {changed}. {HOW}"

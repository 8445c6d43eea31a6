"""What tests of the reading screen wait for and look at."""

from readerstudy.reading.models import Reading


def shown(page, number):
    """Waits until the case with this number takes an answer."""
    page.wait_for_selector(f'#room[data-ready="{number}"]')


def ready(page, number):
    """Waits until the case with this number takes an answer and nothing waits to be stored."""
    page.wait_for_selector(f'#room[data-ready="{number}"][data-waiting="0"]')


def saved(page):
    """Waits until nothing waits to be stored."""
    page.wait_for_selector('#room[data-waiting="0"]')


def answers():
    """Every stored answer: place, decision, confidence, version."""
    rows = Reading.objects.order_by("position__number", "version")
    return list(rows.values_list("position__number", "decision", "confidence", "version"))

"""What tests of the reading screen wait for and look at."""

from readerstudy.reading.models import Reading


def ready(page, number):
    """Waits until the case with this number takes an answer."""
    page.wait_for_selector(f'#room[data-ready="{number}"]')


def answers():
    """Every stored answer: place, decision, confidence, version."""
    rows = Reading.objects.order_by("position__number", "version")
    return list(rows.values_list("position__number", "decision", "confidence", "version"))

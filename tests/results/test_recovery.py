"""An analysis or a report whose message was lost is sent again, once, and only after a while."""

from datetime import timedelta

import pytest
from django.core.cache import cache

from readerstudy.results import recovery
from readerstudy.results.choices import AnalysisState
from readerstudy.results.models import Analysis, ReportFile
from tests.studies.factories import make_study


@pytest.fixture
def sent(monkeypatch):
    """What was sent, as (kind, number); nothing arrives."""
    found = []
    for kind in ("analysis", "report"):
        monkeypatch.setattr(
            recovery, f"send_{kind}", lambda pk, kind=kind: bool(found.append((kind, pk))) or True
        )
    return found


@pytest.fixture
def analysis(admin, coordinator, now):
    study = make_study(admin=admin, coordinator=coordinator, now=now)
    return Analysis.objects.create(
        study=study, code_version="1", created_by=coordinator, created_at=now
    )


def look(now, seconds):
    return recovery.requeue_lost_results(now=now + timedelta(seconds=seconds))


def test_what_waits_for_long_is_sent_once(analysis, coordinator, now, sent):
    report = ReportFile.objects.create(
        analysis=analysis, language="en", created_by=coordinator, created_at=now
    )
    assert look(now, 30) == 0
    assert look(now, 90) == 2
    assert look(now, 120) == 0
    assert sent == [("analysis", analysis.pk), ("report", report.pk)]


def test_when_the_queue_was_emptied_it_is_sent_again(analysis, now, sent):
    look(now, 90)
    cache.clear()  # the notes go with the messages
    assert look(now, 120) == 1
    assert len(sent) == 2


@pytest.mark.parametrize("state", [AnalysisState.DONE, AnalysisState.FAILED])
def test_what_has_ended_is_left_alone(analysis, now, sent, state):
    Analysis.objects.update(state=state)
    assert look(now, 90) == 0
    assert sent == []

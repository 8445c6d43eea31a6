"""An analysis or a report whose message was lost is sent again, once, and only after a while."""

import errno
import threading
import time
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from redis.exceptions import ConnectionError as RedisConnectionError

from readerstudy.core import at_work
from readerstudy.results import recovery, tasks
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


@pytest.fixture
def sign_shown(monkeypatch):
    """Waits until the thread that shows the sign has shown it."""
    shown = threading.Event()
    show = at_work._show
    monkeypatch.setattr(at_work, "_show", lambda name: (show(name), shown.set()))
    return lambda: shown.wait(10)


def test_what_is_computed_for_long_is_not_sent_again(analysis, now, sent, sign_shown, monkeypatch):
    def computing(*, analysis_id, now):
        assert sign_shown()
        assert look(now, 90) == 0

    monkeypatch.setattr(tasks, "run_analysis", computing)
    tasks.run_analysis_task(analysis_id=analysis.pk)
    assert sent == []


def test_after_the_death_of_its_process_it_is_sent_again(analysis, now, sent, sign_shown):
    with at_work.at_work(f"analysis:{analysis.pk}"):
        assert sign_shown()
    assert look(now, 90) == 0
    cache.delete(at_work._key(f"analysis:{analysis.pk}"))  # as when its time is over
    assert look(now, 90) == 1


def test_the_sign_is_renewed_and_ends_by_itself(monkeypatch, sign_shown):
    lasting = []
    monkeypatch.setattr(at_work, "RENEWED_SECONDS", 0.01)
    kept = SimpleNamespace(set=lambda *told: lasting.append(told[-1]))
    monkeypatch.setattr(at_work, "cache", kept)
    with at_work.at_work("x"):
        assert sign_shown()
        deadline = time.monotonic() + 10
        while len(lasting) < 3 and time.monotonic() < deadline:
            time.sleep(0.01)
    assert len(lasting) >= 3
    assert set(lasting) == {at_work.LASTS_SECONDS}


@pytest.mark.parametrize("fault", [RedisConnectionError(), OSError(errno.ENOSPC, "full")])
def test_work_goes_on_where_the_cache_is_away(monkeypatch, fault):
    def away(*_):
        raise fault

    monkeypatch.setattr(at_work, "cache", SimpleNamespace(set=away))
    at_work._show("x")

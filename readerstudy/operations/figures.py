"""What the database and the queue say of the work, as Prometheus figures, asked for at every scrape."""

import json
from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.db import connection
from django.db.models import Count, Min
from kombu.exceptions import OperationalError as BrokerError
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from inference.models import Score
from readerstudy.celery import app
from readerstudy.core.backup.losses import last_complete_backup
from readerstudy.core.clock import now
from readerstudy.core.models import AuditEvent, AuditHead
from readerstudy.operations.selectors import open_letters
from readerstudy.operations.unfinished import WORK
from readerstudy.operations.workers import living_workers
from readerstudy.reading.models import Reading

QUEUES = ("default", "gpu")


class WorkCollector(Collector):
    """The figures; those of a part that does not answer are left out, so that an alert on their absence fires."""

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        moment = now()
        yield from _counts()
        yield from _work(moment)
        yield from _queues()
        yield from _audit(moment)
        yield from _database()


def _counts() -> Iterator[Metric]:
    yield _counter("readerstudy_answers", "Answers stored", Reading.objects.count())
    yield _counter("readerstudy_scores", "Images scored by models", Score.objects.count())
    yield _gauge(
        "readerstudy_dead_letters", "Work given up and not settled", open_letters().count()
    )
    yield _gauge("readerstudy_workers", "Workers heard of within 90 s", living_workers())


def _work(moment: datetime) -> Iterator[Metric]:
    states = GaugeMetricFamily("readerstudy_work", "Rows of work", labels=["kind", "state"])
    ages = GaugeMetricFamily(
        "readerstudy_oldest_unfinished_seconds",
        "Age of the oldest unfinished work",
        labels=["kind"],
    )
    for kind, (rows, unfinished) in WORK.items():
        for row in rows().order_by().values("state").annotate(n=Count("pk")):
            states.add_metric([kind, row["state"]], row["n"])
        oldest = rows().filter(state__in=unfinished).aggregate(at=Min("created_at"))["at"]
        ages.add_metric([kind], (moment - oldest).total_seconds() if oldest else 0)
    yield states
    yield ages


def _queues() -> Iterator[Metric]:
    """Messages that no worker has taken. The file-system queue of the embedded way is not counted."""
    if not settings.REDIS_URL:
        return
    lengths = GaugeMetricFamily("readerstudy_queue_messages", "Messages waiting", labels=["queue"])
    try:
        with app.connection_for_read() as broker:
            client = broker.default_channel.client
            for queue in QUEUES:
                lengths.add_metric([queue], client.llen(queue))
    except (BrokerError, OSError):
        return
    yield lengths


def _audit(moment: datetime) -> Iterator[Metric]:
    head = AuditHead.objects.filter(pk=1).values_list("sequence", flat=True).first() or 0
    yield _gauge("readerstudy_audit_head", "Number of the last audit event", head)
    if (made := last_complete_backup()) is not None:
        age = (moment - made).total_seconds()
        yield _gauge("readerstudy_backup_age_seconds", "Age of the last complete backup", age)
    sequence, at = last_checkpoint()
    # Where there is none, none was written since the trail begins.
    at = at or AuditEvent.objects.order_by("sequence").values_list("at", flat=True).first()
    yield _gauge(
        "readerstudy_audit_events_after_checkpoint", "Audit events since the last", head - sequence
    )
    if at is not None:
        age = (moment - at).total_seconds()
        yield _gauge("readerstudy_audit_checkpoint_age_seconds", "Age of the last checkpoint", age)


def last_checkpoint() -> tuple[int, datetime | None]:
    """How far the last checkpoint on this machine goes, and when it was written; 0 and None where there is none."""
    try:
        lines = settings.AUDIT_CHECKPOINTS.read_text(encoding="utf-8").splitlines()
        point = json.loads(lines[-1])
        return int(point["sequence"]), datetime.fromisoformat(point["at"])
    except (OSError, IndexError, KeyError, ValueError):
        return 0, None


def _database() -> Iterator[Metric]:
    if connection.vendor != "postgresql":
        return
    open_now = GaugeMetricFamily(
        "readerstudy_database_connections", "Connections to this database", labels=["state"]
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(state, 'other'), count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() GROUP BY 1"
        )
        for state, count in cursor.fetchall():
            open_now.add_metric([state], count)
        cursor.execute("SELECT current_setting('max_connections')::int")
        (most,) = cursor.fetchone()
    yield open_now
    yield _gauge("readerstudy_database_connections_max", "Connections the server allows", most)


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value=value)


def _counter(name: str, text: str, value: float) -> Metric:
    return CounterMetricFamily(name, text, value=value)

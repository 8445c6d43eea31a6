"""OpenTelemetry, where `OTEL_EXPORTER_OTLP_ENDPOINT` is set; nothing of it is loaded elsewhere.

A span tells the view, the method and the status of a request, or the name of a task, and nothing that a person typed:
the ready-made instrumentations would send addresses and query strings along.
"""

import os
from collections.abc import Callable
from typing import Any

from celery.signals import task_postrun, task_prerun, worker_process_init
from django.core.exceptions import ImproperlyConfigured, MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse

from readerstudy.core.request_log import view_of
from readerstudy.core.version import VERSION

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
_tracer: Any = None
_provider: Any = None
_open: dict[str, Any] = {}


def is_on() -> bool:
    """Whether traces are to be sent."""
    return bool(os.environ.get(ENDPOINT))


def tracer() -> Any:
    """The tracer of this process, made on the first call, after the fork. Raises ImproperlyConfigured without the packages."""
    global _tracer, _provider  # noqa: PLW0603 (one for each process)
    if _tracer is None:
        _provider = _made()
        _tracer = _provider.get_tracer("readerstudy")
    return _tracer


def _made() -> Any:
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    except ImportError as error:
        message = (
            f"{ENDPOINT} is set, but its packages are missing: pip install -r requirements-otel.txt"
        )
        raise ImproperlyConfigured(message) from error
    resource = Resource.create({"service.name": "reader-study", "service.version": VERSION})
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider


class TracingMiddleware:
    """A span for each request; out of the way where no endpoint is set."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if not is_on():
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with tracer().start_as_current_span("request") as span:
            response = self.get_response(request)
            span.update_name(f"{request.method} {view_of(request)}")
            span.set_attribute("http.response.status_code", response.status_code)
        return response


@worker_process_init.connect
def check_at_start(**_rest: Any) -> None:
    """Missing packages are told when a worker begins, not by its first task."""
    if is_on():
        tracer()


@task_prerun.connect
def begin_span(task_id: str, task: Any, **_rest: Any) -> None:
    """A span for each task."""
    if is_on():
        _open[task_id] = tracer().start_span(task.name)


@task_postrun.connect
def end_span(task_id: str, state: str | None = None, **_rest: Any) -> None:
    """With the state in which the task ended."""
    if span := _open.pop(task_id, None):
        span.set_attribute("celery.state", str(state))
        span.end()

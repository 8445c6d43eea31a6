"""Requests are measured, and `/metrics` answers whoever may ask."""

import hmac
import os
import time
from collections.abc import Callable, Iterable
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Histogram,
    generate_latest,
)
from prometheus_client.core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from readerstudy.core.request_log import view_of
from readerstudy.operations.figures import WorkCollector

PATH = "/metrics"
REQUESTS = Histogram(
    "readerstudy_request_seconds",
    "How long requests took, by view, method and status",
    ["view", "method", "status"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10),
)
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


class MetricsMiddleware:
    """Stands before whatever looks at the host's name: Prometheus asks a container by its address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info == PATH and may_ask(request):
            return HttpResponse(generate_latest(_registry()), content_type=CONTENT_TYPE_LATEST)
        begun = time.perf_counter()
        response = self.get_response(request)
        # A label that a stranger chooses would fill the memory.
        method = request.method if request.method in _METHODS else "other"
        labels = (view_of(request), method, str(response.status_code))
        REQUESTS.labels(*labels).observe(time.perf_counter() - begun)
        return response


def may_ask(request: HttpRequest) -> bool:
    """Who has the token, or comes straight from an address that is allowed. All others see a page that does not exist."""
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "")
        if hmac.compare_digest(given.encode(), f"Bearer {settings.METRICS_TOKEN}".encode()):
            return True
    # Through a proxy this is the proxy's address; the one in front of us lets nobody ask.
    return "X-Forwarded-For" not in request.headers and _is_allowed(
        request.META.get("REMOTE_ADDR", "")
    )


def _is_allowed(address: str) -> bool:
    try:
        known = ip_address(address)
    except ValueError:
        return False
    return any(known in ip_network(network) for network in settings.METRICS_ALLOWED)


def _registry() -> CollectorRegistry:
    """What all web processes of this machine have measured, and the figures of the work."""
    registry = CollectorRegistry()
    registry.register(WorkCollector())
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(registry)
    else:
        registry.register(_Own())
    return registry


class _Own(Collector):
    """What this process has measured, where there is but one."""

    def collect(self) -> Iterable[Metric]:
        return REGISTRY.collect()

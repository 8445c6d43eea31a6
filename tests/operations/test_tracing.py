"""OpenTelemetry: nothing of it is loaded where it is off, and spans reach a collector where it is on."""

import importlib.util
import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tests.site import ROOT

CODE = """
import json, sys
import django
django.setup()
from django.test import Client
from django.conf import settings
settings.ALLOWED_HOSTS = ["testserver"]
status = Client().get("/healthz?name=Miller").status_code
from readerstudy.operations import tracing
if tracing._tracer:
    from opentelemetry import trace
    tracing._provider.force_flush()
print(json.dumps([status, any(name.startswith("opentelemetry") for name in sys.modules)]))
"""


def run(tmp_path, **environment):
    known = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    done = subprocess.run(
        [sys.executable, "-c", CODE],
        cwd=ROOT,
        env={**known, "VAR_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "readerstudy.settings", **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_nothing_is_loaded_where_no_endpoint_is_set(tmp_path):
    assert run(tmp_path) == [200, False]


class Collector(BaseHTTPRequestHandler):
    """Keeps what is sent."""

    bodies: list[tuple[str, bytes]] = []

    def do_POST(self):
        self.bodies.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_args):
        pass


@pytest.mark.skipif(
    not importlib.util.find_spec("opentelemetry"),
    reason="TRACES ARE NOT TESTED: pip install -r requirements-otel.txt",
)
def test_a_span_of_a_request_names_its_view_and_nothing_that_was_typed(tmp_path):
    server = HTTPServer(("127.0.0.1", 0), Collector)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    endpoint = f"http://127.0.0.1:{server.server_port}"
    assert run(tmp_path, OTEL_EXPORTER_OTLP_ENDPOINT=endpoint) == [200, True]
    server.shutdown()
    server.server_close()
    [(path, body)] = Collector.bodies
    assert path == "/v1/traces"
    assert b"reader-study" in body
    assert b"GET -" in body
    assert b"Miller" not in body

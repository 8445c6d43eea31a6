"""The server calls nobody whom a person names."""

import ast
import socket
from pathlib import Path
from types import SimpleNamespace

import pytest

from readerstudy.results.report import pdf

ROOT = Path(__file__).resolve().parents[2]
CALLERS = {"aiohttp", "ftplib", "http.client", "httpx", "requests", "telnetlib", "urllib.request", "urllib3"}  # fmt: skip
# Asks whether a port of this machine is free, when the embedded server starts.
WITH_SOCKETS = {"readerstudy/core/processes.py"}


def imports(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_no_code_of_ours_calls_an_address():
    files = [path for room in ("readerstudy", "inference") for path in (ROOT / room).rglob("*.py")]
    assert len(files) > 500
    for path in files:
        name = str(path.relative_to(ROOT))
        found = set(imports(path))
        assert not found & CALLERS, name
        assert "socket" not in found or name in WITH_SOCKETS, name


def test_a_report_loads_nothing(monkeypatch):
    if not pdf.is_available():
        pytest.skip("This machine writes no PDF files.")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        html = f'<html lang="en"><title>R</title><link rel="stylesheet" href="{address}/a.css"><img alt="x" src="{address}/a.png"><p>Text'
        monkeypatch.setattr(pdf, "report_html", lambda _report: html)
        assert pdf.report_pdf(SimpleNamespace(analysis_sha256="0" * 64)).startswith(b"%PDF")
        with pytest.raises(BlockingIOError):
            listener.accept()

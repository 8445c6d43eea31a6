"""The configuration of gunicorn: what the web processes measure is added up, however many of them have been."""

import runpy
import sys
from http.client import HTTPConnection
from types import SimpleNamespace

import pytest

from tests.site import ROOT, RunningSite, wait_until

CONFIGURATION = ROOT / "deploy" / "gunicorn.conf.py"


def test_two_servers_with_one_temporary_folder_have_folders_of_their_own(monkeypatch, tmp_path):
    """Containers of one service share the disk, and their processes have the same numbers."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for _ in range(2):
        monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", "")
        runpy.run_path(str(CONFIGURATION))["on_starting"](None)
    assert len(list(tmp_path.iterdir())) == 2


def test_a_server_that_ends_takes_its_folder_along(monkeypatch, tmp_path):
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path / "figures"))
    known = runpy.run_path(str(CONFIGURATION))
    known["on_starting"](None)
    (tmp_path / "figures" / "histogram_0.db").write_bytes(b"x")
    known["on_exit"](None)
    assert list(tmp_path.iterdir()) == []


def test_a_new_process_takes_the_first_number_that_is_free():
    pre_fork = runpy.run_path(str(CONFIGURATION))["pre_fork"]
    server = SimpleNamespace(WORKERS={})
    for pid in (101, 102, 103):
        server.WORKERS[pid] = worker = SimpleNamespace()
        del server.WORKERS[pid]
        pre_fork(server, worker)
        server.WORKERS[pid] = worker
    assert [one.number for one in server.WORKERS.values()] == [0, 1, 2]
    del server.WORKERS[102]
    pre_fork(server, again := SimpleNamespace())
    assert again.number == 1


def asked(site, path, **headers):
    line = HTTPConnection("127.0.0.1", site.port, timeout=30)
    try:
        line.request("GET", path, headers=headers)
        return line.getresponse().read().decode()
    finally:
        line.close()


@pytest.mark.services
@pytest.mark.long
def test_the_files_of_the_figures_do_not_grow_with_every_new_process(tmp_path):
    environment = {"WEB_WORKERS": "2", "WEB_MAX_REQUESTS": "4", "METRICS_TOKEN": "good", "PROMETHEUS_MULTIPROC_DIR": str(tmp_path / "figures")}  # fmt: skip
    (tmp_path / "site").mkdir()
    site = RunningSite(tmp_path / "site", environment)
    site.environment["WEB_BIND"] = f"127.0.0.1:{site.port}"
    site.manage("migrate", "--verbosity", "0")
    try:
        site.start("web", [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", "readerstudy.wsgi"])  # fmt: skip
        site.wait_for_web()
        log = tmp_path / "site" / "web-0.log"
        sent = 0
        while log.read_text().count("Booting worker") < 6:
            asked(site, "/account/sign-in/")
            sent += 1
            assert sent < 200
        text = wait_until(lambda: asked(site, "/metrics", Authorization="Bearer good"), seconds=20, what="figures")  # fmt: skip
    finally:
        site.stop()
    counted = [float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line.startswith("readerstudy_request_seconds_count") and "sign-in" in line]  # fmt: skip
    assert sum(counted) == sent
    assert "readerstudy_workers 0.0" in text
    assert not (tmp_path / "figures").exists()

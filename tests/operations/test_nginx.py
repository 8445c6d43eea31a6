"""A real nginx with the configuration of deploy/, and gunicorn with its own, behind it."""

import json
import os
import re
import shutil
import signal
import ssl
import subprocess
import sys
from contextlib import contextmanager
from http.client import HTTPConnection

import pytest

from tests.site import ROOT, RunningSite, free_port, kill, wait_until

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
# In CI it is installed, and must not be missing.
pytestmark = [
    pytest.mark.services,
    pytest.mark.skipif(not NGINX, reason="NGINX IS NOT TESTED: apt install nginx-light"),
]
PEOPLE = """
import json
from django.conf import settings
from django.test import Client
from django.urls import reverse
from readerstudy.accounts.models import User
from readerstudy.core.clock import now
from tests.reading.factories import begin, open_study
from readerstudy.reading.selectors import positions_of
def person(role):
    return User.objects.create(role=role, email=f"{role}@example.org", name=role.title())
def cookie(user):
    client = Client()
    client.force_login(user)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
admin, coordinator = person("admin"), person("coordinator")
studies = [open_study(admin=admin, coordinator=coordinator, now=now(), cases=2, emails=(f"{name}@example.org",), pixels=True, title=name)
    for name in ("one", "two")]
readers = [study.enrolments.get().user for study in studies]
first, second = [begin(study, user, now=now()) for study, user in zip(studies, readers)]
position = positions_of(first)[0]
image = position.study_case.case.images.get()
print(json.dumps({
    "address": reverse("reading:image", args=[position.public_id]),
    "file": image.file.name, "sha256": image.sha256, "type": image.content_type,
    "cookies": [cookie(user) for user in readers],
}))
"""


class Reply:
    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.all = response.getheaders()
        self.body = response.read()

    def values(self, name):
        return [value for known, value in self.all if known.lower() == name.lower()]


class Front:
    """nginx in front of a site."""

    def __init__(self, site, port, folder):
        self.site, self.port, self.folder = site, port, folder

    def get(self, path, *, method="GET", **headers):
        line = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            line.request(method, path, headers=named)
            return Reply(line.getresponse())
        finally:
            line.close()

    def log(self):
        return (self.folder / "access.log").read_text()


def adapted(text, *, web_port, port, folder, media):
    """The configuration with this machine's ports and folders, and nothing else changed."""
    changes = {
        "/tmp/": f"{folder}/",  # noqa: S108 (what it is changed from)
        # Docker's own names, asked for again and again, which Debian's nginx cannot.
        "server web:8000 resolve;": f"server 127.0.0.1:{web_port};",
        "listen 8080;": f"listen 127.0.0.1:{port};",
        "alias /stored/;": f"alias {media}/;",
        "/etc/nginx/reader-study.d/": f"{folder}/nginx.d/",
        "access_log /dev/stdout plain;": f"access_log {folder}/access.log plain;",
    }
    for before, after in changes.items():
        assert before in text
        text = text.replace(before, after)
    # As root, nginx gives its workers away to an account that cannot read a test's folders.
    return f"user root;\n{text}" if os.geteuid() == 0 else text


def written(folder, added="", *, web_port=9, port=0, media="/media"):
    """The folder with the adapted configuration, and what an installation adds to it."""
    (folder / "nginx.d").mkdir(parents=True)
    (folder / "nginx.d" / "added.conf").write_text(added)
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    text = adapted(text, web_port=web_port, port=port or free_port(), folder=folder, media=media)
    (folder / "nginx.conf").write_text(text)
    return folder


def command_of(folder):
    return [NGINX, "-p", folder, "-e", "stderr", "-c", folder / "nginx.conf"]


def tried(folder):
    """What nginx says of its configuration."""
    return subprocess.run([*command_of(folder), "-t"], capture_output=True, text=True, check=False)


@contextmanager
def nginx(site, folder, added="", *, waits=200):
    port = free_port()
    written(folder, added, web_port=site.port, port=port, media=site.folder / "media")
    tested = tried(folder)
    assert tested.returncode == 0, tested.stderr
    assert "warn" not in tested.stderr
    process = site.start("nginx", [*command_of(folder), "-g", "daemon off;"])
    front = Front(site, port, folder)
    wait_until(lambda: _answers(front) == waits, seconds=20, what="nginx")
    try:
        yield front
    finally:
        if process.poll() is None:
            kill(process, signal.SIGTERM)
            process.wait(timeout=10)


def _answers(front):
    try:
        return front.get("/healthz").status
    except OSError:
        return 0


def start_gunicorn(site):
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "-c",
        "deploy/gunicorn.conf.py",
        "readerstudy.wsgi",
    ]
    return site.start("web", command)


@pytest.fixture(scope="module")
def front(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    environment = {
        "MEDIA_ACCEL_PREFIX": "/protected-media/",
        "LOG_FORMAT": "json",
        "METRICS_TOKEN": "good",
        "WEB_WORKERS": "2",
        "FORWARDED_ALLOW_IPS": "127.0.0.1",
    }
    site = RunningSite(folder, environment)
    site.environment["WEB_BIND"] = f"127.0.0.1:{site.port}"
    site.manage("migrate", "--verbosity", "0")
    try:
        site.web = start_gunicorn(site)
        site.wait_for_web()
        with nginx(site, folder / "nginx") as front:
            front.told = site.python(PEOPLE)
            yield front
    except BaseException:
        print(site.logs())
        raise
    finally:
        site.stop()


def test_a_photograph_comes_from_the_disk_with_the_headers_of_a_private_file(front):
    told = front.told
    reply = front.get(told["address"], Cookie=told["cookies"][0])
    stored = (front.site.folder / "media" / told["file"]).read_bytes()
    assert (reply.status, reply.body) == (200, stored)
    assert reply.headers["Content-Type"] == told["type"]
    assert reply.headers["Cache-Control"] == "private, no-store"
    assert reply.headers["Content-Disposition"].startswith('inline; filename="')
    assert told["file"].rsplit("/", 1)[1] not in str(reply.headers)
    assert reply.headers["X-Accel-Redirect"] is None
    assert reply.headers["Server"] == "nginx"
    for name in ("X-Content-Type-Options", "X-Frame-Options", "Content-Security-Policy", "Referrer-Policy", "Cross-Origin-Resource-Policy", "X-Request-ID"):  # fmt: skip
        assert len(reply.values(name)) == 1, name
    part = front.get(told["address"], Cookie=told["cookies"][0], Range="bytes=0-9")
    assert (part.status, part.body) == (206, stored[:10])


def test_nobody_gets_a_photograph_that_is_not_theirs(front):
    told = front.told
    assert front.get(f"/protected-media/{told['file']}").status == 404
    assert front.get(f"/protected-media/{told['file']}", Cookie=told["cookies"][0]).status == 404
    assert front.get(f"/protected-media/../{told['file']}").status in {400, 404}
    assert front.get(told["address"], Cookie=told["cookies"][1]).status == 404
    assert front.get(told["address"]).status in {302, 403}


def test_figures_and_readiness_are_not_for_the_outside(front):
    assert front.get("/metrics", Authorization="Bearer good").status == 404
    assert front.get("/readyz").status == 404
    assert front.get("/healthz").status == 200


def test_pages_carry_each_header_once_and_are_compressed(front):
    reply = front.get("/account/sign-in/", Accept_Encoding="gzip")
    assert reply.headers["Content-Encoding"] == "gzip"
    for name in ("Content-Security-Policy", "X-Frame-Options", "Cache-Control", "X-Request-ID", "Server", "Strict-Transport-Security"):  # fmt: skip
        assert len(reply.values(name)) <= 1, name
    assert reply.values("Content-Security-Policy")


def test_the_logs_name_no_path_no_query_and_nobody(front):
    front.get(
        "/account/sign-in/?next=/secret-query&mail=ada@example.org", X_Request_ID="abc-known-1"
    )
    front.get("/account/invitation/a-secret-token/")
    wait_until(lambda: "abc-known-1" in front.log(), seconds=5, what="the line")
    lines = [json.loads(line) for line in front.log().splitlines()]
    assert {line["part"] for line in lines} >= {"/account", "/reading"}
    web = (front.site.folder / "web-0.log").read_text()
    known = [json.loads(line) for line in web.splitlines() if "abc-known-1" in line]
    assert [(one["logger"], one["view"]) for one in known] == [
        ("readerstudy.access", "accounts:sign-in")
    ]
    for line in web.splitlines():
        assert json.loads(line)["level"]
    for secret in ("secret-query", "ada@", "a-secret-token", front.told["file"]):
        assert secret not in front.log() + web


def test_a_reload_of_gunicorn_loses_no_request(front):
    """New code by SIGHUP: requests under way are answered, those that come meanwhile too."""
    front.site.web.send_signal(signal.SIGHUP)
    log, replies = front.site.folder / "web-0.log", []

    def all_are_new():
        replies.append(front.get("/account/sign-in/").status)
        # Two processes at the start, and two in their place, of which the old ones have gone.
        return (
            log.read_text().count("Booting worker") >= 4 and log.read_text().count("exiting") >= 2
        )

    wait_until(all_are_new, seconds=40, what="the new processes")
    replies += [front.get("/account/sign-in/").status for _ in range(3)]
    assert set(replies) == {200}


def test_figures_of_all_web_processes_are_added_up(front):
    line = HTTPConnection("127.0.0.1", front.site.port, timeout=30)
    line.request("GET", "/metrics", headers={"Authorization": "Bearer good"})
    text = line.getresponse().read().decode()
    line.close()
    [count] = [
        float(one.rsplit(" ", 1)[1])
        for one in text.splitlines()
        if one.startswith("readerstudy_request_seconds_count")
        and 'view="accounts:sign-in"' in one and 'status="200"' in one
    ]  # fmt: skip
    assert count >= 3


def test_tls_as_the_snippet_has_it(front, tmp_path):
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost",
         "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    port = free_port()
    snippet = (ROOT / "deploy" / "nginx-tls.conf").read_text()
    for before, after in {
        "listen 8443 ssl;": f"listen 127.0.0.1:{port} ssl;",
        "/etc/nginx/tls/fullchain.pem": str(certificate),
        "/etc/nginx/tls/privkey.pem": str(key),
    }.items():
        assert before in snippet
        snippet = snippet.replace(before, after)

    with nginx(front.site, tmp_path / "nginx", snippet):
        import http.client

        context = ssl.create_default_context(cafile=str(certificate))
        context.check_hostname = False
        line = http.client.HTTPSConnection("127.0.0.1", port, context=context, timeout=10)
        line.request("GET", "/healthz")
        assert line.getresponse().status == 200
        assert line.sock.version() in {"TLSv1.2", "TLSv1.3"}
        line.close()


@pytest.mark.parametrize(("asked", "said"), [("de-DE,de;q=0.9", "Gleich wieder da"), ("fr", "Back in a moment")])  # fmt: skip
def test_while_no_web_process_answers_nginx_says_so_itself(front, tmp_path, asked, said):
    site = front.site
    port, site.port = site.port, free_port()
    try:
        with nginx(site, tmp_path / "nginx", waits=503) as alone:
            reply = alone.get("/account/sign-in/", Accept_Language=asked)
    finally:
        site.port = port
    assert (reply.status, reply.headers["Retry-After"]) == (503, "10")
    assert said in reply.body.decode()
    assert reply.headers["Cache-Control"] == "no-store"
    assert reply.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_the_addition_for_a_proxy_in_front_is_read(front, tmp_path):
    """The address that the hospital's proxy says, instead of its own: gunicorn hears it last in X-Forwarded-For."""
    added = (ROOT / "deploy" / "nginx-proxy.conf").read_text().replace("10.0.0.5", "127.0.0.1")
    echoed = f"{added}\nlocation = /echo {{ return 200 $remote_addr; }}\n"
    with nginx(front.site, tmp_path / "nginx", echoed) as behind:
        assert behind.get("/echo", X_Forwarded_For="192.0.2.9").body == b"192.0.2.9"


def test_the_addition_for_an_object_storage_is_read(tmp_path):
    added = (ROOT / "deploy" / "nginx-s3.conf").read_text().replace("https://s3.example.org", "https://127.0.0.1:9")  # fmt: skip
    tested = tried(written(tmp_path, added))
    assert tested.returncode == 0, tested.stderr


def test_the_configuration_without_containers_is_read(tmp_path):
    """The line of the documentation that adapts it, with the folders of a test."""
    text = (ROOT / "docs" / "operations.md").read_text()
    line = re.search(r"^(sed -e .*?) > /etc/nginx/nginx.conf$", text, re.MULTILINE | re.DOTALL)[1]
    done = subprocess.run(["bash", "-c", line], cwd=ROOT, capture_output=True, text=True, check=True)  # fmt: skip
    assert done.stdout.startswith("user www-data;\n")
    assert "server 127.0.0.1:8000;" in done.stdout
    assert "alias /srv/reader-study/media/;" in done.stdout
    assert not re.search(r"/dev/std|[ \"]/tmp/|[ /]web:8000", done.stdout)
    changed = done.stdout
    for place in ("/run/", "/var/lib/nginx/", "/var/log/nginx/"):
        changed = changed.replace(place, f"{tmp_path}/")
    (tmp_path / "nginx.conf").write_text(changed.replace("listen 8080;", f"listen 127.0.0.1:{free_port()};"))  # fmt: skip
    tested = tried(tmp_path)
    assert tested.returncode == 0, tested.stderr

import gzip
from pathlib import Path

import plotly
import pytest
from django.contrib.staticfiles import finders
from django.core.checks import run_checks
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.http import Http404
from django.urls import reverse

from readerstudy.core.finders import PlotlyFinder
from readerstudy.core.media import send_stored_file


def test_the_process_is_alive_by_any_host_and_without_tls(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    response = client.get("/healthz", headers={"host": "10.0.0.7:8000"})
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_the_site_is_ready_when_database_and_queue_answer(client, db):
    response = client.get("/readyz")
    assert response.status_code == 200
    parts = dict.fromkeys(("database", "migrations", "queue", "media"), True)
    assert response.json() == {"status": "ok", **parts, "workers": 0}


def test_the_site_is_not_ready_without_its_queue(client, db):
    from readerstudy.celery import app

    before = app.conf.broker_url, app.conf.broker_read_url, app.conf.broker_write_url
    nowhere = "redis://127.0.0.1:1/0"
    app.conf.broker_url = app.conf.broker_read_url = app.conf.broker_write_url = nowhere
    try:
        response = client.get("/readyz")
    finally:
        (app.conf.broker_url, app.conf.broker_read_url, app.conf.broker_write_url) = before
    assert response.status_code == 503
    assert response.json() == {
        "status": "unavailable",
        "database": True,
        "migrations": True,
        "queue": False,
        "media": True,
        "workers": 0,
    }


@pytest.mark.parametrize(
    ("who", "page"),
    [("coordinator", "studies:list"), ("admin", "studies:list"), ("reader_user", "reading:home")],
)
def test_the_front_door_leads_everybody_to_their_page(request, client, who, page):
    client.force_login(request.getfixturevalue(who))
    assert client.get("/").url == reverse(page)


def test_strangers_are_led_to_the_sign_in(client):
    assert client.get("/").url.startswith(reverse("accounts:sign-in"))


def test_every_answer_carries_the_headers_that_keep_it_private(client, db):
    headers = client.get(reverse("accounts:sign-in")).headers
    assert "no-store" in headers["Cache-Control"]
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'nonce-" in policy
    assert "unsafe" not in policy


def test_plotly_is_served_out_of_its_package():
    found = finders.find("vendor/plotly.min.js")
    package = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
    assert Path(found).read_bytes() == package.read_bytes()
    assert finders.find("vendor/plotly.min.js", find_all=True) == [found]
    assert PlotlyFinder().find("vendor/other.js") == []
    assert PlotlyFinder().find("vendor/../plotly.min.js") == []
    (name, storage), (twin, _storage) = PlotlyFinder().list(None)
    assert storage.exists(name)
    assert storage.prefix == "vendor"
    with storage.open(twin) as file:
        assert gzip.decompress(file.read()) == package.read_bytes()


def test_collected_static_files_take_plotly_from_its_package_alone(settings):
    settings.COLLECTED_STATIC = True
    [(name, storage)] = PlotlyFinder().list(None)
    assert Path(storage.path(name)) == Path(plotly.__file__).parent / "package_data" / name


def test_a_stored_file_is_sent_inline_and_kept_by_nobody(db):
    name = default_storage.save("a/b.jpg", ContentFile(b"pixels"))
    response = send_stored_file(name, content_type="image/jpeg", download_name="case-1")
    assert b"".join(response.streaming_content) == b"pixels"
    response.close()
    assert response.headers["Content-Type"] == "image/jpeg"
    assert response.headers["Content-Disposition"] == 'inline; filename="case-1.jpg"'
    assert response.headers["Cache-Control"] == "private, no-store"


def test_a_stored_file_that_is_gone_is_not_found():
    with pytest.raises(Http404):
        send_stored_file("gone.jpg", content_type="image/jpeg", download_name="x")


def test_behind_nginx_only_the_order_to_send_the_file_goes_out(settings):
    settings.MEDIA_ACCEL_PREFIX = "/internal-media/"
    response = send_stored_file("ä/b.jpg", content_type="image/jpeg", download_name="x")
    assert response.headers["X-Accel-Redirect"] == "/internal-media/%C3%A4/b.jpg"
    assert response.content == b""


def test_the_system_checks_find_nothing():
    assert run_checks() == []


def test_the_models_have_their_migrations(db):
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)

"""What browsers are told beside the page: cookies, scripts, forms, search engines, and what to forget at sign-out."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from readerstudy.core.clock import now as current_time
from tests.core.observatory import scripts_of
from tests.core.production import HOST, apply_browser_settings, read_settings
from tests.crawl import OTHER_VALUES, filled, patterns

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted(
    path for path in ROOT.rglob("*.html")
    if "templates" in path.parts and not {".venv", ".venv-train", "var", "site"} & set(path.relative_to(ROOT).parts)
)  # fmt: skip
# Pages of their own, which carry their styles and are served with the styles' hash or in mails.
WITH_STYLES = {"templates/results/report/document.html", "templates/auditing/document.html"}
DATA = "application/json"
HANDLER = re.compile(r"<[^>{]*\s(on[a-z]+)\s*=", re.IGNORECASE)
STYLE = re.compile(r"<style|<[^>]*\sstyle\s*=", re.IGNORECASE)
ELSEWHERE = re.compile(
    r"""(?:src|srcset|action|data-[\w-]+)\s*=\s*["']\s*(?:https?:)?//""", re.IGNORECASE
)


def name_of(path):
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_no_template_has_scripts_or_styles_of_its_own_or_from_elsewhere(path):
    text = path.read_text(encoding="utf-8")
    for script in scripts_of(text):
        if script.get("type") == DATA:
            continue
        assert script.get("src"), "a script within the page is not run"
        assert script.get("nonce") == "{{ request.csp_nonce }}", f"{script['src']} has no nonce and is not run"  # fmt: skip
    assert not HANDLER.search(text)
    assert not ELSEWHERE.search(text)
    assert "javascript:" not in text
    assert name_of(path) in WITH_STYLES or not STYLE.search(text)


def test_no_script_of_ours_makes_code_or_loads_from_elsewhere():
    for path in (ROOT / "static" / "js").rglob("*.js"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\beval\(|new Function|innerHTML|insertAdjacentHTML|document\.write|https?://", text), path  # fmt: skip


def test_every_page_has_its_own_nonce_and_answers_without_scripts_allow_none(client, db):
    pages = [client.get(reverse("accounts:sign-in")) for _ in range(2)]
    nonces = set()
    for page in pages:
        [nonce] = re.findall(
            r"script-src 'nonce-([^']{22,})'", page.headers["Content-Security-Policy"]
        )
        assert f'nonce="{nonce}"' in page.content.decode()
        nonces.add(nonce)
    assert len(nonces) == 2
    assert "script-src 'none'" in client.get("/healthz").headers["Content-Security-Policy"]


def addresses():
    """Every address of the site, with values that stand for nothing."""
    values = {"slug": "none", "public_id": "none", "code": "R1", **{name: given[0] for name, given in OTHER_VALUES.items()}}  # fmt: skip
    for route, converters in patterns():
        yield "/" + filled(route, {name: values[name] for name in converters})


FORM = "application/x-www-form-urlencoded"
API_KINDS = ("application/json", "multipart/form-data; boundary=x", "application/octet-stream")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_is_changed_without_a_token(admin, method):
    """Every address, pages and API, refuses a signed-in browser that another site makes send something."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin)
    ask, asked = getattr(client, method), list(addresses())
    assert len(asked) > 150
    for address in asked:
        kinds = API_KINDS if address.startswith("/api/") else (FORM,)
        statuses = {ask(address, "", content_type=kind).status_code for kind in kinds}
        # 415: a part of the API does not even take this kind.
        assert 403 in statuses, address
        assert statuses <= {403, 415}, address


# --- Cookies ----------------------------------------------------------------------------------------------


def cookies_of(client, user, **options):
    page = client.get(reverse("accounts:sign-in"), **options)
    given = {"username": user.email, "password": "correct horse battery"}
    signed_in = client.post(reverse("accounts:sign-in"), given, **options)
    assert signed_in.status_code == 302
    return {**page.cookies, **signed_in.cookies}


def test_cookies_over_https_are_of_this_host_alone(
    settings, monkeypatch, tmp_path, client, reader_user
):
    with monkeypatch.context() as patched:
        apply_browser_settings(settings, read_settings(patched, tmp_path / "var"))
    found = cookies_of(Client(headers={"host": HOST}), reader_user, secure=True)
    assert set(found) == {"__Host-sessionid", "__Host-csrftoken", "__Host-django_language"}
    for name, cookie in found.items():
        assert (cookie["secure"], cookie["path"], cookie["domain"]) == (True, "/", ""), name
        assert cookie["samesite"] == "Lax"
        # The reading screen's script sends the token along; nothing else is for scripts.
        assert bool(cookie["httponly"]) == (name != "__Host-csrftoken")


def test_cookies_of_the_server_at_home_have_plain_names_which_browsers_take_without_tls(
    client, reader_user
):
    assert set(cookies_of(client, reader_user)) == {"sessionid", "csrftoken", "django_language"}


def test_the_language_button_sets_a_cookie_that_no_script_reads(client, db):
    cookie = client.post(reverse("set_language"), {"language": "de"}).cookies["django_language"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")


def test_messages_wait_in_the_session_and_not_in_a_cookie(client, reader_user):
    client.force_login(reader_user)
    answer = client.post(reverse("accounts:settings"), {"name": "Rhea R.", "language": "en"})
    assert "messages" not in answer.cookies
    assert "Your settings are saved." in client.get(reverse("accounts:settings")).content.decode()


# --- Signing out ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "told"), [({"wipe": "yes"}, '"cache", "storage"'), ({"wipe": ""}, None), ({}, None)]
)
def test_signing_out_wipes_the_browser_only_where_the_page_says_that_no_answer_waits(
    client, reader_user, said, told
):
    client.force_login(reader_user)
    answer = client.post(reverse("accounts:sign-out"), said)
    assert answer.status_code == 302
    assert answer.headers.get("Clear-Site-Data") == told
    assert "_auth_user_id" not in client.session


# --- Addresses that programs look for ---------------------------------------------------------------------


def test_search_engines_are_kept_out(client, db):
    answer = client.get("/robots.txt")
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert answer.content.decode().splitlines() == ["User-agent: *", "Disallow: /"]


def test_whoever_finds_a_weakness_reads_whom_to_tell(client, settings):
    settings.SECURITY_CONTACT = ["mailto:security@example.org", "https://example.org/report"]
    answer = client.get("/.well-known/security.txt")
    fields = [line.split(": ", 1) for line in answer.content.decode().splitlines()]
    assert [value for name, value in fields if name == "Contact"] == settings.SECURITY_CONTACT
    told = dict(fields)
    expires = datetime.strptime(told["Expires"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert 150 < (expires - current_time()).days < 365
    assert told["Preferred-Languages"] == "en, de"
    assert told["Canonical"] == "http://testserver/.well-known/security.txt"


def test_without_a_contact_there_is_no_such_file(client, db, settings):
    settings.SECURITY_CONTACT = []
    assert client.get("/.well-known/security.txt").status_code == 404


def test_password_managers_find_the_page_for_a_new_password(client, reader_user):
    assert client.get("/.well-known/change-password").url == reverse("accounts:password")
    unknown = "/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200"
    assert client.get(unknown).status_code == 404


def test_photographs_that_nginx_sends_have_the_headers_of_all_answers():
    """nginx drops the application's headers there, so that its own file must say them."""
    text = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    [location] = re.findall(r"location /protected-media/ \{(.*?)\n    \}", text, re.DOTALL)
    assert "internal;" in location
    said = dict(re.findall(r"add_header (\S+) (.+) always;", location))
    assert said["X-Content-Type-Options"] == "nosniff"
    assert said["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "default-src 'none'" in said["Content-Security-Policy"]
    assert set(said) >= {"X-Frame-Options", "Referrer-Policy", "X-Robots-Tag"}

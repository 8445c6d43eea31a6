"""Every kind of answer is sent as the strictest grader of headers wants it, with the settings of a server."""

from http.cookies import SimpleCookie

import pytest
from django.test import Client
from django.urls import reverse

from readerstudy.core import views
from readerstudy.results.analysis import build_document
from readerstudy.results.choices import AnalysisState
from readerstudy.results.models import Analysis
from readerstudy.results.stored_table import table_bytes
from tests.conftest import PASSWORD
from tests.core.observatory import POINTS, RULES, Answer, findings, grade
from tests.core.production import HOST, apply_browser_settings, read_settings
from tests.reading.factories import begin, open_study
from tests.results.factories import fuller_table
from tests.studies.factories import advance, make_study
from tests.truth.factories import record_truth

GOOD = {
    "Content-Security-Policy": "default-src 'none'; script-src 'nonce-1'; frame-ancestors 'none'",
    "Strict-Transport-Security": "max-age=31536000",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Type": "text/html; charset=utf-8",
}
PAGE = '<script src="/static/a.js"></script>'


def answer(*, cookie="", html=PAGE, plain=(301, f"https://{HOST}/"), **headers):
    changed = {**GOOD, **{name.replace("_", "-"): value for name, value in headers.items()}}
    kept = {name: value for name, value in changed.items() if value}
    return Answer(HOST, kept, SimpleCookie(cookie), html, *plain)


CSP, STS = "Content_Security_Policy", "Strict_Transport_Security"
WRONG = [
    ("csp", "missing", {CSP: ""}),
    ("csp", "nothing unsafe", {CSP: "default-src 'self'"}),
    ("csp", "unsafe style", {CSP: "default-src 'none'; style-src 'unsafe-inline'"}),
    ("csp", "unsafe script", {CSP: "default-src 'none'; script-src 'self' 'unsafe-inline'"}),
    ("csp", "unsafe script", {CSP: "script-src 'self'"}),
    ("csp", "unsafe script", {CSP: "default-src 'none'; script-src data:"}),
    ("csp", "unsafe eval", {CSP: "default-src 'none'; script-src 'self' 'unsafe-eval'"}),
    ("csp", "http sources", {CSP: "default-src 'none'; connect-src http://x.org"}),
    ("csp", "http pictures", {CSP: "default-src 'none'; img-src http://x.org"}),
    ("cookies", "insecure session but hsts", {"cookie": "sessionid=1; HttpOnly; SameSite=Lax"}),
    ("cookies", "insecure session", {"cookie": "sessionid=1; HttpOnly; SameSite=Lax", STS: ""}),
    ("cookies", "readable session", {"cookie": "sessionid=1; Secure; SameSite=Lax"}),
    ("cookies", "insecure but hsts", {"cookie": "a=1; SameSite=Lax"}),
    ("cookies", "insecure", {"cookie": "a=1; SameSite=Lax", STS: ""}),
    ("cookies", "csrf without same-site", {"cookie": "csrftoken=1; Secure"}),
    ("cookies", "odd same-site", {"cookie": "a=1; Secure; SameSite=Maybe"}),
    ("cookies", "secure and http-only", {"cookie": "a=1; Secure"}),
    ("cors", "open to all", {"Access_Control_Allow_Origin": "https://x.org", "Access_Control_Allow_Credentials": "true"}),
    ("hsts", "missing", {STS: ""}),
    ("hsts", "short", {STS: "max-age=86400"}),
    ("hsts", "invalid", {STS: "for ever"}),
    ("redirection", "missing", {"plain": (200, "")}),
    ("redirection", "to http first", {"plain": (301, f"http://{HOST}/")}),
    ("redirection", "to another host first", {"plain": (301, "https://www.example.org/")}),
    ("redirection", "to another host first", {"plain": (301, f"https://{HOST}.evil.org/")}),
    ("referrer", "missing", {"Referrer_Policy": ""}),
    ("referrer", "unsafe", {"Referrer_Policy": "unsafe-url"}),
    ("referrer", "invalid", {"Referrer_Policy": "never"}),
    ("sri", "foreign without integrity", {"html": '<script src="https://cdn.org/a.js"></script>'}),
    ("sri", "foreign over http", {"html": '<script src="//cdn.org/a.js"></script>'}),
    ("content type", "missing", {"X_Content_Type_Options": ""}),
    ("content type", "invalid", {"X_Content_Type_Options": "sniff"}),
    ("frames", "header", {CSP: "default-src 'none'"}),
    ("frames", "missing", {CSP: "default-src 'none'", "X_Frame_Options": ""}),
    ("frames", "invalid", {CSP: "default-src 'none'", "X_Frame_Options": "ALLOWALL"}),
    ("corp", "missing", {"Cross_Origin_Resource_Policy": ""}),
    ("corp", "cross-origin", {"Cross_Origin_Resource_Policy": "cross-origin"}),
    ("corp", "invalid", {"Cross_Origin_Resource_Policy": "nobody"}),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "found", "change"), WRONG)
def test_each_rule_finds_what_is_wrong(rule, found, change):
    assert findings(answer(**change))[rule] == found
    assert POINTS[rule][found] < max(POINTS[rule].values())


def test_the_grades_fall_with_what_is_wrong():
    assert set(RULES) == set(POINTS)
    assert grade(answer()) == "A+"
    # Ten points are lost; what is had on top brings them back.
    assert grade(answer(**{STS: "max-age=86400"})) == "A+"
    # Twenty are lost: nothing on top counts any more.
    assert grade(answer(plain=(200, ""))) == "B+"
    assert grade(answer(cookie="sessionid=1", **{STS: ""})) == "D+"
    assert grade(Answer(HOST, {}, SimpleCookie("sessionid=1"), "", 200, "")) == "F"


@pytest.fixture
def server(settings, monkeypatch, tmp_path):
    """Answers browsers with the settings of a server behind TLS; photographs come from this process."""
    with monkeypatch.context() as patched:
        values = read_settings(patched, tmp_path / "var")
    apply_browser_settings(settings, values)
    return values


class Visitor:
    """A browser that asks over HTTPS, and once more over HTTP."""

    def __init__(self):
        self.client = Client(raise_request_exception=False)

    def sign_in(self, user):
        address = reverse("accounts:sign-in")
        return self.get(address, {"username": user.email, "password": PASSWORD})

    def get(self, address, posted=None, host=HOST):
        ask = self.client.get if posted is None else self.client.post
        return ask(
            address, posted, secure=True, headers={"host": host, "referer": f"https://{host}/"}
        )

    def answer(self, address, posted=None, host=HOST):
        """The status, and all that the grader looks at."""
        plain = self.client.get(address, headers={"host": HOST})
        response = self.get(address, posted, host)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        html = (
            body.decode(errors="replace")
            if "html" in response.headers.get("Content-Type", "")
            else ""
        )
        return response.status_code, Answer(
            HOST, dict(response.headers), response.cookies, html, plain.status_code, plain.headers.get("Location", "")
        )  # fmt: skip


@pytest.fixture
def reading(admin, coordinator, reader_user, now):
    study = open_study(
        admin=admin, coordinator=coordinator, now=now, emails=(reader_user.email,), pixels=True
    )
    return begin(study, reader_user, now=now)


@pytest.fixture
def finished(admin, coordinator, now):
    """The slug of an unblinded study with its analysis."""
    study = make_study(
        admin=admin, coordinator=coordinator, now=now, readers=1, title="Finished study"
    )
    record_truth(admin=admin, image_set=study.image_set, now=now)
    advance(study, "unblinded", coordinator=coordinator, now=now)
    table = fuller_table()
    Analysis.objects.create(
        study=study, state=AnalysisState.DONE, document=build_document(table), table=table_bytes(table),
        sha256=table.sha256(), inputs_sha256=table.sha256(), code_version="1", created_by=coordinator,
        created_at=now, finished_at=now,
    )  # fmt: skip
    return study.slug


def assert_top(visitor, pages, *, csp="nothing unsafe, default none"):
    """Asks for each page, and shows what was found where a grade is not the top one."""
    for status, address, *more in pages:
        found_status, found = visitor.answer(address, *more)
        assert found_status == status, address
        assert grade(found) == "A+", (address, findings(found))
        assert min(POINTS[rule][name] for rule, name in findings(found).items()) >= 0, address
        assert findings(found)["csp"] == csp, address
        assert all(name.startswith("__Host-") for name in found.cookies), address
        assert all(one["path"] == "/" and not one["domain"] for one in found.cookies.values())
        assert found.headers["X-Robots-Tag"] == "noindex, nofollow", address
        assert found.headers["Cross-Origin-Opener-Policy"] == "same-origin", address


def test_what_strangers_are_sent_has_the_top_grade(server, db):
    pages = [
        (302, "/"),
        (200, "/account/sign-in/"),
        (400, "/account/sign-in/", {"username": "a@b.org", "password": "wrong"}),
        (401, "/account/session/"),
        (302, "/studies/"),
        (401, "/api/v1/studies/"),
        (404, "/nowhere/"),
        (404, "/api/v1/nowhere/"),
        (302, "/i18n/setlang/", {"language": "de"}),
        (200, "/static/js/theme.js"),
        (200, "/static/vendor/plotly.min.js"),
        (404, "/static/nothing.js"),
        (200, "/robots.txt"),
        (200, "/.well-known/security.txt"),
        (302, "/.well-known/change-password"),
        (400, "/", None, "evil.example.org"),
    ]
    assert_top(Visitor(), pages)


def test_what_readers_and_coordinators_are_sent_has_the_top_grade(server, reading, coordinator):
    visitor = Visitor()
    signed_in = visitor.sign_in(reading.user)
    assert set(signed_in.cookies) >= {
        "__Host-sessionid",
        "__Host-csrftoken",
        "__Host-django_language",
    }
    position = reading.positions.order_by("number").first().public_id
    assert_top(visitor, [
        (200, "/reading/"),
        (200, f"/reading/{reading.public_id}/read/"),
        (200, f"/reading/image/{position}/"),
        (200, f"/api/v1/enrolments/{reading.public_id}/next-position/"),
        (404, "/studies/"),
        (405, "/account/sign-out/"),
        (200, f"/reading/{reading.public_id}/my-data.json"),
    ])  # fmt: skip
    visitor = Visitor()
    visitor.sign_in(coordinator)
    pages = [(200, "/studies/"), (200, f"/studies/{reading.study.slug}/"), (200, "/api/v1/schema/")]
    assert_top(visitor, pages)


def test_results_and_reports_have_the_top_grade(server, finished, coordinator):
    visitor = Visitor()
    visitor.sign_in(coordinator)
    report = reverse("results:report-html", args=[finished, "en"])
    pages = [reverse(f"results:{name}", args=[finished]) for name in ("readers", "report")]
    assert_top(visitor, [(200, page) for page in [*pages, report, f"{report}?download"]])
    # What Plotly draws needs styles within the page; the grade is the top one all the same.
    figures = [reverse(f"results:{name}", args=[finished]) for name in ("dashboard", "cases")]
    assert_top(visitor, [(200, page) for page in figures], csp="unsafe style")


def test_errors_of_ours_and_forms_without_a_token_have_the_top_grade(
    server, coordinator, monkeypatch
):
    visitor = Visitor()
    visitor.sign_in(coordinator)
    monkeypatch.setattr(views, "redirect", None)
    assert_top(visitor, [(500, "/")])
    visitor.client = Client(enforce_csrf_checks=True)
    assert_top(visitor, [(403, "/account/sign-in/", {"username": "a"})])


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_health_checks_have_every_header_and_answer_without_tls_from_any_host(server, db, address):
    """They are asked from inside, where there is neither TLS nor a host name; they tell nothing of anybody."""
    _status, found = Visitor().answer(address, host="10.0.0.7:8000")
    assert (found.plain_status, set(found.cookies)) == (200, set())
    others = {rule: name for rule, name in findings(found).items() if rule != "redirection"}
    assert min(POINTS[rule][name] for rule, name in others.items()) >= 0, others
    assert others["csp"] == "nothing unsafe, default none"
    assert "no-store" in found.headers["Cache-Control"]

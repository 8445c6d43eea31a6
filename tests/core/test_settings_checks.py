"""Dangerous settings are refused with a sentence, and those of a server are found clean."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from readerstudy.core.checks import DANGERS, DOUBTS, dangerous_settings, doubtful_settings
from readerstudy.core.secrets import secret_setting
from tests.core.production import ROOT, production_environment, read_settings

POSTGRES = {"default": {"ENGINE": "django.db.backends.postgresql"}}
SQLITE = {"default": {"ENGINE": "django.db.backends.sqlite3"}}
GOOD = {
    "HTTPS": True,
    "DEBUG": False,
    "ALLOWED_HOSTS": ["study.example.org"],
    "SECRET_KEY": "s" * 64,
    "AUDIT_KEY": "a" * 64,
    "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "DATABASES": POSTGRES,
    "CSRF_TRUSTED_ORIGINS": ["https://study.example.org"],
    "SECURITY_CONTACT": ["mailto:security@example.org"],
    "STATIC_ROOT": Path("/srv/static"),
    "MEDIA_ROOT": Path("/srv/media"),
    "VAR_DIR": Path("/srv/var"),
    "AUDIT_CHECKPOINTS": Path("/elsewhere/audit.jsonl"),
    "SESSION_IDLE_SECONDS": 1800,
    "HAS_OWN_KEYS": True,
}
BAD = [
    ("E001", {"DEBUG": True}),
    ("E002", {"ALLOWED_HOSTS": ["*"]}),
    ("E002", {"ALLOWED_HOSTS": ["study.example.org", ".example.org"]}),
    ("E003", {"AUDIT_KEY": "s" * 64}),
    ("E004", {"AUDIT_KEY": "a" * 31}),
    ("E005", {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}),
    ("E006", {"DATABASES": SQLITE}),
    ("E007", {"CSRF_TRUSTED_ORIGINS": ["https://*.example.org"]}),
    ("E007", {"CSRF_TRUSTED_ORIGINS": ["http://study.example.org"]}),
    ("E008", {"SECURITY_CONTACT": ["security@example.org"]}),
    ("E009", {"MEDIA_ROOT": Path("/srv/static/media")}),
    ("E010", {"SESSION_IDLE_SECONDS": 0}),
    ("E010", {"SESSION_IDLE_SECONDS": 10**6}),
    ("W002", {"HAS_OWN_KEYS": False}),
    ("W003", {"AUDIT_CHECKPOINTS": Path("/srv/var/log/audit.jsonl")}),
]
# What people try on their own machine is not refused.
EMBEDDED = {
    "HTTPS": False,
    "REDIS_URL": "",
    "DATABASES": SQLITE,
    "HAS_OWN_KEYS": False,
    "DEBUG": True,
}


@pytest.fixture
def given(monkeypatch):
    """Sets what the checks look at, and nothing that Django would react to."""
    from django.conf import settings

    def do(**changes):
        for name, value in {**GOOD, **changes}.items():
            monkeypatch.setattr(settings, name, value, raising=False)
        return dangerous_settings() + doubtful_settings()

    return do


@pytest.mark.parametrize(("code", "change"), BAD)
def test_each_danger_is_found_alone_and_told_in_a_sentence(given, code, change):
    [found] = given(**change)
    assert found.id == f"readerstudy.{code}"
    assert found.msg.endswith(".")
    assert found.hint


def test_every_danger_has_its_case_and_its_own_number():
    numbers = [one.id.removeprefix("readerstudy.") for one in (*DANGERS, *DOUBTS)]
    assert set(numbers) == {code for code, _change in BAD}
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize("change", [{}, EMBEDDED])
def test_a_server_and_the_machine_at_home_are_fine(given, change):
    assert given(**change) == []


def manage(folder, *arguments, **changes):
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT, env=production_environment(folder, **changes), capture_output=True, text=True, check=False,
        timeout=120,
    )  # fmt: skip


def test_djangos_own_check_of_a_server_finds_nothing(tmp_path):
    done = manage(tmp_path / "var", "check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr
    assert "no issues (0 silenced)" in done.stdout


def test_a_command_refuses_to_run_with_dangerous_settings(tmp_path):
    done = manage(tmp_path / "var", "migrate", "--plan", DEBUG="on", EMAIL_URL=None)
    assert done.returncode != 0
    assert "DEBUG is on where HTTPS is on" in done.stderr
    assert "EMAIL_URL is missing" in done.stderr


def test_passwords_are_stored_by_a_hash_that_is_slow_on_purpose(monkeypatch, tmp_path):
    read = read_settings(monkeypatch, tmp_path / "var")
    [hasher] = read["PASSWORD_HASHERS"]
    assert import_string(hasher)().encode("a sentence", "salt-of-it").startswith("argon2$argon2id$")


# --- Secrets out of files ---------------------------------------------------------------------------------

SECRETS = {
    "SECRET_KEY": "k" * 64,
    "AUDIT_KEY": "l" * 64,
    "DATABASE_URL": "postgres://reader@db:5432/study",
    "DATABASE_PASSWORD": "p/w @:",
    "REDIS_URL": "redis://:secret@redis:6379/1",
    "EMAIL_URL": "smtp://user:secret@mail.example.org:25",
}


def test_every_secret_can_come_from_a_file(monkeypatch, tmp_path):
    files = {}
    for name, value in SECRETS.items():
        (tmp_path / name).write_text(f"{value}\n")
        files |= {f"{name}_FILE": str(tmp_path / name), name: None}
    for name in SECRETS:
        monkeypatch.delenv(name, raising=False)
    read = read_settings(monkeypatch, tmp_path / "var", **files)
    assert (read["SECRET_KEY"], read["AUDIT_KEY"]) == ("k" * 64, "l" * 64)
    assert read["DATABASES"]["default"]["HOST"] == "db"
    assert read["DATABASES"]["default"]["PASSWORD"] == "p/w @:"
    assert read["CELERY_BROKER_URL"] == SECRETS["REDIS_URL"]
    assert (read["EMAIL_HOST"], read["EMAIL_HOST_PASSWORD"]) == ("mail.example.org", "secret")
    assert read["HAS_OWN_KEYS"]


def test_a_secret_that_is_set_twice_is_refused(monkeypatch, tmp_path):
    (tmp_path / "key").write_text("k" * 64)
    sentence = "SECRET_KEY and SECRET_KEY_FILE are both set"
    with pytest.raises(ImproperlyConfigured, match=sentence):
        read_settings(monkeypatch, tmp_path / "var", SECRET_KEY_FILE=str(tmp_path / "key"))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(None, "cannot be read"), (b" \n", "is empty"), (b"\xff\xfe", "cannot be read")],
    ids=["missing", "empty", "not text"],
)
def test_a_file_without_a_secret_is_named(tmp_path, content, sentence):
    path = tmp_path / "key"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(
        ImproperlyConfigured, match=f"AUDIT_KEY_FILE names {path}, which {sentence}"
    ):
        secret_setting("AUDIT_KEY", {"AUDIT_KEY_FILE": str(path)})


def test_what_is_not_set_is_empty():
    assert secret_setting("AUDIT_KEY", {}) == ""

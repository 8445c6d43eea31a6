"""What all tests share: people of each role, a fixed moment, media in a temporary folder, tasks run in place."""

import os
from datetime import UTC, datetime

import pytest
from django.core.cache import cache
from django.utils import translation

from readerstudy.accounts.choices import SiteRole
from readerstudy.accounts.models import User

PASSWORD = "correct horse battery"
# Playwright keeps an event loop in this thread, which Django takes for asynchronous code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture
def now():
    return datetime(2026, 1, 15, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "media", "base_url": None},
        },
    }
    settings.STAGING_DIR = tmp_path / "staging"
    settings.PIXELS_DIR = tmp_path / "pixels"
    settings.AUDIT_CHECKPOINTS = tmp_path / "audit-checkpoints.jsonl"
    # The real hasher is slow on purpose; its strength is not what these tests are about.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # In memory: what one test process counts is nothing to another.
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture(autouse=True)
def _nothing_counted_before(_own_media):
    """What other tests of the process tried in vain, wrong links and passwords above all, shuts nobody out of this one."""
    cache.clear()


@pytest.fixture(scope="session", autouse=True)
def _evidence_can_be_flushed():
    """Tests with transactions of their own empty every table afterwards, evidence too, which the triggers would refuse.

    Django makes them again: it tells that a flush is a migration (`post_migrate`).
    """
    from django.db import connection

    from tests.unguarded import unguarded

    # Of the class: a thread, and what drives a browser, has a connection of its own.
    operations = type(connection.ops)
    flush = operations.execute_sql_flush

    def unguarded_flush(self, statements):
        with unguarded(self.connection):
            flush(self, statements)

    operations.execute_sql_flush = unguarded_flush
    yield
    operations.execute_sql_flush = flush


@pytest.fixture(autouse=True)
def _eager_tasks():
    from readerstudy.celery import app

    app.conf.task_always_eager = True
    app.conf.task_eager_propagates = True
    yield
    app.conf.task_always_eager = False


@pytest.fixture(autouse=True)
def _no_language_of_another_test():
    # A sign-in makes the person's language that of the thread, which the next test works in too.
    translation.deactivate()


def make_user(role, email, name):
    user = User(role=role, email=email, name=name)
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def admin(db):
    return make_user(SiteRole.ADMIN, "admin@example.org", "Ada Admin")


@pytest.fixture
def coordinator(db):
    return make_user(SiteRole.COORDINATOR, "coordinator@example.org", "Cora Coordinator")


@pytest.fixture
def reader_user(db):
    return make_user(SiteRole.READER, "reader@example.org", "Rhea Reader")


# --- Browser and services: skipped with a reason elsewhere, never skipped in CI ---------------------------


def pytest_collection_modifyitems(config, items):
    from tools.browser import found_chromium

    if any(item.get_closest_marker("browser") for item in items) and not found_chromium():
        reason = "no Chromium: install it (apt install chromium) or set CHROMIUM=/path"
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    required = item.get_closest_marker("browser") or item.get_closest_marker("services")
    if os.environ.get("CI") and required and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"skipped in CI, where it must run: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    from tools.browser import found_chromium

    return {
        **browser_type_launch_args,
        "executable_path": found_chromium(),
        "args": ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
    }


def sign_in(page, base_url, user_or_email, password=PASSWORD):
    """Signs in as a person would."""
    page.goto(f"{base_url}/account/sign-in/")
    page.get_by_label("Mail address").fill(getattr(user_or_email, "email", user_or_email))
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()

"""What all tests share: people of each role, a fixed moment, media in a temporary folder, tasks run in place."""

from datetime import UTC, datetime

import pytest

from readerstudy.accounts.choices import SiteRole
from readerstudy.accounts.models import User

PASSWORD = "correct horse battery"


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
    # The real hasher is slow on purpose; its strength is not what these tests are about.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture(autouse=True)
def _eager_tasks():
    from readerstudy.celery import app

    app.conf.task_always_eager = True
    app.conf.task_eager_propagates = True
    yield
    app.conf.task_always_eager = False


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

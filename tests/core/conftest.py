"""One installation with a study that is being read, and its backup, for all tests of a file."""

import shutil
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import connection

from tests.core.instances import instance

NOW = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)


def build_study():
    """Two readers, one with answers; photographs; a few checkpoints."""
    from readerstudy.core.checkpoints import write_checkpoint
    from readerstudy.reading.services import commit_readings
    from tests.conftest import make_user
    from tests.reading.factories import begin, ids, item, open_study

    admin = make_user("admin", "admin@example.org", "Ada Admin")
    coordinator = make_user("coordinator", "coordinator@example.org", "Cora Coordinator")
    emails = ("reader@example.org", "second@example.org")
    study = open_study(admin=admin, coordinator=coordinator, now=NOW, emails=emails, pixels=True)
    enrolment = begin(study, study.enrolments.get(user__email=emails[0]).user, now=NOW)
    commit_readings(
        actor=enrolment.user, answers=[item(one) for one in ids(enrolment)[:5]], now=NOW
    )
    write_checkpoint(now=NOW)
    return study


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory, django_db_blocker):
    """A migrated database without a row of anybody's."""
    if connection.vendor != "sqlite":
        pytest.skip("of the embedded database; the other one has tests of its own")
    folder = tmp_path_factory.mktemp("empty")
    with django_db_blocker.unblock(), instance(folder):
        call_command("migrate", verbosity=0)
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return folder / "db.sqlite3"


@pytest.fixture(scope="module")
def source(empty_database, tmp_path_factory, django_db_blocker):
    """The folder of an installation in use."""
    folder = tmp_path_factory.mktemp("source")
    shutil.copy(empty_database, folder / "db.sqlite3")
    with django_db_blocker.unblock(), instance(folder):
        build_study()
    return folder


@pytest.fixture(scope="module")
def key(tmp_path_factory):
    """A pair of keys: the file of the secret one, and the public one."""
    from readerstudy.core.backup.sealing import write_new_key

    path = tmp_path_factory.mktemp("key") / "backup.key"
    return SimpleNamespace(path=path, public=write_new_key(path))


@pytest.fixture(scope="module")
def backups(source, key, tmp_path_factory, django_db_blocker):
    """The same installation twice: encrypted, and as it is."""
    from readerstudy.core.backup.making import make_backup
    from readerstudy.core.backup.sealing import recipients_of

    folder = tmp_path_factory.mktemp("backups")
    sealed, plain = folder / "sealed.tar.age", folder / "plain.tar"
    with django_db_blocker.unblock(), instance(source):
        make_backup(path=sealed, recipients=recipients_of([key.public]), now=NOW)
        make_backup(path=plain, recipients=[], now=NOW)
    return SimpleNamespace(sealed=sealed, plain=plain, key=key)


@pytest.fixture
def target(tmp_path, source, django_db_blocker):
    """Works in a new, empty installation."""
    with django_db_blocker.unblock(), instance(tmp_path / "target") as folder:
        folder.mkdir()
        yield folder

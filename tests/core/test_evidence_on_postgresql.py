"""The tests of evidence and of attacks once more on PostgreSQL, and a database role that cannot change evidence."""

import os
import subprocess
import sys

import psycopg
import pytest
from psycopg import errors

from tests.site import POSTGRES, ROOT, RunningSite, production_parts

pytestmark = [pytest.mark.services, pytest.mark.long]
ROLE = "readerstudy_test_web"
FILES = ("test_evidence.py", "test_attacks.py", "test_audit.py", "test_verifying_meanwhile.py")


def pytest_run(environment, *arguments):
    """Its own pytest, on whatever database the environment names."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("COV_CORE", "PYTEST"))}  # fmt: skip
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments],
        cwd=ROOT,
        env={**kept, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=500,
    )


def test_triggers_and_attacks_on_postgresql(tmp_path):
    with production_parts() as parts:
        environment = {"DATABASE_URL": parts["DATABASE_URL"], "VAR_DIR": str(tmp_path)}
        done = pytest_run(environment, *(f"tests/core/{name}" for name in FILES))
    assert done.returncode == 0, done.stdout[-4000:]
    assert "skipped" not in done.stdout


@pytest.fixture
def role(tmp_path):
    """Connections of a role that has what `evidence_grants` gives it, and of the owner."""
    with production_parts() as parts, psycopg.connect(POSTGRES, autocommit=True) as server:
        site = RunningSite(tmp_path, parts)
        site.manage("migrate", "--verbosity", "0")
        server.execute(f"DROP ROLE IF EXISTS {ROLE}")
        server.execute(f"CREATE ROLE {ROLE} LOGIN PASSWORD 'secret'")
        url = parts["DATABASE_URL"]
        with psycopg.connect(url, autocommit=True) as owner:
            owner.execute(site.manage("evidence_grants", ROLE))
            try:
                with psycopg.connect(url, user=ROLE, password="secret", autocommit=True) as web:
                    yield site, web
            finally:
                owner.execute(f"DROP OWNED BY {ROLE}")
                server.execute(f"DROP ROLE {ROLE}")


def test_a_role_of_its_own_appends_evidence_and_changes_none(role):
    site, web = role
    # A person's account is made by the web server's role, with the event that tells of it.
    as_role = RunningSite(
        site.folder,
        {
            **site.environment,
            "DATABASE_URL": _as_role(site),
            "NEW_ACCOUNT_PASSWORD": "a long sentence to sign in with",
        },
    )
    as_role.manage("create_account", "ada@example.org", "Ada", "--role", "admin")
    assert web.execute("SELECT count(*) FROM core_auditevent").fetchone() == (1,)
    for statement in (
        "UPDATE core_auditevent SET verb = 'x'",
        "DELETE FROM core_auditevent",
        "TRUNCATE core_auditevent CASCADE",
        "DELETE FROM reading_reading",
        "INSERT INTO core_erasuregate (opened_at) VALUES (now())",
    ):
        with pytest.raises(errors.InsufficientPrivilege):
            web.execute(statement)
    for statement in (
        "ALTER TABLE core_auditevent DISABLE TRIGGER ALL",
        "DROP TRIGGER evidence_core_auditevent_update ON core_auditevent",
        "SET session_replication_role = replica",
    ):
        with pytest.raises(errors.InsufficientPrivilege):
            web.execute(statement)
    as_role.manage("verify_audit")


def _as_role(site):
    address = site.environment["DATABASE_URL"].rsplit("@", 1)[-1]
    return f"postgres://{ROLE}:secret@{address}"

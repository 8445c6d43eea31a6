"""An installation of the very first version is brought up to date by `migrate`, and nothing that was in it is lost."""

import pytest

from tests.site import RunningSite, production_parts

pytestmark = pytest.mark.long
# The audit trail was given a key.
CHANGED = {"core_auditevent": ["hash"], "core_audithead": ["hash"]}
UPGRADE = """
import json
from tests.upgrading import upgraded
from readerstudy.core.audit import first_fault

found = upgraded()
print(json.dumps({**found, "fault": str(first_fault() or "")}))
"""


def upgraded(folder, parts):
    return RunningSite(folder, parts).python(UPGRADE)


def check(found):
    assert found["tables"] > 25
    assert found["changed"] == CHANGED
    assert found["fault"] == ""


def test_an_installation_on_sqlite_keeps_its_rows(tmp_path):
    check(upgraded(tmp_path, {}))


@pytest.mark.services
def test_an_installation_on_postgresql_keeps_its_rows(tmp_path):
    with production_parts() as parts:
        check(upgraded(tmp_path, {"DATABASE_URL": parts["DATABASE_URL"]}))

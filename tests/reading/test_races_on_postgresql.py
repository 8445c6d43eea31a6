"""Answers, closes, messages and erasures at once."""

import pytest

from tests.core.test_evidence_on_postgresql import pytest_run
from tests.site import production_parts

pytestmark = [pytest.mark.services, pytest.mark.long]


def test_races(tmp_path):
    with production_parts() as parts:
        environment = {"DATABASE_URL": parts["DATABASE_URL"], "VAR_DIR": str(tmp_path)}
        done = pytest_run(environment, "tests/reading/races.py")
    assert done.returncode == 0, done.stdout[-4000:]
    assert "6 passed" in done.stdout

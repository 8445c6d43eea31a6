"""Answers, closes, messages and erasures at once, and what the database knows of its tables."""

import pytest

from tests.core.test_evidence_on_postgresql import pytest_run
from tests.site import production_parts

pytestmark = [pytest.mark.services, pytest.mark.long]


@pytest.mark.parametrize(("file", "passed"), [("races", 7), ("counted", 1)])
def test_on_postgresql(tmp_path, file, passed):
    with production_parts() as parts:
        environment = {"DATABASE_URL": parts["DATABASE_URL"], "VAR_DIR": str(tmp_path)}
        done = pytest_run(environment, f"tests/reading/{file}.py")
    assert done.returncode == 0, done.stdout[-4000:]
    assert f"{passed} passed" in done.stdout

"""The arrays of a study equal those of plain loops over its rows, on SQLite and on PostgreSQL."""

import numpy as np
import pytest

from readerstudy.reading.selectors import current_readings, primary_readings
from readerstudy.results.gathering import reading_table
from readerstudy.results.table import ReadingTable
from readerstudy.studies.choices import StudyState
from readerstudy.studies.models import Study
from tests.results.gathered import (
    arrays_by_loops,
    is_aided,
    is_first,
    is_repeat,
    newest_by_subquery,
    places_by_loops,
    study_with_everything,
)
from tests.site import RunningSite, production_parts

ARRAYS = ("decision", "rating", "milliseconds", "not_assessable")


def check_table(table: ReadingTable, study: Study) -> None:
    for found, chosen in ((table, is_first), (table.aided, is_aided), (table.repeats, is_repeat)):
        for name, expected in zip(ARRAYS, arrays_by_loops(study, chosen), strict=True):
            assert np.array_equal(getattr(found, name), expected, equal_nan=name != "decision"), name  # fmt: skip
    assert np.array_equal(table.place, places_by_loops(study), equal_nan=True)
    assert (table.decision >= 0).sum() > 10
    assert table.not_assessable.any()


def unblinded(study: Study) -> Study:
    """The rows of this study are changed behind its back, so it cannot be unblinded as others are."""
    Study.objects.filter(pk=study.pk).update(state=StudyState.UNBLINDED)
    return Study.objects.get(pk=study.pk)


@pytest.fixture
def study(admin, coordinator, now):
    return unblinded(study_with_everything(admin=admin, coordinator=coordinator, now=now))


def test_arrays_equal_plain_loops(study, coordinator, now):
    check_table(reading_table(study=study, actor=coordinator, now=now), study)


def test_the_newest_answers_are_those_of_a_subquery_for_every_row(study):
    found = set(current_readings(study).values_list("pk", flat=True))
    assert found == set(newest_by_subquery(study).values_list("pk", flat=True))
    assert len(found) > 15
    # What is filtered afterwards must not bring an older answer to light.
    empty = current_readings(study).filter(decision="").values_list("pk", flat=True)
    assert set(empty) == {one.pk for one in newest_by_subquery(study) if not one.decision}


def test_primary_readings_are_one_at_most_for_each_reader_and_case(study):
    pairs = primary_readings(study).values_list("position__enrolment", "position__study_case")
    assert len(pairs) == len(set(pairs)) > 10


ON_POSTGRESQL = """
from django.db import connection
from readerstudy.core.clock import now
from readerstudy.results.gathering import reading_table
from tests.conftest import make_user
from tests.results.gathered import study_with_everything
from tests.results.test_gathering import check_table, unblinded
assert connection.vendor == "postgresql"
admin, coordinator = make_user("admin", "a@example.org", "A"), make_user("coordinator", "c@example.org", "C")
study = unblinded(study_with_everything(admin=admin, coordinator=coordinator, now=now()))
check_table(reading_table(study=study, actor=coordinator, now=now()), study)
print(1)
"""


@pytest.mark.services
def test_arrays_equal_plain_loops_on_postgresql(tmp_path):
    with production_parts() as parts:
        site = RunningSite(tmp_path, parts)
        site.manage("migrate", "--verbosity", "0")
        assert site.python(ON_POSTGRESQL) == 1

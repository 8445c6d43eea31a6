"""145 readers and 100 cases, the panel of Brinker et al. 2019, are a natural size."""

import time

from readerstudy.core.csvio import read_table
from readerstudy.studies.models import Position
from readerstudy.studies.services import invite_readers, lock_study
from tests.studies.factories import make_study


def test_145_readers_are_invited_by_table_and_100_cases_are_locked_in_a_few_seconds(
    admin, coordinator, now
):
    study = make_study(admin=admin, coordinator=coordinator, now=now, cases=100)
    rows = "".join(
        f"r{n}@example.org,Reader {n},Resident,University Hospital A,{n % 30}\n" for n in range(145)
    )
    table = read_table(
        f"email,name,rank_group,institution,years_of_experience\n{rows}".encode(), name="r.csv"
    )
    started = time.monotonic()
    invited = invite_readers(actor=coordinator, study=study, table=table, now=now)
    invited_at = time.monotonic()
    lock_study(actor=coordinator, study=study, now=now)
    seconds = (invited_at - started, time.monotonic() - invited_at)

    assert len(invited) == 145
    assert Position.objects.count() == 14_500
    assert max(seconds) < 20, seconds

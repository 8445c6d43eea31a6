"""The analysis takes the first unaided reading of each reader and case, whatever was read again."""

import numpy as np
import pytest

from readerstudy.reading.selectors import positions_of
from readerstudy.reading.services import commit_readings
from readerstudy.results.gathering import reading_table
from readerstudy.studies.choices import RepeatWhen
from readerstudy.studies.services import close_study, unblind_study, update_design
from tests.reading.factories import BIOPSY, NONE, begin, item, open_study


@pytest.fixture
def study(admin, coordinator, reader_user, now):
    def choose(study):
        update_design(
            actor=coordinator,
            study=study,
            repeat_percent=50,
            repeat_when=RepeatWhen.SAME_SESSION,
            now=now,
        )

    emails = (reader_user.email,)
    return open_study(
        admin=admin, coordinator=coordinator, now=now, emails=emails, before_lock=choose
    )


def test_a_repeat_with_another_answer_changes_nothing(study, coordinator, reader_user, now):
    enrolment = begin(study, reader_user, now=now)
    answers = [
        item(position.public_id, decision=BIOPSY if position.repeat_of_id else NONE)
        for position in positions_of(enrolment)
    ]
    assert len(answers) == 18
    commit_readings(actor=reader_user, answers=answers, now=now)
    close_study(actor=coordinator, study=study, now=now)
    unblinded = unblind_study(actor=coordinator, study=study, reason="Done.", now=now)

    table = reading_table(study=unblinded, actor=coordinator, now=now)

    assert table.decision.shape == (1, 12)
    assert (table.decision == 0).all()
    assert not np.isnan(table.rating).any()


def test_each_case_knows_the_session_in_which_it_was_first_given(
    study, coordinator, reader_user, now
):
    enrolment = begin(study, reader_user, now=now)
    answers = [item(position.public_id) for position in positions_of(enrolment)]
    commit_readings(actor=reader_user, answers=answers, now=now)
    close_study(actor=coordinator, study=study, now=now)
    unblinded = unblind_study(actor=coordinator, study=study, reason="Done.", now=now)
    table = reading_table(study=unblinded, actor=coordinator, now=now)
    expected = {
        position.study_case.public_id: position.session.number
        for position in enrolment.positions.filter(repeat_of=None).select_related(
            "study_case", "session"
        )
    }
    assert dict(zip(table.case_ids, table.session[0].tolist(), strict=True)) == expected

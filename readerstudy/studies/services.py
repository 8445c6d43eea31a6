"""Every service of this room, for the others to call."""

from readerstudy.studies.asking import set_questions
from readerstudy.studies.copying import copy_study
from readerstudy.studies.designing import open_session_early, update_design
from readerstudy.studies.drafting import (
    create_study,
    set_institutions,
    set_rank_groups,
    update_draft,
    update_protocol,
    update_study,
)
from readerstudy.studies.enrolling import (
    activate_enrolment,
    invite_again,
    invite_reader,
    withdraw_reader,
)
from readerstudy.studies.leaving import leave_study
from readerstudy.studies.lifecycle import (
    archive_study,
    close_study,
    lock_study,
    open_study,
    unblind_study,
)
from readerstudy.studies.practice import set_practice
from readerstudy.studies.roster import invite_readers
from readerstudy.studies.staffing import appoint, dismiss

__all__ = [
    "activate_enrolment",
    "appoint",
    "archive_study",
    "close_study",
    "copy_study",
    "create_study",
    "dismiss",
    "invite_again",
    "invite_reader",
    "invite_readers",
    "leave_study",
    "lock_study",
    "open_session_early",
    "open_study",
    "set_institutions",
    "set_practice",
    "set_questions",
    "set_rank_groups",
    "unblind_study",
    "update_design",
    "update_draft",
    "update_protocol",
    "update_study",
    "withdraw_reader",
]

"""What a reader says of themselves, once, before the first case."""

from datetime import datetime
from typing import Any

from django.db import transaction

from readerstudy.accounts.models import User
from readerstudy.accounts.services import check_language
from readerstudy.core.audit import record_event
from readerstudy.core.errors import Conflict, InvalidInput, NotFound
from readerstudy.core.validation import check_valid
from readerstudy.reading.conduct import conduct_of
from readerstudy.reading.conduct_choices import PriorExposureRule, ProfileField
from readerstudy.reading.models import ReaderProfile
from readerstudy.studies.choices import EnrolmentState, StudyState
from readerstudy.studies.leaving import leave_study
from readerstudy.studies.models import Enrolment, Study

# An empty answer to this one means that there is none.
_MAY_BE_EMPTY = {ProfileField.CONFLICT_OF_INTEREST}


def profile_missing(enrolment: Enrolment) -> bool:
    """Whether the study asks for a profile that the reader has not given yet."""
    wanted = conduct_of(enrolment.study).profile_fields
    return bool(wanted) and not ReaderProfile.objects.filter(enrolment=enrolment).exists()


def give_profile(
    *, actor: User, enrolment: Enrolment, language: str, now: datetime, **answers: Any
) -> ReaderProfile:
    """Stores the actor's profile, and takes them out where they know photographs and the locked rule says so.

    Raises NotFound for somebody else's, Conflict where none is wanted, one is given or the study is not open,
    InvalidInput(s) for what is missing, not asked or cannot be.
    """
    if enrolment.user_id != actor.pk:
        raise NotFound("There is no such enrolment.")
    check_language(language)
    with transaction.atomic():
        locked = _locked(enrolment)
        conduct = conduct_of(locked.study)
        _check_wanted(conduct.profile_fields, answers)
        profile = ReaderProfile(enrolment=locked, language=language, given_at=now, **answers)
        check_valid(profile, exclude={"enrolment"})
        profile.save()
        _record(actor, profile, now)
        if profile.prior_exposure and conduct.prior_exposure == PriorExposureRule.EXCLUDE:
            leave_study(actor=actor, enrolment=locked, reason="prior exposure", now=now)
    return profile


def _locked(enrolment: Enrolment) -> Enrolment:
    # The study first, as everywhere, for the rule may take the reader out of it.
    Study.objects.select_for_update().get(pk=enrolment.study_id)
    rows = Enrolment.objects.select_for_update(of=("self",)).select_related("study")
    locked = rows.get(pk=enrolment.pk)
    if locked.state != EnrolmentState.ACTIVE:
        raise Conflict(
            "You have to begin the study first, or have been withdrawn from it.", code="not_active"
        )
    if locked.study.state not in (StudyState.LOCKED, StudyState.READING):
        raise Conflict("The study is not open for reading.", code="study_not_open")
    if ReaderProfile.objects.filter(enrolment=locked).exists():
        raise Conflict("You have given your profile already.", code="profile_given")
    return locked


def _check_wanted(wanted: list[str], answers: dict[str, Any]) -> None:
    if not wanted:
        raise Conflict("This study asks for no profile.", code="no_profile")
    unasked = sorted(set(answers) - set(wanted))
    if unasked:
        raise InvalidInput("This study does not ask for this.", field=unasked[0])
    for name in wanted:
        if name not in _MAY_BE_EMPTY and answers.get(name) in (None, ""):
            raise InvalidInput("Please answer this question.", code="required", field=name)


def _record(actor: User, profile: ReaderProfile, now: datetime) -> None:
    # That it was given, not what it says: the audit trail names the person.
    record_event(
        actor=actor,
        verb="profile.given",
        subject=profile,
        now=now,
        study_id=profile.enrolment.study.public_id,
    )

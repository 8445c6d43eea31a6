"""What a study's coordinators fix of the way around its cases: read, changed in the draft, locked and verified."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from readerstudy.accounts.models import User
from readerstudy.core.audit import record_event
from readerstudy.core.errors import InvalidInput
from readerstudy.core.validation import check_valid
from readerstudy.reading.conduct_choices import PriorExposureRule, ProfileField
from readerstudy.reading.models import Attestation, Conduct
from readerstudy.reading.signing import readings_sha256
from readerstudy.studies.choices import StudyState
from readerstudy.studies.drafting import draft_for_change
from readerstudy.studies.models import Study

SECTION = "conduct"
CONDUCT_FIELDS = (
    "profile_fields",
    "prior_exposure",
    "records_environment",
    "minimum_width",
    "minimum_height",
    "break_after_cases",
    "break_after_minutes",
    "cases_per_day",
    "asks_attestation",
    "attestation_en",
    "attestation_de",
)
_LIMITS = {
    "break_after_cases": 1000,
    "break_after_minutes": 1000,
    "cases_per_day": 1000,
    "minimum_width": 10_000,
    "minimum_height": 10_000,
}


def conduct_of(study: Study) -> Conduct:
    """The study's conduct; for a draft without one what a new study begins with.

    A study that was locked before there was any has no breaks and asks nothing but its cases.
    """
    # Read with its study, or once for it.
    found: Conduct | None = getattr(study, "conduct", None)
    if found is not None:
        return found
    if study.state == StudyState.DRAFT:
        return Conduct(study=study)
    return Conduct(study=study, break_after_cases=0, break_after_minutes=0, asks_attestation=False)


def conduct_texts(conduct: Conduct) -> dict[str, Any]:
    """Everything that is fixed, field by field."""
    return {name: getattr(conduct, name) for name in CONDUCT_FIELDS}


def update_conduct(*, actor: User, study: Study, now: datetime, **fields: Any) -> Conduct:
    """The conduct of a draft with these fields changed.

    Raises NotAllowed, Conflict after the lock, InvalidInput(s) for an unknown field or a value that cannot be.
    """
    unknown = sorted(set(fields) - set(CONDUCT_FIELDS))
    if unknown:
        raise InvalidInput(f"The conduct has no field {unknown[0]}.", field=unknown[0])
    with transaction.atomic():
        draft = draft_for_change(actor, study)
        conduct = conduct_of(draft)
        given = {name: _plain(value) for name, value in fields.items()}
        if "profile_fields" in given:
            given["profile_fields"] = _in_order(given["profile_fields"])
        changed = sorted(name for name in given if getattr(conduct, name) != given[name])
        for name in changed:
            setattr(conduct, name, given[name])
        _check(conduct)
        check_valid(conduct, exclude={"study"})
        if changed or conduct.pk is None:
            conduct.save()
            _record(actor, draft, changed, now)
    return conduct


def _plain(value: Any) -> Any:
    # Browsers send CR LF: saving a form as it stands must not be another wording.
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value


def _check(conduct: Conduct) -> None:
    _check_prior_exposure(conduct)
    for name, most in _LIMITS.items():
        value = getattr(conduct, name)
        if not isinstance(value, int) or not 0 <= value <= most:
            raise InvalidInput(
                f"A limit is a whole number from 0 to {most}; 0 sets none.", field=name
            )


def _in_order(wanted: Sequence[str]) -> list[str]:
    """Each once, in one order: the same choice is the same manifest."""
    if set(wanted) - set(ProfileField.values):
        raise InvalidInput(
            "The profile asks for something that is not known.", field="profile_fields"
        )
    return [name for name in ProfileField.values if name in wanted]


def _check_prior_exposure(conduct: Conduct) -> None:
    if (
        conduct.prior_exposure == PriorExposureRule.EXCLUDE
        and ProfileField.PRIOR_EXPOSURE not in conduct.profile_fields
    ):
        raise InvalidInput(
            "Readers who know photographs can only be left out where the profile asks for it.",
            field="prior_exposure",
        )


def _record(actor: User, study: Study, changed: list[str], now: datetime) -> None:
    record_event(
        actor=actor,
        verb="study.conduct_changed",
        subject=study,
        now=now,
        study_id=study.public_id,
        data={"fields": changed},
    )


def copy_conduct(*, source: Study, copy: Study, actor: User, now: datetime) -> None:
    """Gives a copied study the conduct of the one it was copied from."""
    update_conduct(actor=actor, study=copy, now=now, **conduct_texts(conduct_of(source)))


def lock_section(study: Study) -> dict[str, Any]:
    """What is locked of it. A draft that nobody changed is locked with what a new study begins with."""
    conduct = conduct_of(study)
    if conduct.pk is None:
        conduct.save()
    return conduct_texts(conduct)


def verify_conduct(study: Study, section: dict[str, Any]) -> Iterator[str]:
    """A sentence for each field that is not as it was locked, and for each signature that no longer fits."""
    # As it lies in the database, whatever was read with the study before.
    stored = conduct_texts(conduct_of(Study.objects.get(pk=study.pk)))
    for name in sorted(section.keys() | stored.keys()):
        if section.get(name) != stored.get(name):
            yield f"The conduct of the study is not as it was locked: {name}."
    for one in Attestation.objects.filter(enrolment__study=study).select_related("enrolment"):
        if readings_sha256(one.enrolment) != one.readings_sha256:
            yield f"The readings of {one.enrolment.code} are not those that were signed."

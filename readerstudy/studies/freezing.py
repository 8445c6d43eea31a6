"""What the lock stores: the cases, every reader's order, and the manifest over all of it."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from readerstudy.accounts.models import User
from readerstudy.core.canonical import sha256_of
from readerstudy.studies.hooks import build_lock_sections
from readerstudy.studies.lock_checks import checked_sections
from readerstudy.studies.manifest import build_manifest
from readerstudy.studies.models import (
    Enrolment,
    Position,
    ProtocolVersion,
    Session,
    Study,
    StudyCase,
)
from readerstudy.studies.order import reading_order
from readerstudy.studies.selectors import taking_part

_BATCH = 2_000


def freeze(
    study: Study, *, actor: User, reason: str, justification: str = "", now: datetime
) -> ProtocolVersion:
    """Stores cases, orders and manifest. Call it inside the transaction of the lock.

    Raises InvalidInput where a check before the lock needs a justification and there is none.
    """
    checked = checked_sections(study, justification=justification)
    StudyCase.objects.bulk_create(
        StudyCase(study=study, case=case) for case in study.image_set.cases.all()
    )
    store_orders(study, taking_part(study))
    manifest = build_manifest(study, sections={**build_lock_sections(study), **checked})
    return ProtocolVersion.objects.create(
        study=study,
        version=1,
        manifest=manifest,
        sha256=sha256_of(manifest),
        locked_by=actor,
        locked_at=now,
        reason=reason,
    )


def store_orders(study: Study, enrolments: Iterable[Enrolment]) -> None:
    """Stores the order of each of these readers in every session, one row per case."""
    cases = {one.public_id: one for one in StudyCase.objects.filter(study=study)}
    sessions = list(study.sessions.all())
    positions = (
        position
        for enrolment in enrolments
        for session in sessions
        for position in _order(study, enrolment, session, cases)
    )
    Position.objects.bulk_create(positions, batch_size=_BATCH)


def _order(
    study: Study, enrolment: Enrolment, session: Session, cases: dict[str, StudyCase]
) -> Iterator[Position]:
    order = reading_order(
        seed=study.seed, reader_code=enrolment.code, session=session.number, case_ids=cases
    )
    for number, case_id in enumerate(order, start=1):
        yield Position(
            enrolment=enrolment, session=session, study_case=cases[case_id], number=number
        )

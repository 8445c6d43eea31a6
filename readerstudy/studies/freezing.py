"""What the lock stores: the cases, every reader's order, and the manifest over all of it."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from readerstudy.accounts.models import User
from readerstudy.core.bulk import counted_again
from readerstudy.core.canonical import sha256_of
from readerstudy.core.parts import in_parts
from readerstudy.studies.allocation import Row
from readerstudy.studies.deriving import derived_rows, numbered_patients, panel_of
from readerstudy.studies.hooks import build_lock_sections
from readerstudy.studies.lock_checks import checked_sections
from readerstudy.studies.manifest import build_manifest
from readerstudy.studies.models import (
    Design,
    Enrolment,
    Position,
    ProtocolVersion,
    Session,
    Study,
    StudyCase,
)
from readerstudy.studies.passes import ALGORITHM
from readerstudy.studies.practice import store_practice_cases
from readerstudy.studies.selectors import taking_part

_BATCH = 2_000
_READERS_AT_ONCE = 50


def freeze(
    study: Study, *, actor: User, reason: str, justification: str = "", now: datetime
) -> ProtocolVersion:
    """Stores cases, orders and manifest. Call it inside the transaction of the lock.

    Raises InvalidInput where a check before the lock needs a justification and there is none.
    """
    checked = checked_sections(study, justification=justification)
    _store_cases(study)
    store_practice_cases(study)
    study.design.algorithm = ALGORITHM
    study.design.save(update_fields=["algorithm"])
    store_orders(study, taking_part(study))
    counted_again(Enrolment, Session, StudyCase, Position)
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


def _store_cases(study: Study) -> None:
    cases = [StudyCase(study=study, case=case) for case in study.image_set.cases.all()]
    numbers = numbered_patients({one.public_id: one.case.patient_ref for one in cases})
    for one in cases:
        one.patient = numbers[one.public_id]
    StudyCase.objects.bulk_create(cases)


def store_orders(study: Study, enrolments: Iterable[Enrolment]) -> None:
    """Stores the rows of each of these readers as the study's design gives them."""
    design, panel = Design.objects.get(study=study), panel_of(study)
    cases = {one.public_id: one for one in StudyCase.objects.filter(study=study)}
    sessions = {session.number: session for session in study.sessions.all()}
    for some in in_parts(list(enrolments), _READERS_AT_ONCE):
        _store_rows(
            [
                (row, _position(row, enrolment, sessions, cases))
                for enrolment in some
                for row in derived_rows(design, panel, enrolment.code)
            ]
        )


def _store_rows(rows: Sequence[tuple[Row, Position]]) -> None:
    stored = {(row.reader, row.session, row.place): position for row, position in rows}
    _store(position for row, position in rows if row.repeat_of is None)
    # A repeat points at its first reading, which has a key only now.
    for row, position in rows:
        if row.repeat_of is not None:
            position.repeat_of = stored[row.reader, *row.repeat_of]
    _store(position for row, position in rows if row.repeat_of is not None)


def _store(positions: Iterable[Position]) -> None:
    Position.objects.bulk_create(positions, batch_size=_BATCH)


def _position(
    row: Row, enrolment: Enrolment, sessions: dict[int, Session], cases: dict[str, StudyCase]
) -> Position:
    return Position(
        enrolment=enrolment,
        session=sessions[row.session],
        study_case=cases[row.case],
        number=row.place,
        arm=row.arm,
        block=row.block,
    )

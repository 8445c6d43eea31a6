"""What a truth keeper does: looks at the reference standard of a study's cases, adds what is missing, corrects what is wrong."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from readerstudy.accounts.models import User
from readerstudy.core.audit import record_event
from readerstudy.core.csvio import Table
from readerstudy.core.errors import Conflict, InvalidInput, InvalidInputs, Problem
from readerstudy.core.models import AppendOnlyModel
from readerstudy.images.models import Case
from readerstudy.studies.choices import StudyState
from readerstudy.studies.models import Study
from readerstudy.truth.models import ReferenceStandard, TruthAccess
from readerstudy.truth.permissions import check_may_keep
from readerstudy.truth.services import MAX_TEXT, Truth

COLUMNS = ("case", "malignant", "diagnosis", "confirmation")
_WORDS = {"1": True, "yes": True, "malignant": True, "0": False, "no": False, "benign": False}
_SEALED = "These cases belong to a study that is locked; their reference standard cannot be changed any more."


@dataclass(frozen=True)
class KeptCase:
    """One case of the study with what stands of it, if anything."""

    case: Case
    standard: ReferenceStandard | None

    @property
    def cells(self) -> tuple[str, str, str, str]:
        """The row of the table that the keeper takes away, corrects and brings back."""
        one = self.standard
        if one is None:
            return (self.case.public_id, "", "", "")
        said = "yes" if one.malignant else "no"
        return (self.case.public_id, said, one.diagnosis, one.confirmation)


@dataclass(frozen=True)
class Kept:
    """How many cases got a reference standard, and how many another one."""

    recorded: int
    corrected: int


def kept_cases(*, study: Study, actor: User, purpose: str, now: datetime) -> list[KeptCase]:
    """Every case of the study with its reference standard, by id. The look is logged. Raises NotAllowed."""
    check_may_keep(actor, study)
    with transaction.atomic():
        access = TruthAccess.objects.create(study=study, actor=actor, purpose=purpose, at=now)
        _record("truth.read", actor, study, now, {"purpose": purpose}, [access])
    return _cases_of(study)


def is_sealed(study: Study) -> bool:
    """Whether a study on these cases, or one whose readers practise on them, is locked."""
    return _users_of(study).exclude(state=StudyState.DRAFT).exists()


def keep_truth(*, actor: User, study: Study, table: Table, reason: str, now: datetime) -> Kept:
    """Adds what the table says of cases without a reference standard and corrects the others: all of it or nothing.

    Cases that the table leaves out, or says the same of, stay as they are. Raises NotAllowed, InvalidInputs with every
    problem, its row and column, InvalidInput for corrections without a reason, and Conflict once a study on these
    cases is locked.
    """
    check_may_keep(actor, study)
    with transaction.atomic():
        # Held, so that none of them is locked between the check and the change.
        states = list(_users_of(study).select_for_update().values_list("state", flat=True))
        if any(state != StudyState.DRAFT for state in states):
            raise Conflict(_SEALED, code="sealed")
        rows = _new_rows(_cases_of(study), table, reason.strip(), now)
        corrected = sum(row.corrects is not None for row in rows)
        if corrected and not reason.strip():
            raise InvalidInput(
                "A correction needs a reason; it is written into the audit trail.",
                code="reason_missing",
                field="reason",
            )
        ReferenceStandard.objects.bulk_create(rows)
        kept = Kept(recorded=len(rows) - corrected, corrected=corrected)
        if rows:
            data = {"recorded": kept.recorded, "corrected": corrected, "reason": reason.strip()}
            _record("truth.kept", actor, study, now, data, [])
    return kept


def _users_of(study: Study) -> QuerySet[Study]:
    cases = Q(image_set=study.image_set_id) | Q(practice_set=study.image_set_id)
    return Study.objects.filter(cases).order_by("pk")


def _cases_of(study: Study) -> list[KeptCase]:
    cases = Case.objects.filter(image_set=study.image_set_id).order_by("public_id")
    rows = ReferenceStandard.objects.filter(case__image_set=study.image_set_id)
    standing = {row.case_id: row for row in rows}
    return [KeptCase(case, standing.get(case.pk)) for case in cases]


def _new_rows(
    known: list[KeptCase], table: Table, reason: str, now: datetime
) -> list[ReferenceStandard]:
    by_id = {one.case.public_id: one for one in known}
    problems = list(_table_problems(table))
    rows: list[ReferenceStandard] = []
    seen: dict[str, int] = {}
    for number, record in [] if problems else table.records():
        found = list(_row_problems(number, record, by_id, seen))
        problems += [replace(one, file=table.name, row=number) for one in found]
        if not found:
            rows += _changed(by_id[record["case"]], _truth(record), reason, now)
    if problems:
        count = len(problems)
        sentence = f"Nothing was stored: {table.name} has {count} {'problem' if count == 1 else 'problems'}."
        raise InvalidInputs(sentence, tuple(problems))
    return rows


def _table_problems(table: Table) -> Iterator[Problem]:
    for column in COLUMNS[:3]:
        if column not in table.header:
            message = f"The column {column} is missing."
            yield Problem("missing_column", message, table.name, 1, column)
    for column in table.header:
        if column not in COLUMNS:
            message = f"The column {column or '(without a name)'} is not known."
            yield Problem("unknown_column", message, table.name, 1, column)


def _row_problems(
    number: int, record: dict[str, str], known: dict[str, KeptCase], seen: dict[str, int]
) -> Iterator[Problem]:
    case = record["case"]
    first = seen.setdefault(case, number)
    if case not in known:
        yield Problem("unknown_case", f"The study has no case {case[:80]}.", column="case")
    elif first != number:
        yield Problem("duplicate_row", f"{case} already stands in row {first}.", column="case")
    if record["malignant"].casefold() not in _WORDS:
        words = record["malignant"][:80] or "Nothing"
        yield Problem("bad_malignant", f"{words} is neither yes nor no.", column="malignant")
    if not 0 < len(record["diagnosis"]) <= MAX_TEXT:
        message = f"A diagnosis has 1 to {MAX_TEXT} characters."
        yield Problem("bad_diagnosis", message, column="diagnosis")
    if len(record.get("confirmation", "")) > MAX_TEXT:
        message = f"A confirmation has at most {MAX_TEXT} characters."
        yield Problem("bad_confirmation", message, column="confirmation")


def _truth(record: dict[str, str]) -> Truth:
    malignant = _WORDS[record["malignant"].casefold()]
    return Truth(malignant, record["diagnosis"], record.get("confirmation", ""))


def _changed(one: KeptCase, truth: Truth, reason: str, now: datetime) -> list[ReferenceStandard]:
    """The row that is to be stored; none where the table says what stands already."""
    before = one.standard
    if before and (before.malignant, before.diagnosis, before.confirmation) == (
        truth.malignant, truth.diagnosis, truth.confirmation,
    ):  # fmt: skip
        return []
    row = ReferenceStandard(
        case=one.case,
        malignant=truth.malignant,
        diagnosis=truth.diagnosis,
        confirmation=truth.confirmation,
        recorded_at=now,
        corrects=before,
        reason=reason if before else "",
    )
    return [row]


def _record(  # noqa: PLR0917 (of one module)
    verb: str,
    actor: User,
    study: Study,
    now: datetime,
    data: dict[str, object],
    evidence: Sequence[AppendOnlyModel],
) -> None:
    record_event(
        actor=actor,
        verb=verb,
        subject=study,
        now=now,
        study_id=study.public_id,
        data=data,
        evidence=evidence,
    )

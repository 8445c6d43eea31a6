"""Many readers at once, from a table with one reader per row. Nobody is invited if any row is wrong."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from readerstudy.accounts.choices import SiteRole
from readerstudy.accounts.emails import has_plain_local_part, normal_email
from readerstudy.accounts.mail import Link, mails_together
from readerstudy.accounts.models import User
from readerstudy.accounts.services import check_language
from readerstudy.core.audit import events_together
from readerstudy.core.csvio import Table
from readerstudy.core.errors import InvalidInputs, Problem
from readerstudy.studies.blinding import staff_over
from readerstudy.studies.choices import StudyState
from readerstudy.studies.enrolling import MAX_YEARS, NewReader, enrol, study_open_for_readers
from readerstudy.studies.models import Enrolment, Institution, RankGroup, Study

COLUMNS = ("email", "name", "rank_group", "institution", "years_of_experience")
MAX_ROWS = 1_000
_MAX_NAME, _MAX_INSTITUTION = 150, 120


def invite_readers(
    *,
    actor: User,
    study: Study,
    table: Table,
    add_institutions: bool = False,
    language: str = "en",
    link: Link | None = None,
    now: datetime,
) -> list[tuple[Enrolment, str]]:
    """Every reader of the table with the token of their invitation, or nobody.

    `add_institutions` makes the institutions that a draft does not have yet. Raises InvalidInputs with every problem,
    its row and column; NotAllowed; Conflict once the study is closed.
    """
    check_language(language)
    with transaction.atomic(), mails_together(), events_together():
        locked = study_open_for_readers(actor, study)
        may_add = add_institutions and locked.state == StudyState.DRAFT
        readers = _read(locked, table, may_add=may_add)
        taken = set(locked.enrolments.values_list("code", flat=True))
        invited = []
        for reader in readers:
            ready = replace(reader, institution=_stored(reader.institution), language=language)
            done = enrol(actor=actor, study=locked, reader=ready, taken=taken, link=link, now=now)
            taken.add(done[0].code)
            invited.append(done)
    return invited


def _stored(institution: Institution) -> Institution:
    if institution.pk is None:
        institution.save()
    return institution


@dataclass
class _Known:
    """What the rows are checked against."""

    rank_groups: dict[str, RankGroup]
    institutions: dict[str, Institution]
    enrolled: Collection[str]
    not_readers: Collection[str]
    staff: Collection[str]
    seen: dict[str, int]
    study: Study
    may_add: bool


def _read(study: Study, table: Table, *, may_add: bool) -> list[NewReader]:
    problems = list(_table_problems(table))
    readers = []
    if not problems:
        known = _known(study, may_add=may_add)
        for (row, record), cells in zip(table.records(), table.rows, strict=True):
            found = [*_row_problems(row, record, known), *_surplus(cells, table.header)]
            problems += [replace(problem, file=table.name, row=row) for problem in found]
            if not found:
                readers.append(_reader(record, known))
    if problems:
        count = len(problems)
        sentence = f"Nobody was invited: {table.name} has {count} {'problem' if count == 1 else 'problems'}."
        raise InvalidInputs(sentence, tuple(problems))
    return readers


def _table_problems(table: Table) -> Iterator[Problem]:
    for column in COLUMNS:
        if column not in table.header:
            yield Problem(
                "missing_column", f"The column {column} is missing.", table.name, 1, column
            )
    for column in table.header:
        if column not in COLUMNS:
            message = f"The column {column or '(without a name)'} is not known."
            yield Problem("unknown_column", message, table.name, 1, column)
    if not table.rows:
        yield Problem("no_rows", "There is no reader below the header.", table.name)
    if len(table.rows) > MAX_ROWS:
        message = f"There are {len(table.rows)} readers; at most {MAX_ROWS} are invited at once."
        yield Problem("too_many_rows", message, table.name)


def _known(study: Study, *, may_add: bool) -> _Known:
    accounts = User.objects.exclude(role=SiteRole.READER, is_active=True)
    return _Known(
        rank_groups={group.name.casefold(): group for group in study.rank_groups.all()},
        institutions={one.name.casefold(): one for one in study.institutions.all()},
        enrolled=set(study.enrolments.values_list("user__email", flat=True)),
        not_readers=set(accounts.values_list("email", flat=True)),
        staff=set(staff_over(study.image_set_id).values_list("email", flat=True)),
        seen={},
        study=study,
        may_add=may_add,
    )


def _row_problems(row: int, record: dict[str, str], known: _Known) -> Iterator[Problem]:
    yield from _email_problems(row, record["email"], known)
    if not 0 < len(record["name"]) <= _MAX_NAME:
        yield _problem("name", f"The name has 1 to {_MAX_NAME} characters.")
    group = record["rank_group"]
    if group.casefold() not in known.rank_groups:
        names = ", ".join(one.name for one in known.rank_groups.values())
        yield _problem("rank_group", f"{group or 'Nothing'} is none of the rank groups: {names}.")
    yield from _institution_problems(record["institution"], known)
    years = record["years_of_experience"]
    if years and not (years.isascii() and years.isdigit() and int(years) <= MAX_YEARS):
        message = f"{years} is not a whole number from 0 to {MAX_YEARS}."
        yield _problem("years_of_experience", message)


def _surplus(cells: tuple[str, ...], header: tuple[str, ...]) -> Iterator[Problem]:
    if any(cells[len(header) :]):
        message = f"The row has {len(cells)} cells; the header has {len(header)} columns."
        yield Problem("surplus_cells", message)


def _email_problems(row: int, cell: str, known: _Known) -> Iterator[Problem]:
    email = normal_email(cell)
    first = known.seen.setdefault(email, row)
    try:
        validate_email(email)
    except ValidationError:
        yield _problem("email", f"{cell or 'Nothing'} is not a mail address.")
        return
    if not has_plain_local_part(email):
        yield _problem("email", f"{email} has letters with accents before the @.")
    if first != row:
        yield _problem("email", f"{email} stands in row {first} already.")
    if email in known.enrolled:
        yield _problem("email", f"{email} is already a reader of this study.")
    if email in known.not_readers:
        yield _problem("email", f"{email} is not the account of a reader.")
    elif email in known.staff:
        message = f"{email} belongs or belonged to the staff of a study on these cases and cannot read them."
        yield _problem("email", message)


def _institution_problems(name: str, known: _Known) -> Iterator[Problem]:
    if not 0 < len(name) <= _MAX_INSTITUTION:
        yield _problem(
            "institution", f"The name of the institution has 1 to {_MAX_INSTITUTION} characters."
        )
    elif name.casefold() not in known.institutions:
        if known.may_add:
            known.institutions[name.casefold()] = Institution(study=known.study, name=name)
        else:
            yield _problem("institution", f"The study has no institution {name}.")


def _problem(column: str, message: str) -> Problem:
    return Problem(code=f"bad_{column}", message=message, column=column)


def _reader(record: dict[str, str], known: _Known) -> NewReader:
    years = record["years_of_experience"]
    return NewReader(
        email=record["email"],
        name=record["name"],
        rank_group=known.rank_groups[record["rank_group"].casefold()],
        institution=known.institutions[record["institution"].casefold()],
        years_of_experience=int(years) if years else None,
    )

"""Whether a locked study still is what was locked: the manifest is built again from the rows, the orders from the seed."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any

from django.db.models import Q

from readerstudy.core.canonical import canonical_json, sha256_of
from readerstudy.core.errors import Conflict, DomainError
from readerstudy.core.media import sha256_of_stored
from readerstudy.core.parts import in_parts
from readerstudy.images.models import Image
from readerstudy.studies.allocation import Row
from readerstudy.studies.choices import StudyState
from readerstudy.studies.deriving import derived_rows, is_known, panel_of
from readerstudy.studies.hooks import verify_sections
from readerstudy.studies.manifest import ALWAYS_BEFORE, build_manifest
from readerstudy.studies.models import Position, ProtocolVersion, Study
from readerstudy.studies.selectors import lock_of

_SHOWN = 60
_READERS_AT_ONCE = 100
# The version of the code is a fact of the lock, not of the rows.
_NOT_REBUILT = {"app_version", "sections"}


def faults_of(study: Study, *, with_files: bool = True) -> list[str]:
    """Everything in which the stored study differs from its lock manifest, each as a sentence; empty if all holds.

    With files, the stored photographs are hashed too. Raises Conflict for a study that is not locked.
    """
    lock = lock_of(study)
    if lock is None:
        raise Conflict(f"{study.title} is a draft; there is nothing to verify.")
    return [
        *_state_faults(study),
        *_manifest_faults(study, lock),
        *order_faults(study),
        *verify_sections(study, lock.manifest["sections"]),
        *(_file_faults(study) if with_files else ()),
    ]


def all_faults() -> Iterator[str]:
    """What is wrong with any locked study, its name before each sentence. The photographs' files are not read."""
    was_locked = ~Q(state=StudyState.DRAFT) | Q(versions__isnull=False)
    for study in Study.objects.filter(was_locked).distinct().order_by("pk"):
        try:
            faults = faults_of(study, with_files=False)
        except DomainError as error:
            faults = [error.message]
        yield from (f"{study.title}: {fault}" for fault in faults)


def _state_faults(study: Study) -> Iterator[str]:
    last = study.transitions.order_by("pk").last()
    if last is None or last.to_state != study.state:
        came_to = last.to_state if last else StudyState.DRAFT.value
        yield f"The study is {study.state}, and its last step led to {came_to}."


def _manifest_faults(study: Study, lock: ProtocolVersion) -> Iterator[str]:
    if sha256_of(lock.manifest) != lock.sha256:
        yield f"The stored manifest of version {lock.version} does not have the hash {lock.sha256}."
    codes = [one["code"] for one in lock.manifest["enrolments"]]
    enrolments = study.enrolments.filter(code__in=codes).order_by("code")
    rebuilt = build_manifest(
        study, sections={}, enrolments=enrolments.select_related("rank_group", "institution")
    )
    locked = {**ALWAYS_BEFORE, **lock.manifest}
    for name in sorted(locked.keys() - _NOT_REBUILT):
        yield from _differences(name, locked[name], rebuilt.get(name))


def _differences(path: str, locked: Any, stored: Any) -> Iterator[str]:
    """One sentence for each leaf that differs, with its path."""
    if isinstance(locked, dict) and isinstance(stored, dict):
        for key in sorted(locked.keys() | stored.keys()):
            yield from _differences(f"{path}.{key}", locked.get(key), stored.get(key))
    elif isinstance(locked, list) and isinstance(stored, list) and len(locked) == len(stored):
        for place, (one, other) in enumerate(zip(locked, stored, strict=True)):
            yield from _differences(f"{path}[{place}]", one, other)
    elif locked != stored:
        yield f"{path} was locked as {_shown(locked)} and is {_shown(stored)}."


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return f"{len(value)} entries"
    text = canonical_json(value).decode()
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def order_faults(study: Study) -> Iterator[str]:
    """The rows of all readers, those who came after the lock included, derived again from the seed."""
    design, panel = study.design, panel_of(study)
    if not is_known(design.algorithm):
        yield f"No version of the allocation is called {design.algorithm}."
        return
    readers = list(study.enrolments.values_list("pk", "code"))
    for some in in_parts(readers, _READERS_AT_ONCE):
        stored = _stored_rows([pk for pk, _code in some])
        for _pk, code in some:
            yield from _row_faults(code, derived_rows(design, panel, code), stored.pop(code, []))


def _row_faults(code: str, derived: list[Row], stored: list[Row]) -> Iterator[str]:
    """One sentence for each session, with the first place that differs and in what."""
    for session in sorted({row.session for row in (*derived, *stored)}):
        pairs = zip_longest(
            [row for row in derived if row.session == session],
            [row for row in stored if row.session == session],
        )
        found = ((place, _fault(*pair)) for place, pair in enumerate(pairs, start=1))
        first = next(((place, fault) for place, fault in found if fault), None)
        if first:
            place, what = first
            yield f"The {what} of {code} in session {session} is not the derived one from place {place} on."


def _fault(derived: Row | None, stored: Row | None) -> str:
    """What of the row is not the derived one: its order (case or place), arm, block or repeat; empty if all is."""
    if derived is None or stored is None:
        return "order"
    if (derived.case, derived.place) != (stored.case, stored.place):
        return "order"
    names = {"arm": "arm", "block": "block", "repeat_of": "repeat"}
    different = (
        name for field, name in names.items() if getattr(derived, field) != getattr(stored, field)
    )
    return next(different, "")


def _stored_rows(readers: Sequence[int]) -> dict[str, list[Row]]:
    rows: dict[str, list[Row]] = defaultdict(list)
    positions = Position.objects.filter(enrolment__in=readers).order_by("session__number", "number")
    fields = (
        "enrolment__code",
        "session__number",
        "number",
        "study_case__public_id",
        "arm",
        "block",
    )
    first = ("repeat_of__enrolment__code", "repeat_of__session__number", "repeat_of__number")
    for code, session, number, case, arm, block, *repeated in positions.values_list(
        *fields, *first
    ):
        repeat_of = _repeated(code, *repeated)
        rows[code].append(Row(code, session, number, case, arm, block, repeat_of))
    return rows


def _repeated(
    code: str, first_code: str | None, session: int | None, number: int | None
) -> tuple[int, int] | None:
    if session is None or number is None:
        return None
    # No place is 0: what points at another reader's reading is no derived repeat.
    return (session, number) if first_code == code else (0, 0)


def _file_faults(study: Study) -> Iterator[str]:
    shown = Q(case__study_cases__study=study) | Q(case__practice_cases__study=study)
    images = Image.objects.filter(shown).distinct().order_by("public_id")
    for public_id, name, sha256 in images.values_list("public_id", "file", "sha256"):
        try:
            found = sha256_of_stored(name)
        except OSError:
            yield f"The file of image {public_id} cannot be read."
            continue
        if found != sha256:
            yield f"The file of image {public_id} has changed since it was imported."

"""The allocation of a study, in numbers and as a table: of a draft as it would be, after the lock as it is stored."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import BooleanField, Count, ExpressionWrapper, Min, Q

from readerstudy.core.parts import in_parts
from readerstudy.images.models import Case
from readerstudy.studies.allocation import allocate
from readerstudy.studies.choices import ArmKind, StudyState
from readerstudy.studies.deriving import numbered_patients
from readerstudy.studies.flow import Flow, Part, coverage_of, groups_of, merged, parts_of
from readerstudy.studies.models import Position, Study
from readerstudy.studies.passes import Panel
from readerstudy.studies.selectors import taking_part

# While nobody is invited the draft's allocation is shown for so many readers.
SUPPOSED_READERS = 8
# Readers × cases up to which a page derives the rows of a draft: about a second.
MOST_ROWS = 100_000
_READERS_AT_ONCE = 50
ORDER_COLUMNS = (
    "reader",
    "session",
    "place",
    "case",
    "arm",
    "block",
    "repeats_session",
    "repeats_place",
)


@dataclass(frozen=True)
class Allocation:
    """What a page shows. `flow` is None where the draft is too large to be derived while somebody waits."""

    flow: Flow | None
    is_stored: bool
    is_supposed: bool


def allocation_of(study: Study) -> Allocation:
    """The allocation of the study; readers who were withdrawn after the lock are counted, as their rows stay."""
    if study.state != StudyState.DRAFT:
        return Allocation(_stored_flow(study), is_stored=True, is_supposed=False)
    codes = tuple(taking_part(study).values_list("code", flat=True))
    supposed = tuple(f"R-{number}" for number in range(1, SUPPOSED_READERS + 1))
    flow = _draft_flow(study, codes or supposed)
    return Allocation(flow, is_stored=False, is_supposed=not codes)


def _draft_flow(study: Study, readers: tuple[str, ...]) -> Flow | None:
    cases = dict(
        Case.objects.filter(image_set=study.image_set_id).values_list("public_id", "patient_ref")
    )
    if len(cases) * len(readers) > MOST_ROWS:
        return None
    options = study.design.options
    panel = Panel(study.seed, readers, numbered_patients(cases))
    rows = [allocate(options, panel, reader) for reader in readers]
    counts = Counter(
        (row.case, row.arm) for of_reader in rows for row in of_reader if row.repeat_of is None
    )
    return Flow(
        kind=options.kind,
        readers=len(readers),
        cases=len(cases),
        groups=groups_of(options.kind, map(parts_of, rows)),
        coverage=coverage_of(
            ((arm, count) for (_, arm), count in counts.items()), cases=len(cases)
        ),
    )


def _stored_flow(study: Study) -> Flow:
    positions = Position.objects.filter(enrolment__study=study).order_by()
    is_repeat = ExpressionWrapper(Q(repeat_of__isnull=False), output_field=BooleanField())
    rows = (
        positions.annotate(is_repeat=is_repeat)
        .values_list("enrolment_id", "session__number", "is_repeat", "arm", "block")
        .annotate(cases=Count("pk"), first=Min("number"))
    )
    parts: dict[int, list[Part]] = defaultdict(list)
    for reader, session, repeats, arm, block, cases, first in rows:
        parts[reader].append(Part(session, bool(repeats), first, ArmKind(arm), block, cases))
    counts = (
        positions.filter(repeat_of=None)
        .values_list("study_case_id", "arm")
        .annotate(readers=Count("pk"))
    )
    cases = study.study_cases.count()
    return Flow(
        kind=study.design.kind,
        readers=len(parts),
        cases=cases,
        groups=groups_of(study.design.kind, map(merged, parts.values())),
        coverage=coverage_of(((arm, readers) for _, arm, readers in counts), cases=cases),
    )


def stored_order(study: Study) -> Iterator[tuple[str | int | None, ...]]:
    """The rows of all readers as they are stored, by reader, session and place; no truth, no names.

    Some readers at a time: whoever writes a file of a million rows never holds them.
    """
    readers = list(study.enrolments.order_by("code").values_list("pk", flat=True))
    for some in in_parts(readers, _READERS_AT_ONCE):
        positions = Position.objects.filter(enrolment__in=some)
        yield from positions.order_by("enrolment__code", "session__number", "number").values_list(
            "enrolment__code",
            "session__number",
            "number",
            "study_case__public_id",
            "arm",
            "block",
            "repeat_of__session__number",
            "repeat_of__number",
        )

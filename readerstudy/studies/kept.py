"""What is told of every reader of a large study, kept from one look at it to the next.

A million rows are counted once. Afterwards the audit trail says of whom they are to be counted again: every stored answer is
told there in the transaction that stores it, one event after the other, so that nothing can have come behind an event that
was seen. The hash of that event is kept as well: a database that was put back to an earlier day has another one there.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from django.core.cache import cache
from django.db.models import Count

from readerstudy.core.models import AuditEvent, AuditHead
from readerstudy.core.outages import done_without
from readerstudy.core.parts import in_parts
from readerstudy.core.plain import packed, unpacked
from readerstudy.studies.models import Enrolment, Study

# Readers × cases from which on they are kept: fewer are counted while nobody notices.
KEPT_FROM = 50_000
KEPT_SECONDS = 6 * 3600
READERS_AT_ONCE = 500
# What is told of readers and of the study and changes no row of theirs. Any other event of a study counts all of them again.
_NOTHING_NEW = (
    "account.", "audit.", "consent.", "environment.", "file.", "message.", "practice.", "profile.",
    "reader.reminded", "report.", "results.",
)  # fmt: skip
# Of numbers, texts, moments and bytes alone: other versions of the program read it too.
Plain = tuple[Any, ...]
Counted = dict[int, Plain]


class _Kept(NamedTuple):
    """What the cache holds; `marks` say of what state of the study and of the program it is."""

    sequence: int
    hash: str
    marks: Plain
    rows: Counted


def kept_by_reader(
    study: Study,
    readers: Sequence[int],
    count: Callable[[Sequence[int]], Counted],
    *,
    name: str,
    marks: Plain = (),
) -> Counted:
    """Enrolment → what `count` tells of it, for all enrolments of the study; `marks` are what it depends on beside them.

    `count` is asked for some hundred at a time, so that a million rows are never in memory at once. Small studies are
    counted every time. Change `name` with what `count` tells.
    """
    cases = study.study_cases.aggregate(all=Count("pk"), withdrawn=Count("withdrawn_at"))
    if len(readers) * cases["all"] < KEPT_FROM:
        return _counted(readers, count)
    # Before anything is counted: what is stored meanwhile is counted again the next time.
    head = AuditHead.objects.filter(pk=1).first()
    state = (*marks, cases["withdrawn"])
    known = _still_true(study, name, head, state)
    fresh = _counted([one for one in readers if one not in known], count)
    if head and fresh:
        _keep(study, name, _Kept(head.sequence, head.hash, state, {**known, **fresh}))
    return {**known, **fresh}


def _counted(readers: Sequence[int], count: Callable[[Sequence[int]], Counted]) -> Counted:
    found: Counted = {}
    for some in in_parts(readers, READERS_AT_ONCE):
        found |= count(some)
    return found


def _still_true(study: Study, name: str, head: AuditHead | None, state: Plain) -> Counted:
    """What was kept of the readers of whom nothing was told since; nothing where that cannot be said."""
    kept = _fetched(study, name)
    if kept is None or head is None or kept.marks != state or not _is_in_chain(kept, head):
        return {}
    changed = _changed_since(study, kept)
    return {} if changed is None else {pk: one for pk, one in kept.rows.items() if pk not in changed}  # fmt: skip


def _is_in_chain(kept: _Kept, head: AuditHead) -> bool:
    if (kept.sequence, kept.hash) == (head.sequence, head.hash):
        return True
    return AuditEvent.objects.filter(sequence=kept.sequence, hash=kept.hash).exists()


def _changed_since(study: Study, kept: _Kept) -> set[int] | None:
    """The enrolments of which the trail tells something since; None where it tells of more than of single ones."""
    later = AuditEvent.objects.filter(study_id=study.public_id, sequence__gt=kept.sequence)
    rows = later.order_by().values_list("verb", "subject_type", "subject_id").distinct()
    told = [row for row in rows if not row[0].startswith(_NOTHING_NEW)]
    if any(label != Enrolment._meta.label for _verb, label, _id in told):
        return None
    ids = [subject for _verb, _label, subject in told]
    return set(study.enrolments.filter(public_id__in=ids).values_list("pk", flat=True))


def _fetched(study: Study, name: str) -> _Kept | None:
    with done_without():  # what is not kept is counted
        if found := cache.get(key_of(study, name)):
            return _Kept(*unpacked(found))
    return None


def _keep(study: Study, name: str, kept: _Kept) -> None:
    with done_without():
        cache.set(key_of(study, name), packed(tuple(kept)), KEPT_SECONDS)


def key_of(study: Study, name: str) -> str:
    """Under which the cache holds it."""
    return f"kept:{name}:{study.public_id}"

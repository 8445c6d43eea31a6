"""What other rooms add to a study's life without this room knowing them.

They register in their `AppConfig.ready`: what a draft needs before the lock, a section of the lock manifest, a check
before the lock or of a practice set, a note beside the design or a step, or something to do when a study enters a state or is copied.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from readerstudy.accounts.models import User
from readerstudy.core.errors import Problem
from readerstudy.images.models import ImageSet
from readerstudy.studies.choices import StudyState
from readerstudy.studies.models import Enrolment, Study

PracticeCheck = Callable[[ImageSet], Iterable[Problem]]
LockNeeds = Callable[[Study], Iterable[Problem]]
LockSection = Callable[[Study], dict[str, Any]]
Verification = Callable[[Study, dict[str, Any]], Iterable[str]]


@dataclass(frozen=True)
class LockFinding:
    """What a check before the lock found. `section` is shown on the page and stored in the manifest as it is."""

    section: dict[str, Any]
    needs_justification: bool = False


LockCheck = Callable[[Study], LockFinding]


class DesignNote(Protocol):
    """What a room has to say of a study's design with so many readers and cases, before the lock and after it."""

    def __call__(self, study: Study, *, readers: int, cases: int) -> object: ...


class StepNote(Protocol):
    """What a room has to say before a study enters a state; with nothing to say, None."""

    def __call__(self, study: Study) -> object | None: ...


class Entered(Protocol):
    """Called inside the transaction of the transition; queue tasks with on_commit."""

    def __call__(self, *, study: Study, actor: User, now: datetime) -> object: ...


class Copied(Protocol):
    """Called inside the transaction of the copy; adds to the draft `copy` what the room keeps of `source`."""

    def __call__(self, *, source: Study, copy: Study, actor: User, now: datetime) -> object: ...


class Left(Protocol):
    """Called inside the transaction in which a reader leaves a locked study, or is taken out of it."""

    def __call__(self, *, enrolment: Enrolment, actor: User | None, now: datetime) -> object: ...


_lock_needs: list[LockNeeds] = []
_lock_sections: dict[str, LockSection] = {}
_lock_checks: dict[str, tuple[LockCheck, str]] = {}
_design_notes: dict[str, tuple[DesignNote, str]] = {}
_step_notes: dict[StudyState, list[tuple[StepNote, str]]] = defaultdict(list)
_verifications: dict[str, Verification] = {}
_entered: dict[StudyState, list[Entered]] = defaultdict(list)
_copied: list[Copied] = []
_left: list[Left] = []
_practice_checks: list[PracticeCheck] = []


def register_lock_needs(needs: LockNeeds) -> None:
    """Asks `needs` what a draft lacks before it can be locked; the pages name it long before that."""
    if needs not in _lock_needs:
        _lock_needs.append(needs)


def register_lock_section(name: str, build: LockSection) -> None:
    """Adds `build(study)` to the manifest under `name`. `build` may raise Conflict: the study is not locked then."""
    if _lock_sections.setdefault(name, build) is not build:
        raise ValueError(f"The lock section {name} is already registered.")


def register_lock_check(name: str, check: LockCheck, *, template: str) -> None:
    """Shows what `check(study)` finds before the lock, and puts it into the manifest under `name`.

    `template` shows the stored section, before the lock and after it, as `section`.
    """
    if _lock_checks.setdefault(name, (check, template)) != (check, template):
        raise ValueError(f"The lock check {name} is already registered.")


def register_verification(name: str, verify: Verification) -> None:
    """Lets a room check its section of a stored manifest: `verify(study, section)` gives a sentence for each fault."""
    if _verifications.setdefault(name, verify) is not verify:
        raise ValueError(f"The verification of {name} is already registered.")


def register_design_note(name: str, build: DesignNote, *, template: str) -> None:
    """Shows what `build` gives beside the design; the template is given it under `name`, and may show nothing."""
    if _design_notes.setdefault(name, (build, template)) != (build, template):
        raise ValueError(f"The design note {name} is already registered.")


def register_step_note(state: StudyState, build: StepNote, *, template: str) -> None:
    """Shows what `build(study)` gives on the page that asks before the study enters the state, as `note`."""
    if (build, template) not in _step_notes[state]:
        _step_notes[state].append((build, template))


def register_entered(state: StudyState, callback: Entered) -> None:
    """Calls `callback` whenever a study enters the state. What it raises undoes the transition."""
    if callback not in _entered[state]:
        _entered[state].append(callback)


def register_copied(callback: Copied) -> None:
    """Calls `callback` whenever a study is copied. What it raises undoes the copy."""
    if callback not in _copied:
        _copied.append(callback)


def register_left(callback: Left) -> None:
    """Calls `callback` whenever a reader leaves a locked study. What it raises undoes the leaving."""
    if callback not in _left:
        _left.append(callback)


def register_practice_check(check: PracticeCheck) -> None:
    """Asks `check` what keeps an image set from being practised on, when it is chosen and again at the lock."""
    if check not in _practice_checks:
        _practice_checks.append(check)


def call_practice_checks(image_set: ImageSet) -> Iterator[Problem]:
    """What the registered rooms find wrong with an image set to be practised on."""
    for check in _practice_checks:
        yield from check(image_set)


def call_lock_needs(study: Study) -> Iterator[Problem]:
    """What the registered rooms miss in a draft."""
    for needs in _lock_needs:
        yield from needs(study)


def build_lock_sections(study: Study) -> dict[str, dict[str, Any]]:
    """Name → section for every registered room, in the order of the names."""
    return {name: _lock_sections[name](study) for name in sorted(_lock_sections)}


def call_lock_checks(study: Study) -> dict[str, LockFinding]:
    """Name → what every registered check finds, in the order of the names."""
    return {name: _lock_checks[name][0](study) for name in sorted(_lock_checks)}


def lock_check_templates() -> dict[str, str]:
    """Name → template of every registered check, in the order of the names."""
    return {name: _lock_checks[name][1] for name in sorted(_lock_checks)}


def build_design_notes(
    study: Study, *, readers: int, cases: int
) -> list[tuple[str, dict[str, Any]]]:
    """Template and context of every registered note, in the order of the names."""
    return [
        (template, {name: build(study, readers=readers, cases=cases)})
        for name, (build, template) in sorted(_design_notes.items())
    ]


def build_step_notes(study: Study, state: StudyState) -> list[tuple[str, object]]:
    """Template and note of every room that has something to say before the study enters the state."""
    notes = [(template, build(study)) for build, template in _step_notes[state]]
    return [(template, note) for template, note in notes if note is not None]


def verify_sections(study: Study, sections: dict[str, dict[str, Any]]) -> Iterator[str]:
    """What the rooms find wrong with their sections; a section that no room can check is a fault too."""
    for name, section in sorted(sections.items()):
        if name in _verifications:
            yield from _verifications[name](study, section)
        else:
            yield f"No room of this version can check the section {name}."


def call_entered(state: StudyState, *, study: Study, actor: User, now: datetime) -> None:
    """Tells every registered room that the study has entered the state."""
    for callback in _entered[state]:
        callback(study=study, actor=actor, now=now)


def call_left(*, enrolment: Enrolment, actor: User | None, now: datetime) -> None:
    """Tells every registered room that a reader has left their study."""
    for callback in _left:
        callback(enrolment=enrolment, actor=actor, now=now)


def call_copied(*, source: Study, copy: Study, actor: User, now: datetime) -> None:
    """Tells every registered room that a study was copied."""
    for callback in _copied:
        callback(source=source, copy=copy, actor=actor, now=now)

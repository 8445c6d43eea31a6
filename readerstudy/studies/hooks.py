"""What other rooms add to a study's life without this room knowing them.

They register in their `AppConfig.ready`: a section of the lock manifest, or something to do when a study enters a state.
"""

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

from readerstudy.accounts.models import User
from readerstudy.studies.choices import StudyState
from readerstudy.studies.models import Study

LockSection = Callable[[Study], dict[str, Any]]


class Entered(Protocol):
    """Called inside the transaction of the transition; queue tasks with on_commit."""

    def __call__(self, *, study: Study, actor: User, now: datetime) -> object: ...


_lock_sections: dict[str, LockSection] = {}
_entered: dict[StudyState, list[Entered]] = defaultdict(list)


def register_lock_section(name: str, build: LockSection) -> None:
    """Adds `build(study)` to the manifest under `name`. `build` may raise Conflict: the study is not locked then."""
    if _lock_sections.setdefault(name, build) is not build:
        raise ValueError(f"The lock section {name} is already registered.")


def register_entered(state: StudyState, callback: Entered) -> None:
    """Calls `callback` whenever a study enters the state. What it raises undoes the transition."""
    if callback not in _entered[state]:
        _entered[state].append(callback)


def build_lock_sections(study: Study) -> dict[str, dict[str, Any]]:
    """Name → section for every registered room, in the order of the names."""
    return {name: _lock_sections[name](study) for name in sorted(_lock_sections)}


def call_entered(state: StudyState, *, study: Study, actor: User, now: datetime) -> None:
    """Tells every registered room that the study has entered the state."""
    for callback in _entered[state]:
        callback(study=study, actor=actor, now=now)

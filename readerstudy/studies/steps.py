"""The steps of a study's life as its pages tell them."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from readerstudy.studies.choices import NEXT_STATE, StudyState


@dataclass(frozen=True)
class Step:
    """One way forward: what the button says, and in a sentence what it means."""

    to: StudyState
    action: Any
    meaning: Any
    needs_reason: bool = False

    @property
    def needs_password(self) -> bool:
        return self.needs_reason


@dataclass(frozen=True)
class Stage:
    """One state in the row of states."""

    state: StudyState
    is_done: bool
    is_current: bool


_STEPS = {
    step.to: step
    for step in (
        Step(
            StudyState.LOCKED,
            _("Lock the protocol"),
            _(
                "Cases, wording, readers and every reading order are fixed and their hash is stored; "
                "nothing of it can be changed afterwards."
            ),
        ),
        Step(
            StudyState.READING,
            _("Open for reading"),
            _("Every reader who has agreed to take part can begin."),
        ),
        Step(
            StudyState.CLOSED,
            _("Close the reading"),
            _("No answer is taken from now on, of readers who have not finished either."),
        ),
        Step(
            StudyState.UNBLINDED,
            _("Unblind"),
            _(
                "The reference standard and the scores become visible to the coordinators, and the analysis is "
                "computed. It cannot be taken back, and is written down with your name and reason."
            ),
            needs_reason=True,
        ),
        Step(
            StudyState.ARCHIVED,
            _("Archive"),
            _("The study is put away; its results stay readable."),
        ),
    )
}


def next_step(state: str) -> Step | None:
    """The one way forward from the state, or None at the end."""
    following = NEXT_STATE.get(StudyState(state))
    return _STEPS[following] if following else None


def stages(state: str) -> list[Stage]:
    """All states in their order, with those that lie behind."""
    order = list(StudyState)
    here = order.index(StudyState(state))
    return [
        Stage(one, is_done=place < here, is_current=place == here)
        for place, one in enumerate(order)
    ]

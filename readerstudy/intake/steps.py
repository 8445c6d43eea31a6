"""The steps of an import, for the line above its page."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from readerstudy.intake.choices import ImportState
from readerstudy.intake.models import ImportJob

LABELS = (_("Check"), _("Answer questions"), _("Look at the report"), _("Import"))
CHECK, ANSWER, LOOK, IMPORT = range(len(LABELS))
AT = {
    ImportState.UPLOADED: CHECK,
    ImportState.ASKED: ANSWER,
    ImportState.PLANNED: LOOK,
    ImportState.REFUSED: LOOK,
    ImportState.APPLYING: IMPORT,
}


@dataclass(frozen=True)
class Step:
    """One step: behind the import, before it, or the one it is at."""

    label: Promise | str
    is_done: bool
    is_current: bool


def steps_of(job: ImportJob) -> list[Step]:
    """The steps. An import that is done has them all behind it, one that was undone has none any more.

    Once it is known that nothing had to be asked, there is no step of answers.
    """
    if job.state == ImportState.UNDONE:
        return []
    place = _place(job)
    nothing_asked = place > ANSWER and not job.mapping
    return [
        Step(label, at < place, at == place)
        for at, label in enumerate(LABELS)
        if at != ANSWER or not nothing_asked
    ]


def _place(job: ImportJob) -> int:
    if job.state == ImportState.APPLIED:
        return len(LABELS)
    if job.state == ImportState.FAILED:
        return IMPORT if job.report else CHECK
    return AT[ImportState(job.state)]

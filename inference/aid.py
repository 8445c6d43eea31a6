"""The one thing of the CNN that the reader's room may ask for: what is shown with a position of the aided arm.

Nothing is answered for a case that is read unaided, nor before the unaided answer is stored where it comes first.
"""

from dataclasses import dataclass

from django.db.models import Avg

from inference.choices import AidForm, RunState
from inference.models import Aid, Score
from readerstudy.core.errors import NotFound
from readerstudy.studies.choices import ArmKind
from readerstudy.studies.models import Position


@dataclass(frozen=True)
class AidShown:
    """What is shown: a heading, and a text or the length of a bar in percent. Exactly what was locked, nothing more."""

    form: str
    heading: str
    text: str = ""
    percent: int | None = None


def aid_for(position_id: str, *, language: str) -> AidShown:
    """What the reader of this position is shown now. Raises NotFound where nothing may be shown."""
    position = Position.objects.select_related("enrolment").filter(public_id=position_id).first()
    if position is None or not _may_be_shown(position):
        raise NotFound("There is nothing to be shown.")
    aid = Aid.objects.get(study=position.enrolment.study_id)
    return shown(aid, _score(aid, position), language=language)


def shown(aid: Aid, score: float, *, language: str) -> AidShown:
    """A score as the aid shows it."""
    heading = aid.text("label", language)
    if aid.form == AidForm.WORD:
        part = "above" if score >= (aid.threshold or 0) else "below"
        return AidShown(aid.form, heading, text=aid.text(part, language))
    percent = round(100 * score)
    if aid.form == AidForm.BAR:
        return AidShown(aid.form, heading, percent=percent)
    return AidShown(aid.form, heading, text=f"{percent} %")


def _may_be_shown(position: Position) -> bool:
    if position.arm == ArmKind.SEQUENTIAL:
        return position.readings.filter(level=1).exists()
    return position.arm == ArmKind.AIDED


def _score(aid: Aid, position: Position) -> float:
    """The score of the case: the mean over its images, as everywhere."""
    scores = Score.objects.filter(
        run__study=aid.study_id,
        run__artefact=aid.artefact_id,
        run__state=RunState.DONE,
        study_case=position.study_case_id,
    )
    mean = scores.aggregate(mean=Avg("value"))["mean"]
    if mean is None:
        raise NotFound("There is nothing to be shown.")
    return float(mean)

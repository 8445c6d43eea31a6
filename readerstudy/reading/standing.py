"""Where a reader stands beside the cases: what the study asks of them, and what of it is done. Read in one query."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Subquery
from django.db.models.functions import Coalesce

from readerstudy.reading.conduct import conduct_of
from readerstudy.reading.models import Attestation, BreakEnd, Conduct, ReaderProfile
from readerstudy.studies.models import Enrolment

# What of the conduct is looked at while cases are answered; `conduct` is the path to it.
CONDUCT_COLUMNS = (
    "profile_fields",
    "break_after_cases",
    "break_after_minutes",
    "cases_per_day",
    "asks_attestation",
)


@dataclass(frozen=True)
class Standing:
    """What is fixed of the way around the cases, and how far the reader is on it.

    `done_at_break` is how many cases were done when the last break ended.
    """

    conduct: Conduct
    has_profile: bool
    is_signed: bool
    done_at_break: int

    @property
    def profile_missing(self) -> bool:
        """Whether the study asks for a profile that the reader has not given yet."""
        return bool(self.conduct.profile_fields) and not self.has_profile


def standing_annotations(enrolment: str = "pk") -> dict[str, Any]:
    """The columns of which `standing_from` makes a standing; `enrolment` leads to the key of the reader's row."""
    of_reader = {"enrolment": OuterRef(enrolment)}
    breaks = BreakEnd.objects.filter(**of_reader).order_by("-done")
    return {
        "has_profile": Exists(ReaderProfile.objects.filter(**of_reader)),
        "is_signed": Exists(Attestation.objects.filter(**of_reader)),
        "done_at_break": Coalesce(Subquery(breaks.values("done")[:1]), 0),
    }


def standing_from(row: Any, enrolment: Enrolment) -> Standing:
    """The standing of an annotated row; the conduct comes with its study."""
    conduct = conduct_of(enrolment.study)
    return Standing(conduct, row.has_profile, row.is_signed, row.done_at_break)


def standing_of(enrolment: Enrolment) -> Standing:
    """The reader's standing now."""
    rows = Enrolment.objects.select_related("study__conduct").annotate(**standing_annotations())
    row = rows.get(pk=enrolment.pk)
    return standing_from(row, row)

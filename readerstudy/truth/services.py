"""The services that record the reference standard and seal it at lock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from readerstudy.accounts.models import User
from readerstudy.core.audit import record_event
from readerstudy.core.canonical import sha256_of
from readerstudy.core.errors import Conflict, InvalidInput
from readerstudy.images.models import Case
from readerstudy.studies.models import Study
from readerstudy.truth.models import ReferenceStandard, TruthSeal

MAX_TEXT = 200


@dataclass(frozen=True)
class Truth:
    """What a case really is, and how that was found out."""

    malignant: bool
    diagnosis: str
    confirmation: str = ""


def record_reference_standard(
    *,
    actor: User,
    case: Case,
    malignant: bool,
    diagnosis: str,
    confirmation: str = "",
    now: datetime,
) -> ReferenceStandard:
    """The reference standard of one case. Raises InvalidInput without a diagnosis, Conflict where the case has one."""
    truth = Truth(malignant=malignant, diagnosis=diagnosis, confirmation=confirmation)
    [recorded] = record_reference_standards(actor=actor, truths=[(case, truth)], now=now)
    return recorded


def record_reference_standards(
    *, actor: User, truths: Sequence[tuple[Case, Truth]], now: datetime
) -> list[ReferenceStandard]:
    """The reference standards of several cases of one image set: all of them or none. The audit trail gets their number alone."""
    if not truths:
        return []
    for _, truth in truths:
        _check(truth)
    with transaction.atomic():
        _check_not_recorded([case for case, _ in truths])
        recorded = ReferenceStandard.objects.bulk_create(
            ReferenceStandard(
                case=case,
                malignant=truth.malignant,
                diagnosis=truth.diagnosis.strip(),
                confirmation=truth.confirmation.strip(),
                recorded_at=now,
            )
            for case, truth in truths
        )
        record_event(
            actor=actor,
            verb="truth.recorded",
            subject=truths[0][0].image_set,
            now=now,
            data={"cases": len(recorded)},
        )
    return recorded


def _check(truth: Truth) -> None:
    if not truth.diagnosis.strip():
        raise InvalidInput(
            "The reference standard needs a diagnosis.",
            code="diagnosis_missing",
            field="diagnosis",
        )
    if len(truth.diagnosis) > MAX_TEXT or len(truth.confirmation) > MAX_TEXT:
        raise InvalidInput(
            f"Diagnosis and confirmation have at most {MAX_TEXT} characters each.", code="too_long"
        )


def _check_not_recorded(cases: Sequence[Case]) -> None:
    if ReferenceStandard.objects.filter(case__in=cases).exists():
        raise Conflict("A case already has a reference standard; it is never changed.")


def seal_truth(*, study: Study, nonce: str, now: datetime) -> TruthSeal:
    """Commits to the reference standard of the study's cases: SHA-256 over it and a secret nonce.

    Raises Conflict where a case has no reference standard, or where all have the same.
    """
    standards = _standards_of(study)
    cases = Case.objects.filter(image_set=study.image_set).count()
    without = cases - len(standards)
    if without:
        raise Conflict(
            f"{without} of {cases} cases have no reference standard; the study cannot be locked."
        )
    if len({standard.malignant for standard in standards}) < 2:  # noqa: PLR2004 (two classes)
        raise Conflict(
            "The image set needs at least one malignant and one benign case; the study cannot be locked."
        )
    return TruthSeal.objects.create(
        study=study, nonce=nonce, sha256=_commitment(study, standards, nonce), sealed_at=now
    )


def seal_holds(*, study: Study) -> bool:
    """Whether the reference standard still is what was sealed. Raises Conflict where nothing was sealed."""
    seal = TruthSeal.objects.filter(study=study).first()
    if seal is None:
        raise Conflict("The reference standard of this study is not sealed.")
    return seal.sha256 == _commitment(study, _standards_of(study), seal.nonce)


def _standards_of(study: Study) -> list[ReferenceStandard]:
    return list(
        ReferenceStandard.objects.filter(case__image_set=study.image_set)
        .select_related("case")
        .order_by("case__public_id")
    )


def _commitment(study: Study, standards: Sequence[ReferenceStandard], nonce: str) -> str:
    return sha256_of(
        {
            "study": study.public_id,
            "nonce": nonce,
            "cases": [
                [one.case.public_id, one.malignant, one.diagnosis, one.confirmation]
                for one in standards
            ],
        }
    )

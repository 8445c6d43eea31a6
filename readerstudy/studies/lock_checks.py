"""The checks before the lock: shown to the coordinators, justified where they are red, stored in the manifest."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from readerstudy.core.errors import InvalidInput
from readerstudy.images.training import TrainingOverlap, training_overlaps
from readerstudy.studies.hooks import LockFinding, call_lock_checks, lock_check_templates
from readerstudy.studies.models import ProtocolVersion, Study

OVERLAP = "training_overlap"
# Raised whenever look-alikes, patients or lesions are looked for in another way, so that older manifests still hold.
COMPARED = 2
OVERLAP_TEMPLATE = "studies/_overlap.html"


@dataclass(frozen=True)
class ShownCheck:
    """A check as a page shows it."""

    template: str
    section: dict[str, Any]
    needs_justification: bool = False


def checks_before_lock(study: Study) -> list[ShownCheck]:
    """What the checks find now."""
    templates = lock_check_templates()
    return [
        ShownCheck(templates[name], finding.section, finding.needs_justification)
        for name, finding in call_lock_checks(study).items()
    ]


def checks_at_lock(lock: ProtocolVersion | None) -> list[ShownCheck]:
    """What the checks found at the lock, as it stands in the manifest; nothing for a draft."""
    sections = lock.manifest["sections"] if lock else {}
    return [
        ShownCheck(template, sections[name])
        for name, template in lock_check_templates().items()
        if name in sections
    ]


def checked_sections(study: Study, *, justification: str) -> dict[str, dict[str, Any]]:
    """The checks' sections of the manifest, red ones with the justification. Raises InvalidInput without one."""
    findings = call_lock_checks(study)
    justification = justification.strip()
    if not justification and any(one.needs_justification for one in findings.values()):
        raise InvalidInput(
            "A check is red: what it found needs a justification, which becomes part of the manifest.",
            code="justification_missing",
            field="justification",
        )
    return {
        name: {**one.section, "justification": justification}
        if one.needs_justification
        else one.section
        for name, one in findings.items()
    }


def overlap_check(study: Study) -> LockFinding:
    """What the study's image set shares with each declared training set: counts alone."""
    overlaps = [_overlap(one) for one in training_overlaps(study.image_set)]
    section = {
        "image_set": study.image_set.public_id,
        "compared": COMPARED,
        "training_sets": overlaps,
    }
    return LockFinding(section=section)


def verify_overlap(study: Study, section: dict[str, Any]) -> Iterator[str]:
    """A sentence for each training set that still is one and shares something else than at the lock.

    What was looked for otherwise at the lock (`compared`), or not at all, cannot be compared; the same pixels always can.
    """
    now = {one["id"]: one for one in overlap_check(study).section["training_sets"]}
    is_same_way = section.get("compared") == COMPARED
    for locked in section["training_sets"]:
        found = now.get(locked["id"], locked)
        if any(found[key] != locked[key] for key in (locked if is_same_way else ("exact",))):
            yield f"The overlap with the training set {locked['name']} is not what it was at the lock."


def _overlap(overlap: TrainingOverlap) -> dict[str, Any]:
    return {
        "id": overlap.training_set.public_id,
        "name": overlap.training_set.name,
        "exact": overlap.exact,
        "near": overlap.near,
        "patients": len(overlap.patients),
        "lesions": len(overlap.lesions),
        "not_compared": overlap.not_compared,
    }

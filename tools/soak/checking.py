"""What the database says in the end: of answers, scores, imports, the audit trail. Loaded once Django is set up."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from inference.models import ModelRun, Score
from readerstudy.core.audit import first_fault
from readerstudy.images.models import Image
from readerstudy.intake.models import ImportJob
from readerstudy.reading.models import Reading
from readerstudy.truth.models import ReferenceStandard
from tools.soak.ledger import Entry, Ledger, Verdict, compare
from tools.soak.world import PHOTOGRAPHS, READING, Reference

DONE, APPLIED = "done", "applied"


@dataclass(frozen=True)
class Scores:
    """Of the finished runs: how many scores there are, and how many are missing, double or other than undisturbed."""

    runs: int
    scores: int
    missing: int
    double: int
    different: int
    failed_runs: tuple[str, ...]

    @property
    def is_clean(self) -> bool:
        return not (self.missing or self.double or self.different or self.failed_runs)


@dataclass(frozen=True)
class Imports:
    """Of the imports: how many are stored, and a sentence for each that is not whole."""

    applied: int
    faults: tuple[str, ...]


def answers(ledger: Ledger) -> Verdict:
    """The ledger of this moment against the rows of this moment."""
    told = ledger.acknowledged()
    rows = Reading.objects.filter(position__enrolment__study__title=READING)
    names = ("attempt", "position__public_id", "decision", "confidence")
    stored = [
        Entry(str(attempt), position, decision, confidence)
        for attempt, position, decision, confidence in rows.values_list(*names)
    ]
    return compare(told, stored, list(ledger.sent.values()))


def score_faults(
    found: Sequence[tuple[int, int, float, str]],
    expected: Reference,
    artefacts: Sequence[int],
) -> tuple[int, int, int]:
    """How many (artefact, image) are missing, double and different, where each of `artefacts` has one run."""
    counts = Counter((artefact, image) for artefact, image, _, _ in found)
    wanted = {key for key in expected if key[0] in artefacts}
    different = sum(
        expected.get((artefact, image)) != (value, sha256)
        for artefact, image, value, sha256 in found
    )
    return (
        len(wanted - set(counts)),
        sum(count - 1 for count in counts.values()),
        different,
    )


def scores(slugs: Sequence[str], reference: Reference) -> Scores:
    """The finished runs over these studies against the undisturbed ones, to the last bit."""
    runs = list(ModelRun.objects.filter(study__slug__in=slugs))
    done = [run for run in runs if run.state == DONE]
    missing = double = different = total = 0
    for run in done:
        rows = Score.objects.filter(run=run)
        found = list(rows.values_list("run__artefact", "image", "value", "tensor_sha256"))
        told = score_faults(found, reference, [run.artefact_id])
        missing, double, different = missing + told[0], double + told[1], different + told[2]
        total += len(found)
    failed = tuple(run.error for run in runs if run.state == "failed")
    return Scores(len(done), total, missing, double, different, failed)


def imports(names: Sequence[str]) -> Imports:
    """Every import of these names: stored whole, with files that fit their hashes, or refused with a sentence."""
    jobs = ImportJob.objects.filter(name__in=names).select_related("image_set")
    faults = [fault for job in jobs if (fault := _fault_of(job))]
    twice = Counter(jobs.filter(state=APPLIED).values_list("name", flat=True))
    faults += [f"{name} is stored {count} times" for name, count in twice.items() if count > 1]
    return Imports(jobs.filter(state=APPLIED).count(), tuple(faults))


def _fault_of(job: ImportJob) -> str:
    if job.state != APPLIED:
        return "" if job.error or job.report else f"{job.name} is {job.state} and says nothing"
    images = list(Image.objects.filter(case__image_set=job.image_set))
    truths = ReferenceStandard.objects.filter(case__image_set=job.image_set).count()
    if (len(images), truths) != (PHOTOGRAPHS, PHOTOGRAPHS):
        return f"{job.name} has {len(images)} photographs and {truths} diagnoses"
    broken = [image for image in images if not _fits(image)]
    return f"{job.name}: {len(broken)} photographs are not what was stored" if broken else ""


def _fits(image: Image) -> bool:
    try:
        return hashlib.sha256(image.file.read()).hexdigest() == image.sha256
    except OSError:
        return False


def audit_fault() -> str:
    """What does not fit in the audit trail; empty where all does."""
    fault = first_fault()
    return fault.sentence if fault else ""

"""What a draft still needs before it can be locked."""

from collections.abc import Iterator

from readerstudy.core.errors import Problem
from readerstudy.images.models import Case
from readerstudy.studies.blinding import readers_who_saw
from readerstudy.studies.designing import design_problems
from readerstudy.studies.hooks import call_lock_needs
from readerstudy.studies.manifest import protocol_texts
from readerstudy.studies.models import Study
from readerstudy.studies.selectors import taking_part


def missing_for_lock(study: Study) -> list[Problem]:
    """Everything that this room and the registered ones miss, each as a sentence."""
    return list(_missing(study))


def _missing(study: Study) -> Iterator[Problem]:
    yield from _missing_of_images(study)
    if not study.rank_groups.exists():
        yield Problem("no_rank_groups", "The study has no rank groups.")
    if not study.sessions.exists():
        yield Problem("no_sessions", "The study has no session.")
    if not taking_part(study).exists():
        yield Problem("no_readers", "The study has no readers; invite at least one.")
    else:
        yield from _missing_of_design(study)
        yield from _readers_who_know(study)
    for field, text in protocol_texts(study.protocol).items():
        if isinstance(text, str) and not text.strip():
            part = label(field)
            yield Problem("protocol_incomplete", f"The protocol has no {part}.", field=field)
    yield from call_lock_needs(study)


def _readers_who_know(study: Study) -> Iterator[Problem]:
    """They were invited while the other study was still sealed."""
    know = taking_part(study).filter(user__in=readers_who_saw(study)).count()
    if know:
        yield Problem(
            "has_seen_truth",
            f"{know} of the readers have read these cases in a study that was unblinded since, and may know the truth: withdraw them.",
        )


def _missing_of_design(study: Study) -> Iterator[Problem]:
    cases = Case.objects.filter(image_set=study.image_set_id).count()
    yield from design_problems(study, readers=taking_part(study).count(), cases=cases)


def _missing_of_images(study: Study) -> Iterator[Problem]:
    cases = Case.objects.filter(image_set=study.image_set_id)
    if not cases.exists():
        yield Problem("no_cases", "The image set has no cases.")
    if study.image_set.is_training_set:
        yield Problem("training_set", "The image set is declared as a training set.")
    bare = cases.filter(images__isnull=True).count()
    if bare:
        yield Problem("case_without_image", f"{bare} cases of the image set have no image.")


def label(field: str) -> str:
    """A field of the protocol in words: `consent_de` → "consent (German)"."""
    name, _, language = field.rpartition("_")
    words = {"en": "English", "de": "German"}
    return f"{name.replace('_', ' ')} ({words[language]})" if language in words else field

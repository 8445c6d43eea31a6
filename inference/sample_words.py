"""What the page tells of the samples of a training run."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from inference import engine
from inference.models import Artefact, ArtefactSample
from inference.storing import FINDINGS

_SUM_TOLERANCE = 1e-3
# Normalised pixels lie within a few standard deviations; beyond this they are most likely 0 to 255.
_LARGEST_EXPECTED = 30.0
_MIDDLE = 0.5


def sample_rows(artefact: Artefact, samples: Sequence[ArtefactSample]) -> list[dict[str, Any]]:
    """For each sample its score, its raw outputs by class, largest first, and the range of every channel."""
    return [
        {
            "sample": one,
            "image": one.image,
            "outputs": _by_class(artefact, one),
            "channels": list(enumerate(one.tensor["channels"], start=1)),
            "shape": " × ".join(map(str, one.tensor["shape"])),
        }
        for one in samples
    ]


def _by_class(artefact: Artefact, sample: ArtefactSample) -> list[tuple[str, float]]:
    classes = artefact.spec["output"]["classes"]
    named = zip(classes, sample.outputs, strict=False)
    return sorted(named, key=lambda pair: pair[1], reverse=True)


def findings_of(artefact: Artefact) -> list[str]:
    """Sentences about what the check of the upload has found and has not refused."""
    words = {
        engine.CONSTANT: _(
            "Random pictures all have the same outputs: the network may not see them."
        ),
        engine.NO_PROBABILITIES: _(
            "Of random pictures the outputs are no probabilities, and the spec asks for no activation."
        ),
    }
    return [words[one] for one in artefact.facts.get(FINDINGS, []) if one in words]


def warnings_of(artefact: Artefact, samples: Sequence[ArtefactSample]) -> list[str]:
    """Sentences about what should be looked at: outputs that are all the same, on one side, or no probabilities."""
    if not samples:
        return []
    scores = [one.score for one in samples]
    found = []
    if len(samples) > 1 and max(scores) - min(scores) == 0:
        found.append(_("All images have the same score: the network may not see them."))
    elif len(samples) > 1 and len({score >= _MIDDLE for score in scores}) == 1:
        found.append(_("All scores lie on one side of 0.5."))
    if _are_no_probabilities(artefact, samples):
        found.append(_("The outputs do not sum to 1, and the spec asks for no activation."))
    if artefact.spec["dtype"] != "uint8" and _largest(samples) > _LARGEST_EXPECTED:
        found.append(_("The tensor has values far beyond a normalised picture: look at the scale."))
    return found


def _are_no_probabilities(artefact: Artefact, samples: Sequence[ArtefactSample]) -> bool:
    output = artefact.spec["output"]
    if output["activation"] != "none" or len(output["classes"]) == 1:
        return False
    return any(abs(sum(one.outputs) - 1) > _SUM_TOLERANCE for one in samples)


def _largest(samples: Sequence[ArtefactSample]) -> float:
    channels = [channel for one in samples for channel in one.tensor["channels"]]
    return max(max(abs(one["min"]), abs(one["max"])) for one in channels)

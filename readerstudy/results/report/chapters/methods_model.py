"""Of chapter 3: the CNN, from its card and from the runs as they were."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from inference.spec_words import spec_sentence
from readerstudy.results.figure import Document
from readerstudy.results.report.blocks import Block, Bullets, Paragraph
from readerstudy.results.report.facts import Facts
from readerstudy.results.sentences import decimal


def model_methods(document: Document, facts: Facts) -> Iterator[Block]:
    """What the CNN is, how it ran, and how photographs were prepared for it."""
    if not document["models"]:
        yield Paragraph(_("No CNN took part."))
    stored = {model["name"]: model for model in facts.models}
    for model in document["models"]:
        yield Paragraph(" ".join(_model_sentences(model, facts)))
        told = stored.get(model["name"], {})
        for field in ("description", "training_data"):
            if told.get(field):
                yield Paragraph(told[field], is_given=True)
        steps = sorted(_preparations(model["name"], facts))
        if steps:
            yield Bullets(tuple(steps))


def _model_sentences(model: Document, facts: Facts) -> Iterator[str]:
    words = _(
        "%(name)s scored every case with %(runs)d exported training runs. A case with several photographs has the mean of their scores."
    )
    yield words % {"name": model["name"], "runs": len(model["runs"])}
    yield (
        _("All of its files were fixed by their hashes at the lock.")
        if model["prespecified"]
        else _("Not all of its files were fixed at the lock.")
    )
    runs = [run for run in facts.runs if run["model"] == model["name"]]
    used = sorted(
        {(run["runtime_version"], run["provider_used"]) for run in runs if run["provider_used"]}
    )
    for runtime, provider in used:
        words = _("It ran on ONNX Runtime %(runtime)s with the %(provider)s.")
        yield words % {"runtime": runtime, "provider": provider}


def _preparations(name: str, facts: Facts) -> set[str]:
    """How photographs were prepared, each way once."""
    specs = [run["spec"] for run in facts.runs if run["model"] == name]
    return {_preparation(spec) for spec in specs if "resize" in spec}


def _preparation(spec: Document) -> str:
    output: Any = spec.get("output", {})
    classes = [output["classes"][place] for place in output.get("positive", [])]
    threshold = (spec.get("threshold") or {}).get("value")
    words = _(
        "Preparation of a photograph: %(steps)s. Output %(activation)s; score: sum over %(classes)s."
    )
    sentence = words % {
        "steps": spec_sentence(spec),
        "activation": output.get("activation", "–"),
        "classes": ", ".join(classes),
    }
    if threshold is None:
        return sentence
    return (
        sentence + " " + _("Threshold on its card: %(value)s.") % {"value": decimal(threshold, 3)}
    )

"""Uploaded training runs are checked by the engine and stored, all of them or none."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from inference import engine
from inference.check_child import write_work
from inference.children import run_child
from inference.models import Artefact, Model
from inference.uploads import Bundle
from readerstudy.accounts.models import User
from readerstudy.core.errors import Conflict, InvalidInput, InvalidInputs, Problem
from readerstudy.core.ids import new_public_id
from readerstudy.core.leftovers import stored_or_removed
from readerstudy.core.validation import check_valid

# For all networks of an upload together; below the time after which the web server gives a request up.
SECONDS = 20
# In the facts of a training run: what the check has found and has not refused.
FINDINGS = "findings"


class OpenQuestions(InvalidInputs):
    """Nothing is wrong with the upload, but it leaves something open that only a person can say."""

    def __init__(
        self, message: str, problems: tuple[Problem, ...], questions: Sequence[engine.Question]
    ) -> None:
        super().__init__(message, problems)
        self.questions = tuple(questions)


@dataclass(frozen=True)
class Checked:
    """A training run that fits its spec."""

    label: str
    artefact: engine.Artefact
    findings: tuple[str, ...] = ()

    @property
    def identity(self) -> tuple[str, str]:
        return self.artefact.sha256, self.artefact.spec.spec_sha256


def check_bundles(found: Sequence[Bundle], answers: Mapping[str, str]) -> list[Checked]:
    """Every bundle's artefact, checked against its spec in a process of its own.

    Raises InvalidInputs with what does not fit in any of them; where that is nothing but open questions,
    OpenQuestions, which `answers` (field → what a person typed) would close.
    """
    checked: list[Checked] = []
    problems: list[Problem] = []
    refused: dict[str, engine.EngineError] = {}
    until = time.monotonic() + SECONDS
    for bundle in found:
        try:
            artefact = engine.artefact_of(bundle.files, answers=answers)
            findings = _check(artefact, seconds=max(1, round(until - time.monotonic())))
        except engine.EngineError as error:
            refused[bundle.place] = error
            problems += _problems(bundle, error)
        else:
            checked.append(Checked(bundle.label, artefact, findings))
    if refused:
        raise _refusal(problems, refused)
    return checked


def _check(artefact: engine.Artefact, *, seconds: int) -> tuple[str, ...]:
    """What should be looked at. Raises ArtefactError with what does not fit, also where the network ends or outlasts the process it runs in."""
    with TemporaryDirectory(prefix="check-") as name:
        write_work(Path(name), artefact)
        try:
            told = run_child(
                "inference.check_child", Path(name), label=artefact.file_name, seconds=seconds
            )
        except InvalidInput as error:
            raise engine.ArtefactError(error.message, code=error.code) from error
    if told["problems"]:
        problems = tuple(told["problems"])
        raise engine.ArtefactError("\n".join(problems), code=told["code"], problems=problems)
    return tuple(told.get("findings", ()))


def _refusal(problems: list[Problem], refused: Mapping[str, engine.EngineError]) -> InvalidInputs:
    told = tuple(dict.fromkeys(problems))
    asked = {
        place: error.questions if isinstance(error, engine.SpecError) else ()
        for place, error in refused.items()
    }
    message = "\n".join(map(str, told))
    if all(asked.values()):
        return OpenQuestions(message, told, list(_by_field(asked)))
    return InvalidInputs(message, told)


def _by_field(asked: Mapping[str, tuple[engine.Question, ...]]) -> Iterator[engine.Question]:
    """Every field once, with all networks that leave it open; one answer is given for them together."""
    first = {one.field: one for one in reversed([*chain.from_iterable(asked.values())])}
    for field in dict.fromkeys(one.field for one in chain.from_iterable(asked.values())):
        places = [place for place, some in asked.items() if any(one.field == field for one in some)]
        yield replace(first[field], networks=tuple(places) if len(asked) > 1 else ())


def _problems(bundle: Bundle, error: engine.EngineError) -> list[Problem]:
    if isinstance(error, engine.SpecError) and error.faults:
        # An answer is given once for all files.
        return [
            Problem(code="answer", message=fault.beside_field, field=fault.field)
            for fault in error.faults
        ]
    # A sentence names the file; where several are named alike, the folder is needed too.
    place = bundle.place if "/" in bundle.place else ""
    return [
        Problem(code=error.code, message=sentence, file=place, field="files")
        for sentence in error.problems
    ]


def check_new(model: Model, checked: Sequence[Checked]) -> None:
    """Raises Conflict for a training run, or a label, that the model has already or that comes twice.

    Scores from elsewhere and ensembles take no training runs.
    """
    if not model.is_network:
        raise Conflict(f"{model.marked_name} takes no training runs.", code="no_network")
    identities = set(model.artefacts.values_list("sha256", "spec_sha256"))
    labels = set(model.artefacts.values_list("label", flat=True))
    for one in checked:
        if one.identity in identities:
            sentence = f"{one.artefact.file_name} is loaded in {model.name} already."
            raise Conflict(sentence, code="loaded", field="files")
        if one.label in labels:
            sentence = f"{model.name} has a training run {one.label} already: rename {one.artefact.file_name}."
            raise Conflict(sentence, code="label_taken", field="files")
        identities.add(one.identity)
        labels.add(one.label)


@contextmanager
def store_artefacts(
    model: Model, checked: Sequence[Checked], *, actor: User, now: datetime
) -> Iterator[list[Artefact]]:
    """Stores files and rows, in one transaction with what is done inside; on failure the files are removed."""
    written: list[str] = []

    def remove() -> None:
        for name in written:
            default_storage.delete(name)

    with stored_or_removed(remove):
        yield [_stored(model, one, written, actor, now) for one in checked]


def _stored(
    model: Model, checked: Checked, written: list[str], actor: User, now: datetime
) -> Artefact:
    source = checked.artefact
    artefact = Artefact(
        model=model,
        label=checked.label,
        file_name=source.file_name,
        bytes=len(source.onnx_bytes),
        sha256=source.sha256,
        spec=source.spec.to_json(),
        spec_sha256=source.spec.spec_sha256,
        spec_origin=dict(source.spec.origin),
        facts={
            **source.metadata.to_json(),
            "golden_images": len(source.golden),
            FINDINGS: list(checked.findings),
        },
        created_by=actor,
        created_at=now,
    )
    check_valid(artefact, exclude={"file"})
    name = default_storage.save(f"models/{new_public_id()}.onnx", ContentFile(source.onnx_bytes))
    written.append(name)
    artefact.file.name = name
    artefact.save()
    return artefact

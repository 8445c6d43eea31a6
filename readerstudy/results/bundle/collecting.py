"""What a bundle is made of, out of the database: one finished analysis and all that stands around it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from inference.choices import RunState
from inference.models import ModelRun
from readerstudy.accounts.models import User
from readerstudy.images.models import Image
from readerstudy.reading.models import Reading
from readerstudy.reading.rating import rating
from readerstudy.results.bundle.contents import CaseFacts, Contents, Row
from readerstudy.results.models import Analysis
from readerstudy.results.stored_table import table_of
from readerstudy.results.table import ReadingTable
from readerstudy.studies.models import Position, StudyCase
from readerstudy.studies.selectors import lock_of, transitions_of
from readerstudy.truth.selectors import reference_standards

_PLACE = ("enrolment__code", "session__number", "number", "study_case__public_id", "arm")
_REPEAT = ("block", "repeat_of__session__number", "repeat_of__number")
_GIVEN = ("level", "version", "scale", "decision", "confidence", "value")
_TIMING = (
    "not_assessable_reason", "milliseconds_to_decision", "milliseconds_to_commit", "milliseconds_hidden",
    "milliseconds_aid_shown", "timing_quality", "zooms", "input_device", "language", "received_at",
)  # fmt: skip
_OF_RUN = (
    "spec_sha256", "provider_requested", "provider_used", "runtime_version", "app_version", "batch_size",
)  # fmt: skip
# Of the machine that ran a network. What tells file names or persons is not among them.
_OF_MACHINE = (
    "python", "platform", "machine", "cores", "cpu", "gpus", "gpu_driver", "libraries", "providers",
    "provider_options", "session_options", "threads", "NVIDIA_TF32_OVERRIDE", "revision",
)  # fmt: skip


def contents_of(*, analysis: Analysis, actor: User, now: datetime) -> Contents:
    """Everything of a finished analysis that keeps its table.

    Left out: withdrawn readers and cases, names of files, patients and persons, free texts. The look at the reference
    standard is logged. Raises NotAllowed before unblinding and for anybody but the study's coordinators.
    """
    study, table = analysis.study, table_of(bytes(analysis.table or b""))
    standards = reference_standards(study=study, actor=actor, purpose="bundle", now=now)
    models, runs = _model_facts(analysis)
    return Contents(
        table=table,
        document=analysis.document or {},
        reads=tuple(_reads(analysis, table)),
        order=tuple(_order(analysis, table)),
        case_facts=tuple(_case_facts(analysis, table, standards)),
        analysis={
            "id": analysis.public_id,
            "sha256": analysis.sha256,
            "code_version": analysis.code_version,
            "computed_at": _time(analysis.finished_at),
        },
        study={"id": study.public_id, "slug": study.slug},
        lock=_lock(analysis),
        transitions=[{"to": one.to_state, "at": _time(one.at)} for one in transitions_of(study)],
        models=models,
        runs=runs,
    )


def _time(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if moment else None


def _positions(analysis: Analysis, table: ReadingTable) -> Any:
    positions = Position.objects.filter(
        enrolment__study=analysis.study,
        enrolment__code__in=[reader.code for reader in table.readers],
        study_case__withdrawn_at=None,
    )
    return positions.order_by("enrolment__code", "session__number", "number")


def _order(analysis: Analysis, table: ReadingTable) -> Iterator[Row]:
    yield from _positions(analysis, table).values_list(*_PLACE, *_REPEAT)


def _reads(analysis: Analysis, table: ReadingTable) -> Iterator[Row]:
    """Every version of every answer, with the rating that goes into the analysis."""
    place = [f"position__{name}" for name in _PLACE]
    readings = Reading.objects.filter(position__in=_positions(analysis, table).order_by())
    rows = readings.order_by(*place[:3], "level", "version").values_list(*place, *_GIVEN, *_TIMING)
    for row in rows.iterator(chunk_size=5_000):
        *given, decision, confidence, value = row[:11]
        scale = given[-1]
        rated = rating(decision, confidence, scale=scale, value=value) if decision else None
        yield (*row[:11], rated, *row[11:-1], _time(row[-1]))


def _case_facts(
    analysis: Analysis, table: ReadingTable, standards: dict[int, Any]
) -> Iterator[CaseFacts]:
    cases = dict(StudyCase.objects.filter(study=analysis.study).values_list("public_id", "case_id"))
    images: dict[int, list[Image]] = {}
    for image in Image.objects.filter(case__in=list(cases.values())).order_by("case", "ordinal"):
        images.setdefault(image.case_id, []).append(image)
    for public_id in table.case_ids:
        own, standard = images.get(cases[public_id], []), standards[cases[public_id]]
        yield CaseFacts(
            confirmation=standard.confirmation,
            images=len(own),
            image_sha256=" ".join(image.sha256 for image in own),
            licence="; ".join(dict.fromkeys(image.licence for image in own if image.licence)),
            attribution="; ".join(dict.fromkeys(image.attribution for image in own if image.attribution)),
        )  # fmt: skip


def _lock(analysis: Analysis) -> dict[str, Any]:
    lock = lock_of(analysis.study)
    if lock is None:
        return {}
    return {
        "version": lock.version,
        "sha256": lock.sha256,
        "locked_at": _time(lock.locked_at),
        "manifest": lock.manifest,
    }


def _model_facts(
    analysis: Analysis,
) -> tuple[dict[str, dict[str, Any]], dict[tuple[str, str], dict[str, Any]]]:
    """Facts of the models and of their runs over the study."""
    found = ModelRun.objects.filter(study=analysis.study, state=RunState.DONE)
    runs = list(found.select_related("artefact__model"))
    models = {
        run.artefact.model.public_id: {
            "kind": run.artefact.model.kind,
            "synthetic": run.artefact.model.is_synthetic,
            "training_data": run.artefact.model.training_data,
        }
        for run in runs
    }
    return models, {(run.artefact.model.public_id, run.artefact.label): _run(run) for run in runs}


def _run(run: ModelRun) -> dict[str, Any]:
    spec = run.artefact.spec if run.artefact.model.is_network else None
    return {
        **{name: getattr(run, name) for name in _OF_RUN},
        "spec": spec,
        "environment": {
            name: run.environment[name] for name in _OF_MACHINE if name in run.environment
        },
        "started_at": _time(run.started_at),
        "finished_at": _time(run.finished_at),
    }

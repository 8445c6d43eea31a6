"""The reading table as bytes, as an analysis keeps it: what is computed from it again is computed from the same numbers."""

import io
import json
from dataclasses import asdict, fields
from typing import Any

import numpy as np

from readerstudy.core.canonical import canonical_json
from readerstudy.results.table import (
    AnalysisPlan,
    Answers,
    CaseRow,
    FurtherModality,
    ModelScores,
    Origin,
    ReaderRow,
    ReadingTable,
    Votes,
)

_HEAD = "head"
_PLAIN = ("study_title", "is_synthetic", "protocol_sha256", "design", "excluded")
_TUPLES = ("case_ids", "diagnosis", "group_order")
_ARRAYS = (
    "truth", "decision", "rating", "milliseconds", "not_assessable", "assigned", "place", "undisturbed", "session",
)  # fmt: skip
_ANSWERS = ("aided", "repeats")


def table_bytes(table: ReadingTable) -> bytes:
    """A NumPy archive; equal tables give equal bytes."""
    head = {
        **{name: getattr(table, name) for name in (*_PLAIN, *_TUPLES)},
        "readers": [asdict(reader) for reader in table.readers],
        "cases": [asdict(case) for case in table.cases],
        "models": [_model_head(model) for model in table.models],
        "plan": asdict(table.plan),
        **_finished_head(table),
    }
    arrays = {_HEAD: np.frombuffer(canonical_json(head), np.uint8), **_arrays(table)}
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def table_of(stored: bytes) -> ReadingTable:
    """The table of `table_bytes`, equal to what went in."""
    with np.load(io.BytesIO(stored), allow_pickle=False) as archive:
        head = json.loads(archive[_HEAD].tobytes())
        arrays = {name: archive[name] for name in archive.files if name != _HEAD}
    models = [_model(row, arrays[f"model.{number}"]) for number, row in enumerate(head["models"])]
    parts: dict[str, Any] = {
        **{name: head[name] for name in _PLAIN},
        **{name: tuple(head[name]) for name in _TUPLES},
        **{name: arrays.get(name) for name in _ARRAYS},
        **{name: _answers(name, arrays) for name in _ANSWERS},
        "readers": tuple(ReaderRow(**row) for row in head["readers"]),
        "cases": tuple(CaseRow(**row) for row in head["cases"]),
        "models": tuple(models),
        "plan": AnalysisPlan(**head["plan"]),
        **_finished(head, arrays),
    }
    return ReadingTable(**parts)


def _arrays(table: ReadingTable) -> dict[str, Any]:
    own = {name: getattr(table, name) for name in _ARRAYS}
    further = {
        f"{name}.{field.name}": getattr(getattr(table, name), field.name)
        for name in _ANSWERS
        for field in fields(Answers)
        if getattr(table, name) is not None
    }
    scores = {f"model.{number}": model.values for number, model in enumerate(table.models)}
    return {
        name: array
        for name, array in {**own, **further, **scores, **_finished_arrays(table)}.items()
        if array is not None
    }


def _finished_head(table: ReadingTable) -> dict[str, Any]:
    if table.origin is None:
        return {}
    return {
        "origin": asdict(table.origin),
        "further": [one.name for one in table.further],
        "votes": [one.group for one in table.votes],
    }


def _finished_arrays(table: ReadingTable) -> dict[str, Any]:
    answers = {
        f"further.{number}.{field.name}": getattr(one.answers, field.name)
        for number, one in enumerate(table.further)
        for field in fields(Answers)
    }
    votes = {
        f"votes.{number}.{name}": getattr(one, name)
        for number, one in enumerate(table.votes)
        for name in ("positive", "total")
    }
    return {**answers, **votes}


def _finished(head: dict[str, Any], arrays: dict[str, Any]) -> dict[str, Any]:
    """What only a finished study has."""
    if "origin" not in head:
        return {}
    further = [(name, _answers(f"further.{n}", arrays)) for n, name in enumerate(head["further"])]
    return {
        "origin": Origin(
            **{**head["origin"], "files": tuple(tuple(one) for one in head["origin"]["files"])}
        ),
        "further": tuple(FurtherModality(name, answers) for name, answers in further if answers),
        "votes": tuple(
            Votes(group, arrays[f"votes.{n}.positive"], arrays[f"votes.{n}.total"])
            for n, group in enumerate(head["votes"])
        ),
    }


def _answers(name: str, arrays: dict[str, Any]) -> Answers | None:
    own: dict[str, Any] = {
        field.name: arrays.get(f"{name}.{field.name}") for field in fields(Answers)
    }
    return None if own["decision"] is None else Answers(**own)


def _model_head(model: ModelScores) -> dict[str, Any]:
    return {
        field.name: getattr(model, field.name) for field in fields(model) if field.name != "values"
    }


def _model(head: dict[str, Any], values: Any) -> ModelScores:
    lists = {name: tuple(value) for name, value in head.items() if isinstance(value, list)}
    return ModelScores(**{**head, **lists}, values=values)

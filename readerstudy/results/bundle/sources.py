"""The files from which everything in a bundle can be computed again."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from readerstudy.core.canonical import sha256_of
from readerstudy.results.bundle.cells import csv_bytes
from readerstudy.results.bundle.columns import CASE_FIELDS, READER_FIELDS, TABLES
from readerstudy.results.bundle.contents import Contents, Row, run_codes
from readerstudy.results.bundle.json_files import json_bytes
from readerstudy.results.bundle.packing import FORMAT
from readerstudy.results.table import ReadingTable


def source_files(contents: Contents) -> dict[str, bytes]:
    """Name → bytes of the tables, of the design, the model runs and the frozen analysis."""
    rows = {
        "reads.csv": contents.reads,
        "order.csv": contents.order,
        "truth.csv": _truth(contents),
        "cases.csv": _cases(contents),
        "readers.csv": _readers(contents.table),
        "scores.csv": _scores(contents.table),
    }
    tables = {
        name: csv_bytes([column.name for column in TABLES[name]], of) for name, of in rows.items()
    }
    return {
        **tables,
        "design.json": json_bytes(_design(contents)),
        "model_runs.json": json_bytes(_models(contents)),
        "analysis.json": json_bytes(analysis_part(contents.document)),
    }


def analysis_part(document: dict[str, Any]) -> dict[str, Any]:
    """The frozen document with its hash (SHA-256 over canonical JSON)."""
    return {"sha256": sha256_of(document), "document": document}


def order_sha256(rows: Iterator[Row] | tuple[Row, ...]) -> str:
    """SHA-256 over the sorted rows of order.csv."""
    return sha256_of(sorted((list(row) for row in rows), key=lambda row: row[:3]))


def _truth(contents: Contents) -> Iterator[Row]:
    table = contents.table
    columns = (table.case_ids, table.truth.tolist(), table.diagnosis, contents.case_facts)
    for case, malignant, diagnosis, facts in zip(*columns, strict=True):
        yield case, malignant, diagnosis, facts.confirmation


def _cases(contents: Contents) -> Iterator[Row]:
    table = contents.table
    rows = zip(table.case_ids, table.cases, contents.case_facts, strict=True)
    for number, (case, row, facts) in enumerate(rows, start=1):
        known = [getattr(row, column.name) for column in CASE_FIELDS]
        told = (facts.images, facts.image_sha256, facts.licence, facts.attribution)
        yield (case, number, *known, *told)


def _readers(table: ReadingTable) -> Iterator[Row]:
    for reader in table.readers:
        yield (reader.code, *(getattr(reader, column.name) for column in READER_FIELDS))


def _scores(table: ReadingTable) -> Iterator[Row]:
    for model, codes in zip(table.models, run_codes(table), strict=True):
        for label, code, scores in zip(model.run_labels, codes, model.values, strict=True):
            for case, score in zip(table.case_ids, scores.tolist(), strict=True):
                yield model.model_id, label, code, case, score


def _design(contents: Contents) -> dict[str, Any]:
    table = contents.table
    return {
        "format": FORMAT,
        "study": {**contents.study, "title": table.study_title, "synthetic": table.is_synthetic},
        "design": table.design,
        "protocol_sha256": table.protocol_sha256,
        "lock": contents.lock,
        "plan": asdict(table.plan),
        "group_order": list(table.group_order),
        "excluded": table.excluded,
        "order_sha256": order_sha256(contents.order),
        "analysis": contents.analysis,
        "transitions": contents.transitions,
    }


def _models(contents: Contents) -> list[dict[str, Any]]:
    found = []
    for model, codes in zip(contents.table.models, run_codes(contents.table), strict=True):
        runs = []
        thresholds = model.thresholds or (None,) * len(codes)
        columns = (model.run_labels, codes, model.artefact_sha256, thresholds)
        for label, code, sha256, threshold in zip(*columns, strict=True):
            own = {"label": label, "code": code, "artefact_sha256": sha256, "threshold": threshold}
            runs.append({**contents.runs.get((model.model_id, label), {}), **own})
        head = {"id": model.model_id, "name": model.name, "prespecified": model.prespecified}
        found.append({**contents.models.get(model.model_id, {}), **head, "runs": runs})
    return found

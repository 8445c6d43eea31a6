"""What the lock fixed, against what the bundle holds: the manifest has its hash, the orders have theirs."""

from collections.abc import Iterator
from typing import Any

from readerstudy.core.canonical import sha256_of
from readerstudy.results.bundle.rebuilding import Sources
from readerstudy.results.bundle.sources import order_sha256
from readerstudy.studies.order import ALGORITHM as ORDER_ALGORITHM

_PLAIN_COLUMNS = 4


def lock_faults(sources: Sources) -> Iterator[str]:
    """A sentence for each hash that does not fit."""
    design, rows = sources.design, sources.records["order.csv"].rows
    manifest = design["lock"].get("manifest")
    if not isinstance(manifest, dict):
        yield "design.json: lock.manifest is missing."
        return
    if sha256_of(manifest) != design["protocol_sha256"]:
        yield "design.json: the lock manifest does not have the hash protocol_sha256."
    if order_sha256(tuple(rows)) != design["order_sha256"]:
        yield "order.csv: its rows do not have the hash order_sha256 of design.json."
    yield from _order_faults(sources, manifest)
    yield from _photograph_faults(sources, manifest)


def _order_faults(sources: Sources, manifest: dict[str, Any]) -> Iterator[str]:
    """The orders of the readers at the lock; not to be compared where one of them, or a case, has been withdrawn."""
    order, enrolments, cases = (manifest.get(name) for name in ("order", "enrolments", "cases"))
    if not (isinstance(order, dict) and isinstance(enrolments, list) and isinstance(cases, list)):
        return
    codes = {one.get("code") for one in enrolments if isinstance(one, dict)}
    readers = {reader.code for reader in sources.table.readers}
    if not codes or not codes <= readers or len(cases) != len(sources.table.case_ids):
        return
    # order.csv begins with reader, session, place, case, arm, block, which are the manifest's own columns.
    columns = _PLAIN_COLUMNS if order.get("algorithm") == ORDER_ALGORITHM else None
    rows = [list(row[:columns]) for row in sources.records["order.csv"].rows if row[0] in codes]
    if sha256_of(sorted(rows, key=lambda row: row[:3])) != order.get("sha256"):
        yield "order.csv: the orders are not those whose hash stands in the lock manifest."


def _photograph_faults(sources: Sources, manifest: dict[str, Any]) -> Iterator[str]:
    """Every case's photographs are those that were locked."""
    cases = manifest.get("cases")
    if not isinstance(cases, list):
        return
    locked = {one.get("id"): one.get("images") for one in cases if isinstance(one, dict)}
    for number, row in sources.records["cases.csv"].dicts():
        if row["image_sha256"].split() != locked.get(row["case"]):
            yield f"cases.csv, row {number}, column image_sha256: not the photographs of the lock manifest."

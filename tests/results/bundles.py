"""Bundles made of reading tables, for tests that need no database, and bundles with something changed."""

import dataclasses
import io
import re
import zipfile

import numpy as np

from readerstudy.core.canonical import sha256_of
from readerstudy.results.analysis import build_document
from readerstudy.results.bundle.assembling import derived_files
from readerstudy.results.bundle.contents import CaseFacts, Contents
from readerstudy.results.bundle.json_files import json_bytes
from readerstudy.results.bundle.packing import CONTENTS, SUMS, contents_list, sums_of
from readerstudy.results.bundle.shown_files import shown_files
from readerstudy.results.bundle.sources import source_files
from tests.results.factories import fuller_table

BIOPSY, NONE = "biopsy / further treatment", "no further treatment"


def bundle_table(**options):
    """A table with all that may be known, as answers to a screen give it: signs of ratings follow the decisions."""
    table = fuller_table(**options)
    unread = (table.decision == -1) & ~table.not_assessable
    sign = np.where(table.aided.decision == 1, 1, -1)
    aided = dataclasses.replace(table.aided, rating=sign * np.abs(table.aided.rating))
    return dataclasses.replace(
        table,
        protocol_sha256=sha256_of(MANIFEST),
        milliseconds=np.where(unread, np.nan, table.milliseconds),
        undisturbed=table.undisturbed & ~unread,
        session=np.ones(table.decision.shape, np.int16),
        aided=_only_rated(aided),
        repeats=_only_rated(table.repeats),
    )


def _only_rated(answers):
    rated = ~np.isnan(answers.rating)
    return dataclasses.replace(
        answers,
        decision=np.where(rated, answers.decision, -1).astype(np.int8),
        milliseconds=np.where(rated, np.round(answers.milliseconds), np.nan),
    )


def contents_of_table(table):
    """What the database would hold for this table: a sequential design whose repeats are read in a second session."""
    order, reads = [], []
    for j, reader in enumerate(table.readers):
        by_place = np.argsort(table.place[j])
        for k in by_place:
            row = (reader.code, 1, int(table.place[j, k]), table.case_ids[k], "sequential")
            order.append((*row, 1, None, None))
            for level, answers in ((1, table), (2, table.aided)):
                reads += read_rows(row, level, answers, (j, k), table.undisturbed[j, k])
        repeated = [k for k in by_place if table.repeats.decision[j, k] != -1]
        for place, k in enumerate(repeated, start=1):
            row = (reader.code, 2, place, table.case_ids[k], "unaided")
            order.append((*row, 1, 1, int(table.place[j, k])))
            reads += read_rows((*row[:4], "unaided"), 1, table.repeats, (j, k), is_ok=True)
    document = build_document(table)
    return Contents(
        table=table,
        document=document,
        reads=tuple(sorted(reads, key=lambda row: (*row[:4], row[5], row[6]))),
        order=tuple(sorted(order, key=lambda row: row[:3])),
        case_facts=tuple(CaseFacts("histopathology", 1, "b" * 64) for _case in table.case_ids),
        analysis={"id": "a1", "sha256": sha256_of(document)},
        study={"slug": "a-study"},
        lock={"version": 1, "sha256": table.protocol_sha256, "manifest": MANIFEST},
        transitions=[],
        models={},
        runs={},
    )


MANIFEST = {"format": "reader-study-lock/1", "study": {"title": "A study"}}


def read_rows(place, level, answers, at, is_ok):
    """The row of one answer, and before it a corrected one where its rating is even."""
    if answers.decision[at] == -1 and not answers.not_assessable[at]:
        return []
    decided = answers.decision[at] != -1
    rating = answers.rating[at]
    timing = (int(answers.milliseconds[at]), 9000, 0, 4321 if level == 2 else None)
    tail = ("ok" if is_ok else "idle", 1, "mouse", "en", "2026-01-15T12:00:00+00:00")
    decision = {1: BIOPSY, 0: NONE, -1: ""}[int(answers.decision[at])]
    confidence = int(abs(rating)) if decided else None
    given = (decision, confidence, None, rating if decided else None, "" if decided else "blurred")
    rows = [(*place, level, 2, "two_step", *given, *timing, *tail)]
    if decided and rating % 2 == 0:
        other = (BIOPSY, 5, None, 5.0, "")
        rows.append((*place, level, 1, "two_step", *other, *timing, *tail))
    return rows


def bundle_files(table):
    """Name → bytes of all files but the two lists of hashes."""
    contents = contents_of_table(table)
    derived = derived_files(table, contents.document, shown=shown_files)
    return {**source_files(contents), **derived}


def listed(files):
    """The files with both lists."""
    whole = {**files, CONTENTS: json_bytes(contents_list(files))}
    return {**whole, SUMS: sums_of(whole)}


def zipped(files):
    """A zip of exactly these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def with_other_digit(data, rng):
    """The bytes with one digit, at a random place, replaced by another one; a letter where there is no digit."""
    characters = b"0123456789" if re.search(rb"[0-9]", data) else b"abcdefgh"
    places = [at for at, character in enumerate(data) if character in characters]
    at = rng.choice(places)
    other = rng.choice([character for character in characters if character != data[at]])
    return data[:at] + bytes([other]) + data[at + 1 :]

"""The way of readers and cases into the analysis: invited, started, completed, left out and why."""

from typing import Any

import numpy as np

from readerstudy.results.table import MISSING, ReadingTable

_METHOD = (
    "Readers: all who were enrolled; left out are those withdrawn, those without any answer, and those who did not answer all that "
    "they were given or graded no case of a class. Cases: all of the study; left out are withdrawn ones."
)
_OF_READERS = ("withdrawn_readers", "readers_without_answers")
_OF_CASES = ("withdrawn_cases",)


def flow(table: ReadingTable) -> dict[str, Any]:
    """Counts from the reading table and from what was left out when it was gathered."""
    complete = table.complete
    asked = np.ones(table.decision.shape, np.bool_) if table.assigned is None else table.assigned
    unanswered = (asked & (table.decision == MISSING) & ~table.not_assessable).any(axis=1)
    left_out = {name: table.excluded.get(name, 0) for name in (*_OF_READERS, *_OF_CASES)}
    started = len(table.readers)
    return {
        "method": _METHOD,
        "estimands": [],
        "readers": {
            "enrolled": started + sum(left_out[name] for name in _OF_READERS),
            **{name: left_out[name] for name in _OF_READERS},
            "started": started,
            "unfinished": int((~complete & unanswered).sum()),
            "one_class": int((~complete & ~unanswered).sum()),
            "analysed": int(complete.sum()),
        },
        "groups": _groups(table),
        "cases": {
            "enrolled": int(table.truth.size) + left_out["withdrawn_cases"],
            "withdrawn_cases": left_out["withdrawn_cases"],
            "analysed": int(table.truth.size),
            "malignant": int(table.truth.sum()),
            "benign": int(table.truth.size - table.truth.sum()),
        },
        "other_exclusions": {
            name: count
            for name, count in table.excluded.items()
            if name not in (*_OF_READERS, *_OF_CASES)
        },
    }


def _groups(table: ReadingTable) -> list[dict[str, Any]]:
    """Readers who started and who are analysed, by rank group."""
    own = np.array([reader.group for reader in table.readers])
    return [
        {
            "name": name,
            "started": int((own == name).sum()),
            "analysed": int((table.complete & (own == name)).sum()),
        }
        for name in table.group_order
    ]

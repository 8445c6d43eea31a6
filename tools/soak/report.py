"""The faults as a table, and as JSON for whoever wants to compare two runs."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

_HEAD = (
    "| Fault | Repeats | Acknowledged answers | Lost | Changed | Duplicates | Runs | Scores | Missing, double or different "
    "| Imports whole | Stuck | Recovery median, maximum in s | Audit trail |"
)


@dataclass(frozen=True)
class Row:
    """One kind of fault and what is known after all its repeats. Counts are of what was begun since the row before."""

    fault: str
    repeats: int
    acknowledged: int
    lost: int
    changed: int
    duplicates: int
    unknown: int
    refused: int
    signed_out: int
    runs: int
    scores: int
    wrong_scores: int
    failed_runs: tuple[str, ...]
    imports: int
    import_faults: tuple[str, ...]
    stuck: tuple[str, ...]
    recoveries: tuple[float | None, ...]
    audit_fault: str
    again: tuple[str, ...] = ()
    not_done: str = ""

    @property
    def is_clean(self) -> bool:
        """Nothing lost, nothing twice, nothing stuck, and every repeat has recovered."""
        bad = (
            self.lost, self.changed, self.duplicates, self.unknown, self.refused, self.signed_out, self.wrong_scores,
            self.failed_runs, self.import_faults, self.stuck, self.audit_fault, self.not_done,
        )  # fmt: skip
        return not any(bad) and None not in self.recoveries


def median(values: Sequence[float]) -> float:
    """The middle value; NaN of none."""
    ordered = sorted(values)
    middle = len(ordered) // 2
    return (ordered[middle] + ordered[-middle - 1]) / 2 if ordered else float("nan")


def table(rows: Sequence[Row]) -> str:
    """The rows in Markdown."""
    columns = _HEAD.count("|") - 1
    return "\n".join([_HEAD, "|---" * columns + "|", *map(_line, rows)])


def _line(row: Row) -> str:
    if row.not_done:
        return f"| {row.fault} | not done: {row.not_done} |" + " |" * (_HEAD.count("|") - 3)
    known = [seconds for seconds in row.recoveries if seconds is not None]
    never = len(row.recoveries) - len(known)
    recovery = f"{median(known):.1f}, {max(known):.1f}" if known else "–"
    cells = (
        row.fault, row.repeats, row.acknowledged, row.lost, row.changed, row.duplicates, row.runs, row.scores,
        row.wrong_scores + len(row.failed_runs), f"{row.imports}{_also(len(row.import_faults), 'not')}", len(row.stuck),
        recovery + _also(never, "never"), row.audit_fault or "fits",
    )  # fmt: skip
    return "| " + " | ".join(map(str, cells)) + " |"


def _also(count: int, word: str) -> str:
    return f" ({count} {word})" if count else ""


def write(path: Path, rows: Sequence[Row], **about: object) -> None:
    """The rows and what they were measured with, as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({**about, "rows": [asdict(row) for row in rows]}, indent=1) + "\n")

"""Reading orders and answers of a bundle: every row checked against the others, and which answer counts."""

from typing import Any

from readerstudy.results.bundle.cells import Records
from readerstudy.results.bundle.columns import (
    AIDED,
    BIOPSY,
    NO_TREATMENT,
    SEQUENTIAL,
    SIX_POINT,
    TWO_STEP,
)
from readerstudy.results.bundle.faults import Faults

Key = tuple[str, int, int]
Found = dict[str, Any]
COUNTED = {BIOPSY: 1, NO_TREATMENT: 0}


def keyed_order(records: Records, readers: list[str], cases: list[str]) -> dict[Key, Found]:
    """(reader, session, place) → row of order.csv. Raises BundleFaultsError for unknown names and repeated places."""
    faults, found = Faults(records.file), {}
    known_readers, known_cases = set(readers), set(cases)
    first: dict[tuple[str, str, str], int] = {}
    for number, row in records.dicts():
        if row["reader"] not in known_readers:
            faults.add(
                f"there is no reader {row['reader'][:60]} in readers.csv.",
                row=number,
                column="reader",
            )
        if row["case"] not in known_cases:
            faults.add(
                f"there is no case {row['case'][:60]} in cases.csv.", row=number, column="case"
            )
        if (key := key_of(row)) in found:
            faults.add("this place of the order stands there already.", row=number, column="place")
        if row["repeat_of_session"] is None:
            own = (row["reader"], row["case"], row["arm"])
            if first.setdefault(own, number) != number:
                faults.add(
                    f"the case is first read in row {first[own]} already, in the same arm.",
                    row=number,
                    column="case",
                )
        found[key] = row
    _check_repeats(records, found, faults)
    faults.check()
    return found


def key_of(row: Found) -> Key:
    """Reader, session and place."""
    return row["reader"], row["session"], row["place"]


def _check_repeats(records: Records, found: dict[Key, Found], faults: Faults) -> None:
    for number, row in records.dicts():
        if (row["repeat_of_session"] is None) != (row["repeat_of_place"] is None):
            faults.add(
                "a repeat names a session and a place.", row=number, column="repeat_of_place"
            )
        elif row["repeat_of_session"] is not None:
            of = found.get((row["reader"], row["repeat_of_session"], row["repeat_of_place"]))
            if of is None or of["case"] != row["case"]:
                faults.add(
                    "this place does not repeat a reading of the same case.",
                    row=number,
                    column="repeat_of_place",
                )


def counted_answers(records: Records, order: dict[Key, Found]) -> dict[str, list[Found]]:
    """The answers that count: `first` unaided ones, `aided` ones and `repeat`s; of each place the newest version.

    Raises BundleFaultsError for answers to no place of the order, twice the same version, and ratings that decision
    and confidence do not give.
    """
    faults = Faults(records.file)
    newest: dict[tuple[Any, ...], Found] = {}
    seen: set[tuple[Any, ...]] = set()
    for number, row in records.dicts():
        place = order.get(key_of(row))
        if place is None or (place["case"], place["arm"]) != (row["case"], row["arm"]):
            faults.add(
                "order.csv has no such case and arm at this session and place.",
                row=number,
                column="place",
            )
            continue
        _check_answer(row, number, faults)
        key = (*key_of(row), row["level"])
        if (*key, row["version"]) in seen:
            faults.add(
                "this version of the answer stands there already.", row=number, column="version"
            )
        seen.add((*key, row["version"]))
        if key not in newest or newest[key]["version"] < row["version"]:
            newest[key] = {**row, "is_repeat": place["repeat_of_session"] is not None}
    faults.check()
    return _sorted_out(list(newest.values()))


def _sorted_out(rows: list[Found]) -> dict[str, list[Found]]:
    found: dict[str, list[Found]] = {"first": [], "aided": [], "repeat": []}
    for row in rows:
        use = _use_of(row)
        if use:
            found[use].append(row)
    return found


def _use_of(row: Found) -> str:
    """For what an answer counts: aided ones are level 1 of the aided arm and level 2 of the sequential one."""
    if row["arm"] == AIDED:
        return "aided" if row["level"] == 1 else ""
    if row["level"] == 1:
        return "repeat" if row["is_repeat"] else "first"
    return "aided" if row["arm"] == SEQUENTIAL and row["level"] == 2 else ""  # noqa: PLR2004 (the second level)


def _check_answer(row: Found, number: int, faults: Faults) -> None:
    if not row["decision"]:
        if row["rating"] is not None:
            faults.add("a case that was not decided has no rating.", row=number, column="rating")
        if not row["not_assessable_reason"]:
            faults.add("neither a decision nor a reason for none.", row=number, column="decision")
        return
    expected = rating_of(row)
    if row["rating"] != expected:
        shown = "nothing" if row["rating"] is None else f"{row['rating']:g}"
        faults.add(
            f"{shown}, but decision and confidence or value give {expected:g}.", row=number, column="rating",
        )  # fmt: skip


def rating_of(row: Found) -> float:
    """The rating that decision and confidence, or the value on the scale, stand for.

    Two steps: ± confidence, ± 1 where none was asked for. Six points: −3 to −1 and 1 to 3. Percent: p − 101 without
    a biopsy, p + 1 with one.
    """
    biopsy, value = row["decision"] == BIOPSY, row["value"]
    if row["scale"] == TWO_STEP or value is None:
        strength = 1 if row["confidence"] is None else row["confidence"]
        return float(strength if biopsy else -strength)
    if row["scale"] == SIX_POINT:
        return float(value - 3 if biopsy else value - 4)
    return float(value + 1 if biopsy else value - 101)

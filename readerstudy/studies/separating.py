"""Cases of one patient are kept apart in an order, where that can be done."""

from collections import Counter
from collections.abc import Mapping, Sequence

Patients = Mapping[str, int | None]


def separated(order: Sequence[str], patients: Patients, *, after: str | None = None) -> list[str]:
    """The order, changed only so far that no two neighbours are of one patient.

    `patients` gives each case the number of its patient, None where the patient has no other case; `after` is the case
    that comes before the first. Such an order exists where no patient has more than half of the cases, rounded up;
    where there is none, the most frequent patient's cases are spread as far as they go.
    """
    left, result = list(order), list[str]()
    counts = Counter(patient for case in left if (patient := patients.get(case)) is not None)
    last = patients.get(after) if after is not None else None
    # Counts only fall: while twice the highest of the start is not above what is left, nobody presses.
    most = max(counts.values(), default=0)
    while left:
        pressing = _pressing(counts, len(left), last) if 2 * most > len(left) else None
        place = _next_place(left, patients, pressing, last)
        case = left.pop(place)
        last = patients.get(case)
        if last is not None:
            counts[last] -= 1
        result.append(case)
    return result


def _next_place(
    left: Sequence[str], patients: Patients, pressing: int | None, last: int | None
) -> int:
    """The first place from which a case can be taken so that the rest can still be kept apart."""
    for place, case in enumerate(left):
        patient = patients.get(case)
        if (patient is None or patient != last) and (pressing is None or patient == pressing):
            return place
    return _first_other(left, patients, last)


def _pressing(counts: Mapping[int, int], left: int, last: int | None) -> int | None:
    """The patient who must come now, because more than half of the places would else be left for their cases."""
    others = [patient for patient in counts if patient != last]
    patient = max(others, key=lambda one: (counts[one], -one), default=None)
    # After one other case there would be left − 1 places, of which neighbours cannot both be theirs.
    return patient if patient is not None and 2 * counts[patient] > left else None


def _first_other(left: Sequence[str], patients: Patients, last: int | None) -> int:
    for place, case in enumerate(left):
        if patients.get(case) is None or patients.get(case) != last:
            return place
    return 0

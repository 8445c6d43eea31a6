"""How often a position is answered: once, or a second time after more of it was shown.

Twice where the protocol has a second look at every case, and in the sequential arm, where the second answer is given
with the aid. A position is done with its last answer.
"""

from django.db.models import Q

from readerstudy.studies.choices import ArmKind
from readerstudy.studies.models import Protocol

_ANSWERED_ONCE = (ArmKind.UNAIDED, ArmKind.AIDED)


def answers_wanted(protocol: Protocol, arm: str) -> int:
    """1 or 2 answers to a position of this arm."""
    return 2 if protocol.has_second_level or arm == ArmKind.SEQUENTIAL else 1


def is_last_answer(protocol: Protocol, *, readings: str = "", position: str = "position__") -> Q:
    """Rows whose answer is the last one of its position. The prefixes lead to the reading and to the position."""
    second = Q(**{f"{readings}level": 2})
    if protocol.has_second_level:
        return second
    return second | Q(**{f"{readings}level": 1, f"{position}arm__in": _ANSWERED_ONCE})

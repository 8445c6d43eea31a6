"""Patients and lesions that two image sets have under the same name."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import QuerySet

from readerstudy.images.models import Case


@dataclass
class SharedNames:
    """Names, as the one side writes them, that the other side has too; in the order of the one side."""

    patients: tuple[str, ...] = ()
    lesions: tuple[str, ...] = ()


@dataclass
class _Names:
    """Key → name as it is written; for lesions also the patients that they are said to be of."""

    patients: dict[str, str] = field(default_factory=dict)
    lesions: dict[str, str] = field(default_factory=dict)
    owners: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))


def key_of_name(name: str) -> str:
    """What a name is compared by: upper and lower case and white space around it do not make another patient."""
    return name.strip().casefold()


def shared_names(
    cases: Iterable[tuple[str, str]], *, among: QuerySet[Case]
) -> dict[str, SharedNames]:
    """Name of an image set → the names of patients and lesions that it shares with `cases`, pairs of both.

    A lesion without a patient on one of the sides is known by its own name; where both name one, the patient has to be
    the same, since many number each patient's lesions from 1.
    """
    own = _names(cases)
    if not (own.patients or own.lesions):
        return {}
    patients: dict[str, set[str]] = defaultdict(set)
    lesions: dict[str, set[str]] = defaultdict(set)
    rows = among.order_by().values_list("image_set__name", "patient_ref", "lesion_ref").distinct()
    for image_set, patient, lesion in rows.iterator(chunk_size=2_000):
        owner, one = key_of_name(patient), key_of_name(lesion)
        if owner in own.patients:
            patients[image_set].add(owner)
        if one in own.lesions and _may_be_of(own.owners[one], owner):
            lesions[image_set].add(one)
    return {
        image_set: SharedNames(
            _in_order(own.patients, patients[image_set]), _in_order(own.lesions, lesions[image_set])
        )
        for image_set in {**patients, **lesions}
    }


def _names(cases: Iterable[tuple[str, str]]) -> _Names:
    names = _Names()
    for patient, lesion in cases:
        owner, one = key_of_name(patient), key_of_name(lesion)
        if owner:
            names.patients.setdefault(owner, patient.strip())
        if one:
            names.lesions.setdefault(one, lesion.strip())
            names.owners[one].add(owner)
    return names


def _may_be_of(owners: set[str], owner: str) -> bool:
    return not owner or "" in owners or owner in owners


def _in_order(names: dict[str, str], found: set[str]) -> tuple[str, ...]:
    return tuple(name for key, name in names.items() if key in found)

"""What the people and things of a number of events are called, asked for all of them at once.

On a study's trail its readers are called by their codes, whoever looks: what is done with the trail afterwards, nobody
here knows. Whoever may know their names has the list of readers.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from readerstudy.accounts.models import User
from readerstudy.core.models import AuditEvent
from readerstudy.core.operator import COMMAND
from readerstudy.privacy.selectors import was_cut_off
from readerstudy.studies.models import Enrolment, Study

# What these are called says nothing but what kind of thing they are, and would tell file names.
_UNNAMED = frozenset({"core.AuditHead", "intake.ImportJob"})
_PERSON = "person"


@dataclass
class Names:
    """Looks names up that were asked for together before."""

    people: dict[int, str] = field(default_factory=dict)
    things: dict[tuple[str, str], str] = field(default_factory=dict)
    studies: dict[str, Study] = field(default_factory=dict)
    cut_off: set[tuple[str, int]] = field(default_factory=set)

    def actor(self, event: AuditEvent) -> str:
        """Who did it: a person, somebody at the command line of the server, or nobody that is known."""
        if event.actor_id is not None:
            if (event.study_id, event.actor_id) in self.cut_off:
                return _("A reader whose name is erased")
            return self.people.get(event.actor_id, f"#{event.actor_id}")
        command = event.data.get(COMMAND)
        if isinstance(command, dict):
            return _("%(operator)s (command line)") % {"operator": command.get("operator", "?")}
        return _("Somebody")

    def subject(self, event: AuditEvent) -> str:
        return self.thing(event.subject_type, event.subject_id)

    def person(self, event: AuditEvent) -> str:
        return self.thing(User._meta.label, str(event.data.get(_PERSON, "")))

    def thing(self, label: str, public_id: str) -> str:
        """The thing's name, or its id where it is gone or has none; for nothing, that it is not known."""
        if not public_id:
            return _("an unknown address")
        return self.things.get((label, public_id), public_id)


def names_for(events: Iterable[AuditEvent], *, study: Study | None) -> Names:
    """The names of all that these events speak of. With a study, its readers go by their codes."""
    listed = list(events)
    codes = _codes(study)
    people = _people({one.actor_id for one in listed if one.actor_id}, codes)
    wanted: dict[str, set[str]] = defaultdict(set)
    for event in listed:
        wanted[event.subject_type].add(event.subject_id)
        if person := event.data.get(_PERSON):
            wanted[User._meta.label].add(str(person))
    things = {
        (label, public_id): name
        for label, ids in wanted.items()
        for public_id, name in _things(label, ids, codes)
    }
    ids_of_studies = {one.study_id for one in listed if one.study_id}
    studies = Study.objects.select_related("privacy").filter(public_id__in=ids_of_studies)
    known = {one.public_id: one for one in studies}
    return Names(people, things, known, _cut_off(listed, known.values()))


def _cut_off(events: Sequence[AuditEvent], studies: Iterable[Study]) -> set[tuple[str, int]]:
    """Study and person of events of studies whose retention date has cut the names off."""
    found = set()
    for study in studies:
        if getattr(getattr(study, "privacy", None), "names_erased_at", None):
            keys = {one.actor_id for one in events if one.study_id == study.public_id}
            people = User.objects.filter(was_cut_off(study), pk__in=keys - {None})
            found |= {(study.public_id, pk) for pk in people.values_list("pk", flat=True)}
    return found


def _codes(study: Study | None) -> dict[int, str]:
    if study is None:
        return {}
    return dict(Enrolment.objects.filter(study=study).values_list("user_id", "code"))


def _people(keys: set[int], codes: dict[int, str]) -> dict[int, str]:
    names = User.objects.filter(pk__in=keys).values_list("pk", "name")
    return {key: codes.get(key, name) for key, name in names}


def _things(label: str, ids: set[str], codes: dict[int, str]) -> Iterable[tuple[str, str]]:
    try:
        model: type[Model] = apps.get_model(label)
    except (LookupError, ValueError):
        return
    named = {field.name for field in model._meta.get_fields()}
    if label in _UNNAMED or "public_id" not in named:
        return
    related = [one for one in ("model", "artefact__model") if one.split("__")[0] in named]
    rows: QuerySet[Any] = QuerySet(model).filter(public_id__in=ids)
    for row in rows.select_related(*related):
        name = codes.get(row.pk, str(row)) if isinstance(row, User) else _name_of(row)
        yield str(getattr(row, "public_id")), name  # noqa: B009 (not every model has one)


def _name_of(row: Model) -> str:
    """What a row is called; of a run, what ran, and of everything that a person gave, nothing but what it is."""
    if isinstance(row, Enrolment):
        return row.code
    artefact = getattr(row, "artefact", None)
    if artefact is not None:
        return str(artefact)
    if any(hasattr(row, name) for name in ("user_id", "enrolment_id", "created_by_id")) and not (
        hasattr(row, "name") or hasattr(row, "title") or hasattr(row, "label")
    ):
        return str(row._meta.verbose_name)
    return str(row)

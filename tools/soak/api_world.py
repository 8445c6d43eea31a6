"""A site on which calls of the API hit something: studies in every state, runs, imports, uploads, each of its own people.

Loaded once Django is set up.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.files.base import ContentFile

from readerstudy.accounts.models import User
from readerstudy.core.ids import PublicIdModel
from readerstudy.intake.chunks import add_piece, begin_upload
from readerstudy.intake.services import create_job
from readerstudy.results.services import request_analysis, run_analysis
from readerstudy.studies.choices import StudyRole
from readerstudy.studies.models import Enrolment, Position, Study, StudyMember
from readerstudy.studies.services import unblind_study
from readerstudy.studies.staffing import appoint
from tests.conftest import make_user
from tests.crawled import make_people
from tests.intake.archives import good_zip
from tests.studies.factories import advance, invite, make_study
from tests.truth.factories import record_truth

EACH = 4
WORDS = ("no-such-thing", "a", "0")


@dataclass(frozen=True)
class ApiWorld:
    """Role → person, nobody being None, and what could stand in an address or a body: by kind."""

    people: dict[str, User | None]
    slugs: list[str]
    ids: dict[str, list[str]]

    def values_for(self, name: str, path: str) -> list[str]:
        """What could stand for the parameter `name` of an address or the field `name` of a body."""
        if name in {"slug", "study"}:
            return [*self.slugs, *WORDS]
        kind = _KINDS.get(name, "")
        if name == "public_id":
            kind = next((of for part, of in _PATHS.items() if part in path), "")
        if not kind:
            return []
        return [*self.ids.get(kind, []), *WORDS]


_KINDS = {
    "position": "position",
    "model": "model",
    "upload": "chunkedupload",
    "case": "practicecase",
}
_PATHS = {
    "/enrolments/": "enrolment",
    "/image-sets/": "imageset",
    "/imports/": "importjob",
    "/uploads/": "chunkedupload",
    "/model-runs/": "modelrun",
    "/analyses/": "analysis",
}


def build(*, admin: User, coordinator: User, reader: User, now: datetime, folder: Path) -> ApiWorld:
    """Two studies in reading with everything, one in each other state, imports and an upload under way."""
    people = make_people(
        admin=admin, coordinator=coordinator, reader_user=reader, now=now, tmp_path=folder, settings=settings
    )  # fmt: skip
    _other_states(admin, coordinator, now)
    _imports(admin, folder, now)
    people |= _staff(coordinator, now)
    upload = begin_upload(actor=admin, name="Ward.zip", size=100, now=now)
    add_piece(upload=upload, start=0, content=b"PK" + bytes(40), now=now)
    return ApiWorld(people, list(Study.objects.values_list("slug", flat=True)), _ids())


def _other_states(admin: User, coordinator: User, now: datetime) -> None:
    for state in ("draft", "locked", "closed", "unblinded"):
        study = make_study(admin=admin, coordinator=coordinator, now=now, title=f"Study {state}")
        record_truth(admin=admin, image_set=study.image_set, now=now)
        invite(study, coordinator=coordinator, now=now, email="reader@example.org")
        if state != "draft":
            advance(study, min(state, "closed", key=_STEPS.index), coordinator=coordinator, now=now)
    _unblind(coordinator, now)


_STEPS = ("draft", "locked", "reading", "closed", "unblinded")


def _staff(coordinator: User, now: datetime) -> dict[str, User]:
    """Whoever belongs to the staff of the studies in another role than the coordinator's."""
    made: dict[str, User] = {}
    for study in Study.objects.exclude(title="Another"):
        made = _staff_of(study, coordinator=coordinator, now=now)
    return made


def _staff_of(study: Study, *, coordinator: User, now: datetime) -> dict[str, User]:
    """Role → who joined the study's staff in it; the truth keeper did so before the lock."""
    email = "truth-keeper@example.org"
    keeper = User.objects.filter(email=email).first() or make_user("reader", email, "Kim Keeper")
    StudyMember.objects.create(study=study, user=keeper, role=StudyRole.TRUTH_KEEPER)
    made = {StudyRole.TRUTH_KEEPER.value: keeper}
    for role in (StudyRole.STATISTICIAN, StudyRole.AUDITOR):
        email = f"{role.value.replace('_', '-')}@example.org"
        member, _link = appoint(
            actor=coordinator, study=study, email=email, role=role, name=str(role.label), now=now
        )
        made[role.value] = member.user
    return made


def _unblind(coordinator: User, now: datetime) -> None:
    study = Study.objects.get(title="Study unblinded")
    study = unblind_study(actor=coordinator, study=study, reason="Done.", now=now)
    analysis = request_analysis(actor=coordinator, study=study, now=now)
    run_analysis(analysis_id=analysis.pk, now=now)


def _imports(admin: User, folder: Path, now: datetime) -> None:
    """One that waits to be checked beside the checked one that is there."""
    content = good_zip(folder / "b.zip").read_bytes()
    create_job(
        actor=admin, name="Fourth set", is_synthetic=False, archive=ContentFile(content, name="b.zip"), now=now
    )  # fmt: skip


def _ids() -> dict[str, list[str]]:
    """Some public ids of every kind of row; of positions the next ones of each reader."""
    return {
        model._meta.model_name: list(_some(model))
        for model in apps.get_models()
        if issubclass(model, PublicIdModel)
    } | {"position": list(_next_positions())}


def _some(model: type[PublicIdModel]) -> Iterator[str]:
    rows = model.objects.order_by("pk").values_list("public_id", flat=True)
    yield from rows[:EACH]
    yield from rows.reverse()[:EACH]


def _next_positions() -> Iterator[str]:
    for enrolment in Enrolment.objects.all():
        rows = Position.objects.filter(enrolment=enrolment).order_by("number")
        yield from rows.values_list("public_id", flat=True)[3:6]

"""The study that is graded, the studies that a model is run over, and what the runs should give. Made by the real services.

Loaded once Django is set up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.db.models import QuerySet

from inference.models import Model, Score
from inference.services import execute_run, start_runs
from readerstudy.accounts.models import User
from readerstudy.core.clock import now
from readerstudy.demo import model_runs
from readerstudy.demo import study as demo
from readerstudy.images.models import ImageSet
from readerstudy.studies.models import Enrolment, Position, Study
from readerstudy.studies.services import invite_reader, lock_study
from tests.conftest import make_user
from tests.intake.archives import make_zip, manifest, rows
from tests.intake.photographs import jpeg
from tests.reading.factories import begin, open_study
from tools.load_client import LoadedReader

BACKEND = "django.contrib.auth.backends.ModelBackend"
READING = "Soak"
# Of each import.
PHOTOGRAPHS = 24
Reference = dict[tuple[int, int], tuple[float, str]]


@dataclass(frozen=True)
class World:
    """Who reads what, and who runs models and imports."""

    readers: Sequence[LoadedReader]
    admin_session: str
    coordinator_session: str
    model_id: str
    reference: Reference


def build_reading(*, readers: int, cases: int) -> list[LoadedReader]:
    """A study in reading whose readers have all begun, each signed in."""
    moment = now()
    admin, coordinator = people()
    emails = [f"reader{number}@example.org" for number in range(readers)]
    study = open_study(
        admin=admin, coordinator=coordinator, now=moment, cases=cases, emails=emails, title=READING
    )
    made = [_signed_in(study, enrolment.user) for enrolment in _enrolments(study)]
    with connection.cursor() as cursor:
        # What PostgreSQL does by itself within a minute.
        cursor.execute("ANALYZE")
    return made


def people() -> tuple[User, User]:
    """The admin and the coordinator of all this. Takes up what is there."""
    known = {user.role: user for user in User.objects.filter(email__endswith="@soak.example")}
    made = [
        known.get(role) or make_user(role, f"{role}@soak.example", role.title())
        for role in ("admin", "coordinator")
    ]
    return made[0], made[1]


def session_of(user: User) -> str:
    """A session in which this person is signed in."""
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = BACKEND
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    return str(store.session_key)


def build_world(*, readers: int, cases: int) -> World:
    """All that the faults need: readers, an image set with pixels, a model, and its scores when nothing disturbs."""
    graders = build_reading(readers=readers, cases=cases)
    admin, coordinator = people()
    demo.import_image_set(actor=admin, now=now())
    model = model_runs.load_model(actor=admin, now=now())
    return World(
        readers=graders,
        admin_session=session_of(admin),
        coordinator_session=session_of(coordinator),
        model_id=model.public_id,
        reference=_reference(model),
    )


def locked_study(number: int) -> str:
    """The slug of one more study over the photographs, locked, so that a model can be run over it."""
    _, coordinator = people()
    study = demo.prepare_study(
        actor=coordinator,
        image_set=ImageSet.objects.get(name=demo.IMAGE_SET_NAME),
        slug=f"soak-run-{number}",
        title=f"Run {number}",
        summary="",
        now=now(),
    )
    if not study.enrolments.exists():
        invite_reader(
            actor=coordinator,
            study=study,
            email=f"run{number}@readers.example",
            name="R",
            rank_group=study.rank_groups.all()[0],
            institution=study.institutions.all()[0],
            now=now(),
        )
    if study.state == "draft":
        lock_study(actor=coordinator, study=study, now=now())
    return study.slug


def _reference(model: Model) -> Reference:
    """Artefact and image → score and the hash of what the network saw, from runs that nothing disturbs."""
    _, coordinator = people()
    study = Study.objects.get(slug=locked_study(0))
    runs = start_runs(actor=coordinator, model=model, study=study, now=now())
    for run in runs:
        execute_run(run_id=run.pk, clock=now)
    scores = Score.objects.filter(run__in=runs)
    found = scores.values_list("run__artefact", "image", "value", "tensor_sha256")
    return {(artefact, image): (value, sha256) for artefact, image, value, sha256 in found}


def archive(folder: Path, number: int) -> Path:
    """An archive of photographs that no other import has."""
    names = {
        f"photo{one}.png": jpeg(1000 * number + one, 800, 600, subsampling=0)
        for one in range(PHOTOGRAPHS)
    }
    files = {"manifest.csv": manifest(rows(PHOTOGRAPHS)), **names}
    return make_zip(folder / f"import-{number}.zip", files)


def _enrolments(study: Study) -> QuerySet[Enrolment]:
    return study.enrolments.select_related("user").order_by("pk")


def _signed_in(study: Study, user: User) -> LoadedReader:
    begin(study, user, now=now())
    order = Position.objects.filter(enrolment__study=study, enrolment__user=user)
    return LoadedReader(
        session_of(user), list(order.order_by("number").values_list("public_id", flat=True))
    )

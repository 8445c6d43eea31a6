"""Two groups of studies in every state with their people, and what every address can name of them."""

from dataclasses import dataclass, field

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile

from inference.drafts import take_upload
from inference.models import Model, ModelRun
from inference.services import take_samples
from readerstudy.accounts.api_tokens import make_api_token
from readerstudy.accounts.models import User
from readerstudy.accounts.services import invite_person
from readerstudy.core.policies import Role, State, Thing
from readerstudy.images.models import Image, ImageSet
from readerstudy.intake.models import ChunkedUpload
from readerstudy.intake.services import create_job, plan_job
from readerstudy.operations.models import DeadLetter
from readerstudy.reading.services import commit_readings
from readerstudy.results.finished.plan import Files
from readerstudy.results.finished.services import About, apply_finished, upload_finished
from readerstudy.results.models import Analysis, FinishedStudy
from readerstudy.results.report.models import ReportFile
from readerstudy.results.services import run_analysis
from readerstudy.studies.choices import DesignKind, RepeatWhen, Revision, StudyRole
from readerstudy.studies.models import PracticeCase, Study, StudyMember
from readerstudy.studies.services import appoint, set_practice, update_design, update_protocol
from tests.conftest import make_user
from tests.images.factories import make_image_set
from tests.inference.factories import graph, run_all
from tests.intake.archives import good_zip
from tests.reading.factories import begin, ids, item, open_study
from tests.reading.practising import practise
from tests.results.finished.files import long_csv, named
from tests.results.unblinded import read_study, unblinded
from tests.studies.factories import invite, make_study
from tests.truth.factories import record_truth

PEOPLE = (
    "nobody", "reader", "second reader", "reader of another study", "coordinator", "coordinator of another study",
    "statistician", "truth keeper", "auditor", "admin", "deactivated coordinator",
)  # fmt: skip
STAFF = {
    "statistician": StudyRole.STATISTICIAN,
    "truth keeper": StudyRole.TRUTH_KEEPER,
    "auditor": StudyRole.AUDITOR,
}
STUDY_ROLES = {
    "coordinator": Role.COORDINATOR,
    "statistician": Role.STATISTICIAN,
    "truth keeper": Role.TRUTH_KEEPER,
    "auditor": Role.AUDITOR,
}
UNKNOWN = "zzzzzzzzzzzzzzzzzzzzzzzzzz"
UNKNOWN_NUMBER, SOMEBODY_ELSES = "987654321", 123454321
_ORDER = [State.ANY, State.LOCKED, State.READING, State.CLOSED, State.UNBLINDED]


@dataclass(frozen=True)
class Target:
    """One thing that an address can name: whose it is, and of which study in which state."""

    label: str
    named: dict[str, str] = field(default_factory=dict)
    group: int | None = None
    state: State = State.ANY
    owners: tuple[str, ...] = ()
    exists: bool = True

    def is_in(self, state: State) -> bool:
        """Whether the study is where it has to be for the thing to be there."""
        if state == State.READING:
            return self.state == State.READING
        return _ORDER.index(self.state) >= _ORDER.index(state)


NOTHING = Target("–")


@dataclass
class Group:
    """Studies with one staff and two readers."""

    number: int
    coordinator: User
    readers: tuple[str, ...]
    studies: dict[str, Study] = field(default_factory=dict)
    model: Model | None = None


def make_world(now, folder):
    """People by name, and Thing → targets."""
    admin = make_user("admin", "admin@example.org", "Admin")
    people = {"nobody": None, "admin": admin}
    people["coordinator"] = make_user("coordinator", "coordinator@example.org", "Cora")
    people["coordinator of another study"] = make_user("coordinator", "other@example.org", "Otto")
    left = make_user("coordinator", "left@example.org", "Left")
    people["deactivated coordinator"] = left
    for name in STAFF:
        people[name] = make_user("reader", f"{name.replace(' ', '-')}@example.org", name)
    for name in ("reader", "second reader", "reader of another study"):
        people[name] = make_user("reader", f"{name.replace(' ', '-')}@example.org", name)
    groups = [
        Group(0, people["coordinator"], ("reader", "second reader")),
        Group(1, people["coordinator of another study"], ("reader of another study",)),
    ]
    for group in groups:
        _fill(group, people, admin, now)
    for study in groups[0].studies.values():
        for name, role in STAFF.items():
            _appoint(groups[0], study, people[name], role, now)
        _appoint(groups[0], study, left, StudyRole.COORDINATOR, now)
    User.objects.filter(pk=left.pk).update(is_active=False)
    return people, _targets(groups, people, admin, now, folder)


def _appoint(group, study, user, role, now):
    if role == StudyRole.TRUTH_KEEPER:
        # Appointed before the lock, which these studies have behind them.
        StudyMember.objects.create(study=study, user=user, role=role)
    else:
        appoint(actor=group.coordinator, study=study, email=user.email, role=role, now=now)


def _fill(group, people, admin, now):
    """A draft, a study in reading with two looks, one with a practice, one that waits for its second session, one unblinded."""
    common = {"admin": admin, "coordinator": group.coordinator, "now": now}
    emails = tuple(people[name].email for name in group.readers)
    title = ("First", "Other")[group.number]
    make_image_set(admin=admin, now=now, cases=4, name=f"{title} draft", first=20)
    draft = make_study(cases=4, title=f"{title} draft", **common)
    for email in emails:
        invite(draft, coordinator=group.coordinator, now=now, email=email)
    make_image_set(admin=admin, now=now, cases=4, images_per_case=3, name=f"{title} twice")
    twice = open_study(title=f"{title} twice", emails=emails, before_lock=_two_looks(group, now), **common)  # fmt: skip
    waiting = open_study(title=f"{title} waiting", cases=4, emails=emails, before_lock=_later(group, now), **common)  # fmt: skip
    practised = open_study(title=f"{title} practised", cases=4, emails=emails, before_lock=_practice(group, admin, now), **common)  # fmt: skip
    open_ = read_study(title=f"{title} open", emails=emails, cases=4, runs=1, **common)
    group.model = Model.objects.get(name=f"CNN for {title} open")
    run_all(group.coordinator, group.model, twice, now)
    for study, answered in ((twice, 1), (waiting, 4)):
        for enrolment in study.enrolments.all():
            begin(study, enrolment.user, now=now)
            given = [item(position) for position in ids(enrolment)[:answered]]
            commit_readings(actor=enrolment.user, answers=given, now=now)
    for enrolment in practised.enrolments.select_related("study", "user"):
        practise(begin(practised, enrolment.user, now=now), now=now, rights=[True])
    open_ = unblinded(open_, coordinator=group.coordinator, now=now)
    analysis = open_.analyses.get()
    run_analysis(analysis_id=analysis.pk, now=now)
    group.studies = {
        "draft": draft, "twice": twice, "waiting": waiting, "practised": practised, "open": open_,
    }  # fmt: skip


def _two_looks(group, now):
    def change(study):
        fields = {"has_second_level": True, "revision": Revision.NONE}
        update_protocol(actor=group.coordinator, study=study, now=now, **fields)

    return change


def _later(group, now):
    def change(study):
        fields = {"kind": DesignKind.UNAIDED, "repeat_percent": 50, "repeat_when": RepeatWhen.LATER_SESSION}  # fmt: skip
        update_design(actor=group.coordinator, study=study, now=now, **fields)

    return change


def _practice(group, admin, now):
    def change(study):
        name = f"To practise on {group.number}"
        images = make_image_set(admin=admin, now=now, cases=3, name=name, first=50)
        record_truth(admin=admin, image_set=images, now=now)
        set_practice(
            actor=group.coordinator, study=study, image_set=images, pass_percent=0, now=now
        )

    return change


STATES = {
    "draft": State.ANY,
    "twice": State.READING,
    "waiting": State.READING,
    "practised": State.READING,
    "open": State.UNBLINDED,
}
LABELS = {"draft": "in a draft", "twice": "in reading", "open": "unblinded"}


def _targets(groups, people, admin, now, folder):
    """Thing → everything that can be named."""
    found = {Thing.NOTHING: [NOTHING], **_of_the_site(people, admin, now, folder)}
    for thing, of_study in _OF_A_STUDY.items():
        found[thing] = [one for group in groups for one in _of_group(group, thing, of_study)]
    for group in groups:
        found[Thing.MODEL].append(_of(group, {"public_id": group.model.public_id}))
        artefact = group.model.artefacts.get()
        found[Thing.TRAINING_RUN].append(_of(group, {"public_id": artefact.public_id}))
        found[Thing.SAMPLE].append(
            _of(group, {"public_id": _sample(artefact, admin, now).public_id})
        )
    for thing, keys in _KEYS.items():
        unknown = {key: UNKNOWN_NUMBER if key == "pk" else UNKNOWN for key in keys}
        found[thing].append(Target("unknown", unknown, exists=False))
        # The study is known and what is named in it is not.
        if "slug" in keys and len(keys) > 1:
            known = {**unknown, "slug": groups[0].studies["twice"].slug}
            found[thing].append(Target("unknown in a known study", known, exists=False))
    return found


def _of(group, named):
    return Target(("own", "another study's")[group.number], named, group=group.number)


def _sample(artefact, admin, now):
    free = ImageSet.objects.get(name="Free")
    return take_samples(actor=admin, artefact=artefact, image_set=free, now=now)[0]


def _of_the_site(people, admin, now, folder):
    """Image sets, imports, uploads, invitations, finished studies: of no study here."""
    free = make_image_set(admin=admin, now=now, cases=1, name="Free", first=70)
    image = Image.objects.filter(case__image_set=free).first()
    second = make_user("admin", "second-admin@example.org", "Second admin")
    other = people["coordinator of another study"]
    _person, token = invite_person(
        actor=admin, email="invited@example.org", name="Invited", now=now
    )
    site = {
        Thing.INVITATION: [Target("open", {"token": token})],
        Thing.PERSON: [Target("any", {"public_id": second.public_id})],
        Thing.RESET_LINK: [],
        Thing.SECOND_FACTOR: [Target("of somebody without", exists=False)],
        Thing.HOSPITAL: [],
        Thing.SIGN_IN_SESSION: [_numbered(_session(second))],
        Thing.PASSKEY: [
            _numbered(
                Authenticator.objects.create(
                    pk=SOMEBODY_ELSES, user=second, type="webauthn", data={}
                )
            )
        ],
        Thing.API_TOKEN: [
            _owned(_token(people["reader"], now), "reader"),
            _owned(_token(second, now)),
        ],
        Thing.IMAGE_SET: [Target("any", {"public_id": free.public_id})],
        Thing.IMAGE: [Target("any", {"public_id": image.public_id})],
        Thing.IMPORT: [Target("any", {"public_id": _job(admin, now, folder).public_id})],
        Thing.UPLOAD: [_owned(_upload(admin, now), "admin"), _owned(_upload(second, now))],
        Thing.DEAD_LETTER: [Target("any", {"public_id": _dead_letter(now).public_id})],
        Thing.MODEL_DRAFT: [_owned(_draft(admin, now), "admin"), _owned(_draft(second, now))],
        Thing.FINISHED: [],
        Thing.FINISHED_DRAFT: [],
        Thing.MODEL: [],
        Thing.TRAINING_RUN: [],
        Thing.SAMPLE: [],
    }
    for name, person in (
        ("coordinator", people["coordinator"]),
        ("coordinator of another study", other),
    ):
        site[Thing.FINISHED].append(_owned(_finished(person, now), name))
        site[Thing.FINISHED_DRAFT].append(_owned(_checked(person, now), name))
    return site


def _owned(row, owner=""):
    label = f"of the {owner}" if owner else "of somebody else"
    return Target(label, {"public_id": row.public_id}, owners=(owner,) if owner else ())


def _numbered(row):
    return Target("of somebody else", {"pk": str(row.pk)})


def _session(user):
    return UserSession.objects.create(
        pk=SOMEBODY_ELSES, user=user, ip="203.0.113.0", user_agent="", session_key="k" * 32
    )


def _token(user, now):
    name, scopes = f"Of {user.name}", ["studies:read"]
    return make_api_token(actor=user, name=name, scopes=scopes, days=7, now=now)[0]


def _job(admin, now, folder):
    archive = ContentFile(good_zip(folder / "a.zip").read_bytes(), name="a.zip")
    job = create_job(actor=admin, name="Third set", is_synthetic=False, archive=archive, now=now)
    return plan_job(job_id=job.pk, clock=lambda: now) or job


def _dead_letter(now):
    task = "readerstudy.results.tasks.run_analysis_task"
    return DeadLetter.objects.create(
        task=task, kwargs={"analysis_id": 0}, reason="ValueError", parked_at=now
    )


def _upload(user, now):
    return ChunkedUpload.objects.create(
        name="a.zip", size=10, modified="1", created_by=user, created_at=now, heard_of_at=now
    )


def _draft(user, now):
    """A network without a spec, whose questions nobody has answered yet."""
    files = [SimpleUploadedFile("bare.onnx", graph())]
    return take_upload(
        actor=user, model=None, files=files, positive="", name=f"Of {user.name}", now=now
    )


def _checked(user, now):
    about = About(title="Benchmark", licence="CC0", citation="Doe 2019")
    return upload_finished(actor=user, about=about, files=Files(named(long_csv())), now=now)


def _finished(user, now):
    finished = _checked(user, now)
    apply_finished(actor=user, finished=finished, now=now)
    analysis = Analysis.objects.get(finished=finished)
    run_analysis(analysis_id=analysis.pk, now=now)
    return FinishedStudy.objects.get(pk=finished.pk)


def _of_group(group, thing, of_study):
    """The targets of one thing in each of the group's studies that has it."""
    for name, rows in of_study.items():
        study = group.studies[name]
        for named_, owners, whose in rows(group, study):
            label = f"{whose or ('', 'another study: ')[group.number]}{LABELS.get(name, name)}"
            yield Target(label, named_, group=group.number, state=STATES[name], owners=owners)


def _study(group, study):
    owners = group.readers if study.state != "draft" else ()
    yield {"slug": study.slug}, owners, ""


def _readers(group, study):
    """Each reader's enrolment, with the person whose it is."""
    for owner, enrolment in zip(group.readers, study.enrolments.order_by("pk"), strict=True):
        yield enrolment, owner, "" if group.number else f"the {owner}'s "


def _enrolments(group, study):
    for enrolment, owner, whose in _readers(group, study):
        yield {"public_id": enrolment.public_id}, (owner,), whose


def _readers_by_slug(group, study):
    for enrolment, owner, whose in _readers(group, study):
        yield {"slug": study.slug, "public_id": enrolment.public_id}, (owner,), whose


def _pseudonyms(group, study):
    for enrolment, _owner, whose in _readers(group, study):
        yield {"slug": study.slug, "code": enrolment.code}, (), whose


def _positions(group, study):
    for enrolment, owner, whose in _readers(group, study):
        yield {"public_id": ids(enrolment)[0]}, (owner,), whose


def _practice_cases(group, study):
    case = PracticeCase.objects.filter(study=study).first()
    yield {"public_id": case.public_id}, group.readers, ""


def _members(group, study):
    yield {"slug": study.slug, "public_id": group.coordinator.public_id}, (), ""


def _runs(group, study):
    yield {"public_id": ModelRun.objects.get(study=study).public_id}, (), ""


def _cases(group, study):
    case = study.study_cases.first()
    yield {"slug": study.slug, "public_id": case.public_id}, (), ""


def _case_images(group, study):
    yield {"public_id": study.study_cases.first().public_id}, group.readers, ""


def _study_images(group, study):
    image = Image.objects.filter(case__image_set=study.image_set).first()
    yield {"slug": study.slug, "public_id": image.public_id}, (), ""


def _analyses(group, study):
    analysis = study.analyses.get()
    ReportFile.objects.get_or_create(
        analysis=analysis, language="en", state="done",
        defaults={"content": b"%PDF", "created_by": group.coordinator, "created_at": analysis.created_at},
    )  # fmt: skip
    yield {"public_id": analysis.public_id}, (), ""


_ALL = ("draft", "twice", "open")
_BEGUN = ("twice", "open")
_OF_A_STUDY = {
    Thing.STUDY: dict.fromkeys(_ALL, _study),
    Thing.READER: dict.fromkeys(_BEGUN, _readers_by_slug),
    Thing.MEMBER: dict.fromkeys(_BEGUN, _members),
    Thing.ENROLMENT: dict.fromkeys(_BEGUN, _enrolments),
    Thing.LATER_SESSION: {"waiting": _readers_by_slug},
    Thing.POSITION: dict.fromkeys(_BEGUN, _positions),
    Thing.SECOND_LOOK: {"twice": _positions},
    Thing.PRACTICE_CASE: {"practised": _practice_cases},
    Thing.MODEL_RUN: dict.fromkeys(_BEGUN, _runs),
    Thing.CASE: dict.fromkeys(_BEGUN, _cases),
    Thing.CASE_IMAGE: dict.fromkeys(_BEGUN, _case_images),
    Thing.STUDY_IMAGE: dict.fromkeys(_BEGUN, _study_images),
    Thing.PSEUDONYM: dict.fromkeys(_BEGUN, _pseudonyms),
    Thing.ANALYSIS: {"open": _analyses},
}
_BY_ID, _IN_STUDY = ("public_id",), ("slug", "public_id")
_KEYS = {
    Thing.INVITATION: ("token",),
    Thing.RESET_LINK: ("public_id", "token"),
    Thing.HOSPITAL: ("provider_id",),
    Thing.SIGN_IN_SESSION: ("pk",),
    Thing.PASSKEY: ("pk",),
    Thing.STUDY: ("slug",),
    Thing.PSEUDONYM: ("slug", "code"),
    **dict.fromkeys((Thing.READER, Thing.MEMBER, Thing.LATER_SESSION, Thing.CASE, Thing.STUDY_IMAGE), _IN_STUDY),
    **dict.fromkeys(
        (
            Thing.PERSON, Thing.API_TOKEN, Thing.IMAGE_SET, Thing.IMAGE, Thing.IMPORT, Thing.UPLOAD, Thing.ENROLMENT, Thing.POSITION,
            Thing.SECOND_LOOK, Thing.PRACTICE_CASE, Thing.MODEL, Thing.MODEL_DRAFT, Thing.TRAINING_RUN, Thing.SAMPLE,
            Thing.MODEL_RUN, Thing.CASE_IMAGE, Thing.ANALYSIS, Thing.FINISHED, Thing.FINISHED_DRAFT,
            Thing.DEAD_LETTER,
        ),
        _BY_ID,
    ),
}  # fmt: skip

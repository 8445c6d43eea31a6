"""A site with so many of everything, and every page of it as the one whom the page is for: how many queries it takes.

`tests/query_counts.json` holds, for every page, how many queries it takes. A page is named by its route, what stands in
the address, and who opens it. After adding a page, or changing what one asks for on purpose, write the file again:

    UPDATE_QUERY_COUNTS=1 python -m pytest tests/test_query_counts.py

and look at the difference: a number that grew without a reason is a query too many.
"""

import json
from itertools import product
from pathlib import Path

from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, reset_queries
from django.test import Client
from django.test.utils import CaptureQueriesContext

from inference.drafts import take_upload
from inference.models import Model
from inference.samples import take_samples
from readerstudy.accounts.models import Invitation
from readerstudy.core.clock import now as clock
from readerstudy.images.models import Case
from readerstudy.images.training import declare_training_set
from readerstudy.intake.services import create_job, plan_job
from readerstudy.reading.messaging import reply, write_to_coordinators
from readerstudy.reading.services import commit_readings
from readerstudy.results.finished.plan import Files
from readerstudy.results.finished.services import About, apply_finished, upload_finished
from readerstudy.results.selectors import latest_analysis
from readerstudy.studies.choices import DesignKind, QuestionKind, StudyRole
from readerstudy.studies.question_drafts import Asked
from readerstudy.studies.services import appoint, set_practice, set_questions
from tests.crawl import NOT_ASKED, filled, patterns
from tests.images.factories import make_image_set
from tests.inference.engine.graphs import linear
from tests.inference.factories import make_model, make_ready_study
from tests.intake.archives import good_zip
from tests.reading.aided import open_aided
from tests.reading.factories import begin, ids, item, open_study
from tests.reading.practising import practise
from tests.results.finished.files import long_csv, named
from tests.results.unblinded import read_study, unblinded
from tests.signed_in import just_signed_in
from tests.studies.factories import invite, make_study
from tests.truth.factories import record_truth

BASELINE = Path(__file__).parent / "query_counts.json"
ROLES = ("coordinator", "reader", "admin", "truth keeper", "nobody")
# What else stands in addresses: the first that a page is there for counts.
CHOICES = {
    "name": ["comparison", "readers", "stard-ai"],
    "language": ["en"],
    "number": ["1"],
    "file_format": ["csv"],
}
QUESTIONS = [
    Asked(QuestionKind.TEXT, "Remarks?", "Anmerkungen?"),
    Asked(QuestionKind.SINGLE, "Diagnosis?", "Diagnose?", (("Nevus", "Nävus"), ("Other", "Andere"))),
]  # fmt: skip


# Opened by tests of their own: pages of states that this world has not; "" leads on to another page.
ELSEWHERE = {
    "",
    "import/<slug:public_id>/mapping/",
    "import/<slug:public_id>/name/",
    "import/<slug:public_id>/manifest/",
    "studies/<slug:slug>/readers/<slug:public_id>/invite-again/",
    "studies/<slug:slug>/readers/<slug:public_id>/open-session/",
    "reading/<slug:public_id>/profile/",
    "reading/<slug:public_id>/practice/",
    "reading/<slug:public_id>/room/",
    "reading/<slug:public_id>/sign/",
    "reading/<slug:public_id>/next-session.ics",
    "reading/image/<slug:public_id>/<int:number>/",
    "reading/practice-image/<slug:public_id>/",
    "truth/<slug:slug>/images/<slug:public_id>/thumbnail/",
    "models/training-runs/<slug:public_id>/samples/",
    "results/<slug:slug>/report/<slug:language>.pdf",
    "api/v1/uploads/<str:public_id>/",
    # Files of all that there is of a person or of the site: they grow with the studies read and with the events told of.
    "privacy/my-data.zip",
    "audit/export.<slug:file_format>",
    # Asked of who signed in a moment ago, of a link or a factor that was made before, or leading elsewhere.
    "account/file/",
    ".well-known/change-password",
    ".well-known/security.txt",
    "account/confirm/code/",
    "account/confirm/passkey/",
    "account/hospital/<slug:provider_id>/back/",
    "account/hospital/error/",
    "account/password/reset/<str:public_id>/<str:token>/",
    "account/second-factor/app/",
    "account/second-factor/app/remove/",
    "account/second-factor/code/",
    "account/second-factor/codes/",
    "account/second-factor/codes/new/",
    "account/second-factor/passkeys/<int:pk>/remove/",
    "account/second-factor/passkeys/add/",
    "account/sessions/<int:pk>/end/",
    "account/sign-in/passkey/",
}


class World:
    """`size` readers, twice as many cases and as many runs in a study of every kind; `subjects` is what addresses name."""

    def __init__(self, size, *, people, capture, folder):
        self.size, self.people, self.capture, self.folder = size, people, capture, folder
        self.now = clock()
        self.admin, self.coordinator = people["admin"], people["coordinator"]
        self.common = {"admin": self.admin, "coordinator": self.coordinator, "now": self.now}
        self.emails = [people["reader"].email, *(f"{size}-{n}@example.org" for n in range(1, size))]
        self.subjects = {}
        for make in (self._draft, self._reading, self._aided, self._unblinded, self._image_sets, self._import, self._finished):  # fmt: skip
            make()

    def _add(self, name, **values):
        self.subjects[name] = {key: str(value) for key, value in values.items()}

    def _add_study(self, name, study):
        enrolment = study.enrolments.get(user=self.people["reader"])
        self._add(name, slug=study.slug)
        self._add(f"reader of {name}", slug=study.slug, public_id=enrolment.public_id)
        self._add(f"code in {name}", slug=study.slug, code=enrolment.code)
        self._add(f"enrolment in {name}", public_id=enrolment.public_id)
        if position := enrolment.positions.order_by("session__number", "number").first():
            self._add(f"position in {name}", public_id=position.public_id)

    def _draft(self):
        study = make_study(**self.common, cases=2 * self.size, title=f"Draft {self.size}")
        record_truth(admin=self.admin, image_set=study.image_set, now=self.now)
        set_questions(actor=self.coordinator, study=study, questions=QUESTIONS, now=self.now)
        for email in self.emails:
            invite(study, coordinator=self.coordinator, now=self.now, email=email)
        keeper = self.people["truth keeper"]
        member, _token = appoint(
            actor=self.coordinator, study=study, email=keeper.email, role=StudyRole.TRUTH_KEEPER, now=self.now
        )  # fmt: skip
        self._add_study("draft", study)
        self._add("member of draft", slug=study.slug, public_id=member.user.public_id)
        self._add("person", public_id=self.people["reader"].public_id)

    def _reading(self):
        photographs = make_image_set(admin=self.admin, now=self.now, cases=self.size, name=f"Practice {self.size}", first=20)  # fmt: skip
        record_truth(admin=self.admin, image_set=photographs, now=self.now)

        def prepare(study):
            set_practice(
                actor=self.coordinator, study=study, image_set=photographs, pass_percent=0, now=self.now
            )  # fmt: skip

        study = open_study(
            **self.common, cases=2 * self.size, emails=self.emails, pixels=True,
            title=f"Reading {self.size}", before_lock=prepare,
        )  # fmt: skip
        for enrolment in study.enrolments.select_related("user"):
            self._begun(study, enrolment)
        self._add_study("reading", study)
        self._add("practice case in reading", public_id=study.practice_cases.first().public_id)
        self._add("invitation", token=self._token(study))

    def _begun(self, study, enrolment):
        """Practised, half-way through the cases, with messages to and fro."""
        enrolment = begin(study, enrolment.user, now=self.now)
        practise(enrolment, now=self.now, rights=[True] * self.size)
        answers = [item(position) for position in ids(enrolment)[: self.size]]
        commit_readings(actor=enrolment.user, answers=answers, now=self.now)
        told = {"enrolment": enrolment, "link": str, "now": self.now}
        for _ in range(self.size):
            write_to_coordinators(actor=enrolment.user, text="A question.", **told)
            reply(actor=self.coordinator, text="An answer.", **told)

    def _token(self, study):
        """Of an invitation that is open; its hash alone is stored."""
        from hashlib import sha256

        token = f"token-{self.size}"
        invited = invite(study, coordinator=self.coordinator, now=self.now, email=f"late-{self.size}@example.org")  # fmt: skip
        digest = sha256(token.encode()).hexdigest()
        Invitation.objects.filter(user=invited.user).update(token_sha256=digest)
        return token

    def _aided(self):
        study = make_ready_study(**self.common, cases=2 * self.size, title=f"Aided {self.size}")
        for email in self.emails:
            invite(study, coordinator=self.coordinator, now=self.now, email=email)
        study = open_aided(study, **self.common, design={"kind": DesignKind.SEQUENTIAL})
        begin(study, self.people["reader"], now=self.now)
        Model.objects.filter(name="Small CNN").update(name=f"Aid {self.size}")
        self._add_study("aided", study)

    def _unblinded(self):
        with self.capture(execute=True):
            study = read_study(
                **self.common, title=f"Unblinded {self.size}", emails=self.emails,
                cases=2 * self.size, runs=self.size,
            )  # fmt: skip
            study = unblinded(study, coordinator=self.coordinator, now=self.now)
        self._add_study("unblinded", study)
        case = study.study_cases.first()
        self._add("case of unblinded", slug=study.slug, public_id=case.public_id)
        self._add("case", public_id=case.public_id)
        self._add("analysis", public_id=latest_analysis(study).public_id)
        run = study.model_runs.first()
        self._add("model run", public_id=run.public_id)
        self._add("model", public_id=run.artefact.model.public_id)

    def _image_sets(self):
        images = make_image_set(admin=self.admin, now=self.now, cases=self.size, images_per_case=2, name=f"Free {self.size}", first=40)  # fmt: skip
        other = make_image_set(admin=self.admin, now=self.now, cases=1, name=f"Trained {self.size}", first=60)  # fmt: skip
        declare_training_set(actor=self.admin, image_set=other, is_training_set=True, now=self.now)
        declare_training_set(actor=self.admin, image_set=images, is_training_set=True, now=self.now)
        self._add("image set", public_id=images.public_id)
        self._add("image", public_id=Case.objects.filter(image_set=images)[0].images.first().public_id)  # fmt: skip
        artefact = make_model(admin=self.admin, now=self.now, name=f"Sampled {self.size}").artefacts.get()  # fmt: skip
        samples = take_samples(actor=self.admin, artefact=artefact, image_set=images, now=self.now)
        self._add("training run", public_id=artefact.public_id)
        self._add("sample", public_id=samples[0].public_id)
        upload = SimpleUploadedFile("model.onnx", linear())
        draft = take_upload(actor=self.admin, model=None, files=[upload], positive="", now=self.now, name=f"Open {self.size}")  # fmt: skip
        self._add("model draft", public_id=draft.public_id)

    def _import(self):
        archive = good_zip(self.folder / f"{self.size}.zip", self.size)
        job = create_job(
            actor=self.admin, name=f"Import {self.size}", is_synthetic=False,
            archive=ContentFile(archive.read_bytes(), name="ward.zip"), now=self.now,
        )  # fmt: skip
        plan_job(job_id=job.pk, clock=lambda: self.now)
        self._add("import", public_id=job.public_id)

    def _finished(self):
        for name in ("finished", "planned"):
            about = About(title=f"{name} {self.size}", licence="CC0", citation="Doe 2019")
            found = upload_finished(actor=self.coordinator, about=about, files=Files(named(long_csv())), said=None, now=self.now)  # fmt: skip
            if name == "finished":
                with self.capture(execute=True):
                    apply_finished(actor=self.coordinator, finished=found, now=self.now)
            self._add(f"{name} study", public_id=found.public_id)


def browsers(people):
    """A signed-in browser for each role."""
    found = {role: Client() for role in ROLES}
    for role, client in found.items():
        if role != "nobody":
            just_signed_in(client, people[role])
    return found


def opened(client, address):
    """Status and number of queries of a page, which is read to its end."""
    reset_queries()  # Django keeps the last 9,000
    cache.clear()  # every page is the first one: what is recorded once in a while is recorded
    with CaptureQueriesContext(connection) as queries:
        response = client.get(address)
        if response.streaming:
            b"".join(response)
    return response.status_code, len(queries)


def routes():
    """Every route with the names of what stands in it, by its text."""
    return {route: list(converters) for route, converters in patterns() if route not in NOT_ASKED}


def address_of(page, subjects):
    """The address of a page such as `studies/<slug:slug>/ · draft · coordinator`, and who opens it."""
    route, *rest, role = page.split(" · ")
    values = dict(part.split("=", 1) for part in rest if "=" in part)
    for part in rest:
        values |= subjects.get(part, {})
    return "/" + filled(route, values), role


def counted(pages, world, clients):
    """Page → number of queries, or the status where it is not there."""
    found = {}
    # In one order: what a process keeps in memory is asked for by the first page alone.
    for page in sorted(pages):
        address, role = address_of(page, world.subjects)
        status, queries = opened(clients[role], address)
        found[page] = queries if status == 200 else f"status {status}"
    return found


def explored(world, clients):
    """Every page that is there: each route with every subject that it can be of, opened by the first role that may."""
    found, elsewhere = {}, {}
    for route, names in routes().items():
        if route in ELSEWHERE:
            continue
        pages = list(_pages(route, names, world))
        for candidates in pages:
            for page in candidates:
                address, role = address_of(page, world.subjects)
                status, queries = opened(clients[role], address)
                elsewhere.setdefault(route, set()).add(status)
                if status == 200:
                    found[page] = queries
                    if names:
                        break
    return found, {route: seen for route, seen in elsewhere.items() if 200 not in seen}


def _pages(route, names, world):
    """For every subject that has what the route asks for, the pages of all roles, the most likely first."""
    own = [name for name in names if name not in CHOICES]
    choices = [[f"{name}={value}" for value in CHOICES[name]] for name in names if name in CHOICES]
    subjects = [one for one, values in world.subjects.items() if set(values) == set(own)] if own else [""]  # fmt: skip
    for subject in subjects:
        parts = [[route], [subject] if subject else [], *choices]
        ways = product(*(part for part in parts if part))
        yield [" · ".join([*way, role]) for way in list(ways) for role in ROLES]


def without_baseline(baseline, client):
    """The routes that are neither in the baseline nor elsewhere, and answer GET: new pages."""
    known = ELSEWHERE | {page.split(" · ")[0] for page in baseline}
    return sorted(route for route, names in routes().items() if route not in known and _answers_get(route, names, client))  # fmt: skip


def _answers_get(route, names, client):
    values = {name: CHOICES.get(name, ["xx"])[0] for name in names}
    return client.get("/" + filled(route, values)).status_code != 405


def read_baseline():
    """Page → number of queries."""
    return json.loads(BASELINE.read_text(encoding="utf-8"))


def write_baseline(counts):
    """Writes the file, one page a line."""
    BASELINE.write_text(json.dumps(counts, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")  # fmt: skip

"""Two studies, those who know of them, and what each of them is shown: for the tests that look for leaks."""

import re

from django.core.files.base import ContentFile

from inference.models import Score
from readerstudy.images.models import Case, Image
from readerstudy.intake.services import create_job, plan_job
from readerstudy.reading.services import commit_readings
from readerstudy.studies.models import Study
from readerstudy.truth.services import Truth, record_reference_standards
from tests.conftest import make_user
from tests.crawl import crawl
from tests.images.factories import make_image_set
from tests.inference.factories import make_model, run_all
from tests.intake.archives import good_zip
from tests.reading.factories import begin, ids, item
from tests.signed_in import just_signed_in
from tests.studies.factories import advance, invite, make_study

TRUTH = ("TRUTHMELANOMA", "TRUTHNEVUS", "TRUTHHISTOLOGY")
ROLES = ("nobody", "reader", "second", "coordinator", "stranger", "foreign_reader", "admin")


def study_with_all(*, admin, coordinator, now, title, emails, answered=4, cases=4):
    """A study in reading with truth, so many answers of each reader and finished runs, on a set of its own."""
    images = make_image_set(admin=admin, now=now, cases=cases, name=title)
    truths = [
        (case, Truth(number % 2 == 1, TRUTH[number % 2], TRUTH[2]))
        for number, case in enumerate(Case.objects.filter(image_set=images))
    ]
    record_reference_standards(actor=admin, truths=truths, now=now)
    study = make_study(admin=admin, coordinator=coordinator, now=now, title=title)
    for email in emails:
        invite(study, coordinator=coordinator, now=now, email=email)
    advance(study, "reading", coordinator=coordinator, now=now)
    model = make_model(admin=admin, now=now, runs=2, name=f"CNN for {title}")
    run_all(coordinator, model, study, now)
    for enrolment in study.enrolments.all():
        begin(study, enrolment.user, now=now)
        answers = [item(position) for position in ids(enrolment)[:answered]]
        commit_readings(actor=enrolment.user, answers=answers, now=now)
    return study


def make_people(*, admin, coordinator, reader_user, now, tmp_path, settings):
    """Role → person: of a study in reading, of another one, an admin with a planned import, and nobody."""
    settings.INFERENCE_BATCH_SIZE, settings.INFERENCE_PROVIDER = 2, "cpu"
    stranger = make_user("coordinator", "stranger@example.org", "Stranger")
    common = {"admin": admin, "now": now}
    emails = (reader_user.email, "second@example.org")
    study = study_with_all(coordinator=coordinator, title="The study", emails=emails, **common)
    study_with_all(coordinator=stranger, title="Another", emails=("foreign@example.org",), **common)
    job = create_job(
        actor=admin,
        name="Third set",
        is_synthetic=False,
        archive=ContentFile(good_zip(tmp_path / "a.zip").read_bytes(), name="SECRET-ARCHIVE.zip"),
        now=now,
    )
    plan_job(job_id=job.pk, clock=lambda: now)
    others = {one.user.email: one.user for one in study.enrolments.select_related("user")}
    foreign = Study.objects.get(title="Another").enrolments.get().user
    return {
        "nobody": None,
        "reader": reader_user,
        "second": others["second@example.org"],
        "coordinator": coordinator,
        "stranger": stranger,
        "foreign_reader": foreign,
        "admin": admin,
    }


def pages_of(client, user):
    client.logout()
    if user:
        just_signed_in(client, user)
    return list(crawl(client))


def names():
    """What only admins may know: where images came from and whose they are."""
    rows = Image.objects.values_list("original_name", "case__patient_ref", "case__lesion_ref")
    return {"archive-of-the-ward", "SECRET-ARCHIVE"} | {
        name for row in rows for name in row if name
    }


def scores():
    """Every score and raw output, to three decimals."""
    values = list(Score.objects.values_list("value", flat=True))
    values += [number for row in Score.objects.values_list("outputs", flat=True) for number in row]
    return {f"{value:.3f}" for value in values}


def told(page):
    """The numbers with three and more decimals that stand on a page."""
    return {f"{float(number):.3f}" for number in re.findall(r"-?\d\.\d{3,}", page.text)}


def leaks(pages, words):
    return sorted({(page.address, word) for page in pages for word in words if word in page.text})

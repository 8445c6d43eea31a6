"""The format check before the lock: on the page, in the manifest, justified where it is red, silent about cases."""

import json

import pytest
from django.urls import reverse

from readerstudy.core.errors import InvalidInput
from readerstudy.images.models import Image
from readerstudy.images.training import declare_training_set
from readerstudy.reading.services import commit_readings
from readerstudy.results.services import request_analysis, run_analysis
from readerstudy.studies.choices import StudyState
from readerstudy.studies.lock_checks import checks_at_lock, checks_before_lock
from readerstudy.studies.models import ProtocolVersion
from readerstudy.studies.services import close_study, lock_study, open_study, unblind_study
from readerstudy.truth.choices import Colour, Feature, Reason
from readerstudy.truth.format_check import NAME, confound_section, format_check, verify_confounds
from readerstudy.truth.models import ReferenceStandard
from tests.reading.factories import BIOPSY, NONE, begin, ids, item
from tests.studies.factories import make_image_set, make_study
from tests.truth.factories import record_truth

CASES = 24


def make_origins(image_set, *, leak):
    """Facts of every file; with a leak, malignant cases have larger files."""
    truth = dict(ReferenceStandard.objects.values_list("case_id", "malignant"))
    images = Image.objects.filter(case__image_set=image_set).order_by("pk")
    for number, image in enumerate(images):
        jump = 5_000 if leak and truth[image.case_id] else 0
        size = 10_000 + (number * 37) % 997 + jump
        image.origin = {"format": "JPEG", "bytes": size, "width": 600, "height": 450}
        image.save()


@pytest.fixture
def study(admin, coordinator, now):
    study = make_study(admin=admin, coordinator=coordinator, now=now, cases=CASES, readers=1)
    record_truth(admin=admin, image_set=study.image_set, now=now)
    make_origins(study.image_set, leak=False)
    return study


@pytest.fixture
def leaky(study):
    make_origins(study.image_set, leak=True)
    return study


def finding(section, feature):
    return next(one for one in section["features"] if one["feature"] == feature)


def test_a_leak_in_the_file_size_is_red(leaky):
    found = format_check(leaky)
    size = finding(found.section, Feature.BYTES)
    assert (size["auc"], size["colour"], size["cases"]) == (1, Colour.RED, CASES)
    assert found.needs_justification


def test_without_a_leak_nothing_needs_a_justification(study):
    found = format_check(study)
    assert not found.needs_justification
    assert finding(found.section, Feature.BYTES)["colour"] == Colour.NONE
    assert finding(found.section, Feature.WIDTH)["reason"] == Reason.CONSTANT
    assert finding(found.section, Feature.QUALITY)["reason"] == Reason.NOT_RECORDED


def test_the_number_of_tests_is_told(study):
    section = format_check(study).section
    # Of what is recorded, only the size varies.
    assert section["tested"] == 1
    assert section["amber_by_chance"] == 0.1


@pytest.mark.parametrize(("malignant", "reason"), [(9, Reason.TOO_FEW), (10, Reason.NONE)])
def test_with_few_cases_of_a_class_nothing_is_computed(admin, now, malignant, reason):
    image_set = make_image_set(admin=admin, now=now, cases=CASES)
    chosen = set(image_set.cases.order_by("pk").values_list("pk", flat=True)[:malignant])
    record_truth(admin=admin, image_set=image_set, now=now, malignant=chosen)
    section = confound_section(image_set)
    assert section["reason"] == reason
    assert bool(section["features"]) == (reason == Reason.NONE)


def test_without_the_whole_truth_nothing_is_computed(admin, now):
    section = confound_section(make_image_set(admin=admin, now=now, cases=CASES))
    assert (section["reason"], section["features"]) == (Reason.NO_TRUTH, [])


def test_a_red_check_keeps_the_study_from_being_locked_without_a_justification(
    leaky, coordinator, now
):
    with pytest.raises(InvalidInput, match="needs a justification") as refused:
        lock_study(actor=coordinator, study=leaky, justification=" ", now=now)
    assert refused.value.field == "justification"
    leaky.refresh_from_db()
    assert leaky.state == StudyState.DRAFT
    assert not ProtocolVersion.objects.exists()
    lock_study(actor=coordinator, study=leaky, justification=" Two cameras. ", now=now)
    section = ProtocolVersion.objects.get().manifest["sections"][NAME]
    assert section["justification"] == "Two cameras."
    assert finding(section, Feature.BYTES)["colour"] == Colour.RED
    assert list(verify_confounds(leaky, section)) == []


def test_a_check_without_red_needs_none_and_stores_none(study, coordinator, now):
    lock_study(actor=coordinator, study=study, justification="Not needed.", now=now)
    section = ProtocolVersion.objects.get().manifest["sections"][NAME]
    assert "justification" not in section


def test_a_file_fact_that_is_changed_afterwards_is_found(study, coordinator, now):
    lock_study(actor=coordinator, study=study, now=now)
    section = ProtocolVersion.objects.get().manifest["sections"][NAME]
    make_origins(study.image_set, leak=True)
    [fault] = verify_confounds(study, section)
    assert "at the lock" in fault


def test_what_is_stored_is_shown_afterwards_whatever_the_rows_say(study, coordinator, now):
    assert checks_at_lock(None) == []
    before = {check.template: check.section for check in checks_before_lock(study)}
    lock_study(actor=coordinator, study=study, now=now)
    make_origins(study.image_set, leak=True)
    after = checks_at_lock(ProtocolVersion.objects.get())
    assert {check.template: check.section for check in after} == before


def test_the_section_tells_nothing_of_a_single_case(leaky):
    text = json.dumps(format_check(leaky).section)
    for case in leaky.image_set.cases.all():
        assert case.public_id not in text
    for secret in ("melanoma", "nevus", "histopathology"):
        assert secret not in text


# --- Pages -----------------------------------------------------------------------------------------------------


def transition(study):
    return reverse("studies:transition", args=[study.slug])


def test_the_page_before_the_lock_shows_the_table_and_asks_for_a_justification(
    client, coordinator, leaky
):
    client.force_login(coordinator)
    text = client.get(transition(leaky)).content.decode()
    assert "Red: fix or justify" in text
    assert 'name="justification"' in text
    refused = client.post(transition(leaky), {"to": "locked", "reason": ""})
    assert refused.status_code == 400
    leaky.refresh_from_db()
    assert leaky.state == StudyState.DRAFT
    given = {"to": "locked", "justification": "Two cameras took turns."}
    assert client.post(transition(leaky), given).status_code == 302
    shown = client.get(reverse("studies:detail", args=[leaky.slug])).content.decode()
    assert "Two cameras took turns." in shown
    assert "Red: fix or justify" in shown


def test_a_page_without_red_asks_for_no_justification(client, coordinator, study):
    client.force_login(coordinator)
    text = client.get(transition(study)).content.decode()
    assert "Size of the file in bytes" in text
    assert "justification" not in text


def test_the_page_is_german_for_those_who_read_german(client, coordinator, leaky):
    client.force_login(coordinator)
    text = client.get(transition(leaky), headers={"accept-language": "de"}).content.decode()
    assert "Rot: beheben oder begründen" in text
    assert "Dateigröße in Bytes" in text
    assert "95-%-KI" in text


def test_the_page_shows_what_a_cnn_may_have_seen(client, admin, coordinator, study, now):
    client.force_login(coordinator)
    assert (
        "No image set is declared as a training set"
        in client.get(transition(study)).content.decode()
    )
    trained = make_image_set(admin=admin, now=now, cases=2, name="Trained")
    own = Image.objects.filter(case__image_set=study.image_set).first()
    Image.objects.filter(case__image_set=trained).update(pixels_sha256=own.pixels_sha256)
    declare_training_set(actor=admin, image_set=trained, is_training_set=True, now=now)
    text = client.get(transition(study)).content.decode()
    assert "Overlap" in text
    lock_study(actor=coordinator, study=study, now=now)
    [overlap] = ProtocolVersion.objects.get().manifest["sections"]["training_overlap"][
        "training_sets"
    ]
    assert (overlap["name"], overlap["exact"], overlap["near"]) == ("Trained", 1, 0)
    assert overlap["not_compared"] == 2


def test_readers_never_see_the_check(client, reader_user, coordinator, leaky, now):
    lock_study(actor=coordinator, study=leaky, justification="J.", now=now)
    client.force_login(reader_user)
    for name in ("studies:transition", "studies:detail", "studies:manifest"):
        assert client.get(reverse(name, args=[leaky.slug])).status_code == 404


def test_the_results_show_what_was_found_before_the_lock(client, coordinator, leaky, now):
    lock_study(actor=coordinator, study=leaky, justification="Two cameras took turns.", now=now)
    open_study(actor=coordinator, study=leaky, now=now)
    user = leaky.enrolments.get().user
    enrolment = begin(leaky, user, now=now)
    answers = [item(position, decision=decision) for position, decision in decided(enrolment)]
    commit_readings(actor=user, answers=answers, now=now)
    close_study(actor=coordinator, study=leaky, now=now)
    study = unblind_study(actor=coordinator, study=leaky, reason="Done.", now=now)
    analysis = request_analysis(actor=coordinator, study=study, now=now)
    run_analysis(analysis_id=analysis.pk, now=now)
    client.force_login(coordinator)
    text = client.get(reverse("results:dashboard", args=[study.slug])).content.decode()
    assert "Found before the lock" in text
    assert "Size of the file in bytes" in text
    assert "Two cameras took turns." in text
    assert "No image set is declared as a training set" in text


def decided(enrolment):
    """Every position with a decision, both of them given."""
    return [(one, (BIOPSY, NONE)[number % 2]) for number, one in enumerate(ids(enrolment))]

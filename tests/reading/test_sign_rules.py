"""A study's own rules for signs: set by its coordinators, shown on the page, copied with the study."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse

from readerstudy.core.errors import InvalidInputs, NotAllowed
from readerstudy.core.models import AppendOnlyError, AuditEvent
from readerstudy.reading.cockpit import cockpit_of
from readerstudy.reading.models import SignRules
from readerstudy.reading.quality import DEFAULTS, Sign
from readerstudy.reading.services import commit_readings
from readerstudy.reading.sign_rules import set_thresholds, thresholds_of
from readerstudy.studies.services import copy_study
from tests.german import DE, english_in
from tests.reading.factories import ids, item

STRICTER = replace(DEFAULTS, stalled_days=2, same_in_a_row=3)


@pytest.fixture
def staff(client, coordinator):
    """The coordinator's browser."""
    client.force_login(coordinator)
    return client


def address(study):
    return reverse("reading:sign-rules", args=[study.slug])


def form_of(thresholds):
    names = thresholds.__dataclass_fields__
    return {name: getattr(thresholds, name) for name in names}


def test_a_study_has_the_defaults_until_others_are_set(study, coordinator, now):
    assert thresholds_of(study) == DEFAULTS
    set_thresholds(actor=coordinator, study=study, thresholds=STRICTER, now=now)
    assert thresholds_of(study) == STRICTER
    set_thresholds(
        actor=coordinator, study=study, thresholds=DEFAULTS, now=now + timedelta(hours=1)
    )
    assert thresholds_of(study) == DEFAULTS
    assert SignRules.objects.count() == 2
    with pytest.raises(AppendOnlyError):
        SignRules.objects.update(stalled_days=1)


def test_signs_follow_the_rules_of_the_study(study, enrolment, coordinator, now):
    answers = [item(position) for position in ids(enrolment)[:4]]
    commit_readings(actor=enrolment.user, answers=answers, now=now)
    later = now + timedelta(days=3)

    def signs():
        lines = cockpit_of(study, now=later).lines
        return next(set(one.signs) for one in lines if one.progress.enrolment == enrolment)

    before = signs()
    set_thresholds(actor=coordinator, study=study, thresholds=STRICTER, now=now)
    assert Sign.STALLED not in before
    assert Sign.STALLED in signs()


def test_setting_what_is_set_already_writes_nothing(study, coordinator, now):
    set_thresholds(actor=coordinator, study=study, thresholds=DEFAULTS, now=now)
    assert not SignRules.objects.exists()
    set_thresholds(actor=coordinator, study=study, thresholds=STRICTER, now=now)
    set_thresholds(actor=coordinator, study=study, thresholds=STRICTER, now=now)
    assert SignRules.objects.count() == 1
    event = AuditEvent.objects.get(verb="study.sign_rules_set")
    assert event.data["stalled_days"] == 2


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("stalled_days", 0),
        ("fast_seconds", 0.0),
        ("fast_percent", 101),
        ("fast_least", 0),
        ("same_in_a_row", 1),
        ("same_percent", 49),
        ("same_least", 10**30),
    ],
)
def test_rules_out_of_range_are_refused_with_their_field(study, coordinator, now, field, value):
    wrong = replace(DEFAULTS, **{field: value})
    with pytest.raises(InvalidInputs) as refused:
        set_thresholds(actor=coordinator, study=study, thresholds=wrong, now=now)
    assert [problem.field for problem in refused.value.problems] == [field]
    assert not SignRules.objects.exists()


def test_only_the_studys_coordinators_set_rules(client, study, enrolment, admin, now):
    for person in (admin, enrolment.user):
        with pytest.raises(NotAllowed):
            set_thresholds(actor=person, study=study, thresholds=STRICTER, now=now)
        client.force_login(person)
        assert client.get(address(study)).status_code == 404
        assert client.post(address(study), form_of(STRICTER)).status_code == 404
    assert not SignRules.objects.exists()


def test_the_page_sets_rules_and_the_progress_page_tells_them(staff, study, enrolment):
    progress = reverse("reading:progress", args=[study.slug])
    assert address(study) in staff.get(progress).content.decode()
    assert staff.post(address(study), form_of(STRICTER)).status_code == 302
    assert "no answer for 2 days" in staff.get(progress).content.decode()
    assert staff.get(address(study)).context["form"].initial["same_in_a_row"] == 3


@pytest.mark.parametrize("value", ["", "many", "0", "nan"])
def test_the_page_says_which_field_is_wrong(staff, study, value):
    response = staff.post(address(study), {**form_of(STRICTER), "fast_seconds": value})
    assert response.status_code == 400
    assert list(response.context["form"].errors) == ["fast_seconds"]
    assert not SignRules.objects.exists()


def test_the_page_is_german_for_germans(staff, study):
    page = staff.get(address(study), headers=DE).content.decode()
    assert english_in(page) == []


def test_rules_are_copied_with_the_study(study, coordinator, now):
    plain = copy_study(actor=coordinator, source=study, title="Plain", now=now)
    set_thresholds(actor=coordinator, study=study, thresholds=STRICTER, now=now)
    copy = copy_study(actor=coordinator, source=study, title="Stricter", now=now)
    assert thresholds_of(plain) == DEFAULTS
    assert thresholds_of(copy) == STRICTER

"""Every design that is read unaided, from the reader's home page to the thanks: one by keyboard alone, one by finger alone."""

import sys
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from readerstudy.core import clock
from readerstudy.reading.conduct import update_conduct
from readerstudy.reading.models import Attestation, BreakEnd, Environment, ReaderProfile, Reading
from readerstudy.reading.selectors import positions_of
from readerstudy.studies.choices import DesignKind, RepeatWhen, Revision, Scale
from readerstudy.studies.models import Enrolment, Position
from readerstudy.studies.services import update_design, update_protocol
from tests.conftest import make_user
from tests.images.factories import make_image_set
from tests.reading.factories import open_study
from tests.reading.walk import Finger, Keys, Walk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CASES = 4
WASHOUT = timedelta(days=28)
PROFILE = ["board_certification", "years_in_dermatology", "colour_vision"]
# By the codes of the readers the orders are drawn, and in a split plot the blocks.
READERS = {"keys@example.org": "R-2222", "finger@example.org": "R-3333"}
SIX = {"scale": Scale.SIX_POINT, "confidence_levels": 0}
PERCENT = {"scale": Scale.PERCENT, "confidence_levels": 0}
TWICE = {"has_second_level": True, "revision": Revision.NONE}
SAME = {"repeat_percent": 50, "repeat_when": RepeatWhen.SAME_SESSION}
LATER = {"repeat_percent": 50, "repeat_when": RepeatWhen.LATER_SESSION}
BLOCKS = {"kind": DesignKind.BLOCKS, "blocks": 2}
COLUMNS = ("position__public_id", "level", "decision", "confidence", "value")


@pytest.fixture
def clocks(monkeypatch):
    """Puts the clock of the reading room forward by this much."""

    def ahead(by):
        for name, module in list(sys.modules.items()):
            if name.startswith("readerstudy.reading.") and hasattr(module, "now"):
                monkeypatch.setattr(module, "now", lambda: clock.now() + by)

    return ahead


@pytest.fixture
def opened(admin, coordinator):
    """A study of this design, open to two readers who have not begun."""

    def make(design, protocol, conduct):
        now = clock.now()

        def prepare(study):
            update_design(actor=coordinator, study=study, now=now, **design)
            update_protocol(actor=coordinator, study=study, now=now, **protocol)
            asked = {"profile_fields": PROFILE, "records_environment": True, **conduct}
            update_conduct(actor=coordinator, study=study, now=now, **asked)
            for email, code in READERS.items():
                Enrolment.objects.filter(user__email=email).update(code=code)

        for email in READERS:
            make_user("reader", email, "Rhea Reader")
        make_image_set(admin=admin, now=now, cases=CASES, images_per_case=2, name="Designs")
        return open_study(
            admin=admin,
            coordinator=coordinator,
            now=now,
            emails=list(READERS),
            title="Designs",
            before_lock=prepare,
        )

    return make


@pytest.fixture
def walks(page, browser, playwright, live_server):
    """The two readers at the door: one at a desk, one with this device in the hand."""
    contexts = []

    def two(device, scale="two_step"):
        contexts.append(browser.new_context(**playwright.devices[device], locale="en"))
        hands = (Keys(page), Finger(contexts[0].new_page()))
        return [
            Walk(hand, url=live_server.url, email=email, scale=scale, first=first)
            for first, (hand, email) in enumerate(zip(hands, READERS, strict=True))
        ]

    yield two
    for context in contexts:
        context.close()


def walked(walk, device_class="desktop"):
    """The reader goes the whole way; what is stored of them is what they pressed."""
    walk.comes_in()
    walk.until("Thank you")
    finish(walk, device_class)


def finish(walk, device_class):
    """Signs, and finds the stored rows right."""
    walk.hand.press("Sign your readings", role="link")
    walk.page.get_by_role("heading", name="Sign your readings").wait_for()
    walk.step("Sign your readings")
    expect(walk.page.get_by_text("Your readings are signed.")).to_be_visible()
    enrolment = Enrolment.objects.get(user__email=walk.email)
    assert stored(enrolment) == [tuple(one) for one in walk.given]
    rows = Reading.objects.filter(position__enrolment=enrolment)
    assert set(rows.values_list("version", "input_device")) == {(1, walk.hand.device)}
    assert Attestation.objects.get(enrolment=enrolment).readings == len(walk.given)
    assert ReaderProfile.objects.get(enrolment=enrolment).years_in_dermatology == 12
    kinds = Environment.objects.filter(enrolment=enrolment).values_list("device_class", flat=True)
    assert set(kinds) == {device_class}
    assert walk.seen[:5] == [
        "My reading",
        "Before you begin",
        "About you",
        "Instructions",
        "Your screen and your room",
    ]


def stored(enrolment):
    """The answers of one reader in the order in which they came."""
    rows = Reading.objects.filter(position__enrolment=enrolment).order_by("pk")
    return list(rows.values_list(*COLUMNS))


def ask_for_order(walk, levels=1):
    """Every position of the reader was answered once on every level, in the stored order."""
    order = [one.public_id for one in positions_of(Enrolment.objects.get(user__email=walk.email))]
    expected = [(one, level) for one in order for level in range(1, levels + 1)]
    assert [(one.position, one.level) for one in walk.given] == expected


def cases_of(walk):
    positions = positions_of(Enrolment.objects.get(user__email=walk.email))
    return list(positions.values_list("study_case_id", flat=True))


def test_every_case_once_with_a_break_on_a_tablet(opened, walks):
    opened({}, {}, {"break_after_cases": 2})
    keys, finger = walks("iPad Mini")
    for walk, device in ((keys, "desktop"), (finger, "tablet")):
        walked(walk, device)
        ask_for_order(walk)
        assert walk.seen.count("Time for a break?") == 1
    assert BreakEnd.objects.count() == 2
    assert cases_of(keys) != cases_of(finger)
    assert sorted(cases_of(keys)) == sorted(cases_of(finger))


def test_every_case_once_on_six_points_on_a_telephone(opened, walks):
    opened({}, SIX, {})
    keys, finger = walks("Pixel 7", "six_point")
    for walk, device in ((keys, "desktop"), (finger, "phone")):
        walked(walk, device)
        ask_for_order(walk)
    assert cases_of(keys) != cases_of(finger)


def test_the_blocks_of_a_split_plot_in_percent_on_a_telephone(opened, walks):
    opened(BLOCKS, PERCENT, {})
    keys, finger = walks("iPhone 13", "percent")
    for walk, device in ((keys, "desktop"), (finger, "phone")):
        walked(walk, device)
        ask_for_order(walk)
        assert len(walk.given) == CASES // 2
    assert not set(cases_of(keys)) & set(cases_of(finger))


def test_repeats_in_the_same_session_on_a_telephone(opened, walks):
    opened(SAME, {"allows_not_assessable": True}, {"break_after_cases": 4})
    keys, finger = walks("iPhone 13")
    for walk, device in ((keys, "desktop"), (finger, "phone")):
        walked(walk, device)
        ask_for_order(walk)
        assert len(walk.given) == CASES + CASES // 2
    assert cases_of(keys) != cases_of(finger)


def test_repeats_after_the_washout_on_a_tablet_held_upright(opened, walks, clocks):
    opened(LATER, SIX, {})
    keys, finger = walks("iPad (gen 7)", "six_point")
    for walk in (keys, finger):
        walk.comes_in()
        walk.until("Session complete")
        walk.goes_out()
        assert len(walk.given) == CASES
    clocks(WASHOUT - timedelta(minutes=1))
    keys.comes_in()
    expect(keys.page.get_by_text("Your next session opens on")).to_be_visible()
    keys.goes_out()
    clocks(WASHOUT)
    for walk, device in ((keys, "desktop"), (finger, "tablet")):
        walk.pages["My reading"] = lambda: None
        walk.comes_in()
        walk.hand.press("Continue with case 5 of 6", role="link")
        walk.page.wait_for_url("**/room/")
        walk.until("Thank you")
        finish(walk, device)
        ask_for_order(walk)
    assert cases_of(keys) != cases_of(finger)
    assert Position.objects.filter(session__number=2).exclude(repeat_of=None).count() == CASES
    assert Environment.objects.count() == 4


@pytest.mark.parametrize(("scale", "profile"), [("two_step", "Pixel 7"), ("percent", "iPad Mini")])
def test_a_second_look_at_every_case(opened, walks, scale, profile):
    opened({}, TWICE | (PERCENT if scale == "percent" else {}), {"break_after_cases": 3})
    keys, finger = walks(profile, scale)
    for walk in (keys, finger):
        kind = "desktop" if walk is keys else "tablet" if "iPad" in profile else "phone"
        walked(walk, kind)
        ask_for_order(walk, levels=2)
        assert walk.seen.count("Time for a break?") == 1
    assert cases_of(keys) != cases_of(finger)

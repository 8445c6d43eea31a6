"""Practice in Chromium: from the instructions to the first case of the study by keyboard, by touch, and in German."""

import re

import pytest
from playwright.sync_api import expect

from readerstudy.core.clock import now as current_time
from readerstudy.reading.models import PracticeAnswer, PracticeRound, Reading
from readerstudy.reading.practice import practice_state
from readerstudy.studies.models import PracticeCase
from readerstudy.studies.services import update_protocol
from tests.axe import assert_accessible
from tests.conftest import make_user, sign_in
from tests.keyboard import press
from tests.reading.factories import BIOPSY
from tests.reading.practising import (
    begun,
    practise,
    practised_study,
    right_decision,
    wrong_decision,
)
from tests.reading.screen import ready, shown
from tests.studies.factories import make_image_set, make_study

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def enrolled(admin, coordinator, **options):
    """A reader who has begun a study of four cases with three of practice, of which two thirds have to be right."""
    user, now = make_user("reader", "rhea@example.org", "Rhea Reader"), current_time()
    options = {"title": "The study", "pass_percent": 60, "cases": 4, "pixels": True, **options}
    study = practised_study(
        admin=admin, coordinator=coordinator, now=now, emails=(user.email,), **options
    )
    return begun(study, user, now=now)


@pytest.fixture
def enrolment(admin, coordinator):
    return enrolled(admin, coordinator)


@pytest.fixture
def practising(page, live_server, enrolment):
    return opened(page, live_server, enrolment)


def opened(page, live_server, enrolment):
    """The screen of the first practice case, the help shown and put away."""
    sign_in(page, live_server.url, enrolment.user)
    page.goto(f"{live_server.url}/reading/{enrolment.public_id}/read/")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    shown(page, 1)
    return page


def on_screen(page):
    return PracticeCase.objects.get(public_id=page.input_value("input[name=position]"))


def key_for(case, *, right):
    decision = right_decision(case) if right else wrong_decision(case)
    return "f" if decision == BIOPSY else "j"


def answer(page, number, *, right):
    """One answer by keyboard, and what is told of it."""
    shown(page, number)
    page.keyboard.press(key_for(on_screen(page), right=right))
    page.keyboard.press("4")
    verdict = page.locator("#verdict")
    expect(verdict).to_contain_text(
        "✓ Your answer is right" if right else "✗ Your answer is not right"
    )
    expect(verdict).to_contain_text("Reference standard: ")
    return verdict.inner_text()


def go_on(page):
    # A key that comes at once is one held down, not a wish to go on.
    page.wait_for_timeout(300)
    page.keyboard.press("Enter")


def test_by_keyboard_to_the_end_with_a_failed_first_round(page, live_server, enrolment):
    sign_in(page, live_server.url, enrolment.user)
    page.goto(f"{live_server.url}/reading/{enrolment.public_id}/instructions/")
    press(page, "Begin the practice")
    # Who has never practised is shown the keys first.
    expect(page.get_by_role("dialog", name="Help")).to_be_visible()
    assert_accessible(page)
    page.keyboard.press("Enter")
    expect(page.get_by_text("not part of the study")).to_be_visible()
    assert_accessible(page)
    for number, right in enumerate((False, True, False), start=1):
        answer(page, number, right=right)
        assert_accessible(page)
        go_on(page)
    expect(page.get_by_role("heading", name="Once more, please")).to_be_visible()
    expect(page.get_by_text("Round 1: 1 of 3 answers were right.")).to_be_visible()
    expect(page.get_by_role("link", name="Begin the study")).to_have_count(0)
    assert_accessible(page)
    press(page, "Practise again")
    for number in (1, 2, 3):
        answer(page, number, right=True)
        expect(
            page.get_by_role("button", name="To the result" if number == 3 else "Next practice")
        ).to_be_focused()
        go_on(page)
    expect(page.get_by_role("heading", name="Practice completed")).to_be_visible()
    press(page, "Begin the study")
    ready(page, 1)
    expect(page.get_by_text("not part of the study")).to_have_count(0)
    page.keyboard.press("f")
    page.keyboard.press("3")
    ready(page, 2)
    assert Reading.objects.count() == 1
    rounds = PracticeRound.objects.order_by("round").values_list("right", "is_passed")
    assert list(rounds) == [(1, False), (3, True)]
    assert PracticeAnswer.objects.first().input_device == "keyboard"


def test_neither_the_page_nor_what_it_loads_tells_the_truth_before_the_answer(practising):
    page = practising
    assert not {word for word in ("melanoma", "nevus", "malign") if word in page.content()}
    told = answer(page, 1, right=True)
    assert "melanoma" in told or "nevus" in told
    go_on(page)
    shown(page, 2)
    expect(page.locator("#verdict")).to_be_empty()
    assert "melanoma" not in page.content()
    assert "nevus" not in page.content()


def test_what_is_right_is_said_to_screen_readers_and_enter_held_down_does_not_pass_it(practising):
    page = practising
    expect(page.locator("#verdict")).to_have_attribute("role", "status")
    answer(page, 1, right=False)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Next practice case")).to_be_focused()
    expect(page.locator("#verdict")).to_contain_text("not right")
    for key in "fj5":
        page.keyboard.press(key)
    assert PracticeAnswer.objects.count() == 1


def test_by_touch(browser, live_server, enrolment):
    context = browser.new_context(has_touch=True, viewport={"width": 390, "height": 844})
    page = context.new_page()
    sign_in(page, live_server.url, enrolment.user)
    page.goto(f"{live_server.url}/reading/{enrolment.public_id}/read/")
    page.get_by_role("button", name="Back to the case").tap()
    shown(page, 1)
    words = "Biopsy" if right_decision(on_screen(page)) == BIOPSY else "No further"
    page.locator(".answer", has_text=words).tap()
    page.locator(".scale .answer", has_text="2").tap()
    expect(page.locator("#verdict")).to_contain_text("✓ Your answer is right")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert_accessible(page)
    page.wait_for_timeout(300)
    page.get_by_role("button", name="Next practice case").tap()
    shown(page, 2)
    assert PracticeAnswer.objects.get().input_device == "touch"
    context.close()


def test_a_tablet_held_upright_shows_everything_and_the_way_on_is_not_dimmed(
    page, live_server, enrolment
):
    page.set_viewport_size({"width": 820, "height": 1180})
    opened(page, live_server, enrolment)
    fits = "[...document.querySelectorAll('.practice-mark, .answer, .tool')].every((one) => one.getBoundingClientRect().right <= innerWidth)"
    assert page.evaluate(fits)
    page.keyboard.press(key_for(on_screen(page), right=True))
    page.keyboard.press("4")
    onward = page.get_by_role("button", name="Next practice case")
    expect(onward).to_have_css("opacity", "1")
    assert page.evaluate(fits)
    form = page.locator("#answers")
    assert form.evaluate("one => one.scrollWidth <= one.clientWidth")


def test_on_a_likelihood_scale_the_button_saves(page, live_server, admin, coordinator):
    def choose(study):
        update_protocol(
            actor=coordinator,
            study=study,
            now=current_time(),
            scale="percent",
            confidence_levels=0,
        )

    opened(page, live_server, enrolled(admin, coordinator, before_lock=choose))
    page.keyboard.press("f")
    page.get_by_label("Likelihood as a number").fill("70")
    page.keyboard.press("Enter")
    expect(page.locator("#verdict")).to_contain_text("Reference standard")
    expect(page.locator("#commit")).to_be_hidden()
    go_on(page)
    shown(page, 2)
    expect(page.locator("#commit")).to_be_visible()
    assert PracticeAnswer.objects.get().value == 70


def test_an_answer_without_a_connection_is_tried_again(practising):
    page = practising
    page.context.set_offline(True)
    page.keyboard.press(key_for(on_screen(page), right=True))
    page.keyboard.press("4")
    expect(page.locator("#state")).to_have_text("The answer could not be sent. Trying again.")
    page.context.set_offline(False)
    expect(page.locator("#verdict")).to_contain_text("is right", timeout=10_000)
    assert PracticeAnswer.objects.count() == 1


def test_a_case_that_was_answered_in_another_window_is_passed_over(practising, enrolment):
    page = practising
    practise(enrolment, now=current_time(), rights=[True])
    page.keyboard.press(key_for(on_screen(page), right=False))
    page.keyboard.press("4")
    shown(page, 2)
    assert practice_state(enrolment).next == on_screen(page)


def test_in_german(page, live_server, enrolment):
    # After the sign-in the site speaks the language of the person.
    enrolment.user.language = "de"
    enrolment.user.save()
    opened(page, live_server, enrolment)
    expect(page.get_by_text("nicht Teil der Studie")).to_be_visible()
    page.keyboard.press(key_for(on_screen(page), right=True))
    page.keyboard.press("1")
    expect(page.locator("#verdict")).to_contain_text("✓ Ihre Antwort ist richtig")
    expect(page.locator("#verdict")).to_contain_text(
        re.compile(r"bösartig \(Melanom\)|gutartig \(Nävus\)")
    )
    expect(page.get_by_role("button", name="Nächster Übungsfall")).to_be_focused()
    assert PracticeAnswer.objects.get().language == "de"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_around_the_practice_are_accessible(  # noqa: PLR0917 (fixtures)
    page, live_server, admin, coordinator, enrolment, scheme
):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 320, "height": 640})
    draft = make_study(admin=admin, coordinator=coordinator, now=current_time(), title="Draft")
    make_image_set(admin=admin, now=current_time(), name="Another set")
    practise(enrolment, now=current_time(), rights=[False] * 3)
    sign_in(page, live_server.url, enrolment.user)
    page.goto(f"{live_server.url}/reading/{enrolment.public_id}/practice/")
    expect(page.get_by_role("link", name="Practise again")).to_be_visible()
    assert_accessible(page)
    page.context.clear_cookies()
    sign_in(page, live_server.url, coordinator)
    progress = f"/reading/progress/{enrolment.study.slug}/"
    for address in (
        f"/studies/{draft.slug}/practice/",
        f"/studies/{enrolment.study.slug}/practice/",
        progress,
    ):
        page.goto(live_server.url + address)
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320

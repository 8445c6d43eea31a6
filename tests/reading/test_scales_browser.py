"""Every scale, the reasons and the further questions on the reading screen, by keyboard, by finger and by axe."""

import pytest

from readerstudy.reading.models import Reading
from readerstudy.studies.asking import Asked
from readerstudy.studies.choices import Revision, Scale
from readerstudy.studies.services import set_questions, update_protocol
from tests.axe import assert_accessible
from tests.conftest import make_user, sign_in
from tests.images.factories import make_image_set
from tests.reading.factories import BIOPSY, NONE, begin, open_study
from tests.reading.screen import ready

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIX = {"scale": Scale.SIX_POINT, "confidence_levels": 0}
PERCENT = {"scale": Scale.PERCENT, "confidence_levels": 0}
OPTIONS = (("Melanoma", "Melanom"), ("Nevus", "Nävus"))
DIAGNOSIS = Asked("single", "Diagnosis?", "Diagnose?", OPTIONS, is_required=True)
REMARKS = Asked("text", "Remarks?", "Anmerkungen?")
QUALITY = Asked("quality", "Quality?", "Qualität?", moment="before", is_required=True)


@pytest.fixture
def opened(page, live_server, admin, coordinator, now):
    """Opens the screen of a study with these fields of the protocol and these questions."""

    def screen(*questions, title="Scales", **fields):
        def prepare(study):
            update_protocol(actor=coordinator, study=study, now=now, **fields)
            set_questions(actor=coordinator, study=study, questions=questions, now=now)

        user = make_user("reader", "rhea@example.org", "Rhea Reader")
        study = open_study(
            admin=admin,
            coordinator=coordinator,
            now=now,
            emails=(user.email,),
            pixels=title == "Scales",
            title=title,
            cases=6,
            before_lock=prepare,
        )
        enrolment = begin(study, user, now=now)
        sign_in(page, live_server.url, user.email)
        page.goto(f"{live_server.url}/reading/{enrolment.public_id}/read/")
        ready(page, 1)
        return page

    return screen


def stored(*names):
    return list(Reading.objects.order_by("position__number", "version").values_list(*names))


def test_six_points_take_one_press(opened):
    screen = opened(**SIX)
    assert_accessible(screen)
    for number, key in enumerate("1346", start=1):
        ready(screen, number)
        screen.keyboard.press(key)
    ready(screen, 5)
    screen.locator(".six .answer", has_text="5").click()
    ready(screen, 6)
    assert stored("value", "decision") == [
        (1, NONE),
        (3, NONE),
        (4, BIOPSY),
        (6, BIOPSY),
        (5, BIOPSY),
    ]


def test_f_and_j_mean_nothing_on_six_points(opened):
    screen = opened(**SIX)
    screen.keyboard.press("f")
    screen.keyboard.press("7")
    screen.keyboard.press("Enter")
    assert screen.locator("input:checked[type=radio]").count() == 0
    assert not Reading.objects.exists()


def test_a_likelihood_is_set_with_arrows_and_saved_with_enter(opened):
    screen = opened(**PERCENT)
    assert_accessible(screen)
    screen.keyboard.press("f")
    for _ in range(3):
        screen.keyboard.press("ArrowRight")
    screen.keyboard.press("Enter")
    ready(screen, 2)
    assert stored("decision", "value", "confidence") == [(BIOPSY, 53, None)]


def test_a_likelihood_is_typed_and_no_digit_of_it_is_a_key(opened):
    screen = opened(**PERCENT)
    for number, key in enumerate("jf", start=1):
        ready(screen, number)
        screen.keyboard.press(key)
        screen.get_by_label("Likelihood as a number").press_sequentially("50")
        screen.keyboard.press("Enter")
    ready(screen, 3)
    assert stored("decision", "value") == [(NONE, 50), (BIOPSY, 50)]


def test_an_untouched_slider_is_no_answer(opened):
    screen = opened(**PERCENT)
    screen.keyboard.press("f")
    screen.get_by_role("button", name="Save and go on").click()
    assert screen.locator("#state").inner_text() == "Please give the likelihood, then press Enter."
    assert not Reading.objects.exists()


def test_n_and_a_digit_say_why_a_case_cannot_be_assessed(opened):
    screen = opened(allows_not_assessable=True)
    screen.keyboard.press("n")
    assert_accessible(screen)
    screen.keyboard.press("2")
    ready(screen, 2)
    assert stored("decision", "not_assessable_reason") == [("", "light")]
    screen.keyboard.press("n")
    screen.keyboard.press("n")
    screen.keyboard.press("f")
    screen.keyboard.press("2")
    ready(screen, 3)
    assert stored("decision", "confidence")[1] == (BIOPSY, 2)


def test_another_reason_is_written_and_letters_are_letters(opened):
    screen = opened(allows_not_assessable=True)
    screen.keyboard.press("n")
    screen.keyboard.press("6")
    screen.keyboard.type("fun 3")
    assert not Reading.objects.exists()
    screen.keyboard.press("Enter")
    ready(screen, 2)
    assert stored("decision", "not_assessable_reason", "not_assessable_note") == [
        ("", "other", "fun 3")
    ]


def test_n_means_nothing_where_every_case_is_graded(opened):
    screen = opened()
    screen.keyboard.press("n")
    screen.keyboard.press("f")
    screen.keyboard.press("3")
    ready(screen, 2)
    assert stored("decision", "confidence") == [(BIOPSY, 3)]


def test_a_question_after_the_rating_is_answered_before_the_next_case(opened):
    screen = opened(DIAGNOSIS, REMARKS)
    assert_accessible(screen)
    screen.keyboard.press("f")
    screen.keyboard.press("4")
    assert screen.locator("#state").inner_text() == "Please answer the marked question."
    screen.keyboard.press("ArrowDown")
    screen.keyboard.press("Tab")
    screen.keyboard.type("fj 3")
    screen.keyboard.press("Tab")
    screen.keyboard.press("Enter")
    ready(screen, 2)
    assert stored("decision", "confidence", "further_answers") == [
        (BIOPSY, 4, {"1": 2, "2": "fj 3"})
    ]
    assert screen.locator(".questions :checked").count() == 0


def test_a_question_before_the_rating_costs_no_further_press(opened):
    screen = opened(QUALITY)
    screen.keyboard.press("j")
    screen.keyboard.press("1")
    assert screen.locator("#state").inner_text() == "Please answer the marked question."
    screen.get_by_label("4", exact=True).first.check()
    screen.keyboard.press("Enter")
    ready(screen, 2)
    screen.locator("label", has_text="5 (very good)").click()
    screen.keyboard.press("f")
    screen.keyboard.press("5")
    ready(screen, 3)
    assert stored("decision", "further_answers") == [(NONE, {"1": 4}), (BIOPSY, {"1": 5})]


@pytest.mark.parametrize("fields", [SIX, PERCENT, {"allows_not_assessable": True}], ids=str)
def test_nothing_lies_outside_a_phone(opened, fields):
    screen = opened(DIAGNOSIS, **fields)
    screen.set_viewport_size({"width": 390, "height": 844})
    wide = screen.evaluate("document.documentElement.scrollWidth")
    assert wide <= 390
    small = screen.evaluate(
        """() => [...document.querySelectorAll(".answer, .questions label, summary")]
          .filter((one) => one.offsetParent).map((one) => one.getBoundingClientRect().height).filter((high) => high < 44)"""
    )
    assert small == []
    picture = screen.locator("#pane").bounding_box()
    assert picture["height"] > 250


def test_a_case_comes_twice_and_its_further_images_are_looked_at(opened, admin, now):
    make_image_set(admin=admin, now=now, cases=3, images_per_case=2, name="Twice")
    screen = opened(
        title="Twice", has_second_level=True, revision=Revision.NONE, confidence_levels=0
    )
    assert not screen.locator("#second-look").is_visible()
    screen.keyboard.press("f")
    screen.get_by_text("40 years").or_(screen.get_by_text("41 years")).or_(
        screen.get_by_text("42 years")
    ).wait_for()
    ready(screen, 1)
    assert_accessible(screen)
    before = screen.locator("#pane img").get_attribute("src")
    screen.get_by_role("button", name="Close-up").click()
    screen.wait_for_function("src => document.querySelector('#pane img').src !== src", arg=before)
    screen.keyboard.press("j")
    ready(screen, 2)
    assert not screen.locator("#second-look").is_visible()
    assert list(Reading.objects.order_by("level").values_list("level", "decision")) == [
        (1, BIOPSY),
        (2, NONE),
    ]

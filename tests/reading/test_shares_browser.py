"""How much of the screen the photograph has, and that every answer beside it is in reach of a finger without scrolling."""

import pytest

from readerstudy.studies.choices import Scale
from readerstudy.studies.services import update_protocol
from tests.conftest import make_user, sign_in
from tests.images.factories import make_image_set
from tests.reading.factories import begin, open_study
from tests.reading.screen import ready
from tests.reading.walk import CROWDED, GAP, HIDDEN, TARGET

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DESK, LAPTOP, TABLET, PHONE = (1280, 800), (1024, 700), (820, 1180), (390, 844)
SCALES = {
    "two steps": ({}, 64),
    "two steps, or not assessable": ({"allows_not_assessable": True}, 60),
    "a decision alone": ({"confidence_levels": 0}, 73),
    "six points": ({"scale": Scale.SIX_POINT, "confidence_levels": 0}, 66),
    "percent": ({"scale": Scale.PERCENT, "confidence_levels": 0}, 55),
}
SHARE = "100 * document.getElementById('pane').getBoundingClientRect().height / innerHeight"


@pytest.fixture
def opened(browser, live_server, admin, coordinator, now):
    """The first case on a screen to touch, in a study with these fields of the protocol."""
    context = browser.new_context(has_touch=True, is_mobile=True, color_scheme="light")

    def screen(fields):
        user = make_user("reader", "rhea@example.org", "Rhea Reader")
        make_image_set(admin=admin, now=now, cases=3, name="Shares")
        study = open_study(
            admin=admin,
            coordinator=coordinator,
            now=now,
            emails=(user.email,),
            title="Shares",
            before_lock=lambda draft: update_protocol(
                actor=coordinator, study=draft, now=now, **fields
            ),
        )
        enrolment = begin(study, user, now=now)
        page = context.new_page()
        sign_in(page, live_server.url, user.email)
        page.goto(f"{live_server.url}/reading/{enrolment.public_id}/read/")
        ready(page, 1)
        return page

    yield screen
    context.close()


@pytest.mark.parametrize(("fields", "on_a_phone"), SCALES.values(), ids=SCALES)
def test_the_photograph_has_the_height_and_every_answer_is_in_reach(opened, fields, on_a_phone):
    page = opened(fields)
    for size, least in ((DESK, 100), (LAPTOP, 100), (TABLET, 80), (PHONE, on_a_phone)):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.wait_for_function("width => innerWidth === width", arg=size[0])
        assert page.evaluate(SHARE) >= least, size
        assert page.evaluate(CROWDED, [TARGET, GAP]) == [], size
        assert not page.evaluate(HIDDEN), size

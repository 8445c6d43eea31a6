"""Further images of a case over a slow line: what is pressed is what is shown."""

import pytest
from playwright.sync_api import expect

from readerstudy.studies.choices import Revision
from readerstudy.studies.services import update_protocol
from tests.conftest import make_user, sign_in
from tests.images.factories import make_image_set
from tests.reading.factories import begin, open_study
from tests.reading.screen import ready

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FIRST_FURTHER, SECOND_FURTHER = "**/reading/image/*/1/", "**/reading/image/*/2/"


@pytest.fixture
def looked_at(page, live_server, admin, coordinator, now):
    """The second look at the first case, which has three images."""

    def twice(study):
        update_protocol(
            actor=coordinator, study=study, now=now,
            has_second_level=True, revision=Revision.NONE, confidence_levels=0,
        )  # fmt: skip

    make_image_set(admin=admin, now=now, cases=2, images_per_case=3, name="Twice")
    user = make_user("reader", "rhea@example.org", "Rhea Reader")
    study = open_study(
        admin=admin, coordinator=coordinator, now=now, emails=(user.email,), title="Twice", cases=2,
        before_lock=twice,
    )  # fmt: skip
    enrolment = begin(study, user, now=now)
    sign_in(page, live_server.url, user.email)
    page.goto(f"{live_server.url}/reading/{enrolment.public_id}/read/")
    ready(page, 1)
    page.keyboard.press("f")
    expect(page.locator("#second-look")).to_be_visible()
    ready(page, 1)
    return page


def pressed(page):
    """The places of the buttons that are pressed, from 0."""
    buttons = page.locator("#views button").all()
    return [n for n, one in enumerate(buttons) if one.get_attribute("aria-pressed") == "true"]


def source(page):
    return page.locator("#pane img").get_attribute("src")


def test_an_image_that_comes_late_does_not_displace_the_one_that_was_asked_for_after_it(looked_at):
    held = []
    looked_at.route(FIRST_FURTHER, lambda route: held.insert(0, route))
    first, buttons = source(looked_at), looked_at.locator("#views button")
    buttons.nth(1).click()
    expect(looked_at.locator("#state")).to_have_text("The photograph is on its way.")
    # Not pressed before it is shown: the first image is still the one that is looked at.
    assert (pressed(looked_at), source(looked_at)) == ([0], first)
    buttons.nth(2).click()
    expect(looked_at.locator("#pane img")).not_to_have_attribute("src", first)
    second = source(looked_at)
    expect(looked_at.locator("#state")).to_have_text("")
    expect(looked_at.locator("#views button").nth(2)).to_have_attribute("aria-pressed", "true")
    assert pressed(looked_at) == [2]
    for route in held:
        route.continue_()
    looked_at.wait_for_timeout(600)
    assert (pressed(looked_at), source(looked_at)) == ([2], second)


def test_an_image_that_cannot_be_loaded_is_tried_again_as_the_screen_says(looked_at):
    looked_at.route(SECOND_FURTHER, lambda route: route.abort())
    first = source(looked_at)
    looked_at.locator("#views button").nth(2).click()
    expect(looked_at.locator("#state")).to_contain_text("Trying again")
    assert (pressed(looked_at), source(looked_at)) == ([0], first)
    looked_at.unroute(SECOND_FURTHER)
    expect(looked_at.locator("#views button").nth(2)).to_have_attribute("aria-pressed", "true")
    assert (pressed(looked_at), source(looked_at) == first) == ([2], False)

"""Every design with an aided arm, from the home page to the signature: one reader by keyboard alone, one by finger alone."""

from datetime import timedelta

import pytest

from readerstudy.core import clock
from readerstudy.reading.conduct import update_conduct
from readerstudy.reading.models import Reading
from readerstudy.reading.selectors import positions_of
from readerstudy.studies.choices import ArmKind, DesignKind
from readerstudy.studies.models import Enrolment
from tests.conftest import make_user
from tests.images.factories import make_image_set
from tests.reading.aided import open_aided
from tests.reading.test_designs_browser import (
    CASES,
    PROFILE,
    READERS,
    WASHOUT,
    cases_of,
    clocks,
    finish,
    walked,
    walks,
)
from tests.studies.factories import invite, make_study
from tests.truth.factories import record_truth

__all__ = ["clocks", "walks"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def opened(admin, coordinator):
    """A study of this design whose aided arm shows this, open to two readers who have not begun."""

    def make(design, aid):
        now = clock.now()
        for email in READERS:
            make_user("reader", email, "Rhea Reader")
        images = make_image_set(admin=admin, now=now, cases=CASES, name="Designs")
        study = make_study(admin=admin, coordinator=coordinator, now=now, title="Designs")
        record_truth(admin=admin, image_set=images, now=now)
        for email, code in READERS.items():
            invite(study, coordinator=coordinator, now=now, email=email)
            Enrolment.objects.filter(user__email=email).update(code=code)
        asked = {"profile_fields": PROFILE, "records_environment": True}
        update_conduct(actor=coordinator, study=study, now=now, **asked)
        common = {"admin": admin, "coordinator": coordinator, "now": now}
        return open_aided(study, **common, design=design, aid=aid)

    return make


def order_of(walk):
    """Every answer that the stored order asks for: position and level."""
    order = positions_of(Enrolment.objects.get(user__email=walk.email))
    levels = {ArmKind.SEQUENTIAL: (1, 2)}
    return [(one.public_id, level) for one in order for level in levels.get(one.arm, (1,))]


def ask_for_aid(walk):
    """The aid was on the screen at every aided answer, and at no other."""
    rows = Reading.objects.filter(position__enrolment__user__email=walk.email)
    for row in rows.select_related("position"):
        aided = row.position.arm == ArmKind.AIDED or row.level == 2
        assert (row.milliseconds_aid_shown is not None) == aided
    assert rows.exclude(milliseconds_aid_shown=None).exists()


def test_a_share_of_the_cases_is_aided_after_the_unaided_answer(opened, walks):
    opened({"kind": DesignKind.SEQUENTIAL, "aided_percent": 50}, {})
    keys, finger = walks("iPad Mini")
    for walk, device in ((keys, "desktop"), (finger, "tablet")):
        walked(walk, device)
        assert [(one.position, one.level) for one in walk.given] == order_of(walk)
        assert len(walk.given) == CASES + CASES // 2
        ask_for_aid(walk)
    assert cases_of(keys) != cases_of(finger)


def test_every_case_once_with_or_without_the_bar_on_a_telephone(opened, walks):
    opened({"kind": DesignKind.ONCE, "batch_size": 1}, {"form": "bar"})
    keys, finger = walks("iPhone 13")
    for walk, device in ((keys, "desktop"), (finger, "phone")):
        walked(walk, device)
        assert [(one.position, one.level) for one in walk.given] == order_of(walk)
        assert len(walk.given) == CASES
        ask_for_aid(walk)


def test_a_crossover_with_a_word_after_the_washout(opened, walks, clocks):
    opened({"kind": DesignKind.CROSSOVER}, {"form": "word", "threshold": 0.5})
    keys, finger = walks("iPad (gen 7)")
    for walk in (keys, finger):
        walk.comes_in()
        walk.until("Session complete")
        walk.goes_out()
        assert len(walk.given) == CASES
    clocks(WASHOUT + timedelta(minutes=1))
    for walk, device in ((keys, "desktop"), (finger, "tablet")):
        walk.pages["My reading"] = lambda: None
        walk.comes_in()
        walk.hand.press(f"Continue with case {CASES + 1} of {2 * CASES}", role="link")
        walk.page.wait_for_url("**/room/")
        walk.until("Thank you")
        finish(walk, device)
        assert [(one.position, one.level) for one in walk.given] == order_of(walk)
        ask_for_aid(walk)
        arms = positions_of(Enrolment.objects.get(user__email=walk.email))
        assert arms.filter(arm=ArmKind.AIDED).count() == arms.filter(arm="unaided").count() == CASES

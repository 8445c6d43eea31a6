"""A reader's way through a study, page by page: by keyboard alone, or by finger alone.

A walk asks each page for its heading and does what is next there; on a case it gives an answer and writes down what it
pressed. It knows nothing of the design: a case that is answered twice is two entries of the same position. A page
that a study has more is one more entry of the walk's `pages`.
"""

import itertools
import re
from typing import NamedTuple

import pytest

from tests.conftest import PASSWORD
from tests.reading.factories import BIOPSY, NONE

MOST_PAGES = 80
TARGET, GAP = 48, 12
# A mark on the room, which goes once the answer is taken: what follows is a case without the mark, or a page.
ANSWERED = """() => {
  const room = document.getElementById("room");
  room.dataset.answered = "";
  new MutationObserver((_, observer) => {
    if ("ready" in room.dataset) return;
    delete room.dataset.answered;
    observer.disconnect();
  }).observe(room, { attributes: true });
}"""
FOLLOWING = "#room[data-ready][data-waiting='0']:not([data-answered]), main#content"
POINTED = "addEventListener('pointerdown', () => sessionStorage.setItem('pointed', 'yes'), true)"
CROWDED = """([target, gap]) => {
  const seen = [...document.querySelectorAll(".answer, .tool, .commit, .slide input, #reasons > summary")]
    .filter((one) => one.checkVisibility()).map((one) => [one.textContent.trim() || one.ariaLabel, one.getBoundingClientRect()])
    .filter(([, box]) => box.width > 1);
  const apart = (a, b) => Math.max(a.left - b.right, b.left - a.right, a.top - b.bottom, b.top - a.bottom);
  const small = seen.filter(([, box]) => Math.min(box.width, box.height) < target - 0.1).map(([name]) => `${name} is small`);
  const near = seen.flatMap(([name, a], place) => seen.slice(place + 1).filter(([, b]) => apart(a, b) < gap - 0.1).map(([other]) => `${name} is beside ${other}`));
  return [...small, ...near];
}"""
HIDDEN = """() => {
  const form = document.getElementById("answers");
  const lost = [...document.querySelectorAll(".answer, .tool, .commit")].filter((one) => one.checkVisibility())
    .map((one) => one.getBoundingClientRect()).filter((box) => box.width > 1 && (box.bottom > innerHeight + 1 || box.right > innerWidth + 1));
  return form.scrollHeight > form.clientHeight + 1 || form.scrollWidth > form.clientWidth + 1 || lost.length > 0;
}"""


class Given(NamedTuple):
    """One answer as it was pressed; `level` counts the answers to one position."""

    position: str
    level: int
    decision: str
    confidence: int | None
    value: int | None


def named(page, role, name):
    """The button or link of this name; the title of its study may follow, which is not seen."""
    return page.get_by_role(role, name=re.compile(rf"^{re.escape(name)}( ?:|$)"))


class Keys:
    """A reader without a mouse."""

    device = "keyboard"

    def __init__(self, page):
        self.page = page
        page.add_init_script(POINTED)

    def reach(self, element):
        """Goes on with the Tab key until the element has the focus, and is seen to have it."""
        for _ in range(60):
            if element.evaluate("one => one === document.activeElement"):
                assert element.evaluate("one => one.matches(':focus-visible')")
                return
            self.page.keyboard.press("Tab")
        pytest.fail(f"{element} is not reached by Tab on {self.page.url}.")

    def press(self, name, role="button"):
        self.reach(named(self.page, role, name))
        self.page.keyboard.press("Enter")

    def tick(self, label):
        self.reach(self.page.get_by_label(label))
        self.page.keyboard.press("Space")

    def write(self, label, text):
        self.reach(self.page.get_by_label(label, exact=True))
        self.page.keyboard.type(text)

    def choose(self, label, option):
        # Typing the beginning of an option chooses it, without opening the list.
        self.write(label, option)

    def go_on(self):
        """On a page that asks for nothing else: its button has the focus already."""
        self.page.keyboard.press("Enter")

    def two_step(self, decision, confidence):
        self.page.keyboard.press("f" if decision == BIOPSY else "j")
        self.page.keyboard.press(str(confidence))

    def six_point(self, value):
        self.page.keyboard.press(str(value))

    def percent(self, decision, value):
        self.page.keyboard.press("f" if decision == BIOPSY else "j")
        self.page.keyboard.press("Home" if value < 50 else "End")
        for _ in range(min(value, 100 - value)):
            self.page.keyboard.press("ArrowRight" if value < 50 else "ArrowLeft")
        self.page.keyboard.press("Enter")

    def check(self):
        """No pointer was used, which would have been a mouse."""
        assert self.page.evaluate("sessionStorage.getItem('pointed')") is None


class Finger:
    """A reader with a screen to touch; letters are typed on the keyboard of the screen."""

    device = "touch"

    def __init__(self, page):
        self.page = page

    def tap(self, element):
        box = element.bounding_box()
        assert min(box["width"], box["height"]) >= TARGET - 0.1, f"{element} is too small: {box}"
        element.tap()

    def press(self, name, role="button"):
        self.tap(named(self.page, role, name))

    def tick(self, label):
        self.tap(self.page.locator("label", has_text=label))
        assert self.page.get_by_label(label).is_checked()

    def write(self, label, text):
        self.tap(self.page.get_by_label(label, exact=True))
        self.page.keyboard.type(text)

    def choose(self, label, option):
        # The list of a telephone is not part of the page.
        self.tap(self.page.get_by_label(label, exact=True))
        words = self.page.get_by_label(label, exact=True).locator("option").all_inner_texts()
        chosen = next(one for one in words if one.startswith(option))
        self.page.get_by_label(label, exact=True).select_option(label=chosen)

    def go_on(self):
        self.press("Go on reading")

    def two_step(self, decision, confidence):
        self.decide(decision)
        self.tap(self.page.locator(".confidence .answer", has_text=str(confidence)))

    def six_point(self, value):
        self.tap(self.page.locator(".six .answer", has_text=str(value)))

    def percent(self, decision, value):
        self.decide(decision)
        self.tap(self.page.get_by_label("Likelihood as a number"))
        self.page.keyboard.type(str(value))
        self.press("Save and go on")

    def decide(self, decision):
        words = "Biopsy" if decision == BIOPSY else "No further treatment"
        self.tap(self.page.locator(".decision .answer", has_text=words))

    def check(self):
        """Nothing is to be told: what was tapped was large enough."""


class Walk:
    """One reader, their hand and their scale; `given` are the answers so far and `seen` the pages between the cases."""

    def __init__(self, hand, *, url, email, scale="two_step", first=0):
        self.hand, self.page, self.url, self.email = hand, hand.page, url, email
        self.scale, self.given, self.seen = scale, [], []
        self.turns = itertools.count(first)
        self.pages = {
            "My reading": lambda: hand.press("Begin", role="link"),
            "Before you begin": self.agree,
            "About you": self.tell,
            "Instructions": lambda: hand.press("Start with the first case", role="link"),
            "Your screen and your room": lambda: hand.press("As in an office"),
            "Time for a break?": hand.go_on,
            "Sign your readings": self.sign,
        }

    def comes_in(self):
        """Signs in and stands on the home page."""
        self.page.goto(f"{self.url}/account/sign-in/")
        self.hand.write("Mail address", self.email)
        self.hand.write("Password", PASSWORD)
        self.hand.press("Sign in")
        self.page.get_by_role("heading", name="My reading").wait_for()

    def goes_out(self):
        self.hand.press("Sign out")
        self.page.get_by_label("Password").wait_for()

    def until(self, heading):
        """Goes on from page to page and from case to case to the page of this heading."""
        for _ in range(MOST_PAGES):
            name = self.heading()
            if name == heading:
                return self.hand.check()
            self.step(name)
        pytest.fail(f"{heading} does not come: {self.seen}")

    def heading(self):
        self.page.wait_for_selector(FOLLOWING)
        return "" if self.on_a_case() else self.page.locator("h1").inner_text()

    def step(self, name):
        """Does what is next on the page of this name, or on the case where there is none, and waits for what follows."""
        if not name:
            self.answer()
        elif name in self.pages:
            self.seen.append(name)
            before = self.page.evaluate("performance.timeOrigin")
            self.pages[name]()
            self.page.wait_for_function("before => performance.timeOrigin !== before", arg=before)
        else:
            pytest.fail(f"Nobody knows what to do on the page {name}.")

    def on_a_case(self):
        return self.page.locator("#room").count() > 0

    # --- The pages around the cases -----------------------------------------------------------------------

    def agree(self):
        self.hand.tick("I have read this and agree to take part.")
        self.hand.press("I agree, continue")

    def tell(self):
        self.hand.choose("Board certification in dermatology", "Board")
        self.hand.write("Years in dermatology", "12")
        self.hand.choose("Colour vision", "Normal")
        self.hand.press("Save and go on")

    def sign(self):
        self.hand.write("Your password", PASSWORD)
        self.hand.press("Sign")

    # --- A case -------------------------------------------------------------------------------------------

    def answer(self):
        """Gives the next answer on the study's scale, without scrolling."""
        position = self.page.locator("#answers [name=position]").input_value()
        level = 1 + sum(one.position == position for one in self.given)
        assert not self.page.evaluate(HIDDEN), (
            "Something of the screen is only there to be scrolled to."
        )
        if self.hand.device == "touch":
            assert self.page.evaluate(CROWDED, [TARGET, GAP]) == []
        self.page.evaluate(ANSWERED)
        self.given.append(Given(position, level, *getattr(self, self.scale)(next(self.turns))))
        self.page.wait_for_selector(FOLLOWING)

    def two_step(self, turn):
        decision, confidence = (BIOPSY, NONE)[turn % 2], 1 + turn % 5
        self.hand.two_step(decision, confidence)
        return decision, confidence, None

    def six_point(self, turn):
        value = 1 + turn % 6
        self.hand.six_point(value)
        return BIOPSY if value > 3 else NONE, None, value

    def percent(self, turn):
        decision, value = (BIOPSY, NONE)[turn % 2], (0, 97, 12, 100, 88, 3)[turn % 6]
        self.hand.percent(decision, value)
        return decision, None, value

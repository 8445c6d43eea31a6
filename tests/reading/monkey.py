"""A monkey at the reading screen: seeded random actions of a reader, two windows, a bad network and a dying server.

What the browser has put on its disk is written into a ledger; in the end every entry must be stored exactly once.
"""

import json
import random
import sqlite3
from collections import Counter
from contextlib import contextmanager, suppress

from playwright.sync_api import Error

from tests.reading.lossy import LossyWire
from tests.site import RunningSite, kill

PASSWORD = "correct horse battery"  # of conftest, which needs Django
READERS, CASES = 25, 40
BUILD = """
import json
from readerstudy.core.clock import now
from readerstudy.studies.services import lock_study, open_study
from tests.conftest import make_user
from tests.images.factories import make_image_set
from tests.reading.factories import begin
from tests.studies.factories import invite, make_study
from tests.truth.factories import record_truth
moment = now()
admin, coordinator = make_user("admin", "a@example.org", "A"), make_user("coordinator", "c@example.org", "C")
people = [make_user("reader", f"reader{{number}}@example.org", "Reader") for number in range({readers})]
make_image_set(admin=admin, now=moment, cases={cases}, name="Monkey")
study = make_study(admin=admin, coordinator=coordinator, now=moment, cases={cases}, title="Monkey")
record_truth(admin=admin, image_set=study.image_set, now=moment)
for one in people:
    invite(study, coordinator=coordinator, now=moment, email=one.email)
justification = "The photographs of so many cases are drawn, and tell of their class."
study = lock_study(actor=coordinator, study=study, justification=justification, now=moment)
study = open_study(actor=coordinator, study=study, now=moment)
print(json.dumps([[one.email, begin(study, one, now=moment).public_id] for one in people]))
"""
STORED = """
import json
from readerstudy.reading.models import Reading
rows = Reading.objects.order_by("position__enrolment", "position__number", "version")
names = ("attempt", "position__public_id", "position__enrolment__public_id", "position__number", "version", "decision", "confidence")
print(json.dumps([[str(value) if name == "attempt" else value for name, value in zip(names, row)] for row in rows.values_list(*names)]))
"""
# An answer is kept once its transaction is on the disk, or the tab has it where there is no database: from then on the
# reader may rely on it. One that has only begun is lost with a tab that is killed at that moment, or reaches the disk later.
LEDGER = """
const write = (parcel, place) => set.call(localStorage, `ledger ${parcel.key}`, JSON.stringify({ ...parcel.body, place }));
const set = Storage.prototype.setItem;
Storage.prototype.setItem = function (name, value) {
  set.call(this, name, value);
  if (name.startsWith("reader-study-answers:")) for (const parcel of JSON.parse(value)) write(parcel, "tab");
};
const put = IDBObjectStore.prototype.put;
IDBObjectStore.prototype.put = function (value, ...rest) {
  write(value, "begun");
  this.transaction.addEventListener("complete", () => write(value, "disk"));
  return put.call(this, value, ...rest);
};
"""
READ_LEDGER = "Object.entries(localStorage).filter(([name]) => name.startsWith('ledger ')).map(([name, body]) => [name.slice(7), body])"
WEIGHTS = {
    "grade": 50,
    "grade_with_double_keys": 8,
    "change_the_last_answer": 6,
    "look_closer": 4,
    "wait": 4,
    "go_offline": 4,
    "go_online": 6,
    "reload": 3,
    "drop_the_next_response": 4,
    "kill_the_tab": 2,
    "open_another_window": 2,
    "go_back_and_forward": 2,
    "expire_the_session": 2,
    "kill_the_server": 1,
    "restart_the_server": 2,
}


@contextmanager
def monkey_site(folder, *, readers=READERS, cases=CASES):
    """A running site with one study, and the mail address and enrolment of each of its readers."""
    site = RunningSite(folder, {})
    site.manage("migrate", "--verbosity", "0")
    readers = site.python(BUILD.format(readers=readers, cases=cases))
    site.web = site.start_web()
    try:
        yield site, readers
    finally:
        site.stop()


def accept(dialog):
    """Leaves the page, whatever waits; the page may be gone already."""
    with suppress(Error):
        dialog.accept()


class Monkey:
    """Does random things; `done` counts them and `ledger` holds every answer that was kept, by attempt."""

    def __init__(self, site, readers, browser, seed):
        self.site, self.browser = site, browser
        self.rng = random.Random(seed)
        self.readers = list(readers)
        self.wire = LossyWire(site.port)
        self.ledger, self.done = {}, Counter()
        self.context = None
        self.next_reader()

    # --- Where the monkey is ------------------------------------------------------------------------------

    def next_reader(self):
        """A browser of its own for the next reader of the study."""
        if self.context:
            self.read_ledger()
            self.context.close()
        self.email, self.enrolment = self.readers.pop(0)
        self.address = f"http://127.0.0.1:{self.wire.port}/reading/{self.enrolment}/read/"
        self.context = self.browser.new_context()
        self.context.set_default_timeout(4000)
        self.context.add_init_script(LEDGER)
        self.page = self.new_page()

    def new_page(self):
        page = self.context.new_page()
        page.on("dialog", accept)
        self.open(page)
        return page

    def read_ledger(self):
        for attempt, body in self.page.evaluate(READ_LEDGER):
            self.ledger[attempt] = json.loads(body) | {"enrolment": self.enrolment}

    def open(self, page):
        with suppress(Error):  # no connection, no server
            page.goto(self.address, wait_until="load")
        page.wait_for_timeout(150)

    def tidy(self):
        """Answers what stands in the way: the sign-in page, a dialog, the thanks, a page that could not be loaded."""
        with suppress(Error):
            if self.page.locator("#room").count():
                self.answer_dialogs()
            elif self.page.get_by_role("heading", name="Thank you").count():
                self.done["reader finished"] += 1
                self.next_reader()
            elif self.page.locator("input[name=username]").count():
                self.sign_in("main")
                self.open(self.page)
            else:
                self.open(self.page)

    def answer_dialogs(self):
        if self.page.locator("#sign-in[open]").count():
            self.sign_in("#sign-in")
            self.page.wait_for_timeout(300)
        if self.page.locator("#elsewhere[open]").count():
            self.page.locator("#elsewhere .commit").click()
            self.page.wait_for_timeout(300)

    def sign_in(self, place):
        form = self.page.locator(place)
        form.locator("input[name=username]").fill(self.email)
        form.locator("input[name=password]").fill(PASSWORD)
        form.get_by_role("button", name="Sign in", exact=True).click()

    # --- What it does -------------------------------------------------------------------------------------

    def act(self, count):
        """So many actions, drawn by their weights."""
        names, weights = list(WEIGHTS), list(WEIGHTS.values())
        for name in self.rng.choices(names, weights, k=count):
            self.tidy()
            with suppress(Error):
                getattr(self, name)()
            self.done[name] += 1

    def press(self, keys):
        for key in keys:
            self.page.keyboard.press(key)

    def wait_for_a_case(self):
        with suppress(Error):
            self.page.wait_for_selector("#room[data-ready]", timeout=400)

    def grade(self):
        self.wait_for_a_case()
        self.press(self.rng.choice("fj") + self.rng.choice("12345"))

    def grade_with_double_keys(self):
        self.wait_for_a_case()
        decision, level = self.rng.choice("fj"), self.rng.choice("12345")
        self.press(2 * decision + 2 * level)

    def change_the_last_answer(self):
        self.wait_for_a_case()
        self.press("u")
        self.grade()

    def look_closer(self):
        self.press("++-0")

    def wait(self):
        self.page.wait_for_timeout(self.rng.uniform(10, 600))

    def go_offline(self):
        self.context.set_offline(True)

    def go_online(self):
        self.context.set_offline(False)

    def reload(self):
        self.open(self.page)

    def drop_the_next_response(self):
        self.wire.lose_next()
        self.grade()

    def kill_the_tab(self):
        self.close(self.page)
        self.page = self.new_page()

    def close(self, page):
        """Chromium forgets to close a tab in which a page of its own, of a failed load, is just coming up."""
        if page.locator("body").count() and not page.url.startswith("chrome-error"):
            page.close()

    def open_another_window(self):
        """The window before stays open behind it; the third one closes the first."""
        for page in [page for page in self.context.pages if page != self.page]:
            self.close(page)
        self.page = self.new_page()

    def go_back_and_forward(self):
        self.page.go_back()
        self.page.go_forward()

    def expire_the_session(self):
        with sqlite3.connect(self.site.folder / "readerstudy.sqlite3", timeout=20) as database:
            database.execute("DELETE FROM django_session")
        database.close()

    def kill_the_server(self):
        """In the middle of an answer."""
        if self.site.web.poll() is None:
            self.grade()
            kill(self.site.web)

    def restart_the_server(self):
        if self.site.web.poll() is not None:
            self.site.web = self.site.start_web()

    # --- How it ends --------------------------------------------------------------------------------------

    def end(self):
        """Everything is mended; the reader waits until nothing is left to be sent."""
        self.restart_the_server()
        self.context.set_offline(False)
        for page in [page for page in self.context.pages if page != self.page]:
            self.close(page)
        for _ in range(20):
            self.tidy()
            with suppress(Error):
                self.page.wait_for_selector('#room[data-ready][data-waiting="0"]')
                return self.read_ledger()
        raise AssertionError(f"Answers still wait: {self.page.locator('body').inner_text()[:500]}")

    def report(self):
        """What was kept and what is stored. Fails where an answer is missing, was changed or is stored twice."""
        rows = self.site.python(STORED)
        stored = {row[0]: row for row in rows}
        kept = [key for key, body in self.ledger.items() if body["place"] != "begun"]
        missing = [key for key in kept if key not in stored]
        refused = [key for key in missing if self.is_answered_otherwise(self.ledger[key], rows)]
        assert sorted(missing) == sorted(refused), f"lost: {sorted(set(missing) - set(refused))}"
        assert set(stored) <= set(self.ledger), f"never given: {set(stored) - set(self.ledger)}"
        for key, row in stored.items():
            body = self.ledger[key]
            sent = body["position"], body["decision"], body["confidence"], body["enrolment"]
            assert sent == (row[1], row[5], row[6], row[2])
        self.check_orders(rows)
        return {
            "given": len(self.ledger),
            "kept": len(kept),
            "stored": len(rows),
            "refused": len(refused),
            "responses lost": self.wire.lost,
        }

    @staticmethod
    def is_answered_otherwise(body, rows):
        """An answer that came after another one to the same case, from another window."""
        return any(row[1] == body["position"] for row in rows)

    @staticmethod
    def check_orders(rows):
        """Of every reader: the cases from the first one on without a gap, each with versions that count from 1."""
        versions = {}
        for row in rows:
            versions.setdefault((row[2], row[3]), []).append(row[4])
        assert all(found == list(range(1, len(found) + 1)) for found in versions.values())
        for enrolment in {enrolment for enrolment, _ in versions}:
            numbers = sorted(number for one, number in versions if one == enrolment)
            assert numbers == list(range(1, len(numbers) + 1))

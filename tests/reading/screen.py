"""What tests of the reading screen wait for and look at."""

from readerstudy.reading.models import Reading


def shown(page, number):
    """Waits until the case with this number takes an answer."""
    page.wait_for_selector(f'#room[data-ready="{number}"]')


def ready(page, number):
    """Waits until the case with this number takes an answer and nothing waits to be stored."""
    page.wait_for_selector(f'#room[data-ready="{number}"][data-waiting="0"]')


def answers():
    """Every stored answer: place, decision, confidence, version."""
    rows = Reading.objects.order_by("position__number", "version")
    return list(rows.values_list("position__number", "decision", "confidence", "version"))


def grade(page, *keys):
    """One answer to each of the next cases, such as "f3" for a biopsy with confidence 3."""
    for pressed in keys:
        page.wait_for_selector("#room[data-ready]")
        before = page.get_attribute("#room", "data-ready")
        for key in pressed:
            page.keyboard.press(key)
        page.wait_for_selector(f'#room:not([data-ready="{before}"])')


def sign_in_over(page, email, password):
    """Fills in the dialog that lies over the case."""
    dialog = page.get_by_role("dialog", name="Sign in again")
    dialog.get_by_label("Mail address").fill(email)
    dialog.get_by_label("Password").fill(password)
    dialog.get_by_role("button", name="Sign in", exact=True).click()


WAITING = """() => new Promise((done) => {
  const opened = indexedDB.open("reader-study");
  opened.onsuccess = () => {
    const read = opened.result.transaction("answers").objectStore("answers").getAll();
    read.onsuccess = () => { opened.result.close(); done(read.result); };
  };
})"""


def waiting(page):
    """What lies in the browser's database, in the order of sending."""
    return sorted(page.evaluate(WAITING), key=lambda parcel: parcel["sequence"])

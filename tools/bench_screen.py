"""How long a reader waits for the next case: from the key that commits an answer to the next photograph on the screen.

    python -m tools.bench_screen [--cases 60] [--width 1600]

A reader signs in and grades by real keys in a headless Chromium; the photographs that follow are there already, as they
are at a reader's pace. The time begins with `event.timeStamp` of the committing key, which the browser's own process
gives it, and ends with the `renderTime` of the new image (Element Timing): the moment at which the frame that first shows
it was handed to the screen, its decoding and painting included. Two frames of `requestAnimationFrame` after the swap, which
are printed too, are over before a large image is painted, and begin late by up to a frame.

The peer is a bare page in the same browser and run: two photographs of the same size, fetched and decoded, and a key
that puts one in the place of the other, measured in the same way. What lies between the two is ours.
"""

import argparse
import statistics
import tempfile
from collections.abc import Sequence

from playwright.sync_api import Page, sync_playwright

from tests.site import RunningSite
from tools.browser import found_chromium

EMAIL, PASSWORD = "reader@example.org", "correct horse battery"
THINKING = 600  # ms between two cases, less than any reader takes
FIRST = 4  # swaps of the bare page in which the browser still scales its two photographs
BUILD = """
import io, json
import numpy as np
from PIL import Image
from readerstudy.core.clock import now
from readerstudy.images.services import add_case, add_image, create_image_set
from readerstudy.intake.pixels import encode_image
from readerstudy.reading.conduct import update_conduct
from tests.conftest import make_user
from tests.reading.factories import begin, open_study, TITLE
moment, side = now(), ({width}, {width} * 3 // 4)
admin, coordinator = make_user("admin", "a@example.org", "A"), make_user("coordinator", "c@example.org", "C")
reader = make_user("reader", "{email}", "Reader")
images = create_image_set(actor=admin, name=TITLE, description="", is_synthetic=True, source_name="a.zip", source_sha256="0" * 64, now=moment)
for number in range({cases}):
    rng = np.random.default_rng(number)
    coarse = Image.fromarray(rng.integers(90, 200, (30, 40, 3), dtype=np.uint8))
    smooth = np.asarray(coarse.resize(side, Image.Resampling.BICUBIC), dtype=np.int16)
    noisy = np.clip(smooth + rng.integers(-2, 3, smooth.shape, dtype=np.int16), 0, 255).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(noisy).save(out, "JPEG", quality=90)
    case = add_case(image_set=images)
    add_image(case=case, ordinal=1, view="close_up", encoded=encode_image(out.getvalue(), name="a.jpg"), original_name=f"{{number}}.jpg")
def no_breaks(study):
    update_conduct(actor=coordinator, study=study, now=moment, break_after_cases=0, break_after_minutes=0)
study = open_study(admin=admin, coordinator=coordinator, now=moment, cases={cases}, emails=[reader.email], before_lock=no_breaks)
print(json.dumps(begin(study, reader, now=moment).public_id))
"""
# Every new image of the page: when the last key was pressed, two frames after the swap, and when it was on the screen.
WATCH = """
addEventListener("keydown", (event) => { window.pressed = event.timeStamp; }, true);
window.swaps = [];
function swapped(image) {
  const swap = { pressed: window.pressed };
  window.swaps.push(swap);
  image.setAttribute("elementtiming", String(window.swaps.length - 1));
  requestAnimationFrame(() => requestAnimationFrame(() => { swap.frames = performance.now() - swap.pressed; }));
}
new MutationObserver((changes) => {
  for (const change of changes) for (const added of change.addedNodes) if (added.tagName === "IMG" && window.pressed) swapped(added);
}).observe(document, { childList: true, subtree: true });
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.swaps[Number(entry.identifier)].shown = entry.renderTime - window.swaps[Number(entry.identifier)].pressed;
}).observe({ type: "element", buffered: true });
"""
BARE = """<!doctype html><title>Bare</title>
<style>body { margin: 0; background: #000 } #pane { height: 100vh; width: 75vw } img { width: 100%; height: 100%; object-fit: contain }</style>
<div id="pane"></div>
<script type="module">
const urls = await Promise.all(ADDRESSES.map(async (address) => URL.createObjectURL(await (await fetch(address)).blob())));
const warm = urls.map((src) => Object.assign(new Image(), { src }));
await Promise.all(warm.map((image) => image.decode()));
const pane = document.getElementById("pane");
let number = 0;
pane.append(warm[0]);
document.addEventListener("keydown", () => {
  number += 1;
  const fresh = Object.assign(new Image(), { src: urls[number % 2] });
  pane.replaceChildren(fresh);
});
document.body.dataset.ready = "yes";
</script>"""


def main(arguments: list[str] | None = None) -> None:
    """Prints the figures."""
    options = _parser().parse_args(arguments)
    chromium = found_chromium()
    if chromium is None:
        print("screen: no Chromium here")
        return
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        site = RunningSite(folder, {})
        site.manage("migrate", "--verbosity", "0")
        enrolment = site.python(BUILD.format(cases=options.cases, width=options.width, email=EMAIL))
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        try:
            site.start_web()
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.add_init_script(WATCH)
            _sign_in(page, site.url)
            page.goto(f"{site.url}/reading/{enrolment}/read/")
            _print(_graded(page, options.cases), _swapped(page, site.url, options.cases))
        finally:
            browser.close()
            site.stop()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.bench_screen", description=__doc__)
    parser.add_argument("--cases", type=int, default=60, help="to be graded")
    parser.add_argument("--width", type=int, default=1600, help="of the photographs, in pixels")
    return parser


def _sign_in(page: Page, url: str) -> None:
    page.goto(f"{url}/account/sign-in/")
    page.get_by_label("Mail address").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/reading/")


def _graded(page: Page, cases: int) -> list[dict[str, float]]:
    """The swaps after every answer but the last one, which no case follows."""
    for number in range(1, cases):
        page.wait_for_selector(f'#room[data-ready="{number}"]')
        page.wait_for_timeout(THINKING)
        page.keyboard.press("fj"[number % 2])
        page.wait_for_timeout(100)
        page.keyboard.press(str(1 + number % 5))
    page.wait_for_selector(f'#room[data-ready="{cases}"]')
    return _swaps(page)


def _swapped(page: Page, url: str, cases: int) -> list[dict[str, float]]:
    """As many swaps of the bare page. It is made of photographs that the reader may see at the end."""
    images = page.evaluate("JSON.parse(document.getElementById('screen').textContent).ahead.slice(0, 2).map((one) => one.image_url)")  # fmt: skip
    page.route("**/bare/", lambda route: route.fulfill(content_type="text/html", body=BARE.replace("ADDRESSES", str(images))))  # fmt: skip
    page.goto(f"{url}/bare/")
    page.wait_for_selector("[data-ready]")
    for _ in range(FIRST + cases - 1):
        page.wait_for_timeout(THINKING / 3)
        page.keyboard.press("f")
    page.wait_for_timeout(THINKING)
    return _swaps(page)[FIRST:]


def _swaps(page: Page) -> list[dict[str, float]]:
    page.wait_for_function("swaps.every((swap) => 'frames' in swap)")
    return page.evaluate("swaps")


def _print(ours: Sequence[dict[str, float]], bare: Sequence[dict[str, float]]) -> None:
    for name, words in (("shown", "on the screen"), ("frames", "two frames later")):
        here, there = _times(ours, name), _times(bare, name)
        print(f"screen: {words}: {len(here)} cases {_said(here)}, {len(there)} bare swaps {_said(there)}")  # fmt: skip
        middle, late = (_percentile(here, share) / _percentile(there, share) for share in (50, 95))
        own = _percentile(here, 95) - _percentile(there, 95)
        print(f"screen: {words}: p50 {middle:.1f} times, p95 {late:.1f} times, {own:.0f} ms our own at p95")  # fmt: skip


def _times(swaps: Sequence[dict[str, float]], name: str) -> list[float]:
    return [swap[name] for swap in swaps if name in swap]


def _percentile(times: Sequence[float], share: int) -> float:
    return statistics.quantiles(times, n=100, method="inclusive")[share - 1]


def _said(times: Sequence[float]) -> str:
    return f"p50 {_percentile(times, 50):.0f} ms, p95 {_percentile(times, 95):.0f} ms"


if __name__ == "__main__":
    main()

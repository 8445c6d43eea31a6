"""axe-core's rules for WCAG 2.2 AA on a page as it stands."""

import json
from pathlib import Path

import axe_playwright_python

_SCRIPT = Path(axe_playwright_python.__file__).parent / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def assert_accessible(page):
    """Fails with rule, element and help of every violation. Waits for the whole page: half of it has no main part."""
    page.wait_for_load_state("load")
    page.evaluate(_SCRIPT.read_text(encoding="utf-8"))
    options = json.dumps({"runOnly": {"type": "tag", "values": TAGS}})
    result = page.evaluate(f"axe.run(document, {options})")
    found = [(v["id"], v["nodes"][0]["target"], v["help"]) for v in result["violations"]]
    assert found == [], f"{page.url}: {found}"

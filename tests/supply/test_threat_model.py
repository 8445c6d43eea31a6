"""The threat model names a test that is there for every defence, and says for every attack what is left over."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
LINK = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
LEFT = "**Left over:** "
# What has to be thought of; each is the beginning of a heading.
WANTED = (
    "Peeking at the truth", "Tampering with answers", "Changing the audit trail", "Stealing a session",
    "A shared computer", "A malicious archive", "A malicious photograph or DICOM", "A malicious table",
    "A malicious network", "A malicious reader", "A curious coordinator", "A rogue admin", "A stolen database",
    "A stolen backup", "Scripts in a page", "Requests forged", "Requests made by the server", "A page in a frame",
    "Formulas in exports", "Denial of service", "A compromised dependency", "A lost tablet", "Finding out who",
)  # fmt: skip


def part(heading):
    """The text under a heading of the second level."""
    return re.split(r"^## ", TEXT.partition(f"\n## {heading}\n")[2], flags=re.MULTILINE)[0]


def attacks():
    """Heading → text of every attack."""
    sections = re.split(r"^### ", part("Attacks and defences"), flags=re.MULTILINE)[1:]
    return {heading: text for heading, _line, text in (one.partition("\n") for one in sections)}


def defences(text):
    """The points of a list, each with its links."""
    return [line for line in text.splitlines() if line.startswith("- ")]


@cache
def functions_of(path):
    """Every test function of a file, those of classes included."""
    file = ROOT / path
    if not file.exists():
        return set()
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("heading", attacks())
def test_an_attack_has_defences_with_tests_and_says_what_is_left(heading):
    text = attacks()[heading]
    found = defences(text)
    assert found
    for line in found:
        assert LINK.search(line), f"no test: {line}"
        assert not LINK.sub("", line).count("`tests/"), f"a link that is none: {line}"
    left = [line for line in text.splitlines() if line.startswith(LEFT)]
    assert len(left) == 1
    assert left[0].removeprefix(LEFT).strip().endswith(".")


def test_every_linked_test_is_there():
    links = LINK.findall(TEXT)
    assert len(links) > 80
    assert [(path, name) for path, name in links if name not in functions_of(path)] == []


def test_nothing_is_forgotten_and_the_table_leads_to_every_attack():
    headings = list(attacks())
    assert [one for one in WANTED if not any(heading.startswith(one) for heading in headings)] == []
    table = re.findall(r"^\| \[([^\]]+)\]\(#([^)]+)\) \| ([STRIDE ]+) \| [\w, ]+ \| (A\d ?)+\|$", part("Attacks at a glance"), re.MULTILINE)  # fmt: skip
    assert [row[0] for row in table] == headings
    assert all(row[1] == row[0].lower().replace(" ", "-").replace(",", "") for row in table)

"""A finding of a security linter may be silenced, but never without its reason."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("readerstudy", "inference", "tools")
RUFF = re.compile(r"#\s*noqa:[^#]*\bS\d{3}\b(?P<rest>[^#]*)")
BANDIT = re.compile(r"#\s*nosec\b(?P<rest>[^#]*)")
REASON = re.compile(r"\(.{8,}\)")
NAMED = re.compile(r"B\d{3}")


def lines():
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
                yield f"{path.relative_to(ROOT)}:{number}", line


def unexplained(line):
    """What is silenced here without saying which finding and why."""
    found = [match["rest"] for match in RUFF.finditer(line)]
    silenced = [match["rest"] for match in BANDIT.finditer(line)]
    return [one for one in found if not REASON.search(one)] + [one for one in silenced if not (NAMED.search(one) and REASON.search(line))]  # fmt: skip


def test_every_silenced_security_finding_has_its_reason():
    found = [(place, line.strip()) for place, line in lines() if unexplained(line)]
    assert found == []


def test_the_rule_sees_what_it_is_for():
    assert unexplained("x()  # noqa: S603")
    assert unexplained("x()  # noqa: PLC0415, S603 (no)")
    assert unexplained("x()  # nosec")
    assert unexplained("x()  # nosec B603")
    assert not unexplained("x()  # noqa: S603 (our own command)")
    assert not unexplained("x()  # nosec B603  # noqa: S603 (our own command)")
    assert not unexplained("x()  # noqa: PLC0415 (slow)")

"""Who may import the truth: read from the source, not from a promise."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAY_IMPORT = {"truth", "intake", "results", "demo"}
TRUTH = "readerstudy.truth"


def imported_names(source):
    """Every module or name that the source imports, wherever in it the import stands."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def reaches_truth(source):
    imports = any(f"{name}.".startswith(f"{TRUTH}.") for name in imported_names(source))
    strings = {
        node.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    by_name = any(text.casefold().startswith(("truth.", f"{TRUTH}.")) for text in strings)
    return imports or by_name


def source_files():
    for package in ("readerstudy", "inference"):
        yield from (ROOT / package).rglob("*.py")


def room_of(path):
    parts = path.relative_to(ROOT).parts
    return parts[1] if parts[0] == "readerstudy" else parts[0]


def test_only_intake_results_and_demo_know_the_truth():
    offenders = [
        str(path.relative_to(ROOT))
        for path in source_files()
        if room_of(path) not in MAY_IMPORT and reaches_truth(path.read_text(encoding="utf-8"))
    ]
    assert offenders == []


@pytest.mark.parametrize(
    "source",
    [
        "import readerstudy.truth",
        "import readerstudy.truth.models as m",
        "from readerstudy.truth.models import ReferenceStandard",
        "from readerstudy import truth",
        "def f():\n    from readerstudy.truth import selectors",
        "apps.get_model('truth.ReferenceStandard')",
    ],
)
def test_the_rule_sees_every_way_to_reach_the_truth(source):
    assert reaches_truth(source)


@pytest.mark.parametrize(
    "source", ["from readerstudy.images import models", "import truthful", "x = 'the truth.'"]
)
def test_the_rule_is_not_set_off_by_chance(source):
    assert not reaches_truth(source)

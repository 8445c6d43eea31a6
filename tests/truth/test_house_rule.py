"""Who may import the truth: read from the source, not from a promise."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# The list of all addresses names the module of those of the truth keepers; the record of processing names every table.
MAY_IMPORT = {"truth", "intake", "results", "demo", "privacy", "urls.py"}
TRUTH = "readerstudy.truth"
# One module tells readers what is right of the cases they practise on, and asks the one module that answers for these alone.
PRACTISING, PRACTICE = "readerstudy/reading/practising.py", "readerstudy.truth.practice"


def imported_names(source):
    """Every module or name that the source imports, wherever in it the import stands."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def reaches_truth(source, *, but_for=None):
    names = [name for name in imported_names(source) if not but_for or not is_in(name, but_for)]
    imports = any(is_in(name, TRUTH) for name in names)
    strings = {
        node.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    by_name = any(text.casefold().startswith(("truth.", f"{TRUTH}.")) for text in strings)
    return imports or by_name


def is_in(name, module):
    return f"{name}.".startswith(f"{module}.")


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
    assert offenders == [PRACTISING]


def test_the_practice_of_the_readers_asks_the_practice_of_the_truth_and_nothing_else_of_it():
    source = (ROOT / PRACTISING).read_text(encoding="utf-8")
    assert not reaches_truth(source, but_for=PRACTICE)
    assert reaches_truth(source, but_for="readerstudy.truth.selectors")
    more = f"{source}\nfrom readerstudy.truth import services"
    assert reaches_truth(more, but_for=PRACTICE)


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

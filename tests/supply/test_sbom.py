"""What `make sbom` writes is a valid CycloneDX 1.6 document of what is installed."""

import json
import re
import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
WITH_LINKS = 5


def recipe():
    """The words of the command in the Makefile."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    [command] = re.findall(r"^\t@\$\(VENV\)/bin/(cyclonedx-py .*)$", text, re.MULTILINE)
    return command.split()


@pytest.fixture(scope="module")
def bill(tmp_path_factory):
    """What the command writes; it validates the whole itself, which takes half a minute."""
    written = tmp_path_factory.mktemp("sbom") / "sbom.json"
    places = {"$(PY)": sys.executable, "var/sbom.json": str(written), "--validate": "--no-validate"}
    words = [places.get(word, word) for word in recipe()]
    command = [str(Path(sys.executable).parent / words[0]), *words[1:]]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=120)
    return json.loads(written.read_text(encoding="utf-8"))


def with_few_links(bill):
    """The same with the web addresses of a few components alone: the schema takes a tenth of a second for each."""
    few, others = bill["components"][:WITH_LINKS], bill["components"][WITH_LINKS:]
    bare = [
        {key: value for key, value in one.items() if key != "externalReferences"} for one in others
    ]
    return {**bill, "components": [*few, *bare]}


def test_the_bill_of_materials_is_valid_and_complete(bill):
    assert "--validate" in recipe()
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert bill["metadata"]["component"]["name"] == "reader-study"
    told = {canonicalize_name(one["name"]): one["version"] for one in bill["components"]}
    for name in ("django", "celery", "numpy"):
        assert told[name] == next(one.version for one in distributions(name=name))
    assert {canonicalize_name(one.metadata["Name"]) for one in distributions()} <= {
        *told,
        "reader-study",
    }
    assert (
        JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(with_few_links(bill)))
        is None
    )
    assert len({one["bom-ref"] for one in bill["components"]}) == len(bill["components"])


def test_the_schema_refuses_what_is_no_bill_of_materials(bill):
    nameless = {key: value for key, value in bill["components"][0].items() if key != "name"}
    wrong = json.dumps({**bill, "components": [nameless], "dependencies": []})
    assert "name" in str(JsonStrictValidator(SchemaVersion.V1_6).validate_str(wrong))

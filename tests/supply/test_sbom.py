"""What `make sbom` writes is a valid CycloneDX 1.6 document of what is installed."""

import json
import re
import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]


def recipe():
    """The words of the command in the Makefile."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    [command] = re.findall(r"^\t@\$\(VENV\)/bin/(cyclonedx-py .*)$", text, re.MULTILINE)
    return command.split()


def test_the_bill_of_materials_is_valid_and_complete(tmp_path):
    written = tmp_path / "sbom.json"
    places = {"$(PY)": sys.executable, "var/sbom.json": str(written)}
    words = [places.get(word, word) for word in recipe()]
    command = [str(Path(sys.executable).parent / words[0]), *words[1:]]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=120)
    text = written.read_text(encoding="utf-8")
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    bill = json.loads(text)
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert bill["metadata"]["component"]["name"] == "reader-study"
    told = {canonicalize_name(one["name"]): one["version"] for one in bill["components"]}
    for name in ("django", "celery", "numpy"):
        assert told[name] == next(one.version for one in distributions(name=name))
    assert {canonicalize_name(one.metadata["Name"]) for one in distributions()} <= {
        *told,
        "reader-study",
    }

"""What the documentation tells operators to type and to set is there: commands, options, variables, files, services."""

import re
import runpy
import shlex
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands, load_command_class

ROOT = Path(__file__).resolve().parents[2]
OPERATIONS = (ROOT / "docs" / "operations.md").read_text()
PLACES = [
    *sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md", ROOT / "Makefile", ROOT / "Dockerfile", ROOT / "docker-compose.yml",
    *sorted(path for path in (ROOT / "deploy").iterdir() if path.is_file()),
]  # fmt: skip
SERVICES = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
# Of whoever develops or tests, of Python, of Django, of a library, and of the shell; no operator sets them.
NOT_FOR_OPERATORS = {
    "CELERY_TASK_ALWAYS_EAGER", "CUBLAS_WORKSPACE_CONFIG", "DJANGO_SETTINGS_MODULE", "NVIDIA_TF32_OVERRIDE",
    "OPENBLAS_NUM_THREADS", "PYTHONPATH", "SUDO_USER",
}  # fmt: skip
# Read by the compose file, and by OpenTelemetry's own library.
READ_ELSEWHERE = {
    "BACKUP_DIR", "BACKUP_KEEP", "CHECKPOINTS_DIR", "COMPOSE_FILE", "COMPOSE_PROFILES", "DATA_ADDRESS", "HTTP_PORT", "MEDIA_DIR",
    "OTEL_EXPORTER_OTLP_ENDPOINT", "REQUIREMENTS", "TLS_DIR",
}  # fmt: skip


def commands_in(text):
    """(name, options) of every `manage.py …`, whether it stands in a line, between ticks or as a list of YAML."""
    text = text.replace('", "', " ").replace('"', " ").replace("\\\n", " ")
    for found in re.finditer(r"manage\.py ([a-z_]+)([^`\n|#;&]*)", text):
        yield found[1], re.findall(r"(?<![\w-])--[a-z][a-z-]*", found[2])


def options_of(command):
    app = get_commands()[command]
    loaded = load_command_class(app, command) if isinstance(app, str) else app
    return set(loaded.create_parser("manage.py", command)._option_string_actions)


@pytest.mark.parametrize("place", PLACES, ids=lambda path: path.name)
def test_every_command_is_there_with_its_options(place):
    for command, options in commands_in(place.read_text()):
        assert command in get_commands(), command
        assert set(options) <= options_of(command), (command, options)


def test_the_search_finds_commands_at_all():
    assert {"backup", "restore", "lost_files", "dead_letters"} <= {name for name, _ in commands_in(OPERATIONS)}  # fmt: skip
    assert list(commands_in('["python", "manage.py", "backup", "--keep", "1"]')) == [("backup", ["--keep"])]  # fmt: skip


def read_by_code():
    """The environment variables that settings, commands and gunicorn read."""
    files = [*(ROOT / "readerstudy").rglob("*.py"), *(ROOT / "inference").rglob("*.py"), ROOT / "manage.py",
             ROOT / "deploy" / "gunicorn.conf.py"]  # fmt: skip
    code = "".join(path.read_text() for path in files)
    calls = r"env\.\w+", r"environ(?:ment)?\.(?:get|setdefault)", r"secret_setting"
    named = {name for call in calls for name in re.findall(rf'{call}\(\s*"([A-Z0-9_]+)"', code)}
    return named | set(re.findall(r'_(?:FIGURES|VARIABLE) = "([A-Z_]+)"', code))


def table():
    """(names, default, meaning) of every row of the table of the environment."""
    part = OPERATIONS.split("\n## Environment\n")[1].split("\n## ")[0]
    for line in part.splitlines():
        if line.startswith("| `"):
            names, default, meaning = line.strip("|").split(" | ")
            yield re.findall(r"`([A-Z0-9_]+)`", names), default.strip(), meaning


def test_every_variable_stands_in_the_table_once_and_is_read():
    named = [name for names, _, _ in table() for name in names]
    assert sorted(named) == sorted(set(named))
    assert set(named) - READ_ELSEWHERE <= read_by_code()
    assert read_by_code() - NOT_FOR_OPERATORS <= set(named)
    compose = (ROOT / "docker-compose.yml").read_text() + "".join(
        path.read_text() for path in (ROOT / "deploy").glob("*.yml")
    )
    ours = READ_ELSEWHERE - {"OTEL_EXPORTER_OTLP_ENDPOINT", "COMPOSE_FILE", "COMPOSE_PROFILES"}
    assert all(f"${{{name}" in compose for name in ours)


@pytest.fixture
def defaults(monkeypatch, tmp_path):
    """The settings where nothing is set."""
    for name in read_by_code() - {"DJANGO_SETTINGS_MODULE"}:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(f"{name}_FILE", raising=False)
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    gunicorn = {
        f"WEB_{name.upper()}": value
        for name, value in runpy.run_path(str(ROOT / "deploy" / "gunicorn.conf.py")).items()
    }
    return {**gunicorn, **runpy.run_path(str(ROOT / "readerstudy" / "settings.py"))}


UNITS = {"": 1, "MiB": 2**20, "GiB": 2**30, "days": 24 * 3600}


def test_every_number_of_the_table_is_the_default(defaults):
    compared = 0
    for names, default, _ in table():
        values = re.findall(r"(?<![\w.:])(\d[\d,]*)(?: (MiB|GiB|days))?(?=$|,| |;)", default)
        numbers = [int(number.replace(",", "")) * UNITS[unit] for number, unit in values]
        known = [defaults.get(name) for name in names]
        of_numbers = [value for value in known if isinstance(value, int | float) and not isinstance(value, bool)]  # fmt: skip
        if numbers and len(of_numbers) == len(numbers):
            assert of_numbers == numbers, names
            compared += len(numbers)
    assert compared >= 20


def test_every_file_of_deploy_that_is_named_is_there():
    for place in PLACES:
        for name in re.findall(r"deploy/([\w.-]+\.(?:yml|conf|sh|py|example))", place.read_text()):
            assert (ROOT / "deploy" / name).is_file(), (place.name, name)
    assert all(f"deploy/{path.name}" in OPERATIONS or path.name == "gunicorn.conf.py" for path in (ROOT / "deploy").iterdir()
               if path.is_file())  # fmt: skip


WITH_SERVICES = {"up", "exec", "run", "logs", "restart", "stop", "ps", "build"}
WITH_VALUES = {"--tail", "--scale", "-v", "-f", "--profile", "-e", "--user"}


def compose_lines():
    for line in OPERATIONS.splitlines():
        for found in re.findall(r"docker compose ([^`#;|&<>(]+)", line):
            yield shlex.split(found.replace("…", ""))


def services_named(words):
    """The services of a line of `docker compose`: what is no option, up to the command of one that runs."""
    rest = iter(words)
    verb = next((word for word in rest if word in WITH_SERVICES), "")
    for word in rest:
        if word in WITH_VALUES:
            next(rest, None)
        elif not word.startswith("-") and "=" not in word:
            yield word
            if verb in {"exec", "run"}:
                return


def test_every_service_that_is_named_is_one():
    found = {name for words in compose_lines() for name in services_named(words)}
    assert found <= set(SERVICES)
    assert {"web", "worker", "backup", "migrate", "nginx"} <= found


def test_every_figure_of_the_documentation_is_told():
    told = "".join(path.read_text() for path in (ROOT / "readerstudy" / "operations").glob("*.py"))
    for name in set(re.findall(r"readerstudy_[a-z_]+[a-z]", OPERATIONS)) - {"readerstudy_web"}:
        assert f'"{name.removesuffix("_total")}"' in told, name


def test_every_alarm_says_what_to_do_and_no_other_is_told():
    rules = yaml.safe_load((ROOT / "deploy" / "alerts.yml").read_text())["groups"][0]["rules"]
    part = OPERATIONS.split("\n### Alarms\n")[1].split("\n### ")[0]
    assert re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE) == [one["alert"] for one in rules]


def test_every_target_of_make_that_is_named_is_one():
    targets = set(re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)[1].split())  # fmt: skip
    for place in PLACES:
        if place.suffix == ".md":
            named = re.findall(r"`make((?: [a-z]+)+)`", place.read_text())
            assert {one for words in named for one in words.split()} <= targets, place.name


def test_the_nightly_line_names_whose_it_is():
    """cron leaves out all of /etc/crontab for one line without an account."""
    line = re.search(r"^(?:[\d*]+ +){5}(.*)# /etc/crontab", OPERATIONS, re.MULTILINE)[1]
    assert line.split()[:2] == ["root", "cd"]

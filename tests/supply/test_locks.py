"""The lock files hold what the lists ask for, on every platform, each file by its hash."""

import re
from itertools import product
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools.locks import BASE, LOCKS

ROOT = Path(__file__).resolve().parents[2]
PYTHONS = ("3.11", "3.12", "3.13")
MACHINES = {
    "Linux on x86-64": {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix", "platform_machine": "x86_64"},
    "Linux on ARM": {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix", "platform_machine": "aarch64"},
    "macOS": {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix", "platform_machine": "arm64"},
    "Windows": {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt", "platform_machine": "AMD64"},
}  # fmt: skip


def machine(name, python):
    return {**MACHINES[name], "python_version": python, "python_full_version": f"{python}.9",
            "implementation_name": "cpython", "platform_python_implementation": "CPython", "extra": ""}  # fmt: skip


def listed(source):
    """What a list asks for, with the lists that it reads."""
    for line in (ROOT / source).read_text(encoding="utf-8").splitlines():
        text = line.partition(" #")[0].strip()
        if text.startswith("-r "):
            yield from listed(text.removeprefix("-r "))
        elif text and not text.startswith("#"):
            yield Requirement(text)


def entries(lock):
    """Requirement → the hashes of its files."""
    found, current = {}, None
    for line in (ROOT / lock).read_text(encoding="utf-8").splitlines():
        text = line.strip().rstrip("\\ ")
        if text.startswith("--hash="):
            found[current].append(text.removeprefix("--hash="))
        elif text and not text.startswith("#"):
            current = Requirement(text)
            found[current] = []
    return found


def installed(requirements, where):
    """Name → version of what is installed on a machine."""
    wanted = [one for one in requirements if one.marker is None or one.marker.evaluate(where)]
    return {canonicalize_name(one.name): str(one.specifier) for one in wanted}


@pytest.mark.parametrize(("source", "lock"), LOCKS.items())
def test_a_lock_has_every_pin_of_its_list_on_every_machine(source, lock):
    pins, locked = list(listed(source)), list(entries(lock))
    for name, python in product(MACHINES, PYTHONS):
        where = machine(name, python)
        wanted, found = installed(pins, where), installed(locked, where)
        assert wanted.items() <= found.items(), (name, python, wanted.items() - found.items())


@pytest.mark.parametrize("lock", LOCKS.values())
def test_every_package_is_pinned_and_each_of_its_files_has_a_hash(lock):
    for requirement, hashes in entries(lock).items():
        assert re.fullmatch(r"==[^*]+", str(requirement.specifier)), requirement
        assert requirement.url is None
        assert hashes, f"{requirement} has no hash"
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", one) for one in hashes)


@pytest.mark.parametrize("lock", LOCKS.values())
def test_a_lock_says_nothing_of_the_machine_it_was_made_on(lock):
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert not re.search(
        r"^\s*(-i|-f|--index|--extra-index|--find-links|--trusted)", text, re.MULTILINE
    )
    assert "://" not in text
    assert not re.search(r"(^|\s)/\w", text)


@pytest.mark.parametrize("name", MACHINES)
def test_every_machine_gets_the_one_onnxruntime_that_it_can_run(name):
    for lock, python in product(LOCKS.values(), PYTHONS):
        found = set(installed(entries(lock), machine(name, python)))
        wanted = "onnxruntime-gpu" if name == "Linux on x86-64" or "gpu" in lock else "onnxruntime"
        assert wanted in found, (lock, name)
        if "gpu" not in lock:
            assert len(found & {"onnxruntime", "onnxruntime-gpu"}) == 1, (lock, name)


def test_tests_run_with_the_versions_of_the_application():
    where = machine("Linux on x86-64", "3.11")
    base = installed(entries(BASE), where)
    for lock in set(LOCKS.values()) - {BASE}:
        assert base.items() <= installed(entries(lock), where).items()


def test_make_and_the_image_install_by_hash_alone():
    makefile, dockerfile = (ROOT / "Makefile").read_text(), (ROOT / "Dockerfile").read_text()
    lines = [line for line in makefile.splitlines() if "pip install" in line and ".venv-train" not in line]  # fmt: skip
    lines += [line for line in dockerfile.splitlines() if "pip install" in line]
    assert len(lines) >= 3
    for line in lines:
        assert "--require-hashes -r" in line
        assert "requirements.txt" not in line

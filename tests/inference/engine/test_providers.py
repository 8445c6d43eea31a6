import os
import subprocess
import sys

import onnxruntime
import pytest

from inference.engine import (
    ProviderError,
    choose_providers,
    installed_runtimes,
    open_session,
    runtime_conflict,
    usable_cores,
)
from inference.engine.providers import confirm_provider, has_driver

without_gpu = pytest.mark.skipif(has_driver(), reason="this machine has an NVIDIA driver")


@without_gpu
@pytest.mark.parametrize("setting", ["cpu", "auto"])
def test_without_a_driver_the_cpu_is_used_and_said_without_noise(artefact, setting, capfd):
    session = open_session(artefact, setting)
    assert session.provider == "CPUExecutionProvider"
    assert session.runtime_version == onnxruntime.__version__
    assert capfd.readouterr() == ("", "")


@without_gpu
def test_cuda_is_refused_where_there_is_no_driver(artefact, capfd):
    with pytest.raises(ProviderError, match="no NVIDIA driver") as caught:
        open_session(artefact, "cuda")
    assert caught.value.code == "no_driver"
    assert capfd.readouterr() == ("", "")


def test_a_session_that_fell_back_to_the_cpu_is_no_cuda():
    with pytest.raises(ProviderError, match="the session runs on CPUExecutionProvider"):
        confirm_provider("cuda", "CPUExecutionProvider")
    assert confirm_provider("auto", "CPUExecutionProvider") is None
    assert confirm_provider("cuda", "CUDAExecutionProvider") is None


def test_a_driver_without_cuda_libraries_falls_back_without_noise(tmp_path):
    """A process that finds an (empty) libcuda.so.1 asks for CUDA, and the session's own answer is what counts."""
    compiler = subprocess.run(["which", "cc"], capture_output=True, check=False)
    library = tmp_path / "libcuda.so.1"
    if compiler.returncode == 0:
        subprocess.run(
            ["cc", "-shared", "-x", "c", "/dev/null", "-o", str(library)], check=True, timeout=60
        )
    code = (
        "import sys; sys.path.insert(0, '.')\n"
        "from inference.engine import *\n"
        "from inference.engine.providers import has_driver\n"
        "from tests.inference.engine.graphs import linear, spec_json\n"
        "a = build_artefact(linear(), ModelSpec.from_json(spec_json()), 'model.onnx')\n"
        "s = open_session(a, 'auto')\n"
        "try: open_session(a, 'cuda'); c = 'opened'\n"
        "except ProviderError as e: c = e.code\n"
        "print(has_driver(), s.provider, c)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "LD_LIBRARY_PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    driver, provider, cuda = ran.stdout.split()
    assert ran.stderr == ""
    if driver == "False":
        assert (provider, cuda) == ("CPUExecutionProvider", "no_driver")
    elif provider == "CPUExecutionProvider":
        assert cuda == "cuda_not_used"
    else:
        assert (provider, cuda) == ("CUDAExecutionProvider", "opened")


def test_an_unknown_setting_is_refused():
    with pytest.raises(
        ProviderError, match="must be one of cpu, auto, cuda, tensorrt, but is 'gpu'"
    ):
        choose_providers("gpu")


def test_cpu_asks_for_nothing_else():
    assert choose_providers("cpu") == ["CPUExecutionProvider"]


def test_exactly_one_runtime_is_installed_here():
    assert len(installed_runtimes()) == 1
    assert runtime_conflict() == ""


def test_two_runtimes_that_overwrite_one_another_are_told(tmp_path, monkeypatch):
    for name in ("onnxruntime", "onnxruntime_gpu"):
        folder = tmp_path / f"{name}-9.9.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {name.replace('_', '-')}\nVersion: 9.9\n"
        )
    monkeypatch.syspath_prepend(str(tmp_path))
    assert installed_runtimes() == {"onnxruntime": "9.9", "onnxruntime-gpu": "9.9"}
    assert "onnxruntime 9.9 and onnxruntime-gpu 9.9 are both installed" in runtime_conflict()


@pytest.mark.parametrize(
    ("own", "parent", "cores"),
    [
        ("max 100000", "max 100000", None),
        ("100000 100000", "max 100000", 1),
        ("max 100000", "50000 100000", 1),
        ("nonsense", "100000 100000", 1),
        ("9900000 100000", "max 100000", None),
    ],
)
def test_cores_respect_quota_and_affinity(tmp_path, own, parent, cores):
    group = tmp_path / "cgroup" / "app" / "worker"
    group.mkdir(parents=True)
    (group / "cpu.max").write_text(own + "\n")
    (group.parent / "cpu.max").write_text(parent + "\n")
    membership = tmp_path / "membership"
    membership.write_text("1:cpu:/elsewhere\n0::/app/worker\n")
    expected = cores or len(os.sched_getaffinity(0))
    assert usable_cores(tmp_path / "cgroup", membership) == expected


def test_cores_without_cgroups_are_those_of_the_affinity(tmp_path):
    assert usable_cores(tmp_path, tmp_path / "none") == len(os.sched_getaffinity(0))


def test_the_affinity_of_a_pinned_process_counts():
    code = (
        "import os; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})\n"
        "from inference.engine import usable_cores; print(usable_cores())"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert ran.stdout == "1\n"


def test_neither_django_nor_onnxruntime_is_loaded_with_the_engine():
    code = (
        "import sys, inference.engine as e\n"
        "print([m for m in ('django', 'onnxruntime', 'readerstudy') if m in sys.modules])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert ran.stdout == "[]\n"

"""What the system tells of the machine that a run was made on."""

from inference.machine import machine_facts
from readerstudy.core.version import revision


def test_processor_and_graphics_cards_are_told_by_the_system(tmp_path):
    card = tmp_path / "driver" / "nvidia" / "gpus" / "0000:04:00.0"
    card.mkdir(parents=True)
    (card / "information").write_text("Model: \t\t NVIDIA H100 80GB HBM3\nIRQ: 5\n")
    (tmp_path / "driver" / "nvidia" / "version").write_text("NVRM version: 580.1\nGCC version\n")
    (tmp_path / "cpuinfo").write_text("processor\t: 0\nmodel name\t: Epyc 9\nmodel name\t: other\n")
    facts = machine_facts(tmp_path)
    assert (facts["cpu"], facts["gpus"]) == ("Epyc 9", ["NVIDIA H100 80GB HBM3"])
    assert facts["gpu_driver"] == "NVRM version: 580.1"


def test_a_machine_that_tells_nothing_has_no_card(tmp_path, monkeypatch):
    monkeypatch.setenv("NVIDIA_TF32_OVERRIDE", "0")
    facts = machine_facts(tmp_path)
    assert (facts["gpus"], facts["gpu_driver"], facts["NVIDIA_TF32_OVERRIDE"]) == ([], "", "0")


def test_the_revision_is_that_of_the_checkout(tmp_path, monkeypatch):
    monkeypatch.delenv("READERSTUDY_REVISION", raising=False)
    assert revision(tmp_path) == ""
    (tmp_path / "HEAD").write_text("ref: refs/heads/main\n")
    (tmp_path / "packed-refs").write_text(
        "# pack-refs\nabc1 refs/heads/other\nabc2 refs/heads/main\n"
    )
    assert revision(tmp_path) == "abc2"
    (tmp_path / "refs" / "heads").mkdir(parents=True)
    (tmp_path / "refs" / "heads" / "main").write_text("abc3\n")
    assert revision(tmp_path) == "abc3"
    (tmp_path / "HEAD").write_text("abc4\n")
    assert revision(tmp_path) == "abc4"
    monkeypatch.setenv("READERSTUDY_REVISION", "v1.2")
    assert revision(tmp_path) == "v1.2"

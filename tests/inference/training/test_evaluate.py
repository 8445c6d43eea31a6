"""Exported runs on test sets: the figures are those of counted pairs, and the source of the images is asked for."""

import csv
import json
import re
import shutil
from pathlib import Path

import pytest
from PIL import Image

from inference.training.comparisons import as_table, compare, compare_classes
from inference.training.evaluate import evaluate
from inference.training.evaluate import main as evaluate_command
from inference.training.manifest import Truth, read_truth
from inference.training.scoring import squeezed
from inference.training.sources import ask
from inference.training.sources import main as sources_command

DEMO = Path(__file__).resolve().parents[3] / "fixtures" / "demo"
RUNS = [{"a": 0.9, "b": 0.4, "c": 0.4, "d": 0.1}, {"a": 0.2, "b": 0.3, "c": 0.1, "d": 0.2}]


def counted(positives, negatives):
    pairs = [(p > n) + 0.5 * (p == n) for p in positives for n in negatives]
    return sum(pairs) / len(pairs)


def size_of(path):
    with Image.open(path) as image:
        return image.size


@pytest.fixture
def models(tmp_path):
    """Two of the committed runs, and a card that says how some images were split."""
    folder = tmp_path / "models"
    folder.mkdir()
    for name in ("run-01", "run-02"):
        for ending in (".onnx", ".json"):
            shutil.copy(DEMO / "model" / f"{name}{ending}", folder)
    runs = [{"label": f"run-0{number}", "seed": number} for number in (1, 2)]
    card = {
        "training_data": {"images": 24},
        "recipe": {"validation_share": 0.5},
        "runs": runs,
    }
    (folder / "model-card.json").write_text(json.dumps(card), encoding="utf-8")
    return folder


@pytest.fixture
def photographs(tmp_path):
    """The first 24 committed photographs under a manifest of the recipe's kind; every fourth is of a second source."""
    folder = tmp_path / "photographs"
    folder.mkdir()
    with (DEMO / "clinical" / "manifest.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    chosen = [row for row in rows if row["malignant"] == "1"][:12]
    chosen += [row for row in rows if row["malignant"] == "0"][:12]
    lines = ["file,diagnosis,malignant,modality"]
    for number, row in enumerate(chosen):
        name = f"{'second' if number % 4 == 3 and number < 12 else 'first'}-{row['image']}"
        shutil.copy(DEMO / "clinical" / row["image"], folder / name)
        lines.append(f"{name},{row['diagnosis']},{row['malignant']},dermoscopic")
    (folder / "manifest.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def test_the_auc_of_each_run_and_of_their_mean_is_that_of_counted_pairs():
    found = compare("x", ["a", "b"], ["c", "d"], RUNS)
    assert found.aucs == pytest.approx(
        [counted((0.9, 0.4), (0.4, 0.1)), counted((0.2, 0.3), (0.1, 0.2))]
    )
    assert found.ensemble.value == pytest.approx(counted((0.55, 0.35), (0.25, 0.15)))
    assert found.mean == pytest.approx(sum(found.aucs) / 2)
    assert (found.positives, found.negatives) == (2, 2)


def test_nothing_is_compared_with_an_empty_group():
    assert compare("x", [], ["c"], RUNS) is None


def test_other_diagnoses_count_only_where_malignant_meets_benign():
    truths = [Truth("a", 1, 1), Truth("b", None, 1), Truth("c", None, 0), Truth("d", 0, 0)]
    first, second = compare_classes(truths, RUNS)
    assert (first.name, first.positives, first.negatives) == ("melanoma against nevus", 1, 1)
    assert (second.name, second.positives, second.negatives) == ("malignant against benign", 2, 2)
    assert [found.name for found in compare_classes([truths[0], truths[3]], RUNS)] == [first.name]


def test_the_table_says_why_there_is_no_interval():
    found = compare("x", ["a"], ["d"], RUNS)
    assert found.ensemble.reason in as_table([("set", found)], "Set")


def test_the_truth_of_a_manifest_keeps_diagnoses_that_are_neither(tmp_path):
    path = tmp_path / "manifest.csv"
    path.write_text(
        "file,diagnosis,malignant\na,melanoma,1\nb,nevus,0\nc,basal cell carcinoma,1\nd,wart,\n",
        encoding="utf-8",
    )
    assert [(truth.melanoma, truth.malignant) for truth in read_truth(path)] == [
        (1, 1),
        (0, 0),
        (None, 1),
        (None, None),
    ]


def test_a_folder_of_photographs_is_scored_by_the_engine(models, photographs, capsys):
    (found,) = evaluate(models, photographs)
    assert (found.positives, found.negatives, len(found.aucs)) == (12, 12, 2)
    assert evaluate_command(["--models", str(models), "--sets", str(photographs)]) == 0
    table = capsys.readouterr().out
    assert "| models | photographs | melanoma against nevus | 12 : 12 | " in table
    assert f"{found.ensemble.value:.3f}" in table


def test_photographs_can_be_squeezed_first(photographs):
    with squeezed(photographs, 60) as smaller:
        sizes = {size_of(path) for path in smaller.iterdir()}
        assert len(list(smaller.iterdir())) == 24
    assert sizes == {(60, 60)}
    assert not smaller.exists()
    with squeezed(photographs, None) as same:
        assert same == photographs


def test_what_is_missing_is_said_in_a_sentence(models, photographs, tmp_path, capsys):
    assert evaluate_command(["--models", str(tmp_path), "--sets", str(photographs)]) == 2
    assert "holds no run-01.onnx" in capsys.readouterr().err
    next(photographs.glob("*.jpg")).unlink()
    assert evaluate_command(["--models", str(models), "--sets", str(photographs)]) == 2
    assert re.search(r"manifest\.csv, row \d+: .* is not in the folder", capsys.readouterr().err)


def test_each_question_about_sources_is_asked_of_training_and_validation_images(
    models, photographs
):
    answers = ask(models, photographs, photographs / "manifest.csv", re.compile("first"))
    assert [answer.part for answer in answers] == ["training"] * 4 + ["validation"] * 4
    assert all(0 <= auc <= 1 for answer in answers for auc in answer.aucs)
    whole = [
        ask(models, photographs, photographs / "manifest.csv", re.compile(pattern))[0].aucs
        for pattern in ("first", "second", ".")
    ]
    assert whole[0] == whole[1] == whole[2]


def test_with_one_source_only_two_questions_remain_and_they_agree(models, photographs, capsys):
    manifest = photographs / "manifest.csv"
    answers = ask(models, photographs, manifest, re.compile("."))
    assert len(answers) == 4
    assert answers[0].aucs == answers[1].aucs
    command = ["--models", str(models), "--images", str(photographs)]
    assert sources_command([*command, "--manifest", str(manifest), "--pattern", "."]) == 0
    assert "melanomas against nevi within the first source | validation" in capsys.readouterr().out


def test_a_card_of_other_images_is_refused(models, photographs, capsys):
    card = json.loads((models / "model-card.json").read_text())
    card["training_data"]["images"] = 25
    (models / "model-card.json").write_text(json.dumps(card))
    command = ["--models", str(models), "--images", str(photographs), "--pattern", "."]
    assert sources_command([*command, "--manifest", str(photographs / "manifest.csv")]) == 2
    assert "tells of other images or other runs" in capsys.readouterr().err

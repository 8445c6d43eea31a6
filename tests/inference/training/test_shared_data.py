"""Real manifests: the dermoscopic set may be trained on, the clinical one is refused, none is in two sets."""

from pathlib import Path

import pytest

from inference.training.manifest import TrainingDataError, read_manifest, read_truth

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data" / "images"

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not SHARED.is_dir(), reason=f"no real photographs at {SHARED}"),
]


def manifest(folder):
    return SHARED / folder / "manifest.csv"


def test_the_dermoscopic_images_are_186_melanomas_and_252_nevi():
    examples = read_manifest(manifest("isic-2017-train-180px"))
    assert (len(examples), sum(example.label for example in examples)) == (438, 186)
    assert all((SHARED / "isic-2017-train-180px" / example.file).is_file() for example in examples)


def test_the_clinical_photographs_are_refused_row_by_row():
    with pytest.raises(TrainingDataError) as raised:
        read_manifest(manifest("pad-ufes-20"))
    first, *rest = str(raised.value).splitlines()
    assert "row 2, column modality: “clinical (smartphone)”; only dermoscopic images" in first
    # 88 photographs that are not dermoscopic, 66 of which are neither melanoma nor nevus.
    assert rest[-1] == f"... and {88 + 66 - 20} further problems."


def test_no_test_image_is_among_the_training_images():
    training = {example.file for example in read_manifest(manifest("isic-2017-train-180px"))}
    assert not training & {truth.file for truth in read_truth(manifest("isic-2017"))}


@pytest.mark.parametrize(
    ("folder", "melanomas", "nevi", "malignant"),
    [("isic-2017", 11, 48, 11), ("pad-ufes-20", 7, 15, 39)],
)
def test_the_test_sets_hold_what_the_documentation_says(folder, melanomas, nevi, malignant):
    truths = read_truth(manifest(folder))
    kinds = [truth.melanoma for truth in truths]
    assert (kinds.count(1), kinds.count(0)) == (melanomas, nevi)
    assert sum(truth.malignant == 1 for truth in truths) == malignant

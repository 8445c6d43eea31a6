"""A folder and its manifest as a training set, and the sentences about what is wrong with them."""

import numpy as np
import pytest
from PIL import Image

from inference.training.images import TrainingDataError, load_folder


def folder(tmp_path, manifest, *, names=("a.png", "b.png")):
    for number, name in enumerate(names):
        Image.new("RGB", (300, 200), (200, 150 - 20 * number, 120)).save(tmp_path / name)
    path = tmp_path / "manifest.csv"
    path.write_text(manifest, encoding="utf-8")
    return tmp_path, path


def test_images_labels_and_patients_come_in_the_order_of_the_manifest(tmp_path):
    data = load_folder(*folder(tmp_path, "image,malignant,patient_id\nb.png,1,P1\na.png,0,P1\n"))
    assert data.pixels.shape == (2, 192, 192, 3)
    assert data.labels.tolist() == [1, 0]
    assert data.patients == ("P1", "P1")
    assert np.array_equal(data.pixels[0, 0, 0], [200, 130, 120])


def test_the_column_may_be_called_file_and_each_image_is_then_its_own_patient(tmp_path):
    data = load_folder(*folder(tmp_path, "file,malignant\na.png,true\nb.png,false\n"))
    assert data.labels.tolist() == [1, 0]
    assert data.patients == ("a.png", "b.png")


@pytest.mark.parametrize(
    ("manifest", "words"),
    [
        ("picture,malignant\na.png,1\n", r"manifest\.csv, row 1: .*columns malignant and image"),
        ("image,diagnosis\na.png,nevus\n", r"manifest\.csv, row 1: .*columns malignant and image"),
        ("image,malignant\na.png,1\nb.png,2\n", "row 3, column malignant: “2”"),
        ("image,malignant\na.png,1\nb.png,1\n", "one class only"),
        ("image,malignant\na.png,1\nc.png,0\n", r"row 3: c\.png is not in the folder"),
        ("image,malignant\na.png,1\nmanifest.csv,0\n", r"manifest\.csv is not a readable image"),
    ],
)
def test_a_manifest_that_does_not_fit_is_refused_with_file_and_row(tmp_path, manifest, words):
    with pytest.raises(TrainingDataError, match=words):
        load_folder(*folder(tmp_path, manifest))


def test_a_row_that_is_too_short_is_refused(tmp_path):
    with pytest.raises(TrainingDataError, match="row 3, column malignant: “”"):
        load_folder(*folder(tmp_path, "image,malignant\na.png,1\nb.png\n"))


def test_a_manifest_that_is_missing_or_no_text_is_refused_by_name(tmp_path):
    with pytest.raises(TrainingDataError, match=r"list\.csv cannot be read: No such file"):
        load_folder(tmp_path, tmp_path / "list.csv")
    (tmp_path / "list.csv").write_bytes(b"image,malignant\n\xff\xfe,1\n")
    with pytest.raises(TrainingDataError, match=r"list\.csv is not a CSV file in UTF-8"):
        load_folder(tmp_path, tmp_path / "list.csv")

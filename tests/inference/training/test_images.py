"""A folder and its manifest as a training set, and the sentences about what is wrong with them."""

import numpy as np
import pytest
from PIL import Image

from inference.training.images import load_folder
from inference.training.manifest import TrainingDataError, read_manifest
from inference.training.settings import Settings

HEAD = "image,diagnosis,modality\n"
CENTRE, WHOLE = Settings(framing="centre").view, Settings(framing="whole").view


def folder(tmp_path, manifest, *, names=("a.png", "b.png")):
    for number, name in enumerate(names):
        picture = Image.new("RGB", (300, 200), (200, 150 - 20 * number, 120))
        picture.paste((0, 0, 0), (0, 0, 30, 200))
        picture.save(tmp_path / name)
    path = tmp_path / "manifest.csv"
    path.write_text(manifest, encoding="utf-8")
    return tmp_path, path


def test_images_labels_and_patients_come_in_the_order_of_the_manifest(tmp_path):
    manifest = "image,diagnosis,modality,patient_id\nb.png,melanoma,dermoscopic,P1\na.png,nevus,dermoscopic,P1\n"
    data = load_folder(*folder(tmp_path, manifest), CENTRE)
    assert data.pixels.shape == (2, 192, 192, 3)
    assert data.labels.tolist() == [1, 0]
    assert data.patients == ("P1", "P1")
    assert np.array_equal(data.pixels[0, 0, 100], [200, 130, 120])


def test_the_centre_loses_the_left_edge_and_the_whole_picture_keeps_it(tmp_path):
    place = folder(tmp_path, HEAD + "a.png,MEL,dermoscopic\nb.png,NV,dermoscopic\n")
    assert load_folder(*place, CENTRE).pixels[0, 96, 1, 0] == 200
    assert load_folder(*place, WHOLE).pixels[0, 96, 1, 0] == 0


def test_other_names_of_the_columns_do_and_a_lesion_stands_for_an_unknown_patient(tmp_path):
    manifest = "file,dx,image_type,lesion_id\na.png,mel,dermoscopic,L7\nb.png,nv,dermoscopic,\n"
    examples = read_manifest(folder(tmp_path, manifest)[1])
    assert [example.label for example in examples] == [1, 0]
    assert [example.patient for example in examples] == ["L7", "b.png"]


@pytest.mark.parametrize(
    ("manifest", "words"),
    [
        ("picture,diagnosis,modality\n", r"manifest\.csv, row 1: .*a column image or file"),
        ("image,malignant,modality\n", r"row 1: .*a column diagnosis or dx"),
        ("image,diagnosis\na.png,nevus\n", r"row 1: .*a column modality or image_type"),
        (
            HEAD + "a.png,melanoma,dermoscopic\nb.png,nevus,clinical\n",
            "row 3, column modality: “clinical”; only dermoscopic images are trained on",
        ),
        (
            HEAD + "a.png,melanoma,dermoscopic\nb.png,seborrheic keratosis,dermoscopic\n",
            "row 3, column diagnosis: “seborrheic keratosis”; only melanoma and nevus",
        ),
        (
            "image,diagnosis,modality,malignant\na.png,melanoma,dermoscopic,0\n",
            "row 2, column malignant: “0” does not go with melanoma",
        ),
        (HEAD + "a.png,melanoma,dermoscopic\nb.png,melanoma,dermoscopic\n", "one class only"),
        (HEAD, "one class only"),
    ],
)
def test_a_manifest_that_does_not_fit_is_refused_with_file_and_row(tmp_path, manifest, words):
    with pytest.raises(TrainingDataError, match=words):
        read_manifest(folder(tmp_path, manifest)[1])


def test_an_image_that_is_missing_or_none_is_refused_with_its_row(tmp_path):
    missing = folder(tmp_path, HEAD + "a.png,melanoma,dermoscopic\nc.png,nevus,dermoscopic\n")
    with pytest.raises(TrainingDataError, match=r"row 3: c\.png is not in the folder"):
        load_folder(*missing, CENTRE)
    damaged = folder(
        tmp_path, HEAD + "a.png,melanoma,dermoscopic\nmanifest.csv,nevus,dermoscopic\n"
    )
    with pytest.raises(TrainingDataError, match=r"manifest\.csv is not a readable image"):
        load_folder(*damaged, CENTRE)


def test_all_rows_that_do_not_fit_are_named_and_many_are_counted(tmp_path):
    rows = "".join("a.png,nevus,clinical\n" for _ in range(25))
    with pytest.raises(TrainingDataError) as raised:
        read_manifest(folder(tmp_path, HEAD + rows)[1])
    lines = str(raised.value).splitlines()
    assert lines[0].startswith("manifest.csv, row 2,")
    assert lines[19].startswith("manifest.csv, row 21,")
    assert lines[20:] == ["... and 5 further problems."]


def test_a_row_that_is_too_short_is_refused(tmp_path):
    with pytest.raises(TrainingDataError, match="row 3, column modality: “”"):
        read_manifest(folder(tmp_path, HEAD + "a.png,melanoma,dermoscopic\nb.png\n")[1])


def test_a_manifest_that_is_missing_or_no_text_is_refused_by_name(tmp_path):
    with pytest.raises(TrainingDataError, match=r"list\.csv cannot be read: No such file"):
        read_manifest(tmp_path / "list.csv")
    (tmp_path / "list.csv").write_bytes(b"image,malignant\n\xff\xfe,1\n")
    with pytest.raises(TrainingDataError, match=r"list\.csv is not a CSV file in UTF-8"):
        read_manifest(tmp_path / "list.csv")

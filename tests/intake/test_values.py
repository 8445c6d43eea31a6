"""What cells mean."""

import pytest

from readerstudy.core.errors import InvalidInput
from readerstudy.intake.columns import find_columns
from readerstudy.intake.values import READERS


@pytest.mark.parametrize(
    ("field", "cell", "value"),
    [
        *[("malignant", cell, True) for cell in ("1", "1.0", "true", "YES", "Malignant")],
        *[("malignant", cell, False) for cell in ("0", "0.0", "False", "no", "benign")],
        ("age", "45", 45),
        ("age", "45.0", 45),
        ("age", "85+", 85),
        ("age", "45,5", 45),
        ("sex", "Männlich", "male"),
        ("malignant", "WAHR", True),
        ("malignant", "Falsch", False),
        ("age", "", None),
        ("age", "NaN", None),
        ("sex", "MALE", "male"),
        ("sex", "f", "female"),
        ("sex", "unknown", ""),
        ("site", "  Anterior  Torso ", "anterior torso"),
        ("site", "unknown", ""),
        *[("fitzpatrick", cell, 2) for cell in ("2", "2.0", "II", "ii", "Type II")],
        ("fitzpatrick", "VI", 6),
        ("fitzpatrick", "", None),
        ("fitzpatrick", "-1", None),
        ("diagnosis", "unknown", "unknown"),
        ("confirmation", "histo", "histo"),
        ("confirmation", "True", "biopsy"),
        ("confirmation", "False", "no biopsy"),
        ("view", "clinical (smartphone)", "close_up"),
        ("view", "clinical: overview", "overview"),
        ("view", "dermoscopic", "dermoscopic"),
        ("view", "", "close_up"),
        ("synthetic", "", False),
        ("synthetic", "1", True),
    ],
)
def test_a_cell_is_read(field, cell, value):
    assert READERS[field](cell) == value


@pytest.mark.parametrize(
    ("field", "cell"),
    [
        ("malignant", "maybe"),
        ("malignant", "2"),
        ("malignant", ""),
        ("malignant", "indeterminate"),
        ("diagnosis", ""),
        ("diagnosis", "n/a"),
        ("diagnosis", "x" * 201),
        ("age", "-1"),
        ("age", "121"),
        ("age", "forty"),
        ("age", "١٢"),
        ("sex", "x"),
        ("fitzpatrick", "0"),
        ("fitzpatrick", "7"),
        ("fitzpatrick", "2.5"),
        ("view", "x-ray"),
        ("view", "RCM: macroscopic"),
        ("synthetic", "perhaps"),
        ("licence", "x" * 101),
    ],
)
def test_a_cell_that_is_not_understood_is_refused_with_a_sentence(field, cell):
    with pytest.raises(InvalidInput) as raised:
        READERS[field](cell)
    assert raised.value.message.endswith(".")


def test_the_columns_of_real_manifests_are_known():
    ham = find_columns(["lesion_id", "image_id", "dx", "dx_type", "age", "sex", "localization"])
    assert ham.image == ("image_id",)
    assert ham.used["diagnosis"] == "dx"
    assert ham.used["site"] == "localization"
    assert "malignant" not in ham.used
    assert ham.missing == ()
    isic = find_columns(["Image Name", "Benign_Malignant", "DIAGNOSIS", "age_approx", "pixels_x"])
    assert (isic.missing, isic.ignored) == ((), ("pixels_x",))


def test_of_two_columns_for_one_field_the_preferred_is_read_and_the_other_told():
    columns = find_columns(["file", "dx", "diagnosis", "target"])
    assert columns.used["diagnosis"] == "diagnosis"
    assert columns.ignored == ("dx",)

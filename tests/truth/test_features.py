"""What the files of the photographs say, case by case."""

import numpy as np
import pytest

from readerstudy.truth.choices import Feature
from readerstudy.truth.features import case_features


def columns(origins):
    return {(one.feature, one.level): one.values.tolist() for one in case_features(origins)}


def test_a_case_is_the_mean_of_its_images_and_what_is_not_recorded_is_left_out():
    found = columns([[{"bytes": 100}, {"bytes": 300}, {}], [{"bytes": 50}], [{}]])
    assert found[Feature.BYTES, ""][:2] == [200, 50]
    assert np.isnan(found[Feature.BYTES, ""][2])
    assert found[Feature.IMAGES, ""] == [3, 1, 1]


def test_nothing_recorded_is_not_a_number_and_no_error():
    found = columns([[{"quality": None}], [{}]])
    assert {feature for feature, _level in found} == set(Feature)
    assert all(np.isnan(values).all() for (f, _), values in found.items() if f != Feature.IMAGES)


def test_aspect_is_width_by_height():
    found = columns(
        [[{"width": 300, "height": 200}], [{"width": 300}], [{"width": 2, "height": 0}]]
    )
    assert found[Feature.ASPECT, ""][0] == 1.5
    assert np.isnan(found[Feature.ASPECT, ""][1:]).all()


def test_three_formats_are_three_columns_of_shares():
    found = columns([[{"format": "JPEG"}, {"format": "PNG"}], [{"format": "TIFF"}]])
    assert found[Feature.FORMAT, "JPEG"] == [0.5, 0]
    assert found[Feature.FORMAT, "PNG"] == [0.5, 0]
    assert found[Feature.FORMAT, "TIFF"] == [0, 1]


@pytest.mark.parametrize(("levels", "expected"), [(["PNG", "JPEG"], ["PNG"]), (["PNG"], ["PNG"])])
def test_of_two_formats_one_says_it_all(levels, expected):
    found = columns([[{"format": level}] for level in levels])
    assert [level for feature, level in found if feature == Feature.FORMAT] == expected


def test_a_colour_profile_and_an_orientation_are_features():
    found = columns([[{"icc": True, "orientation": 1}], [{"icc": False, "orientation": 6}]])
    assert found[Feature.ICC, ""] == [1, 0]
    assert found[Feature.ORIENTATION, "6"] == [0, 1]

"""Published data sets give the published numbers. They lie beside the project and are none of it."""

import csv
import io
from pathlib import Path

import numpy as np
import pytest

from readerstudy.results.analysis import build_document
from tests.results.finished.files import plan, table

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not DATA.is_dir(), reason="the published data of ../shared are not here"),
]
VIPER, ISIC = "viper-mammography", "isic-2018-reader-study"
PARTS = ("screeningLowP", "screeningMedP", "screeningHighP", "challengeMedP", "challengeHighP")


def content(folder, name):
    return (DATA / folder / name).read_bytes()


def viper(part, first="FFDM", second="SFM"):
    said = {
        "part": part,
        "modalities": {first: "unaided", second: "compared"},
        "missing": "not given",
    }
    return table(content(VIPER, "viperObs.csv"), said, name="viperObs.csv")


@pytest.mark.parametrize(
    ("part", "modality", "sensitivity", "specificity"),
    [
        ("screeningLowP", "FFDM", ".680 (.47-.88)", ".612 (.30-.85)"),
        ("screeningLowP", "SFM", ".689", ".595"),
        ("challengeHighP", "FFDM", ".755", ".360"),
    ],
)
def test_viper_gives_the_printed_means(part, modality, sensitivity, specificity):
    other = {"FFDM": "SFM", "SFM": "FFDM"}[modality]
    readers = build_document(viper(part, modality, other))["readers"]
    for rate, printed in (("sensitivity", sensitivity), ("specificity", specificity)):
        assert printed in written(readers[rate])


def written(rate):
    mean, low, high = (f"{rate[key]:.{digits}f}".removeprefix("0") for key, digits in (("mean", 3), ("low", 2), ("high", 2)))  # fmt: skip
    return f"{mean} ({low}-{high})"


@pytest.mark.parametrize("part", PARTS)
def test_every_part_of_viper_is_analysed_by_the_split_plot_method(part):
    found = viper(part)
    assert not found.is_crossed
    assert found.complete.all()
    document = build_document(found)
    for rate in ("sensitivity", "specificity"):
        interval = document["readers"][rate]["interval"]
        assert 0 < interval["low"] < interval["value"] < interval["high"] < 1
        assert "U-statistics" in interval["method"]
    section = document["sections"]["modalities"]
    assert [one["figure"] for one in section["figures"]] == ["auc", "sensitivity", "specificity"]
    assert section["obuchowski_rockette"]["reason"]
    difference = section["figures"][0]["differences"][0]
    assert difference["low"] < difference["estimate"] < difference["high"]


def test_the_imrmc_file_of_viper_has_the_sensitivities_of_the_long_file():
    """Its authors wrote the sensitivity of screeningLowP as an AUC: positives 1 or 0 by their recall, negatives ½."""
    text = content(VIPER, "mrmcInput_iMRMC_format.csv")
    modalities = {"FFDM": "unaided", "SFM": "compared"}
    said = {"cut_off": 0.75, "modalities": modalities, "missing": "not given"}
    found = build_document(table(text, said, name="mrmc.csv"))["sections"]["modalities"]
    own = build_document(viper("screeningLowP"))["sections"]["modalities"]
    area, sensitivity = found["figures"][0], own["figures"][1]
    for part in ("modalities", "differences"):
        for one, other in zip(area[part], sensitivity[part], strict=True):
            for name in ("estimate", "se", "low", "high", "p"):
                assert one[name] == pytest.approx(other[name], rel=1e-9), (part, name)


@pytest.mark.parametrize(("group", "printed"), [("derms", ".940"), ("exp", ".925"), ("nonexp", ".930")])  # fmt: skip
def test_vote_shares_of_isic_2018_tell_melanoma_from_nevus(group, printed):
    left_out = dict.fromkeys(("AKIEC", "BCC", "BKL", "DF", "VASC"), "left out")
    said = {"truth": {"MEL": "positive", "NV": "negative", **left_out}}
    name = f"test_set_isic_{group}.csv"
    document = build_document(table(content(ISIC, name), said, name=name))
    found = document["sections"]["votes"]["groups"][0]
    assert f"{found['auc']['value']:.3f}".removeprefix("0") == printed
    assert found["cases"] == 1079


def test_the_wide_file_of_mitotic_figures_is_read():
    name = "dfClassify20180627.csv"
    text = content("mitotic-figure-classify", name)
    modalities = [f"scanner.{letter}" for letter in "ABCD"]
    said = {"modalities": {"microscope": "unaided", **dict.fromkeys(modalities, "compared")}}
    asked = plan(text, name=name)
    assert {one.key for one in asked.questions} == {"microscope", *modalities}
    found = table(text, said, name=name)
    assert found.decision.shape == (5, 155)
    assert [one.name for one in found.further] == modalities
    section = build_document(found)["sections"]["modalities"]
    assert len(section["figures"][0]["differences"]) == 10
    assert section["obuchowski_rockette"]["p"] is not None


def test_the_means_of_viper_are_those_of_a_loop_over_the_file():
    recalled = {}
    for row in csv.DictReader(io.StringIO(content(VIPER, "viperObs.csv").decode())):
        if (row["subStudyLabel"], row["modalityID"], row["cancerStatus455"]) == ("challengeMedP", "SFM", "1"):  # fmt: skip
            recalled.setdefault(row["readerID"], []).append(row["recall"] == "1")
    by_hand = np.mean([np.mean(answers) for answers in recalled.values()])
    readers = build_document(viper("challengeMedP", "SFM", "FFDM"))["readers"]
    assert readers["sensitivity"]["mean"] == pytest.approx(by_hand)

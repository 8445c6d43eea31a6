"""Published sets come with several tables: those of the photographs are put together, the others are set aside and named."""

import pytest

from readerstudy.intake.mapping import ManifestMapping
from readerstudy.intake.report import report_text
from tests.intake import published
from tests.intake.archives import good_files, manifest, photographs, rows
from tests.intake.published import isic, pictures

HAM_NAMES = ("ISIC_0027419", "ISIC_0025030", "ISIC_0026769", "ISIC_0031633")
META = "derm7pt/release_v0/meta"


def ham(name="HAM10000_metadata.csv", content=published.HAM, **more):
    return {**pictures(*(f"{one}.jpg" for one in HAM_NAMES)), name: content.encode(), **more}


def hmnist(side, channels):
    """The first two rows of one of Kaggle's tables of pixels."""
    count = side * side * channels
    header = ",".join([*(f"pixel{at:04d}" for at in range(count)), "label"])
    return "\n".join([header, *(",".join(["7"] * (count + 1)) for _ in range(2))]).encode()


def codes(plan):
    return [one.code for one in plan.problems]


def test_derm7pt_sets_its_lists_of_rows_aside(plan_of):
    names = ("Nel026.jpg", "Nel028.jpg", "Nel030.jpg", "Nel032.jpg", "NEL027.JPG", "NEL029.JPG")
    files = pictures(*(f"derm7pt/release_v0/images/NEL/{name}" for name in names))
    files[f"{META}/meta.csv"] = published.DERM7PT.encode()
    lists = [f"{META}/{part}_indexes.csv" for part in ("train", "valid", "test")]
    files |= dict.fromkeys(lists, published.DERM7PT_INDEXES.encode())
    plan = plan_of(files)
    assert (plan.layout, plan.problems) == ("derm7pt", ())
    assert plan.ignored_files == tuple(lists)
    assert f"Files not read: {', '.join(lists)}" in report_text(plan.report())
    assert len(plan.images) == 5


def test_isic_2017_joins_its_truth_with_its_metadata(plan_of):
    files = {
        **isic(3),
        "ISIC-2017_Training_Data_metadata.csv": published.ISIC_2017_METADATA.encode(),
        "ISIC-2017_Training_Part3_GroundTruth.csv": published.ISIC_2017.encode(),
    }
    plan = plan_of(files)
    assert (plan.layout, plan.problems, plan.questions) == ("ISIC 2017 truth", (), ())
    assert [(one.truth.diagnosis, one.age_years, one.sex) for one in plan.cases] == [
        ("nevus", 55, "female"),
        ("melanoma", None, ""),
        ("seborrheic_keratosis", 60, "male"),
    ]
    assert plan.ignored_files == ()


def test_ham10000_with_the_tables_of_pixels_of_kaggle(plan_of):
    tables = {
        f"hmnist_{side}_{side}_{name}.csv": hmnist(side, channels)
        for side in (8, 28)
        for name, channels in (("L", 1), ("RGB", 3))
    }
    plan = plan_of(ham(**tables))
    assert (plan.layout, plan.problems) == ("HAM10000", ())
    assert plan.ignored_files == tuple(tables)


def test_photographs_in_folders_beside_a_table_of_pixels(plan_of):
    files = pictures("benign/1.jpg", "malignant/2.jpg")
    plan = plan_of({**files, "hmnist_8_8_L.csv": hmnist(8, 1)})
    assert (plan.layout, plan.problems, len(plan.images)) == ("folders", (), 2)


@pytest.mark.parametrize("delimiter", [",", "\t"])
@pytest.mark.parametrize("quote", ["", '"'])
def test_the_metadata_of_ham10000_without_an_ending(plan_of, delimiter, quote):
    content = published.HAM.replace(",", delimiter)
    if quote:
        first, rest = content.split("\n", 1)
        quoted = delimiter.join(f'"{cell}"' for cell in first.split(delimiter))
        content = f"{quoted}\n{rest}"
    plan = plan_of(ham("HAM10000_metadata", content))
    assert (plan.layout, plan.manifest_name) == ("HAM10000", "HAM10000_metadata")
    assert plan.problems == ()


def test_a_text_without_an_ending_is_no_manifest(plan_of):
    plan = plan_of({**good_files(), "README": b"Dear colleague, this is a file", "LICENSE": b"x"})
    assert plan.can_be_applied
    assert plan.ignored_files == ("README", "LICENSE")


def test_the_truth_of_photographs_that_are_not_there_is_set_aside(plan_of):
    test_set = published.HAM.replace("ISIC_00", "ISIC_99").encode()
    plan = plan_of(ham(**{"ISIC2018_Task3_Test_GroundTruth.csv": test_set}))
    assert (plan.layout, plan.problems) == ("HAM10000", ())
    assert plan.ignored_files == ("ISIC2018_Task3_Test_GroundTruth.csv",)


def test_milk10k_with_its_supplement(plan_of):
    names = ("IL_0000652/ISIC_4671410", "IL_0000652/ISIC_4080142", "IL_0003176/ISIC_1429053")
    files = {
        **pictures(*(f"Input/{name}.jpg" for name in (*names, "IL_0004688/ISIC_3774410"))),
        "MILK10k_Training_Supplement.csv": published.MILK_SUPPLEMENT.encode(),
        "MILK10k_Training_GroundTruth.csv": published.MILK_TRUTH.encode(),
        "MILK10k_Training_Metadata.csv": published.MILK_METADATA.encode(),
    }
    said = ManifestMapping(classes={"AKIEC": "benign", "SCCKA": "malignant"})
    plan = plan_of(files, mapping=said)
    assert (plan.layout, plan.problems, plan.questions) == ("MILK10k", (), ())
    assert [case.truth.diagnosis for case in plan.cases] == ["BCC", "AKIEC", "SCCKA"]
    assert {case.truth.confirmation for case in plan.cases} == {"histopathology"}
    assert plan.cases[0].age_years == 60


def test_tables_that_write_the_names_differently_are_joined(plan_of):
    files = {
        **photographs(),
        "truth.csv": manifest([row.rpartition(",")[0] for row in rows()], "image,diagnosis"),
        "people.csv": manifest(["images\\PHOTO0,40", "photo1.PNG,50"], "file,age"),
    }
    said = ManifestMapping(classes={"nevus": "benign", "melanoma": "malignant"})
    plan = plan_of(files, mapping=said)
    assert [case.age_years for case in plan.cases] == [40, 50, None, None]


def test_two_truths_of_the_same_photographs_stay_a_problem_that_names_them(plan_of):
    plan = plan_of({**good_files(), "other.csv": manifest(rows(), "file,dx,target")})
    assert codes(plan) == ["several_manifests"]
    assert "manifest.csv, other.csv" in plan.problems[0].message


def test_a_truth_that_no_photograph_leads_to_stays_a_problem(plan_of):
    files = {
        **photographs(),
        "photos.csv": manifest(["photo0,P1", "photo1,P2"], "image,patient_id"),
        "patients.csv": manifest(["P1,nevus", "P2,melanoma"], "patient_id,diagnosis"),
    }
    assert codes(plan_of(files)) == ["several_manifests"]


def test_lists_of_patients_are_set_aside(plan_of):
    plan = plan_of({**good_files(), "patients.csv": manifest(["P1,40"], "patient_id,age")})
    assert plan.can_be_applied
    assert plan.ignored_files == ("patients.csv",)

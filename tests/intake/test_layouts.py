"""Public image sets as they are downloaded: each layout is recognised, and what it leaves open is asked."""

import json

from readerstudy.intake.mapping import ManifestMapping
from readerstudy.intake.report import report_csv, report_text
from tests.intake import published
from tests.intake.photographs import png
from tests.intake.published import isic, pictures

NEVUS_OR_MELANOMA = [("nevus", False), ("melanoma", True)]


def asked(plan):
    return {(one.value, one.guess) for one in plan.questions}


def truths(plan):
    return [(case.truth.diagnosis, case.truth.malignant) for case in plan.cases]


def answered(plan_of, files, **classes):
    """The plan once every question is answered: by `classes`, else left out."""
    first = plan_of(files)
    assert first.problems == ()
    said = {one.value: classes.get(one.value, "left out") for one in first.questions}
    plan = plan_of(files, mapping=ManifestMapping(classes=said))
    assert plan.questions == ()
    assert plan.problems == ()
    return plan


def test_the_isic_archive_of_today(plan_of):
    files = {**isic(5), "metadata.csv": published.ISIC_CURRENT.encode()}
    plan = plan_of(files)
    assert plan.layout == "ISIC archive"
    assert asked(plan) == {("Indeterminate", ""), ("(empty)", "left out")}
    plan = answered(plan_of, files)
    first, second = plan.cases
    assert first.truth.diagnosis == "Melanoma in situ, Superficial spreading"
    assert [image.view for image in first.images] == ["dermoscopic", "close_up"]
    assert first.images[1].attribution == "Hospital Clínic de Barcelona"
    assert [image.licence for image in first.images] == ["CC-0", "CC-BY"]
    assert (first.patient_ref, first.lesion_ref, first.age_years) == ("IP_1", "IL_1", 85)
    assert (second.truth.diagnosis, second.truth.malignant) == ("Nevus", False)
    assert plan.report()["totals"]["left_out"] == 2


def test_confocal_microscopy_of_the_isic_archive_is_left_out_and_counted(plan_of):
    rcm = "ISIC_0000006,Anonymous,CC-0,,,,Benign,,Rash,,,,,RCM: mosaic,IL_2,IP_2,\n"
    other = "ISIC_0000007,Anonymous,CC-0,,,,Odd,,,,,,,RCM: tile,,,\n"  # not even in the archive
    files = {**isic(6), "metadata.csv": (published.ISIC_CURRENT + rcm + other).encode()}
    said = ManifestMapping(classes={"Indeterminate": "left out", "(empty)": "left out"})
    plan = plan_of(files, mapping=said)
    assert (plan.problems, plan.questions) == ((), ())
    assert [(one.code, one.row, one.column) for one in plan.warnings] == [
        ("not_a_photograph", 7, "image_type"),
        ("not_a_photograph", 8, "image_type"),
    ]
    assert plan.report()["totals"]["left_out"] == 4
    assert "TBP tile: close-up" in published.ISIC_CURRENT  # which is a photograph
    assert [len(case.images) for case in plan.cases] == [2, 1]


def test_the_isic_archive_of_2022(plan_of):
    files = {**isic(3), "metadata.csv": published.ISIC_2022.encode()}
    plan = plan_of(files)
    assert (plan.layout, asked(plan)) == (
        "ISIC archive (2022)",
        {("indeterminate/benign", "benign")},
    )
    assert truths(answered(plan_of, files)) == [("melanoma", True), ("benign", False)]


def test_the_isic_api_of_2019(plan_of):
    plan = plan_of({**isic(2), "metadata.csv": published.ISIC_2019_API.encode()})
    assert (plan.layout, plan.problems, plan.questions) == ("ISIC API (2019)", (), ())
    assert truths(plan) == NEVUS_OR_MELANOMA
    assert plan.cases[0].images[0].view == "dermoscopic"


def test_the_truth_of_isic_2016_has_no_header(plan_of):
    plan = plan_of({**isic(3), "ISBI2016_ISIC_Part3_Training_GroundTruth.csv": b"x"})
    assert plan.questions  # a table of one column is not mistaken for it
    plan = plan_of({**isic(3), "truth.csv": published.ISIC_2016.encode()})
    assert (plan.layout, plan.problems, plan.questions) == ("ISIC 2016 truth", (), ())
    assert truths(plan) == [("benign", False), ("malignant", True), ("benign", False)]
    assert [image.row for image in plan.images] == [1, 2, 3]


def test_the_truth_of_isic_2017(plan_of):
    plan = plan_of({**isic(3), "truth.csv": published.ISIC_2017.encode()})
    assert (plan.layout, plan.problems, plan.questions) == ("ISIC 2017 truth", (), ())
    assert truths(plan) == [*NEVUS_OR_MELANOMA, ("seborrheic_keratosis", False)]


def test_the_truth_of_isic_2018_with_its_lesions(plan_of):
    files = {
        **isic(3, folder="ISIC2018_Task3_Training_Input/"),
        "ISIC2018_Task3_Training_GroundTruth.csv": published.ISIC_2018.encode(),
        "ISIC2018_Task3_Training_LesionGroupings.csv": published.ISIC_2018_LESIONS.encode(),
    }
    plan = plan_of(files)
    assert (plan.layout, asked(plan)) == ("ISIC 2018 and 2019 truth", {("AKIEC", "")})
    assert plan.ignored_files == ()
    plan = answered(plan_of, files, AKIEC="malignant")
    assert truths(plan) == [("NV", False), ("MEL", True), ("AKIEC", True)]
    assert [case.lesion_ref for case in plan.cases] == ["HAM_0000002", "HAM_0000001", "HAM_0000003"]


def test_the_truth_of_isic_2019_with_its_metadata(plan_of):
    files = {
        **isic(4),
        "ISIC_0000002_downsampled.jpg": png(77),
        "ISIC_2019_Training_GroundTruth.csv": published.ISIC_2019.encode(),
        "ISIC_2019_Training_Metadata.csv": published.ISIC_2019_METADATA.encode(),
    }
    plan = plan_of(files)
    assert asked(plan) == {("AK", ""), ("UNK", "left out")}
    plan = answered(plan_of, files, AK="benign")
    assert truths(plan) == [("NV", False), ("SCC", True), ("AK", False)]
    assert [(case.age_years, case.sex) for case in plan.cases] == [
        (55, "female"),
        (30, "male"),
        (None, ""),
    ]
    assert plan.images[1].entry == "ISIC_0000002_downsampled.jpg"


def test_siim_isic_2020(plan_of):
    files = pictures("train/ISIC_2637011.jpg", "train/ISIC_0015719.jpg")
    plan = plan_of({**files, "train.csv": published.SIIM_2020.encode()})
    assert (plan.layout, plan.problems, plan.questions) == ("SIIM-ISIC 2020", (), ())
    assert truths(plan) == [("unknown", False), ("melanoma", True)]
    assert plan.cases[0].site == "head/neck"


def test_milk10k_joins_its_two_tables(plan_of):
    names = ("IL_0000652/ISIC_4671410", "IL_0000652/ISIC_4080142", "IL_0003176/ISIC_1429053")
    files = {
        **pictures(*(f"Input/{name}.jpg" for name in (*names, "IL_0004688/ISIC_3774410"))),
        "MILK10k_Training_Metadata.csv": published.MILK_METADATA.encode(),
        "MILK10k_Training_GroundTruth.csv": published.MILK_TRUTH.encode(),
    }
    plan = plan_of(files)
    assert (plan.layout, plan.manifest_name) == ("MILK10k", "MILK10k_Training_Metadata.csv")
    assert asked(plan) == {("AKIEC", ""), ("SCCKA", "malignant")}
    plan = answered(plan_of, files, SCCKA="malignant")
    assert truths(plan) == [("BCC", True), ("SCCKA", True)]
    assert [image.view for image in plan.cases[0].images] == ["close_up", "dermoscopic"]
    assert "fitzpatrick" not in plan.columns


def test_ham10000(plan_of):
    names = ("ISIC_0027419", "ISIC_0025030", "ISIC_0026769", "ISIC_0031633")
    files = pictures(*(f"HAM10000_images_part_1/{name}.jpg" for name in names))
    files["HAM10000_metadata.csv"] = published.HAM.encode()
    plan = plan_of(files)
    assert (plan.layout, asked(plan)) == ("HAM10000", {("akiec", "")})
    assert plan.report()["classes"] == {"bkl": "benign", "mel": "malignant"}
    plan = answered(plan_of, files)
    assert truths(plan) == [("bkl", False), ("mel", True)]
    assert len(plan.cases[0].images) == 2


def test_pad_ufes_20_with_its_spellings(plan_of):
    names = ("PAT_1516_1765_530", "PAT_46_881_939", "PAT_46_881_14", "PAT_700_4_2")
    files = pictures(*(f"imgs_part_1/{name}.png" for name in names))
    files["metadata.csv"] = published.PAD.encode()
    plan = plan_of(files)
    assert (plan.layout, asked(plan)) == ("PAD-UFES-20", {("ACK", "benign")})
    plan = answered(plan_of, files, ACK="benign")
    assert truths(plan) == [("NEV", False), ("BCC", True), ("ACK", False)]
    assert (plan.cases[1].fitzpatrick, plan.cases[1].truth.confirmation) == (3, "biopsy")
    assert len(plan.cases[1].images) == 2


def test_med_node_is_told_by_its_folders(plan_of):
    plan = plan_of(pictures(*published.MED_NODE))
    assert (plan.layout, plan.problems, plan.questions) == ("folders", (), ())
    assert truths(plan) == [("melanoma", True), ("melanoma", True), ("naevus", False)]


def test_folders_may_say_the_class_itself(plan_of):
    plan = plan_of(pictures("train/benign/1.jpg", "train/malignant/1.jpg"))
    assert truths(plan) == [("benign", False), ("malignant", True)]
    assert plan.can_be_applied


def test_folders_with_other_names_are_no_manifest(plan_of):
    plan = plan_of(pictures("melanoma/1.jpg", "ward 7/2.jpg"))
    assert [one.code for one in plan.problems] == ["no_manifest"]


def test_derm7pt_has_two_photographs_in_a_row(plan_of):
    names = ("Nel026.jpg", "Nel028.jpg", "Nel030.jpg", "Nel032.jpg", "NEL027.JPG", "NEL029.JPG")
    files = pictures(*(f"release_v0/images/NEL/{name}" for name in names))
    files["release_v0/meta/meta.csv"] = published.DERM7PT.encode()
    plan = plan_of(files)
    assert (plan.layout, asked(plan)) == ("derm7pt", {("miscellaneous", "")})
    plan = answered(plan_of, files)
    assert [malignant for _, malignant in truths(plan)] == [True, True, False]
    assert [[image.view for image in case.images] for case in plan.cases] == [
        ["dermoscopic", "close_up"],
        ["dermoscopic", "close_up"],
        ["dermoscopic"],  # its clinical photograph stands with the case before
    ]
    assert [image.row for image in plan.cases[0].images] == [2, 2]
    assert [(one.code, one.row) for one in plan.warnings] == [("shared_photograph", 4)]


def test_fitzpatrick17k(plan_of):
    names = [line.split(",")[0] for line in published.FITZPATRICK17K.splitlines()[1:]]
    files = pictures(*(f"{name}.jpg" for name in names))
    files["fitzpatrick17k.csv"] = published.FITZPATRICK17K.encode()
    plan = plan_of(files)
    assert (plan.layout, asked(plan)) == ("Fitzpatrick17k", {("non-neoplastic", "benign")})
    plan = answered(plan_of, files)
    assert truths(plan) == [("squamous cell carcinoma", True), ("seborrheic keratosis", False)]
    assert [case.fitzpatrick for case in plan.cases] == [None, 5]


def test_photographs_of_fitzpatrick17k_named_by_their_address_are_asked_for(plan_of):
    files = pictures("images/a.jpg", "images/b.jpg", "images/c.jpg")
    files["fitzpatrick17k.csv"] = published.FITZPATRICK17K.encode()
    plan = plan_of(files)
    assert plan.problems == ()
    assert [(one.field, one.guess) for one in plan.questions] == [("image", "url_alphanum")]


def test_questions_keep_a_plan_from_being_applied_and_are_told_as_text(plan_of):
    plan = plan_of({**isic(3), "truth.csv": published.ISIC_2018.encode()})
    assert not plan.can_be_applied
    assert plan.report()["questions"] == [
        {
            "kind": "class",
            "field": "diagnosis",
            "value": "AKIEC",
            "guess": "",
            "choices": ["malignant", "benign", "left out"],
        }
    ]
    assert "Is AKIEC malignant, benign or left out?" in report_text(plan.report())


def test_what_a_layout_says_may_be_overridden_in_any_case(plan_of):
    files = {**isic(3), "truth.csv": published.ISIC_2017.encode()}
    said = ManifestMapping(classes={"Seborrheic_Keratosis": "left out", "NEVUS": "malignant"})
    plan = plan_of(files, mapping=said)
    assert truths(plan) == [("nevus", True), ("melanoma", True)]
    assert plan.report()["classes"] == {
        "nevus": "malignant",
        "melanoma": "malignant",
        "seborrheic_keratosis": "left out",
    }


def test_a_row_with_two_diagnoses_is_a_problem(plan_of):
    truth = published.ISIC_2017.replace("1.0,0.0", "1.0,1.0").encode()
    [problem] = plan_of({**isic(3), "truth.csv": truth}).problems
    assert (problem.code, problem.row) == ("not_one_diagnosis", 3)


def test_an_identifier_twice_in_a_joined_table_is_a_problem(plan_of):
    twice = published.ISIC_2019_METADATA + "ISIC_0000003,40,,,\n"
    files = {
        **isic(4),
        "a.csv": published.ISIC_2019.replace("_downsampled", "").encode(),
        "b.csv": twice.encode(),
    }
    [problem] = plan_of(files).problems
    assert (problem.code, problem.file, problem.row) == ("duplicate_row", "b.csv", 5)


def test_reports_of_layouts_count_no_diagnosis(plan_of):
    report = plan_of({**isic(3), "truth.csv": published.ISIC_2017.encode()}).report()
    rest = {key: value for key, value in report.items() if key not in ("classes", "header")}
    assert "melanoma" not in json.dumps(rest["groups"]) + json.dumps(rest["problems"])
    assert "melanoma" not in report_csv(report)

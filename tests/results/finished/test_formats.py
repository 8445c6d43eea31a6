"""Every layout that published readings come in gives the same reading table."""

import numpy as np
import pytest

from readerstudy.core.errors import InvalidInput
from readerstudy.results.analysis import build_document
from readerstudy.results.stored_table import table_bytes, table_of
from tests.results.finished.files import (
    CASES,
    DECISION,
    NO,
    RATING,
    READERS,
    TRUTH,
    YES,
    long_csv,
    mclass_rows,
    named,
    plan,
    table,
    truth_csv,
    workbook,
)

MELANOMA = {"melanoma": "positive", "nevus": "negative"}


def check(found, *, rating=RATING):
    assert found.case_ids == tuple(CASES)
    assert tuple(reader.code for reader in found.readers) == tuple(READERS)
    assert np.array_equal(found.truth, TRUTH)
    assert np.array_equal(found.decision, DECISION)
    assert np.array_equal(found.rating, rating)
    assert found.complete.all()
    assert found.is_crossed


def test_a_long_file_with_decisions_and_ratings():
    check(table(long_csv()))


@pytest.mark.parametrize("mark", ["\ufeff", "sep=,\n", "\n\n"])
def test_marks_before_the_header_do_not_matter(mark):
    check(table(mark + long_csv()))


def test_a_german_spreadsheet_has_semicolons_and_decimal_commas():
    found = table(long_csv(sign=";", number=lambda n: f"{n},5"))
    check(found, rating=RATING + 0.5)


def test_windows_text_is_read():
    content = long_csv().replace("R1", "Rä1").encode("cp1252")
    assert table(content).readers[2].code == "Rä1"


def test_without_ratings_a_decision_is_plus_or_minus_one():
    check(table(long_csv(rating=False)), rating=2 * DECISION - 1)


def test_without_decisions_the_cut_off_is_asked_for_and_stated():
    asked = plan(long_csv(decision=False))
    assert [(one.kind, one.guess) for one in asked.questions] == [("cut_off", "50")]
    assert asked.table is None
    found = table(long_csv(decision=False), {"cut_off": 50})
    check(found)
    assert found.origin.decision == "Positive is a rating of 50 or more."


def test_a_truth_of_words_is_asked_for_and_one_of_numbers_is_not():
    words = "\n".join(
        line.replace(f"{case},{TRUTH[k]}", f"{case},{('nevus', 'melanoma')[TRUTH[k]]}")
        for line in long_csv().splitlines()
        for k, case in enumerate(CASES)
        if case in line or (line.startswith("reader") and k == 0)
    )
    asked = plan(words)
    assert {(one.kind, one.key, one.guess) for one in asked.questions} == {
        ("truth", "melanoma", "positive"),
        ("truth", "nevus", "negative"),
    }
    check(table(words, {"truth": MELANOMA}))


def test_a_case_that_is_left_out_is_counted():
    words = long_csv().replace("case-7,0", "case-7,lentigo")
    found = table(words, {"truth": {"lentigo": "left out"}})
    assert found.case_ids == tuple(CASES[:7])
    assert found.excluded["withdrawn_cases"] == 1


def test_the_truth_may_come_in_a_table_of_its_own_with_names_of_files():
    readings = long_csv().replace("truth", "notes")
    truth = named(truth_csv(cases=[f"images/{case.upper()}.jpg" for case in CASES]), "truth.csv")
    check(table(readings, {"truth": MELANOMA, "columns": {"truth": ""}}, truth=truth))


def test_groups_years_and_times_are_kept():
    groups = ("Resident", "Chief", "Resident")
    text = long_csv(more=lambda j, _k: (groups[j], str(j + 1), "0:00:04.5"))
    text = text.replace("decision,rating", "decision,rating,group,years,annotation_duration", 1)
    found = table(text)
    assert [(one.group, one.years_of_experience) for one in found.readers] == [("Resident", 1), ("Chief", 2), ("Resident", 3)]  # fmt: skip
    assert found.group_order == ("Chief", "Resident")
    assert (found.milliseconds == 4500).all()


def test_a_wide_file():
    head = "image,truth,observer.1,observer.2,observer.3,width"
    rows = [f"{CASES[k]},{TRUTH[k]},{','.join(map(str, DECISION[:, k]))},640" for k in range(8)]
    found = table("\n".join([head, *rows]))
    assert np.array_equal(found.decision, DECISION)
    assert [reader.code for reader in found.readers] == ["observer.1", "observer.2", "observer.3"]


def test_imrmc_text():
    lines = [f"truth,{case},truth,{value}" for case, value in zip(CASES, TRUTH, strict=True)]
    lines += [f"{READERS[j]},{CASES[k]},photo,{RATING[j, k]}" for j in range(3) for k in range(8)]
    check(table("\n".join(["N0: 5", "BEGIN DATA:", *lines]), {"cut_off": 50}, name="study.imrmc"))


@pytest.mark.parametrize("title", [True, False])
def test_the_mclass_workbook_with_its_name_source(title):
    """The header stands in the second row; columns and names are joined by their position."""
    names = workbook([["file name", "source"], *[[k + 12, "ISIC archive"] for k in range(8)]])
    truth = named(truth_csv(cases=[f"ISIC_{k + 12:07d}" for k in range(8)]), "truth.csv")
    found = table(
        workbook(mclass_rows()[0 if title else 1 :]),
        {"truth": MELANOMA},
        name="Results.xlsx",
        names=named(names, "names.xlsx"),
        truth=truth,
    )
    assert found.case_ids == tuple(f"ISIC_{k + 12:07d}" for k in range(8))
    assert np.array_equal(found.decision, DECISION)
    assert [reader.code for reader in found.readers] == ["1", "2", "3"]
    assert found.origin.format == "MClass sheet"


def test_a_dermatologist_who_has_not_answered_everything_does_not_count():
    rows = mclass_rows()
    rows[2][3] = None
    truth = named(truth_csv(cases=[f"Image {k + 1}" for k in range(8)]), "truth.csv")
    said = {"truth": MELANOMA, "missing": "not answered"}
    found = table(workbook(rows), said, name="Results.xlsx", truth=truth)
    assert found.complete.tolist() == [False, True, True]


def test_names_that_do_not_fit_the_columns_are_refused():
    names = named("file name\n1\n2\n", "names.csv")
    with pytest.raises(InvalidInput, match=r"names 2 images, Results.xlsx has 8 columns"):
        plan(workbook(mclass_rows()), name="Results.xlsx", names=names)


def test_the_answers_of_an_isic_study_come_by_question():
    head = "image,annotator,annotation_duration,question,question_type,answer"
    rows = [
        f"{CASES[k]},{READERS[j]},{j + 1}.5,{question},select,{answer}"
        for j in range(3)
        for k in range(8)
        for question, answer in (("Biopsy?", "Yes" if DECISION[j, k] else "No"), ("Colour", "red"))
    ]
    truth = named(truth_csv(), "truth.csv")
    text = "\n".join([head, *rows])
    asked = plan(text, truth=truth)
    assert [(one.kind, one.choices) for one in asked.questions] == [("question", ("Biopsy?", "Colour"))]  # fmt: skip
    said = {"question": "Biopsy?", "truth": MELANOMA, "decision": {"Yes": "positive", "No": "negative"}}  # fmt: skip
    found = table(text, said, truth=truth)
    assert np.array_equal(found.decision, DECISION)
    assert np.array_equal(found.milliseconds[:, 0], [1500, 2500, 3500])


def test_responses_towards_the_right_label_are_turned_towards_the_positive_class():
    """HAII: above 0 is towards the correct label. 0 decides for neither and counts as negative, as the document says."""
    head = "participant_id,task_instance_id,correct_label,response_1,response_2,years_of_experience,job_title"
    right = np.where(DECISION == TRUTH, 0.25, -0.5)
    right[0, 0] = 0
    rows = [
        f"{READERS[j]},{CASES[k]},{('nevus', 'melanoma')[TRUTH[k]]},{right[j, k]},0.75,{j},attending"
        for j in range(3)
        for k in range(8)
    ]
    said = {"truth": MELANOMA, "modalities": {"before advice": "unaided", "after advice": "aided"}}
    found = table("\n".join([head, *rows]), said)
    expected = DECISION.copy()
    expected[0, 0] = 0
    assert np.array_equal(found.decision, expected)
    assert np.array_equal(found.aided.decision, np.tile(TRUTH, (3, 1)))
    assert "exactly 0" in found.origin.decision
    assert found.readers[1].group == "attending"


def test_several_modalities_are_asked_for_and_compared():
    text = long_csv(more=lambda _j, k: ("film" if k % 2 else "digital",))
    text = text.replace("decision,rating", "decision,rating,modality", 1)
    assert [(one.kind, one.key) for one in plan(text).questions] == [("modalities", "digital"), ("modalities", "film")]  # fmt: skip
    said = {"modalities": {"digital": "unaided", "film": "compared"}, "missing": "not given"}
    found = table(text, said)
    assert [one.name for one in found.further] == ["film"]
    assert np.array_equal(found.decision[:, ::2], DECISION[:, ::2])
    assert (found.decision[:, 1::2] == -1).all()
    assert np.array_equal(found.further[0].answers.decision[:, 1::2], DECISION[:, 1::2])
    with pytest.raises(InvalidInput, match="it must be one"):
        plan(text, {**said, "modalities": {"digital": "compared", "film": "compared"}})


def test_one_of_several_studies_in_a_file_is_picked():
    text = long_csv(more=lambda j, _k: ("first" if j < 2 else "second",))
    text = text.replace("decision,rating", "decision,rating,sub_study", 1)
    assert plan(text).questions[0].choices == ("first", "second")
    assert len(table(text, {"part": "first"}).readers) == 2
    with pytest.raises(InvalidInput, match="no part or question that is called third"):
        plan(text, {"part": "third"})


def test_counts_of_votes_give_shares_and_nothing_of_readers():
    votes = [(9, 1), (6, 4), (3, 7), (5, 5), (1, 9), (0, 10), (2, 8), (4, 6)]
    rows = [f"{CASES[k]},{mel},{nv},{('NV', 'MEL')[TRUTH[k]]}" for k, (mel, nv) in enumerate(votes)]
    text = "\n".join(["isic_id,MEL,NV,image_diag_id", *rows])
    said = {"truth": {"MEL": "positive", "NV": "negative"}}
    found = table(text, said)
    document = build_document(found)
    section = document["sections"]["votes"]["groups"][0]
    pairs = [(p, n) for p in votes[:3] for n in votes[3:]]
    by_hand = sum((p[0] > n[0]) + 0.5 * (p[0] == n[0]) for p, n in pairs) / len(pairs)
    assert section["auc"]["value"] == pytest.approx(by_hand)
    assert section["sensitivity"]["value"] == pytest.approx(2 / 3)
    assert section["specificity"]["value"] == 1.0
    assert document["readers"]["sensitivity"]["mean"] is None
    assert "not the answers of single readers" in document["readers"]["sensitivity"]["reason"]
    assert "not the answers" in document["sections"]["modalities"]["reason"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (long_csv(), {}),
        (
            long_csv(more=lambda _j, k: ("film" if k % 2 else "digital",)).replace("decision,rating", "decision,rating,modality", 1),
            {"modalities": {"digital": "unaided", "film": "compared"}, "missing": "not given"},
        ),
    ],
)  # fmt: skip
def test_a_table_comes_back_from_its_bytes(content, said):
    found = table(content, said)
    again = table_of(table_bytes(found))
    assert again.sha256() == found.sha256()
    assert again.origin == found.origin
    assert table_bytes(again) == table_bytes(found)
    assert build_document(again) == build_document(found)


def test_answers_in_words_are_known_or_asked_for():
    text = long_csv(rating=False).replace(",1\n", f",{YES}\n").replace(",0\n", f",{NO}\n")
    check(table(text), rating=2 * DECISION - 1)
    other = text.replace(YES, "excise").replace(NO, "follow up")
    assert {one.key for one in plan(other).questions} == {"excise", "follow up"}

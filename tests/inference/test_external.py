"""Scores from elsewhere: what a file must hold, when it is taken, and what is kept of it."""

import hashlib
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.db.models import QuerySet

from inference.choices import RunState
from inference.models import Artefact, ModelRun, PlannedModel, Score
from inference.selectors import scores_of
from inference.services import add_artefacts, plan_model, start_runs
from inference.verifying import derived_faults
from readerstudy.core.audit import first_broken_event
from readerstudy.core.errors import Conflict, DomainError, InvalidInput, NotFound
from readerstudy.core.models import AppendOnlyError
from readerstudy.images.models import Image
from readerstudy.studies.choices import StudyState
from tests.inference.external_files import load, names_of, refused, table
from tests.inference.factories import make_locked_study, make_ready_study, run_files
from tests.studies.factories import advance
from tests.unguarded import unguarded


def test_every_column_becomes_a_finished_run_with_one_score_per_case(
    coordinator, locked_study, now
):
    names = names_of(locked_study)
    content = table(
        names,
        ["0", "0.25", "0.5", "0.75", "1"],
        ["1e-3", ".5", "1.", "0.1", "0.2"],
        header="case,first,second",
    )
    loaded = load(coordinator, locked_study, content, now)
    assert [run.artefact.label for run in loaded.runs] == ["first", "second"]
    assert {(run.state, run.done, run.total) for run in loaded.runs} == {(RunState.DONE, 5, 5)}
    stored = dict(loaded.runs[0].scores.values_list("study_case__public_id", "value"))
    assert stored == dict(zip(names, [0, 0.25, 0.5, 0.75, 1], strict=True))
    score = loaded.runs[1].scores.first()
    assert (score.tensor_sha256, score.image_sha256, score.milliseconds) == ("", "", None)


def test_provenance_names_file_hash_column_person_and_time(coordinator, locked_study, now):
    content = table(names_of(locked_study))
    loaded = load(coordinator, locked_study, content, now, file_name="C:\\mine\\scores.csv")
    (run,) = loaded.runs
    digest = hashlib.sha256(content).hexdigest()
    assert run.environment == {
        "source": "external",
        "file_name": "scores.csv",
        "file_sha256": digest,
        "column": "score",
        "naming_column": "case",
        "meaning": "probability of the positive class, 0 to 1",
        "loaded_by": coordinator.public_id,
        "loaded_at": now.isoformat(),
    }
    assert (run.artefact_sha256, run.provider_requested, run.provider_used) == (
        digest,
        "external",
        "",
    )
    assert loaded.model.marked_name == "Other CNN 1.2 (external)"
    with default_storage.open(run.artefact.file.name) as file:
        assert file.read() == content
    assert first_broken_event() is None


def test_the_results_are_told_the_scores_and_that_they_were_not_planned(
    coordinator, locked_study, now
):
    load(coordinator, locked_study, table(names_of(locked_study)), now)
    (found,) = scores_of(study=locked_study)
    assert found.values.shape == (1, 5)
    assert found.prespecified is False
    assert found.values.sum() == pytest.approx(1.5)


def test_a_case_of_several_images_may_be_scored_whole_or_image_by_image(admin, coordinator, now):
    study = make_locked_study(
        admin=admin, coordinator=coordinator, now=now, cases=2, images_per_case=2
    )
    load(coordinator, study, table(names_of(study)), now)
    images = list(Image.objects.order_by("case__study_cases__public_id", "ordinal"))
    content = table([image.public_id for image in images], ["0.1", "0.3", "0.5", "0.6"])
    load(coordinator, study, content, now, name="By image")
    whole, single = sorted(scores_of(study=study), key=lambda one: one.model.name, reverse=True)
    assert sorted(whole.values[0]) == pytest.approx([0.1, 0.2])
    assert sorted(single.values[0]) == pytest.approx([0.2, 0.55])
    assert ModelRun.objects.get(artefact__model=single.model).done == 4


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace(b",", b";").replace(b"0.", b"0,"),
        lambda text: b"\xef\xbb\xbf" + text,
        lambda text: text.decode().encode("utf-16"),
        lambda text: b"sep=,\r\n" + text,
    ],
    ids=["German spreadsheet", "byte order mark", "UTF-16", "separator line"],
)
def test_files_of_spreadsheets_are_read(coordinator, locked_study, now, change):
    (run,) = load(coordinator, locked_study, change(table(names_of(locked_study))), now).runs
    assert sum(run.scores.values_list("value", flat=True)) == pytest.approx(1.5)


def test_columns_without_a_number_are_left_out_and_told(coordinator, locked_study, now):
    names = names_of(locked_study)
    scores = [f"0.{i}" for i in range(5)]
    content = table(names, ["nevus"] * 5, scores, header="case,note,score")
    loaded = load(coordinator, locked_study, content, now)
    assert loaded.left_out == ("note",)
    assert [run.artefact.label for run in loaded.runs] == ["score"]


def test_named_columns_alone_are_read(coordinator, locked_study, now):
    names, scores = names_of(locked_study), [f"0.{i}" for i in range(5)]
    content = table(names, ["63"] * 5, scores, header="mole,age,score")
    loaded = load(coordinator, locked_study, content, now, naming_column="mole", columns=["score"])
    assert [run.artefact.label for run in loaded.runs] == ["score"]


# --- How cases may be named ---------------------------------------------------------------------------


def file_names(study):
    return list(
        Image.objects.filter(case__image_set=study.image_set).values_list(
            "original_name", flat=True
        )
    )


@pytest.mark.parametrize(
    "change",
    [str, str.upper, lambda name: name.removesuffix(".png"), lambda name: f"photos/{name}"],
    ids=["as it is", "capitals", "no ending", "folder"],
)
def test_admins_may_name_images_by_their_original_file(admin, locked_study, now, change):
    content = table([change(name) for name in file_names(locked_study)], header="image,score")
    (run,) = load(admin, locked_study, content, now).runs
    stored = dict(run.scores.values_list("image__original_name", "value"))
    assert stored[file_names(locked_study)[0]] == pytest.approx(0.1)


def test_coordinators_know_no_original_names(coordinator, locked_study, now):
    content = table(file_names(locked_study), header="image,score")
    found = refused(coordinator, locked_study, content, now)
    assert [code for code, *_ in found].count("unknown_case") == 5
    with pytest.raises(DomainError) as caught:
        load(coordinator, locked_study, table(names_of(locked_study)[1:]), now)
    words = " ".join(str(problem) for problem in caught.value.problems)
    assert not any(name in words for name in file_names(locked_study))


def test_a_file_name_of_two_images_is_not_guessed(admin, locked_study, now):
    names = file_names(locked_study)
    Image.objects.filter(original_name=names[1]).update(original_name=f"other/{names[0]}")
    found = refused(admin, locked_study, table(names, header="image,score"), now)
    assert ("ambiguous_case", 2, "image") in found or ("unknown_case", 3, "image") in found


# --- What is refused ----------------------------------------------------------------------------------


def test_all_problems_are_told_at_once_with_row_and_column(coordinator, locked_study, now):
    names = names_of(locked_study)
    rows = [
        f"{names[0]},0.5,1.5",
        f"{names[1]},NaN,0.2",
        f"{names[1]},0.5,0.2",
        "nobody,0.5,0.2",
        f"{names[2]},high,",
        f"{names[3]},-0.1,0.2,0.3",
        ",0.1,0.2",
    ]
    content = "\n".join(["case,a,b", *rows]).encode()
    assert refused(coordinator, locked_study, content, now) == [
        ("out_of_range", 2, "b"),
        ("not_finite", 3, "a"),
        ("repeated_case", 4, "case"),
        ("unknown_case", 5, "case"),
        ("not_a_number", 6, "a"),
        ("empty", 6, "b"),
        ("too_many_cells", 7, ""),
        ("out_of_range", 7, "a"),
        ("empty", 8, "case"),
        ("missing_case", None, "case"),
    ]


@pytest.mark.parametrize(
    "cell", ["1.0001", "1e400", "-1", "2", "inf", "nan", "NA", "", "0x1", "1_0", "٠", "0.5.5"]
)
def test_whatever_is_no_probability_is_refused(coordinator, locked_study, now, cell):
    content = table(names_of(locked_study), ["0.5", cell, "0.3", "0.2", "0.1"])
    ((_, row, column),) = refused(coordinator, locked_study, content, now)
    assert (row, column) == (3, "score")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"\x00\x01", "not_text"),
        (b"case,score,score\na,0.1,0.2\n", "repeated_column"),
        (b"case\na\n", "no_scores"),
        (b"case,note\na,benign\n", "no_scores"),
        (b"case," + b",".join(b"c%d" % i for i in range(51)) + b"\na" + b",0.5" * 51, "too_many_runs"),
        (b"case," + b"c" * 81 + b"\na,0.5\n", "name_too_long"),
        (b"x" * (20 * 2**20 + 1), "too_large"),
    ],
)  # fmt: skip
def test_what_is_no_table_of_scores_is_refused(coordinator, locked_study, now, content, code):
    assert refused(coordinator, locked_study, content, now)[0][0] == code


def test_a_column_of_classes_is_no_run_unless_it_is_named(coordinator, locked_study, now):
    content = table(names_of(locked_study), list("01010"), header="case,target")
    assert refused(coordinator, locked_study, content, now) == [("only_classes", None, "target")]
    loaded = load(coordinator, locked_study, content, now, columns=["target"])
    assert len(loaded.runs) == 1


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": " "}, "name"),
        ({"version": ""}, "version"),
        ({"columns": ["nothing"]}, "columns"),
        ({"naming_column": "nothing"}, "naming_column"),
    ],
)
def test_what_is_said_of_the_file_is_checked(coordinator, locked_study, now, given, field):
    with pytest.raises(InvalidInput) as caught:
        load(coordinator, locked_study, table(names_of(locked_study)), now, **given)
    assert caught.value.field == field
    assert not ModelRun.objects.exists()


# --- When, and by whom --------------------------------------------------------------------------------


@pytest.mark.parametrize("person", ["stranger", "reader_user"])
def test_others_load_nothing(request, locked_study, now, person):
    with pytest.raises(NotFound):
        load(request.getfixturevalue(person), locked_study, table(names_of(locked_study)), now)


@pytest.mark.parametrize("state", [StudyState.UNBLINDED, StudyState.ARCHIVED])
def test_no_scores_are_taken_once_the_truth_is_open(coordinator, locked_study, now, state):
    type(locked_study).objects.filter(pk=locked_study.pk).update(state=state)
    found = refused(coordinator, locked_study, table(names_of(locked_study)), now)
    assert found == [("unblinded", None, "")]


def test_a_file_is_never_replaced(coordinator, locked_study, now):
    content = table(names_of(locked_study))
    loaded = load(coordinator, locked_study, content, now)
    with pytest.raises(DomainError):
        load(coordinator, locked_study, content.replace(b"0.1", b"0.9"), now)
    assert Score.objects.count() == 5
    with pytest.raises(AppendOnlyError):
        loaded.runs[0].scores.update(value=0.5)
    assert start_runs(actor=coordinator, model=loaded.model, study=locked_study, now=now) == []


def test_a_draft_is_planned_with_the_file_and_its_scores_are_prespecified(admin, coordinator, now):
    study = make_ready_study(admin=admin, coordinator=coordinator, now=now)
    content = table(file_names(study), header="image,score")
    loaded = load(admin, study, content, now)
    assert loaded.runs == ()
    assert PlannedModel.objects.get().model == loaded.model
    study = advance(study, StudyState.LOCKED, coordinator=coordinator, now=now)
    section = study.versions.get().manifest["sections"]["models"]["planned"]
    assert section[0]["training_runs"][0]["sha256"] == hashlib.sha256(content).hexdigest()
    (run,) = start_runs(actor=coordinator, model=loaded.model, study=study, now=now)
    assert (run.state, run.done) == (RunState.DONE, 5)
    assert [one.prespecified for one in scores_of(study=study)] == [True]


def test_a_planned_file_may_be_started_after_unblinding_another_may_not(admin, coordinator, now):
    study = make_ready_study(admin=admin, coordinator=coordinator, now=now)
    content = table(file_names(study), header="image,score")
    planned = load(admin, study, content, now).model
    other = load(admin, study, content, now, name="Taken out").model
    plan_model(actor=coordinator, study=study, model=other, planned=False, now=now)
    study = advance(study, StudyState.LOCKED, coordinator=coordinator, now=now)
    type(study).objects.filter(pk=study.pk).update(state=StudyState.UNBLINDED)
    assert len(start_runs(actor=coordinator, model=planned, study=study, now=now)) == 1
    with pytest.raises(Conflict):
        start_runs(actor=coordinator, model=other, study=study, now=now)


def test_a_planned_file_that_has_changed_is_not_started(admin, coordinator, now):
    study = make_ready_study(admin=admin, coordinator=coordinator, now=now)
    model = load(admin, study, table(file_names(study), header="image,score"), now).model
    study = advance(study, StudyState.LOCKED, coordinator=coordinator, now=now)
    stored = Path(default_storage.path(Artefact.objects.get(model=model).file.name))
    stored.write_bytes(stored.read_bytes().replace(b"0.1", b"0.9"))
    with pytest.raises(Conflict) as caught:
        start_runs(actor=coordinator, model=model, study=study, now=now)
    assert caught.value.code == "file_changed"
    assert not ModelRun.objects.exists()


def test_scores_belong_to_one_study_and_take_no_networks(admin, coordinator, locked_study, now):
    model = load(coordinator, locked_study, table(names_of(locked_study)), now).model
    other = make_locked_study(admin=admin, coordinator=coordinator, now=now, title="Other")
    with pytest.raises(Conflict):
        start_runs(actor=coordinator, model=model, study=other, now=now)
    with pytest.raises(Conflict):
        add_artefacts(actor=admin, model=model, files=run_files(1), now=now)


def test_withdrawn_cases_need_no_score_but_may_have_one(coordinator, locked_study, now):
    names = names_of(locked_study)
    case = locked_study.study_cases.get(public_id=names[0])
    type(case).objects.filter(pk=case.pk).update(withdrawn_at=now)
    for number, rows in enumerate((names, names[1:])):
        (run,) = load(coordinator, locked_study, table(rows), now, name=f"CNN {number}").runs
        assert (run.done, run.total) == (4, 4)


def test_stored_scores_are_compared_with_their_file(coordinator, locked_study, now):
    (run,) = load(coordinator, locked_study, table(names_of(locked_study)), now).runs
    assert list(derived_faults(locked_study)) == []
    score = run.scores.first()
    with unguarded():
        QuerySet.update(Score.objects.filter(pk=score.pk), value=0.99)
    assert list(derived_faults(locked_study)) == [
        "Other CNN 1.2 score has other scores than its file or its members say."
    ]

"""Files of scores with a column for every class."""

import pytest

from inference.services import start_runs
from inference.verifying import derived_faults
from readerstudy.studies.choices import StudyState
from tests.inference.external_files import load, names_of, refused, table
from tests.inference.factories import make_ready_study
from tests.studies.factories import advance

CLASSES = (["0.2"] * 5, ["0.5"] * 5, ["0.25"] * 5)


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        ("image,MEL,NV,BCC", CLASSES),
        ("image,prob_mel,prob_nv", CLASSES[:2]),
        ("image,a,b", (["0.2", "0.3", "0.4", "0.5", "0.61"], ["0.8", "0.7", "0.6", "0.5", "0.4"])),
    ],
)
def test_columns_of_classes_are_never_taken_for_runs(
    coordinator, locked_study, now, header, columns
):
    content = table(names_of(locked_study), *columns, header=header)
    assert refused(coordinator, locked_study, content, now) == [("class_columns", None, "")]


def test_positive_classes_are_summed_into_one_run(coordinator, locked_study, now):
    content = table(names_of(locked_study), *CLASSES, header="image,MEL,NV,BCC")
    loaded = load(coordinator, locked_study, content, now, positive=["MEL", "BCC"])
    assert [run.artefact.label for run in loaded.runs] == ["MEL + BCC"]
    assert set(loaded.runs[0].scores.values_list("value", flat=True)) == {0.45}
    assert loaded.runs[0].artefact.spec["positive"] == ["MEL", "BCC"]
    assert loaded.left_out == ()
    assert list(derived_faults(locked_study)) == []


def test_a_planned_file_of_classes_is_summed_again_after_the_lock(admin, coordinator, now):
    study = make_ready_study(admin=admin, coordinator=coordinator, now=now)
    names = list(study.image_set.cases.values_list("public_id", flat=True))
    content = table(names, *CLASSES, header="image,MEL,NV,BCC")
    model = load(coordinator, study, content, now, positive=["MEL", "BCC"]).model
    advance(study, StudyState.LOCKED, coordinator=coordinator, now=now)
    (run,) = start_runs(actor=coordinator, model=model, study=study, now=now)
    assert set(run.scores.values_list("value", flat=True)) == {0.45}


def test_named_columns_are_runs_even_where_they_look_like_classes(coordinator, locked_study, now):
    content = table(names_of(locked_study), *CLASSES, header="image,MEL,NV,BCC")
    loaded = load(coordinator, locked_study, content, now, columns=["MEL"])
    assert [run.artefact.label for run in loaded.runs] == ["MEL"]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"positive": ["MEL", "NV", "BCC"]}, "all_positive"),
        ({"positive": ["SCC"]}, "no_such_column"),
        ({"positive": ["MEL"], "columns": ["NV"]}, "both"),
    ],
)
def test_wrong_positive_classes_are_told(coordinator, locked_study, now, said, code):
    content = table(names_of(locked_study), *CLASSES, header="image,MEL,NV,BCC")
    assert refused(coordinator, locked_study, content, now, **said) == [(code, None, "")]


def test_positive_classes_of_more_than_1_are_told_by_row(coordinator, locked_study, now):
    much = ["0.2", "0.2", "0.9", "0.2", "0.2"]
    content = table(names_of(locked_study), much, CLASSES[1], CLASSES[1], header="image,MEL,NV,BCC")
    found = refused(coordinator, locked_study, content, now, positive=["MEL", "BCC"])
    assert found == [("out_of_range", 4, "MEL, BCC")]

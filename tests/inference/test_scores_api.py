"""Scores from elsewhere over the API: as by page and command, whole or not at all."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from inference.choices import ModelKind
from inference.models import Model, ModelRun
from tests.inference.test_external import names_of, table


@pytest.fixture
def send(client, coordinator, locked_study):
    client.force_login(coordinator)

    def call(content, **changes):
        data = {
            "study": locked_study.slug,
            "file": SimpleUploadedFile("scores.csv", content),
            "name": "Other CNN",
            "version": "2",
            "are_probabilities": "true",
            **changes,
        }
        return client.post(reverse("api:model-run-scores"), data)

    return call


def test_each_column_becomes_a_run_and_no_score_is_told(send, locked_study):
    names = names_of(locked_study)
    scores = [f"0.{at + 1}23" for at in range(len(names))]
    answer = send(table(names, scores, scores[::-1], header="case,a,b"))
    assert answer.status_code == 201
    body = answer.json()
    assert [one["training_run"] for one in body["runs"]] == ["a", "b"]
    assert body["model"] == Model.objects.get(kind=ModelKind.EXTERNAL).public_id
    assert not any(score in answer.content.decode() for score in scores)


def test_one_column_may_be_chosen(send, locked_study):
    names = names_of(locked_study)
    scores = ["0.5"] * len(names)
    body = send(table(names, scores, scores, header="case,a,b"), columns=["b"]).json()
    assert [one["training_run"] for one in body["runs"]] == ["b"]


def test_every_problem_is_told_and_nothing_is_stored(send, locked_study):
    names = names_of(locked_study)
    answer = send(table(names, ["2", "x", *["0.5"] * (len(names) - 2)]))
    assert answer.status_code == 400
    assert [one["row"] for one in answer.json()["problems"]] == [2, 3]
    assert not ModelRun.objects.exists()


def test_other_numbers_are_not_taken(send, locked_study):
    answer = send(table(names_of(locked_study), ["0.5"] * 5), are_probabilities="false")
    assert answer.status_code == 400
    assert answer.json()["problems"][0]["field"] == "are_probabilities"


def test_a_study_of_others_is_not_there(client, send, stranger, locked_study):
    client.force_login(stranger)
    assert send(table(names_of(locked_study), ["0.5"] * 5)).status_code == 404


def test_the_positive_classes_are_asked_and_summed(send, locked_study):
    content = table(names_of(locked_study), ["0.2"] * 5, ["0.8"] * 5, header="image,MEL,NV")
    answer = send(content)
    assert answer.status_code == 400
    assert answer.json()["problems"][0]["field"] == "positive"
    assert [one["training_run"] for one in send(content, positive=["MEL"]).json()["runs"]] == [
        "MEL"
    ]

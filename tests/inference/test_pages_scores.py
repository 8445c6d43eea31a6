"""The pages that load scores from elsewhere, make ensembles, and show what a training run makes of three images."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from inference import children, samples
from inference.choices import ModelKind
from inference.models import ArtefactSample, Model, ModelRun
from inference.samples import take_samples
from inference.services import add_artefacts, create_model
from readerstudy.core.errors import Conflict, InvalidInput, NotAllowed
from readerstudy.images.models import Case, Image
from tests.images.factories import make_image_set
from tests.inference.engine.graphs import WEIGHTS, linear
from tests.inference.factories import make_locked_study, spec_bytes
from tests.inference.test_external import names_of, table

pytestmark = pytest.mark.django_db


@pytest.fixture
def clinic(admin, now):
    """An image set that no study is made on."""
    return make_image_set(admin=admin, now=now, cases=4, name="Free set")


@pytest.fixture
def sampling(artefact, clinic, now, monkeypatch, tmp_path):
    """Takes samples with a child that runs other code, and is waited for one second."""

    def take(code):
        python = tmp_path / "python"
        python.write_text(f"#!/bin/sh\nexec {children.sys.executable} -c '{code}'\n")
        python.chmod(0o755)
        monkeypatch.setattr(children.sys, "executable", str(python))
        monkeypatch.setattr(samples, "SECONDS", 1)
        admin = artefact.created_by
        take_samples(actor=admin, artefact=artefact, image_set=clinic, now=now)

    return take


@pytest.fixture
def artefact(single_model):
    return single_model.artefacts.get()


def post_scores(client, study, content, **fields):
    given = {"name": "Other CNN", "version": "2", "are_probabilities": "on", **fields}
    file = SimpleUploadedFile("scores.csv", content, "text/csv")
    url = reverse("inference:scores-upload", args=[study.slug])
    return client.post(url, {**given, "file": file})


def text_of(response):
    return response.content.decode()


def test_scores_are_loaded_by_the_page_and_marked_as_external(client, coordinator, locked_study):
    client.force_login(coordinator)
    response = post_scores(client, locked_study, table(names_of(locked_study)))
    assert response.status_code == 302
    shown = text_of(client.get(response.url))
    assert "1 run is loaded." in shown
    assert "External" in shown
    model = Model.objects.get(kind=ModelKind.EXTERNAL)
    assert "Other CNN" in text_of(client.get(reverse("inference:model-detail", args=[model.public_id])))  # fmt: skip
    page = client.get(reverse("inference:artefact", args=[model.artefacts.get().public_id]))
    assert "scores.csv" in text_of(page)


def test_all_that_is_wrong_with_a_file_is_shown_with_its_rows(client, coordinator, locked_study):
    names = names_of(locked_study)
    content = table([*names[:-1], "nobody"], ["0.1", "2", "x", "", "0.5"])
    client.force_login(coordinator)
    response = post_scores(client, locked_study, content)
    assert response.status_code == 400
    problems = response.context["problems"]
    assert {problem.row for problem in problems} >= {3, 4, 5, 6}
    assert all(problem.message in text_of(response).replace("&#x27;", "'") for problem in problems)
    assert not Model.objects.filter(kind=ModelKind.EXTERNAL).exists()


def test_a_stranger_and_a_reader_find_no_page(client, stranger, locked_study):
    client.force_login(stranger)
    assert post_scores(client, locked_study, b"").status_code == 404
    url = reverse("inference:ensemble", args=[locked_study.slug])
    assert client.get(url).status_code == 404


def test_an_ensemble_is_made_by_the_page(client, coordinator, locked_study, runs):
    client.force_login(coordinator)
    url = reverse("inference:ensemble", args=[locked_study.slug])
    assert text_of(client.get(url)).count('type="checkbox"') == len(runs)
    members = [run.public_id for run in runs]
    response = client.post(url, {"name": "All three", "rule": "mean", "runs": members})
    assert response.status_code == 302
    made = ModelRun.objects.get(artefact__model__kind=ModelKind.ENSEMBLE)
    assert made.scores.count() == runs[0].scores.count() > 0
    assert "Ensemble" in text_of(client.get(response.url))


def test_an_ensemble_of_one_is_refused_with_a_sentence(client, coordinator, locked_study, runs):
    client.force_login(coordinator)
    url = reverse("inference:ensemble", args=[locked_study.slug])
    response = client.post(url, {"name": "One", "rule": "mean", "runs": [runs[0].public_id]})
    assert response.status_code == 400
    assert response.context["form"].errors
    assert not Model.objects.filter(kind=ModelKind.ENSEMBLE).exists()


def test_every_field_of_the_spec_is_shown_with_its_origin(client, admin, artefact):
    client.force_login(admin)
    response = client.get(reverse("inference:artefact", args=[artefact.public_id]))
    fields = {name: origin for name, _value, origin in response.context["fields"]}
    assert all(fields.values())
    assert any("mean" in name for name in fields)
    assert all(name in text_of(response) for name in fields)


def test_what_the_check_has_found_is_told_on_the_page(client, admin, now):
    model = create_model(actor=admin, name="Blind CNN", now=now)
    files = {"run-01.onnx": linear(weights=0 * WEIGHTS), "run-01.json": spec_bytes()}
    (artefact,) = add_artefacts(actor=admin, model=model, files=files, now=now)
    client.force_login(admin)
    shown = text_of(client.get(reverse("inference:artefact", args=[artefact.public_id])))
    assert "Random pictures all have the same outputs" in shown


def test_the_page_asks_which_classes_are_positive(client, coordinator, locked_study):
    client.force_login(coordinator)
    content = table(names_of(locked_study), ["0.2"] * 5, ["0.8"] * 5, header="image,MEL,NV")
    response = post_scores(client, locked_study, content)
    assert response.status_code == 400
    assert "has a column for each class (MEL, NV)" in response.context["form"].errors["positive"][0]
    assert post_scores(client, locked_study, content, positive="MEL").status_code == 302
    assert ModelRun.objects.get().artefact.label == "MEL"


def test_three_images_are_prepared_and_scored_as_a_run_would(client, admin, artefact, clinic):
    client.force_login(admin)
    url = reverse("inference:sample", args=[artefact.public_id])
    # Its address is left in the browser after a mistake: opened again it leads to the page of the form.
    assert client.get(url).url == reverse("inference:artefact", args=[artefact.public_id])
    response = client.post(url, {"image_set": clinic.public_id})
    assert response.status_code == 302
    taken = list(artefact.samples.all())
    assert len(taken) == 3
    assert len({one.score for one in taken}) == 3
    shown = client.get(response.url)
    assert text_of(shown).count('class="pair"') == 3
    picture = client.get(reverse("inference:sample-picture", args=[taken[0].public_id]))
    assert picture.content[:4] == b"\x89PNG"
    assert "no-store" in picture["Cache-Control"]


def test_samples_replace_those_before(admin, artefact, clinic, now):
    for _ in range(2):
        take_samples(actor=admin, artefact=artefact, image_set=clinic, now=now)
    assert artefact.samples.count() == 3


def test_the_scores_of_a_studys_cases_stay_sealed(admin, artefact, locked_study, clinic, now):
    with pytest.raises(Conflict, match="sealed until unblinding"):
        take_samples(actor=admin, artefact=artefact, image_set=locked_study.image_set, now=now)
    assert not ArtefactSample.objects.exists()


def test_photographs_that_a_study_has_in_another_set_are_passed_over(
    admin, artefact, locked_study, now
):
    both = make_image_set(admin=admin, now=now, cases=4, first=4, name="One of five, three others")
    known = set(Image.objects.filter(case__image_set=locked_study.image_set).values_list("pixels_sha256", flat=True))  # fmt: skip
    assert both.cases.filter(images__pixels_sha256__in=known).count() == 1
    Case.objects.filter(image_set=both).update(patient_ref="")
    taken = take_samples(actor=admin, artefact=artefact, image_set=both, now=now)
    assert len(taken) == 3
    assert not known & {one.image.pixels_sha256 for one in taken}


@pytest.mark.usefixtures("locked_study")
@pytest.mark.parametrize("shared", ["pixels_sha256", "perceptual_hash", "patient_ref"])
def test_a_set_of_a_studys_photographs_or_patients_gives_no_sample(
    admin, artefact, clinic, now, shared
):
    for case in clinic.cases.all():
        if shared != "patient_ref":
            Case.objects.filter(pk=case.pk).update(patient_ref="")
        if shared != "pixels_sha256":
            case.images.update(pixels_sha256=case.public_id)
        if shared == "patient_ref":
            case.images.update(perceptual_hash=None)
    with pytest.raises(Conflict, match="sealed until unblinding"):
        take_samples(actor=admin, artefact=artefact, image_set=clinic, now=now)


def test_samples_are_hidden_once_a_study_has_the_same_photographs(
    client, coordinator, artefact, clinic, now
):
    admin = artefact.created_by
    first, *_others = take_samples(actor=admin, artefact=artefact, image_set=clinic, now=now)
    make_locked_study(admin=admin, coordinator=coordinator, now=now)
    client.force_login(admin)
    shown = text_of(client.get(reverse("inference:artefact", args=[artefact.public_id])))
    assert f"{first.score:.4f}" not in shown
    assert "3 images that were looked at are hidden" in shown
    assert "No image has been looked at yet." not in shown
    picture = reverse("inference:sample-picture", args=[first.public_id])
    assert client.get(picture).status_code == 404


def test_only_admins_take_samples(coordinator, artefact, clinic, now):
    with pytest.raises(NotAllowed):
        take_samples(actor=coordinator, artefact=artefact, image_set=clinic, now=now)


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("import os; os.abort()", "ended its process"),
        ("import time; time.sleep(60)", "took more than 1 seconds"),
    ],
)
def test_a_network_that_kills_its_process_is_a_sentence(sampling, artefact, code, sentence):
    with pytest.raises(InvalidInput, match=sentence):
        sampling(code)
    assert not ArtefactSample.objects.exists()


def test_a_model_card_is_shown_section_by_section(client, admin, model):
    model.card = {"intended_use": "Research only.", "metrics": {"auc": 0.74}}
    model.save()
    client.force_login(admin)
    shown = text_of(client.get(reverse("inference:model-detail", args=[model.public_id])))
    assert "Research only." in shown
    assert "0.74" in shown
    # In one line, not a heading for each.
    assert shown.count("Not stated:") == 1
    assert "Licence, Factors" in shown
    assert "<h3>Licence</h3>" not in shown
    assert json.dumps(model.card) not in shown

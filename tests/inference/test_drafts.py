"""What the files of a model leave open is asked on a page; the files wait for the answers."""

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from inference.drafts import remove_old_drafts
from inference.models import Model, ModelDraft
from readerstudy.accounts.choices import SiteRole
from tests.conftest import make_user
from tests.inference.engine.graphs import linear
from tests.inference.engine.test_open_spec import FULL, noted
from tests.inference.factories import graph, make_model

FIRST = {name: value for name, value in FULL.items() if name != "output.positive"}


@pytest.fixture
def client(client, admin):
    client.force_login(admin)
    return client


@pytest.fixture
def other_admin(db):
    return make_user(SiteRole.ADMIN, "other@example.org", "Otto Other")


def upload(client, files, **fields):
    named = [SimpleUploadedFile(name, content) for name, content in files.items()]
    address = reverse("inference:model-upload")
    return client.post(address, {"name": "Bare CNN", "files": named, **fields}, follow=True)


def held_files():
    return default_storage.listdir("drafts")[1] if default_storage.exists("drafts") else []


def answer(client, draft, **answers):
    return client.post(reverse("inference:draft", args=[draft.public_id]), answers, follow=True)


def test_a_bare_network_leads_to_its_questions_and_is_loaded_with_the_answers(client):
    page = upload(client, {"model.onnx": linear()}, training_data="Ten images")
    draft = ModelDraft.objects.get()
    assert page.redirect_chain[-1][0] == reverse("inference:draft", args=[draft.public_id])
    assert not Model.objects.exists()
    for field in FIRST:
        assert f'name="{field}"' in page.content.decode()

    page = answer(client, draft, **FIRST)
    assert 'name="output.positive"' in page.content.decode()
    assert not Model.objects.exists()

    answer(client, draft, **{**FIRST, "output.positive": ["mel"]})
    artefact = Model.objects.get(name="Bare CNN").artefacts.get()
    assert artefact.spec["output"]["positive"] == [0]
    assert artefact.spec["mean"] == [0.485, 0.456, 0.406]
    assert artefact.spec_origin["mean"] == "answered when the model was added"
    assert artefact.model.training_data == "Ten images"
    assert not ModelDraft.objects.exists()


def test_nothing_is_chosen_before_the_admin_has(client):
    page = upload(client, {"model.onnx": linear()}).content.decode()
    assert "checked" not in page
    assert 'value="0.485' not in page


def test_a_preset_is_filled_in_and_not_yet_sent(client):
    upload(client, {"model.onnx": linear()})
    page = answer(client, ModelDraft.objects.get(), preset="imagenet", scale="0..1")
    assert 'value="0.485 0.456 0.406"' in page.content.decode()
    assert 'value="0..1" required id="id_scale_0" checked' in page.content.decode()
    assert ModelDraft.objects.get().answers == {}


def test_a_wrong_answer_is_told_once_at_its_field_and_the_upload_stays(client):
    upload(client, {"a.onnx": graph(1), "b.onnx": graph(2)})
    page = answer(client, ModelDraft.objects.get(), **{**FIRST, "mean": "grey"})
    assert page.status_code == 400
    form = page.context["form"]
    # Nothing about questions that were not asked yet, and nothing above the form.
    assert form.errors == {"mean": ["'grey' must be three numbers, one for each colour."]}
    assert len(held_files()) == 1


@pytest.mark.parametrize(
    ("field", "said", "told"),
    [
        ("resize.edge", "12", "'12' is less than the 16 × 16 that are kept of it."),
        ("std", "1 0 1", "'1 0 1' must be larger than 0 for every colour."),
        ("output.classes", "a, b, c", "'a, b, c' names 3 classes, but the network has 2 outputs."),
        ("output.positive", ["mel", "nv"], "'mel,nv' names every class: say which of them are positive."),
    ],
)  # fmt: skip
def test_answers_that_do_not_fit_are_told_at_their_fields(client, field, said, told):
    upload(client, {"model.onnx": linear()})
    draft = ModelDraft.objects.get()
    sides = {**FIRST, "resize.mode": "shortest_edge"}
    answer(client, draft, **sides)
    said = {**sides, "resize.edge": "20", "output.positive": ["mel"], field: said}
    assert answer(client, draft, **said).context["form"].errors == {field: [told]}


@pytest.mark.parametrize(
    ("mode", "asked"), [("shortest_edge", "resize.edge"), ("letterbox", "resize.fill")]
)
def test_no_answer_is_filled_in_beforehand(client, mode, asked):
    upload(client, {"model.onnx": linear()})
    page = answer(client, ModelDraft.objects.get(), **{**FIRST, "resize.mode": mode})
    assert page.context["form"][asked].value() is None


def test_the_questions_that_are_new_are_counted_and_come_first(client):
    upload(client, {"model.onnx": linear()})
    page = answer(client, ModelDraft.objects.get(), **{**FIRST, "resize.mode": "shortest_edge"})
    assert "2 more questions came up: the first ones." in page.content.decode()
    assert list(page.context["form"].fields)[:2] == ["resize.edge", "output.positive"]


def test_a_question_names_all_networks_that_leave_it_open(client):
    page = upload(client, {"a.onnx": graph(1), "b.onnx": graph(2)})
    assert "The answer holds for all of these: a.onnx, b.onnx." in page.content.decode()


def test_a_file_name_is_no_html(client):
    page = upload(client, {"<b>run.onnx": graph(1)}).content.decode()
    assert "&lt;b&gt;run.onnx does not say" in page
    assert "<b>run.onnx" not in page


def test_presets_stand_below_mean_and_standard_deviation(client):
    page = upload(client, {"model.onnx": linear()}).content.decode()
    assert page.index('name="std"') < page.index('value="imagenet"')
    assert page.index('value="imagenet"') < page.index('name="channel_order"')


def test_an_open_field_is_told(client):
    upload(client, {"model.onnx": linear()})
    page = answer(client, ModelDraft.objects.get(), scale="0..1")
    assert page.status_code == 400
    assert not Model.objects.exists()


def test_several_runs_share_their_answers(client):
    upload(client, {"a.onnx": graph(1), "b.onnx": graph(2)})
    draft = ModelDraft.objects.get()
    answer(client, draft, **FIRST)
    answer(client, draft, **{**FIRST, "output.positive": ["nv"]})
    positive = [one.spec["output"]["positive"] for one in Model.objects.get().artefacts.all()]
    assert positive == [[1], [1]]


def test_more_training_runs_ask_too(client, admin, now):
    model = make_model(admin=admin, now=now)
    address = reverse("inference:artefact-upload", args=[model.public_id])
    files = [SimpleUploadedFile("run-09.onnx", noted(names="{0: 'mel', 1: 'nv'}")["model.onnx"])]
    client.post(address, {"files": files, "positive": "mel"}, follow=True)
    draft = ModelDraft.objects.get()
    assert draft.model == model
    assert draft.answers == {"output.positive": "mel"}
    said = {name: FIRST[name] for name in FIRST if name != "output.classes"}
    answer(client, draft, **said, **{"output.positive": ["mel"]})
    assert model.artefacts.count() == 2


def test_an_upload_that_is_let_go_leaves_nothing(client, django_capture_on_commit_callbacks):
    upload(client, {"model.onnx": linear()})
    draft = ModelDraft.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("inference:draft-discard", args=[draft.public_id]))
    assert not ModelDraft.objects.exists()
    assert held_files() == []


def test_nobody_else_sees_an_upload(client, other_admin, coordinator):
    upload(client, {"model.onnx": linear()})
    address = reverse("inference:draft", args=[ModelDraft.objects.get().public_id])
    for person in (other_admin, coordinator):
        client.force_login(person)
        assert client.get(address).status_code == 404


def test_old_uploads_are_let_go(client, now, django_capture_on_commit_callbacks):
    upload(client, {"model.onnx": linear()})
    made = ModelDraft.objects.get().created_at
    assert remove_old_drafts(now=made + timedelta(days=6)) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert remove_old_drafts(now=made + timedelta(days=8)) == 1
    assert held_files() == []


def test_a_list_of_models_shows_what_waits(client):
    upload(client, {"model.onnx": linear()})
    page = client.get(reverse("inference:model-list")).content.decode()
    assert reverse("inference:draft", args=[ModelDraft.objects.get().public_id]) in page


def test_problems_go_before_questions(client):
    page = upload(client, noted(task="detect"))
    assert page.status_code == 400
    assert "task must be classify" in page.content.decode()
    assert not ModelDraft.objects.exists()


def test_a_name_that_is_taken_is_told_before_anything_is_asked(client, admin, now):
    make_model(admin=admin, now=now, name="Bare CNN")
    page = upload(client, {"model.onnx": linear()})
    assert page.status_code == 400
    assert "There is a model of the name Bare CNN already" in page.content.decode()
    assert not ModelDraft.objects.exists()

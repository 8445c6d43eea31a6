"""Pixels that are made ahead change how long a run takes, and nothing else."""

import numpy as np
import pytest
from django.core.files.storage import default_storage

from inference import engine, kept_pixels
from inference.kept_pixels import make_pixels, store_of, tidy_pixels
from inference.models import Model
from inference.network_children import Photographs
from inference.services import add_artefacts, create_model, execute_run, plan_model, start_runs
from inference.tasks import make_pixels_task, tidy
from readerstudy.images.models import Image
from readerstudy.images.services import delete_image_set
from readerstudy.intake.services import apply_plan, plan_import
from tests.images.factories import make_image_set
from tests.inference.factories import graph, make_model, make_ready_study, spec_bytes
from tests.intake.archives import good_files, make_zip

OTHER_FILTER = {"mode": "exact", "size": [16, 16], "interp": "lanczos"}


@pytest.fixture
def image_set(admin, now):
    """Five photographs that no study uses."""
    return make_image_set(admin=admin, now=now, cases=5)


@pytest.fixture
def spec(single_model):
    return engine.ModelSpec.from_json(single_model.artefacts.get().spec)


def hashes_of(image_set):
    images = Image.objects.filter(case__image_set=image_set)
    return list(images.order_by("pk").values_list("sha256", flat=True))


def kept(image_set, spec):
    store = store_of(spec.preprocess)
    return [name for name in hashes_of(image_set) if store.get(name) is not None]


def scores_of(run):
    return sorted(run.scores.values_list("image_sha256", "value", "tensor_sha256"))


def test_they_are_byte_for_byte_what_a_run_makes(image_set, spec):
    assert make_pixels(image_set.pk) is False  # nothing is left
    for image in Image.objects.filter(case__image_set=image_set):
        with default_storage.open(image.file.name) as file:
            made = engine.load_image(file.read(), spec.preprocess)
        wanted = engine.to_pixels(made, spec.preprocess)
        np.testing.assert_array_equal(store_of(spec.preprocess).get(image.sha256), wanted)


@pytest.fixture
def imported(admin, now, tmp_path, django_capture_on_commit_callbacks):
    """Imports four photographs as an image set of this name, and what comes after the commit."""

    def stored(name):
        plan = plan_import(archive_path=make_zip(tmp_path / "photos.zip", good_files()))
        with django_capture_on_commit_callbacks(execute=True):
            return apply_plan(actor=admin, plan=plan, name=name, is_synthetic=False, now=now)

    return stored


@pytest.fixture
def decoded(monkeypatch):
    """Whether a photograph was decoded, for each that a child was asked about."""
    told, ask = [], Photographs.ask

    def watched(self, what, key):
        answer = ask(self, what, key)
        told.append("pixels" in answer[0])
        return answer

    monkeypatch.setattr(Photographs, "ask", watched)
    return told


def finished(coordinator, model, study, now):
    run = start_runs(actor=coordinator, model=model, study=study, now=now)[0]
    execute_run(run_id=run.pk, clock=lambda: now)
    return run


def test_a_run_decodes_nothing_then_and_scores_the_same(
    coordinator, locked_study, now, decoded, settings
):
    same = [
        make_model(admin=locked_study.image_set.created_by, now=now, name=name) for name in "ab"
    ]
    without = finished(coordinator, same[0], locked_study, now)
    settings.PIXELS_DIR /= "others"
    make_pixels(locked_study.image_set_id)
    assert any(decoded)
    decoded.clear()
    with_pixels = finished(coordinator, same[1], locked_study, now)
    assert len(decoded) >= 5
    assert not any(decoded)
    assert scores_of(with_pixels) == scores_of(without)


def test_every_family_has_its_own_and_a_family_is_made_once(image_set, admin, spec, now):
    other = create_model(actor=admin, name="Other", now=now)
    files = {"run.onnx": graph(), "run.json": spec_bytes(resize=OTHER_FILTER)}
    add_artefacts(actor=admin, model=other, files=files, now=now)
    make_model(admin=admin, now=now, name="Same family")
    make_pixels(image_set.pk)
    families = {path.name for path in store_of(spec.preprocess).folder.rglob("*.pixels")}
    second = engine.ModelSpec.from_json(other.artefacts.get().spec)
    specs = (spec, second)
    assert families == {engine.family_of(one.preprocess) + ".pixels" for one in specs}
    assert [len(kept(image_set, one)) for one in specs] == [5, 5]


def test_a_slice_ends_and_the_next_one_goes_on(image_set, spec, monkeypatch):
    monkeypatch.setattr(kept_pixels, "AT_ONCE", 1)
    monkeypatch.setattr(engine, "usable_cores", lambda: 1)
    monkeypatch.setattr(kept_pixels.time, "monotonic", iter(range(100)).__next__)
    assert make_pixels(image_set.pk, seconds=2) is True
    assert 0 < len(kept(image_set, spec)) < 5
    make_pixels_task(image_set_id=image_set.pk)
    assert len(kept(image_set, spec)) == 5


def test_a_run_that_waits_goes_first(image_set, queued, spec):
    assert make_pixels(image_set.pk) is False
    assert kept(image_set, spec) == []


def test_no_more_are_made_than_there_is_room_for(image_set, spec, settings, monkeypatch):
    monkeypatch.setattr(kept_pixels, "AT_ONCE", 1)
    monkeypatch.setattr(engine, "usable_cores", lambda: 1)
    settings.PIXELS_MAX_BYTES = 1
    assert make_pixels(image_set.pk) is False
    assert len(kept(image_set, spec)) == 1


def test_a_photograph_that_cannot_be_prepared_is_left_to_the_run(image_set, spec):
    image = Image.objects.filter(case__image_set=image_set).order_by("pk")[2]
    default_storage.delete(image.file.name)
    assert make_pixels(image_set.pk, seconds=60) is False
    assert len(kept(image_set, spec)) == 4
    # Once nothing else is missing, a slice that has no time left does not send another after it.
    assert make_pixels(image_set.pk, seconds=-1) is False


def test_pixels_go_with_their_photographs(image_set, admin, spec, now):
    other = make_image_set(admin=admin, now=now, cases=2, name="Others", first=50)
    make_pixels(image_set.pk)
    make_pixels(other.pk)
    gone, stay = kept(image_set, spec), kept(other, spec)
    assert tidy_pixels() == 0
    delete_image_set(actor=admin, image_set=image_set, now=now)
    assert tidy_pixels() == len(gone) == 5
    assert sorted(engine.photographs_in(store_of(spec.preprocess).folder)) == sorted(stay)


def test_files_of_earlier_versions_go(image_set, spec, settings):
    old = settings.PIXELS_DIR / "ab" / ("ab" * 32 + ".pixels")
    old.parent.mkdir(parents=True)
    old.write_bytes(b"old")
    assert tidy_pixels() == 1
    assert not old.exists()


def test_a_new_image_set_is_prepared_where_there_is_a_network(imported, admin, now):
    before = imported("Before")
    model = make_model(admin=admin, now=now)
    spec = engine.ModelSpec.from_json(model.artefacts.get().spec)
    assert kept(before, spec) == []
    after = imported("After")
    assert len(kept(after, spec)) == 4


def test_a_plan_prepares_its_photographs(
    admin, coordinator, now, spec, django_capture_on_commit_callbacks
):
    study = make_ready_study(admin=admin, coordinator=coordinator, now=now)
    model = Model.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        plan_model(actor=coordinator, study=study, model=model, planned=True, now=now)
    assert len(kept(study.image_set, spec)) == 5


@pytest.mark.usefixtures("single_model")
def test_a_queue_that_cannot_be_reached_stops_no_import(imported, monkeypatch):
    refused = []

    def refuse(_args, told):
        refused.append(told)
        raise ConnectionError("no queue")

    monkeypatch.setattr(make_pixels_task, "apply_async", refuse)
    image_set = imported("Set")
    assert refused == [{"image_set_id": image_set.pk}]


def test_a_worker_tidies_its_disk(image_set, spec):
    make_pixels(image_set.pk)
    Image.objects.filter(sha256=hashes_of(image_set)[0]).update(sha256="0" * 64)
    tidy()
    assert len(kept(image_set, spec)) == 4

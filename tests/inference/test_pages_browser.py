"""The pages of models in Chromium: loading, planning, progress that comes by itself, and axe on every page."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from inference.choices import RunState
from inference.models import ModelRun
from inference.services import start_runs
from tests.axe import assert_accessible
from tests.conftest import sign_in
from tests.inference.engine.graphs import linear
from tests.inference.factories import (
    make_locked_study,
    make_model,
    make_ready_study,
    run_all,
    run_files,
    zipped,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def open_page(page, live_server):
    """A function that signs somebody in and opens an address; fails on whatever the CSP refuses."""
    faults = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: faults.append(line.text) if is_fault(line) else None)

    def open_as(user, address):
        sign_in(page, live_server.url, user)
        page.goto(f"{live_server.url}{address}")
        return page

    yield open_as
    assert faults == []


def is_fault(line):
    # Chromium calls it an error that a form with mistakes is answered with 400.
    return line.type == "error" and "status of 400" not in line.text


def given(name, content):
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def test_an_admin_loads_a_model_and_is_told_what_does_not_fit(open_page, admin):
    page = open_page(admin, "/models/")
    assert_accessible(page)
    page.get_by_role("link", name="Load a model").click()
    assert_accessible(page)
    page.get_by_label("Name").fill("Small CNN")
    page.get_by_label("Files").set_input_files([given("run-01.onnx", b"text")])
    page.get_by_role("button", name="Check and load").click()
    expect(page.get_by_text("run-01.onnx is not an ONNX model.")).to_be_visible()
    assert_accessible(page)
    page.get_by_label("Files").set_input_files([given("cnn.zip", zipped(run_files(2)))])
    page.get_by_role("button", name="Check and load").click()
    expect(page.get_by_role("heading", name="Small CNN")).to_be_visible()
    expect(page.get_by_role("rowheader", name="run-02")).to_be_visible()
    assert_accessible(page)


def test_what_the_files_leave_open_is_asked_and_answered_by_keyboard(open_page, admin):
    page = open_page(admin, "/models/new/")
    page.get_by_label("Name").fill("Bare CNN")
    page.get_by_label("Files").set_input_files([given("model.onnx", linear())])
    page.get_by_role("button", name="Check and load").click()
    expect(page.get_by_role("heading", name="Questions about the model")).to_be_visible()
    assert_accessible(page)
    assert page.locator("input:checked").count() == 0
    choose(page, "both sides at once", "bilinear", "0 to 1", "RGB")
    page.get_by_role("button", name="as for ImageNet").press("Enter")
    expect(page.get_by_label("Mean that is taken off")).to_have_value("0.485 0.456 0.406")
    choose(page, "softmax")
    page.get_by_label("Names of the classes").fill("mel, nv")
    page.get_by_role("button", name="Check and load").press("Enter")
    expect(page.get_by_text("One more question came up: the first one.")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("checkbox", name="mel").press("Space")
    page.get_by_role("button", name="Check and load").press("Enter")
    expect(page.get_by_role("heading", name="Bare CNN")).to_be_visible()


def test_enter_in_a_field_checks_and_overwrites_nothing(open_page, admin):
    page = open_page(admin, "/models/new/")
    page.get_by_label("Name").fill("Bare CNN")
    page.get_by_label("Files").set_input_files([given("model.onnx", linear())])
    page.get_by_role("button", name="Check and load").click()
    choose(page, "both sides at once", "bilinear", "0 to 1", "RGB", "softmax")
    page.get_by_label("Names of the classes").fill("mel, nv")
    page.get_by_label("Standard deviation").fill("0.18 0.17 0.17")
    page.get_by_label("Mean that is taken off").fill("0.7 0.55 0.48")
    page.get_by_label("Mean that is taken off").press("Enter")
    expect(page.get_by_text("One more question came up: the first one.")).to_be_visible()
    expect(page.get_by_label("Mean that is taken off")).to_have_value("0.7 0.55 0.48")
    expect(page.get_by_label("Standard deviation")).to_have_value("0.18 0.17 0.17")


def choose(page, *names):
    for name in names:
        page.get_by_role("radio", name=name).first.press("Space")


def test_a_draft_is_planned_with_a_model(open_page, admin, coordinator, now):
    study = make_ready_study(admin=admin, coordinator=coordinator, now=now)
    make_model(admin=admin, now=now)
    page = open_page(coordinator, f"/models/studies/{study.slug}/")
    page.get_by_role("button", name="Plan with it").click()
    expect(page.get_by_role("button", name="Take out")).to_be_visible()
    assert_accessible(page)


def test_progress_comes_by_itself_and_keeps_the_focus(open_page, admin, coordinator, now):
    study = make_locked_study(admin=admin, coordinator=coordinator, now=now)
    model = make_model(admin=admin, now=now, runs=2)
    first, second = start_runs(actor=coordinator, model=model, study=study, now=now)
    row = ModelRun.objects.filter(pk=second.pk)
    row.update(state=RunState.RUNNING, done=2, finished_at=None, heartbeat_at=timezone.now())
    page = open_page(coordinator, f"/models/studies/{study.slug}/")
    expect(page.get_by_text("2 / 5")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("region", name="Model runs").focus()
    row.update(done=4)
    expect(page.get_by_text("4 / 5")).to_be_visible()
    assert page.evaluate("document.activeElement.id") == "runs-table"
    row.update(state=RunState.FAILED, error="The stored file of image abc has changed.")
    expect(page.get_by_text("The stored file of image abc has changed.")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("5 / 5")).to_have_count(2)
    first.refresh_from_db()
    assert first.state == RunState.DONE
    page.get_by_role("link", name="Small CNN").first.click()
    expect(page.get_by_role("heading", name="Runs over studies")).to_be_visible()
    assert_accessible(page)


def test_scores_ensembles_and_samples_by_keyboard(open_page, admin, coordinator):
    now = timezone.now()
    study = make_locked_study(admin=admin, coordinator=coordinator, now=now)
    model = make_model(admin=admin, now=now, runs=2)
    run_all(coordinator, model, study, now)
    page = open_page(admin, f"/models/training-runs/{model.artefacts.first().public_id}/")
    assert_accessible(page)
    page.goto(f"{page.url.split('/models/')[0]}/models/studies/{study.slug}/")
    page.get_by_role("link", name="Load scores from elsewhere").press("Enter")
    assert_accessible(page)
    page.get_by_label("Name of the CNN").fill("Other CNN")
    page.get_by_label("Version").fill("1")
    page.get_by_label("Score file").set_input_files(given("scores.csv", b"case,a\nnobody,2\n"))
    page.get_by_label("The numbers are probabilities").check()
    page.get_by_role("button", name="Check and load").press("Enter")
    expect(page.get_by_role("table", name="Problems of the score file")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name="Back to the model runs").press("Enter")
    page.get_by_role("link", name="Make an ensemble").press("Enter")
    assert_accessible(page)
    page.get_by_label("Name of the ensemble").fill("Both")
    for box in page.get_by_role("checkbox").all():
        box.press("Space")
    page.get_by_role("button", name="Make the ensemble").press("Enter")
    expect(page.get_by_text("The ensemble is made.")).to_be_visible()
    assert_accessible(page)

"""The API of model runs: state and provenance, never scores."""

from django.urls import reverse

from tests.inference.factories import (
    make_locked_study,
    make_ready_study,
    run_all,
)


def test_the_api_tells_state_and_provenance_and_nothing_else(client, coordinator, runs):
    client.force_login(coordinator)
    body = client.get(reverse("api:model-run-detail", args=[runs[0].public_id])).json()
    assert set(body) == {
        "id", "study", "model", "training_run", "state", "done", "total", "attempt", "error", "artefact_sha256",
        "spec_sha256", "provider_requested", "provider_used", "runtime_version", "app_version", "batch_size",
        "created_at", "started_at", "finished_at",
    }  # fmt: skip
    assert (body["state"], body["done"], body["provider_used"]) == (
        "done",
        5,
        "CPUExecutionProvider",
    )


def test_the_api_lists_the_runs_of_a_study(client, request, coordinator, now, runs):
    admin, stranger = (request.getfixturevalue(name) for name in ("admin", "stranger"))
    model = runs[0].artefact.model
    other = make_locked_study(admin=admin, coordinator=coordinator, now=now, title="Other")
    run_all(coordinator, model, other, now)
    client.force_login(coordinator)
    address = reverse("api:model-run-list")
    assert client.get(address).json()["count"] == 6
    body = client.get(address, {"study": other.slug}).json()
    assert {one["study"] for one in body["results"]} == {other.slug}
    client.force_login(stranger)
    assert client.get(address).json()["count"] == 0


def test_the_api_starts_runs(client, coordinator, locked_study, model):
    client.force_login(coordinator)
    body = {"study": locked_study.slug, "model": model.public_id}
    address = reverse("api:model-run-list")
    response = client.post(address, body, content_type="application/json")
    assert response.status_code == 201
    assert [run["training_run"] for run in response.json()] == ["run-01", "run-02", "run-03"]
    assert {run["state"] for run in response.json()} == {"queued"}


def test_the_api_refuses_with_a_code_and_a_sentence(client, admin, coordinator, now, model):
    study = make_ready_study(admin=admin, coordinator=coordinator, now=now)
    client.force_login(coordinator)
    body = {"study": study.slug, "model": model.public_id}
    response = client.post(reverse("api:model-run-list"), body, content_type="application/json")
    assert response.status_code == 409
    assert response.json()["code"] == "not_locked"
    assert "must be locked" in response.json()["message"]

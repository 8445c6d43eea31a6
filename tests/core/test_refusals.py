"""Addresses that do not exist, and how the API's schema tells of refusals."""

import pytest
from django.urls import reverse


def test_an_unknown_address_of_the_api_is_told_in_its_own_words(client):
    response = client.get("/api/v1/no-such-thing/")
    assert response.status_code == 404
    assert response.json() == {
        "code": "not_found",
        "message": "There is no such address.",
        "problems": [],
    }


def test_an_unknown_page_is_a_page(client, db):
    response = client.get("/no-such-page/")
    assert response.status_code == 404
    assert "text/html" in response.headers["Content-Type"]


def test_a_host_that_is_not_ours_is_refused_in_the_words_of_the_api(client):
    response = client.get("/api/v1/studies/", headers={"host": "evil.example"})
    assert (response.status_code, response.json()["code"]) == (400, "bad_request")


def test_the_schema_tells_of_every_operation_how_it_refuses(client):
    schema = client.get(reverse("api:schema"), {"format": "json"}).json()
    operations = [
        (method, operation)
        for methods in schema["paths"].values()
        for method, operation in methods.items()
    ]
    assert len(operations) > 30
    for method, operation in operations:
        told = set(operation["responses"])
        assert {"401", "403", "404", "405", "406", "429", "503"} <= told
        assert method == "get" or {"400", "409", "507"} <= told
        assert "requestBody" not in operation or "415" in told
    posted = dict(operations)["post"]["responses"]["400"]["content"]["application/json"]["schema"]
    assert posted == {"$ref": "#/components/schemas/RefusalOutput"}
    assert set(schema["components"]["schemas"]["RefusalOutput"]["properties"]) == {
        "code",
        "message",
        "problems",
    }


@pytest.mark.parametrize(
    "query", ["limit=x", "limit=0", "offset=-1", "offset=9999999999", "limit=%F0%9F"]
)
def test_a_page_of_a_list_that_is_no_number_is_refused(client, admin, query):
    client.force_login(admin)
    response = client.get(f"/api/v1/studies/?{query}")
    assert response.status_code == 400
    assert response.json()["problems"][0]["field"] == query.split("=")[0]
    assert client.get("/api/v1/studies/?limit=1&offset=0").status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        "/%00",
        "/account/password/reset/%00/x/",
        "/account/invitation/%00/",
        "/results/analysis/%00/document.json",
        "/finished-studies/%00/",
        "/api/v1/analyses/%00/",
        "/api/v1/uploads/%00/",
        "/api/v1/analyses/?study=%00",
        "/api/v1/enrolments/?study=a%00b",
        "/privacy/people/?q=%00",
        "/static/%00",
    ],
)
def test_an_address_with_a_nul_is_refused_before_it_is_looked_for(client, admin, address):
    """PostgreSQL takes none in a text, and would fail at it."""
    client.force_login(admin)
    response = client.get(address)
    assert response.status_code == 400
    if address.startswith("/api/"):
        assert response.json()["code"] == "bad_request"


def test_so_is_a_session_whose_name_has_one(client, db):
    client.cookies["sessionid"] = "12345678\0abc"
    assert client.get("/").status_code == 400


def test_a_slug_with_a_nul_is_one_that_there_is_not(client, coordinator):
    client.force_login(coordinator)
    response = client.post(reverse("api:model-run-scores"), {"study": "a\0b"})
    assert response.status_code == 404


@pytest.mark.parametrize("body", ["[" * 50_000, '{"a":' * 50_000, "1" * 10_000, "[", '"\\ud800"'])
def test_json_that_nobody_means_is_refused(client, reader_user, body):
    client.force_login(reader_user)
    key = {"Idempotency-Key": "3f2504e0-4f89-11d3-9a0c-0305e82c3301"}
    response = client.post(reverse("api:reading-list"), body, content_type="application/json", headers=key)  # fmt: skip
    assert (response.status_code, response.json()["problems"] is not None) == (400, True)

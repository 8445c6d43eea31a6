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

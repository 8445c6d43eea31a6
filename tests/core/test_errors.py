import json

import pytest
from django.contrib.messages import get_messages
from django.contrib.messages import success as add_success
from django.contrib.messages.storage.fallback import FallbackStorage
from django.core.exceptions import ValidationError
from django.forms import CharField, Form
from django.http import Http404
from django.urls import reverse
from django.utils import translation
from rest_framework import exceptions, serializers

from readerstudy.core.api import problem_handler
from readerstudy.core.errors import (
    Conflict,
    IdempotencyMismatch,
    InvalidInput,
    InvalidInputs,
    NotAllowed,
    NotFound,
    Problem,
)
from readerstudy.core.forms import show_problems
from readerstudy.core.middleware import DomainErrorMiddleware
from readerstudy.core.validation import invalid_inputs

STATUSES = [
    (InvalidInput, 400, "invalid"),
    (NotAllowed, 403, "not_allowed"),
    (NotFound, 404, "not_found"),
    (Conflict, 409, "conflict"),
    (IdempotencyMismatch, 422, "idempotency_mismatch"),
]


def test_a_problem_says_where_it_is():
    problem = Problem("c", "Not a number.", file="r.csv", row=3, column="age")
    assert str(problem) == "r.csv, row 3, column age: Not a number."
    assert str(Problem("c", "Not a number.")) == "Not a number."


@pytest.mark.parametrize(("error", "status", "code"), STATUSES)
def test_the_api_tells_every_refusal_alike(error, status, code):
    response = problem_handler(error("No.", field="name"), {})
    assert response.status_code == status
    assert response.data["code"] == code
    assert response.data["message"] == "No."
    assert response.data["problems"] == [
        {"code": code, "message": "No.", "file": "", "row": None, "column": "", "field": "name"}
    ]


def test_the_api_tells_all_of_several_problems():
    problems = (Problem("a", "One.", row=2), Problem("b", "Two.", row=3))
    response = problem_handler(InvalidInputs("Two problems.", problems), {})
    assert [one["row"] for one in response.data["problems"]] == [2, 3]


def test_the_api_speaks_the_language_of_the_request():
    problem = Problem("value_missing", "The cell is empty; a value is needed.", column="age")
    error = InvalidInputs("The import has problems (1); nothing was stored.", (problem,))
    with translation.override("de"):
        told = problem_handler(error, {}).data
    assert told["message"] == "Der Import hat Fehler (1); nichts wurde gespeichert."
    assert told["problems"][0]["message"] == "Die Zelle ist leer; ein Wert wird gebraucht."
    assert (told["code"], told["problems"][0]["code"]) == (error.code, "value_missing")
    assert told["problems"][0]["column"] == "age"


class Inner(serializers.Serializer):
    number = serializers.IntegerField()


class Outer(serializers.Serializer):
    name = serializers.CharField()
    inner = Inner(many=True)


def test_the_api_tells_the_fields_of_a_request_that_is_not_valid():
    outer = Outer(data={"inner": [{"number": 1}, {"number": "x"}]})
    with pytest.raises(exceptions.ValidationError) as raised:
        outer.is_valid(raise_exception=True)

    response = problem_handler(raised.value, {})

    assert response.status_code == 400
    assert response.data["code"] == "invalid"
    assert {(one["field"], one["code"]) for one in response.data["problems"]} == {
        ("name", "required"),
        ("inner.1.number", "invalid"),
    }
    json.dumps(response.data)


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Http404(), 404, "not_found"),
        (exceptions.NotAuthenticated(), 401, "not_authenticated"),
        (exceptions.MethodNotAllowed("PUT"), 405, "method_not_allowed"),
        (exceptions.ParseError(), 400, "parse_error"),
    ],
)
def test_the_api_tells_the_frameworks_refusals_in_the_same_shape(error, status, code):
    response = problem_handler(error, {})
    assert response.status_code == status
    assert set(response.data) == {"code", "message", "problems"}
    assert response.data["code"] == code


def test_an_error_that_is_no_refusal_is_left_alone():
    assert problem_handler(RuntimeError("bug"), {}) is None


@pytest.fixture
def asked(rf, coordinator):
    """A request with somebody who asks."""
    request = rf.get("/")
    request.user = coordinator
    request.session = {}
    request._messages = FallbackStorage(request)
    return request


@pytest.mark.parametrize(("error", "status", "_code"), STATUSES)
def test_a_page_tells_every_refusal_with_its_status(asked, error, status, _code):
    middleware = DomainErrorMiddleware(lambda _request: None)
    response = middleware.process_exception(asked, error("The study is <locked>."))
    assert response.status_code == status
    page = response.content.decode()
    assert ("The study is &lt;locked&gt;." in page) == (error is not NotFound)


def test_a_page_lists_several_problems(asked):
    problems = (Problem("a", "One.", row=2), Problem("b", "Two.", row=3))
    middleware = DomainErrorMiddleware(lambda _request: None)
    response = middleware.process_exception(asked, InvalidInputs("Wrong.", problems))
    assert "row 2: One." in response.content.decode()
    assert "row 3: Two." in response.content.decode()


def test_a_message_of_success_does_not_survive_a_refusal(asked):
    add_success(asked, "Saved.")
    middleware = DomainErrorMiddleware(lambda _request: None)
    response = middleware.process_exception(asked, Conflict("No."))
    assert "Saved." not in response.content.decode()
    assert get_messages(asked).used


def test_other_errors_are_left_to_django(asked):
    middleware = DomainErrorMiddleware(lambda _request: None)
    assert middleware.process_exception(asked, RuntimeError("bug")) is None


class NameForm(Form):
    name = CharField()


def test_a_form_shows_problems_at_their_fields():
    form = NameForm({"name": "x"})
    assert form.is_valid()
    problems = (Problem("a", "Taken.", field="name"), Problem("b", "Closed.", field="other"))
    show_problems(form, InvalidInputs("Wrong.", problems))
    assert form.errors == {"name": ["Taken."], "__all__": ["Closed."]}


def test_djangos_validation_errors_become_problems_with_fields():
    error = ValidationError(
        {"name": [ValidationError("Too long.", code="long")], "__all__": ["Together no."]}
    )
    assert [(one.field, one.code, one.message) for one in invalid_inputs(error).problems] == [
        ("name", "long", "Too long."),
        ("", "invalid", "Together no."),
    ]
    alone = invalid_inputs(ValidationError(["One.", "Two."]), field="password")
    assert [(one.field, one.message) for one in alone.problems] == [
        ("password", "One."),
        ("password", "Two."),
    ]


def test_the_page_of_a_refusal_leads_back_to_where_something_was_sent_off(client, coordinator):
    client.force_login(coordinator)
    here = "http://testserver/image-sets/?page=2"
    refused = reverse("intake:upload")
    text = client.post(refused, headers={"referer": here}).content.decode()
    assert f'<a class="button primary" href="{here}">Back</a>' in text
    # And the language is switched there, where a page can be opened.
    assert f'name="next" value="{here}"' in text
    text = client.post(refused, headers={"referer": "https://example.org/"}).content.decode()
    assert "example.org" not in text
    assert f'name="next" value="{refused}"' in text

"""Calls of the API drawn from its own schema, as each role, and what is wrong with the answers.

Addresses and bodies name real things, own and others', more often than not. Loaded once Django is set up.
"""

import json
import math
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import schemathesis
from django.core.signals import request_finished, request_started
from django.db import DatabaseError, close_old_connections, transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi.checks import (
    ignored_auth,
    negative_data_rejection,
    positive_data_acceptance,
)

from tools.soak.api_people import STRANGERS
from tools.soak.api_world import ApiWorld

SERVED, SCHEMA = "/api/v1/schema/?format=json", "/schema-as-called.json"
# Valid by the schema and refused by a rule is right; who asks is tried as roles that must never be answered.
NOT_CHECKED = [positive_data_acceptance, ignored_auth]
# How often a parameter is given a thing that there is.
REAL = 0.75
# What cannot be asked wrongly is asked rightly twice as often.
MODES = (GenerationMode.NEGATIVE, GenerationMode.POSITIVE)
ROUNDS = 8
App = Callable[[dict[str, Any], Any], Iterable[bytes]]


@contextmanager
def one_connection() -> Iterator[None]:
    """Requests leave the connection of this thread as it is, in whose transaction they are undone."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


class AsRole:
    """The application as it is asked by one role at a time; nothing of the call's own says who asks."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.who: Mapping[str, str] = {}
        self.schema = _schema_without_security()
        self._calls = 0

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"] == SCHEMA:
            start_response("200 OK", [("Content-Type", "application/json")])
            return [self.schema]
        for name in ("HTTP_COOKIE", "HTTP_AUTHORIZATION", "HTTP_X_CSRFTOKEN"):
            environ.pop(name, None)
        environ.update(self.who)
        environ["REMOTE_ADDR"] = self._address()
        return self.app(environ, start_response)

    def _address(self) -> str:
        """Another one for every call: whoever sends wrong tokens again and again from one is not listened to any more."""
        self._calls += 1
        return f"10.{self._calls >> 16 & 255}.{self._calls >> 8 & 255}.{self._calls & 255}"


def _schema_without_security() -> bytes:
    """The schema as it is served, but that who asks is no parameter to be played with: that is said for every role."""
    schema = Client(headers={"host": "localhost"}).get(SERVED).json()
    schema["components"].pop("securitySchemes", None)
    for methods in schema["paths"].values():
        for operation in methods.values():
            operation.pop("security", None)
    return json.dumps(schema).encode()


@dataclass
class Findings:
    """How many calls were made as whom and answered how, and every fault once, with how often it was met."""

    calls: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)

    @property
    def made(self) -> int:
        return self.calls.total()

    def note(self, fault: str, example: str) -> None:
        """One more time."""
        self.faults[fault] += 1
        self.examples.setdefault(fault, example)


class Caller:
    """Calls every operation as every role."""

    def __init__(
        self, app: App, world: ApiWorld, who: Mapping[str, Mapping[str, str]], number: int
    ) -> None:
        self.wrapped, self.world, self.who, self.seed = AsRole(app), world, who, number
        self.rng = random.Random(number)  # nosec B311  # noqa: S311 (no secret)
        self.schema = schemathesis.openapi.from_wsgi(SCHEMA, self.wrapped)
        self.findings = Findings()
        self._barren: set[tuple[str, GenerationMode]] = set()

    def operations(self) -> list[Any]:
        """Everything that the schema has."""
        return [found.ok() for found in self.schema.get_all_operations()]

    def call_all(self, calls: int) -> Findings:
        """About so many calls, spread over operations, roles and kinds of data. What they change is undone for each."""
        operations = self.operations()
        with one_connection():
            self._call_each(operations, calls)
        return self.findings

    def _call_each(self, operations: Sequence[Any], calls: int) -> None:
        each = math.ceil(calls / len(operations) / len(self.who) / len(MODES))
        for operation in operations:
            for role in self.who:
                left = 0
                for mode in MODES:
                    left = self._call(operation, role, mode, left + each)

    def _call(self, operation: Any, role: str, mode: GenerationMode, count: int) -> int:
        """Returns how many of the calls could not be drawn."""
        self.wrapped.who = self.who[role]
        if (operation.label, mode) in self._barren:
            return count
        try:
            strategy = operation.as_strategy(generation_mode=mode)
        except Unsatisfiable:
            return count
        begun = self.findings.made
        with transaction.atomic():
            for number in range(ROUNDS):
                before = self.findings.made
                # What has few different requests ends early, and is drawn again.
                self._drawn(strategy, role, count, self.seed + number)
                count -= self.findings.made - before
                if count <= 0 or self.findings.made == before:
                    break
            transaction.set_rollback(True)
        if self.findings.made == begun:
            self._barren.add((operation.label, mode))
        return max(0, count)

    def _drawn(self, strategy: Any, role: str, count: int, number: int) -> None:
        @seed(number)
        @settings(
            max_examples=count, database=None, deadline=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(strategy)
        def call(case: Any) -> None:
            self._one(case, role)

        try:
            call()
        except Unsatisfiable:
            return

    def _one(self, case: Any, role: str) -> None:
        self._name_real_things(case)
        try:
            with transaction.atomic():
                response = case.call()
        except DatabaseError as error:
            self.findings.note(f"{case.operation.label}: {error}", role)
            return
        self.findings.calls[role] += 1
        self.findings.statuses[response.status_code] += 1
        for fault in self._faults(case, response, role):
            self.findings.note(
                f"{case.operation.label}: {fault}", f"{role}: {case.as_curl_command()}"
            )

    def _faults(self, case: Any, response: Any, role: str) -> Iterable[str]:
        if role in STRANGERS and response.status_code < HTTPStatus.MULTIPLE_CHOICES:
            yield "answered to somebody who is not signed in"
        try:
            case.validate_response(response, excluded_checks=_not_checked(case))
        except FailureGroup as group:
            yield from (_title(failure, response) for failure in group.exceptions)
        except Failure as failure:
            yield _title(failure, response)

    def _name_real_things(self, case: Any) -> None:
        """Draws what stands in address, query and body from what there is, where that leaves the call as valid as it was."""
        label = case.operation.label
        for place in (ParameterLocation.PATH, ParameterLocation.QUERY, ParameterLocation.BODY):
            part = getattr(case, _PARTS[place])
            if not isinstance(part, dict) or _is_wrong(case, place):
                continue
            for name in part:
                values = self.world.values_for(name, label)
                if values and self.rng.random() < REAL and isinstance(part[name], str):
                    part[name] = self.rng.choice(values)


_PARTS = {
    ParameterLocation.PATH: "path_parameters",
    ParameterLocation.QUERY: "query",
    ParameterLocation.BODY: "body",
}


def _not_checked(case: Any) -> list[Any]:
    """A form has nothing but texts: a number in the place of a name is a name once it is sent."""
    if case.media_type == "multipart/form-data":
        return [*NOT_CHECKED, negative_data_rejection]
    return NOT_CHECKED


def _is_wrong(case: Any, place: ParameterLocation) -> bool:
    """Whether this part of the call was made so that it breaks the schema: it stays as it is."""
    known = case.meta.components.get(place) if case.meta else None
    return known is not None and known.mode == GenerationMode.NEGATIVE


def _title(failure: Failure, response: Any) -> str:
    return f"{failure.title} ({response.status_code})"


def told(findings: Findings) -> Sequence[str]:
    """The findings in lines."""
    roles = ", ".join(f"{role} {count}" for role, count in findings.calls.items())
    statuses = ", ".join(
        f"{status}: {count}" for status, count in sorted(findings.statuses.items())
    )
    lines = [f"api: {findings.made} calls ({roles})", f"api: answers {statuses}"]
    for fault, count in findings.faults.most_common():
        lines += [f"api: {count} x {fault}", f"     {findings.examples[fault]}"]
    return lines

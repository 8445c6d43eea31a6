"""The permission matrix: everybody × every address and method × every thing, as declared and no other way."""

import logging
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from django.template import Template
from django.test import Client
from django.urls import path

from readerstudy.core import policies as declarations
from readerstudy.core.policies import Thing, declared_policies, undeclared
from tests.permissions.cells import surprises
from tests.permissions.world import PEOPLE, make_world
from tests.signed_in import just_signed_in

FEWEST_CELLS = 10_000


@dataclass
class World:
    """What is asked about, and who asks."""

    people: dict
    targets: dict
    multipart: tuple = ("api:import-list", "api:import-manifest", "api:model-run-scores")

    def model_for(self, target):
        """The model of the same group of studies."""
        return self.targets[Thing.MODEL][1 if target.group else 0].named["public_id"]


@pytest.fixture
def _quiet(monkeypatch):
    """Every refusal is a line of the log and a page, and there are thousands."""
    logging.disable(logging.WARNING)
    # Django's test client copies the context of every template that is rendered, which nothing here looks at.
    monkeypatch.setattr(Template, "_render", lambda self, context: self.nodelist.render(context))
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.long
@pytest.mark.usefixtures("_quiet")
def test_everybody_is_answered_as_declared_and_no_other_way(db, settings, tmp_path):
    settings.SECURITY_CONTACT = ["mailto:security@example.org"]
    settings.INFERENCE_BATCH_SIZE, settings.INFERENCE_PROVIDER = 2, "cpu"
    # The views ask the clock: a washout that has just begun is to be still on.
    world = World(*make_world(datetime.now(tz=UTC).replace(microsecond=0), tmp_path))
    counted, told = Counter(), []
    for person in PEOPLE:
        client = Client(raise_request_exception=False)
        if world.people[person]:
            just_signed_in(client, world.people[person])
        cells, found = surprises(client, world, person, declared_policies())
        counted += cells
        told += found
    print(f"\n{counted.total()} cells: {dict(counted)}")
    assert not told, "\n".join(told)
    assert counted.total() > FEWEST_CELLS


def test_every_address_has_a_policy_and_every_policy_an_address():
    assert undeclared() == []


def test_a_new_address_and_one_that_is_gone_are_named(monkeypatch):
    monkeypatch.setattr(
        declarations,
        "get_resolver",
        lambda: type("Resolver", (), {"url_patterns": [path("new/", lambda _: None, name="new")]}),
    )
    said = undeclared()
    assert "new has no policy: say in its app's policies.py who may do what." in said
    assert "The policy of studies:detail is of no address: it is gone, or misspelt." in said

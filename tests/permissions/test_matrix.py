"""The permission matrix: every person × every address and method × every thing, as declared and no other way."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from django.db import transaction
from django.test import Client, override_settings

from readerstudy.core import policies as declared
from readerstudy.core.policies import declared_policies
from tests.permissions.cells import surprises
from tests.permissions.world import PEOPLE, make_world

# The views ask the clock: washouts that have just begun are to be still on.
NOW = datetime.now(tz=UTC).replace(microsecond=0)


@dataclass
class World:
    """What is asked about, and who asks."""

    people: dict
    targets: dict
    multipart: tuple = ("api:import-list", "api:import-manifest", "api:model-run-scores")

    def model_for(self, target):
        return self.targets[declared.Thing.MODEL][1 if target.group else 0].named["public_id"]


def storage(folder):
    """Settings as those of every test, but for the whole module."""
    return override_settings(
        STORAGES={
            "default": {
                "BACKEND": "django.core.files.storage.FileSystemStorage",
                "OPTIONS": {"location": folder / "media", "base_url": None},
            },
            "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
        },
        STAGING_DIR=folder / "staging",
        PIXELS_DIR=folder / "pixels",
        AUDIT_CHECKPOINTS=folder / "checkpoints.jsonl",
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        INFERENCE_BATCH_SIZE=2,
        INFERENCE_PROVIDER="cpu",
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("matrix")


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, folder):
    """Made once: every request is taken back."""
    with django_db_blocker.unblock(), transaction.atomic(), storage(folder):
        yield World(*make_world(NOW, folder))
        transaction.set_rollback(True)


TOTAL = Counter()


@pytest.mark.parametrize("person", PEOPLE)
def test_everybody_is_answered_as_declared_and_no_other_way(world, folder, person):
    client = Client()
    with storage(folder):
        if world.people[person]:
            client.force_login(world.people[person])
        counted, told = surprises(client, world, person, declared_policies())
    TOTAL.update(counted)
    assert told == []
    print(f"{person}: {counted.total()} cells, {dict(counted)}")

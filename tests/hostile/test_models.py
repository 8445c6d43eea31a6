"""Hostile network files get their sentence and nothing is stored; time and memory stay bounded."""

import time

import pytest
from django.core.files.storage import default_storage

from inference.models import Model
from inference.services import load_model
from readerstudy.core.errors import DomainError
from tests.hostile.models import corpus
from tests.inference.factories import spec_bytes

MAX_SECONDS = 40
REFUSED = [one for one in corpus() if one.says]
READ = [one for one in corpus() if not one.says]


def files_of(hostile):
    files = {hostile.upload: hostile.content}
    return files | ({} if hostile.upload.endswith(".zip") else {"model.json": spec_bytes()})


@pytest.mark.parametrize("hostile", REFUSED, ids=lambda hostile: hostile.name)
def test_a_hostile_network_is_refused_and_nothing_is_stored(hostile, admin, now):
    start = time.monotonic()
    with pytest.raises(DomainError) as raised:
        load_model(actor=admin, name="CNN", files=files_of(hostile), now=now)
    sentences = [str(problem) for problem in raised.value.problems]
    assert any(hostile.says in sentence for sentence in sentences), sentences
    assert time.monotonic() - start < MAX_SECONDS
    assert not Model.objects.exists()
    assert not default_storage.exists("models") or default_storage.listdir("models")[1] == []


@pytest.mark.parametrize("hostile", READ, ids=lambda hostile: hostile.name)
def test_a_strange_network_is_read(hostile, admin, now):
    model = load_model(actor=admin, name="CNN", files=files_of(hostile), now=now)
    assert model.artefacts.count() == 1

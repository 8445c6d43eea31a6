"""The protocols a study can start from: each can be locked, and its instructions name the keys it has."""

import re

import pytest
from django.urls import reverse

from readerstudy.core.errors import InvalidInput
from readerstudy.studies.asking import asked_of, check_questions
from readerstudy.studies.library import PROTOCOL
from readerstudy.studies.manifest import EDITABLE_FIELDS
from readerstudy.studies.models import Study
from readerstudy.studies.ready_protocols import READY, STANDARD
from readerstudy.studies.selectors import lock_of
from readerstudy.studies.services import create_study, lock_study, set_institutions, update_protocol
from tests.studies.factories import invite, make_image_set
from tests.studies.pages import text


@pytest.fixture
def image_set(admin, now):
    return make_image_set(admin=admin, now=now, name="Photographs")


@pytest.mark.parametrize("name", READY)
def test_every_ready_protocol_makes_a_study_that_can_be_locked(coordinator, image_set, now, name):
    study = create_study(
        actor=coordinator, title="A study", image_set=image_set, protocol=name, now=now
    )
    assert asked_of(study) == list(READY[name].questions)
    # As a coordinator saves it: every rule of the service holds for it.
    stored = {field: getattr(study.protocol, field) for field in EDITABLE_FIELDS}
    update_protocol(actor=coordinator, study=study, now=now, **stored)
    check_questions(READY[name].questions)
    set_institutions(actor=coordinator, study=study, names=["Clinic"], now=now)
    invite(study, coordinator=coordinator, now=now, email="reader@example.org")
    locked = lock_study(actor=coordinator, study=study, now=now)
    assert {**lock_of(locked).manifest["design"], **READY[name].design} == (
        lock_of(locked).manifest["design"]
    )
    assert lock_of(locked).manifest["answers"]["scale"] == READY[name].fields.get(
        "scale", "two_step"
    )


KEYS = {
    STANDARD: ("F", "J", "1 to 5"),
    "mclass": ("F", "J", "1 to 5"),
    "haenssle-2018": ("F", "J"),
    "maron-2019": ("F", "J"),
    "maron-2020": ("F", "J", "1 to 5"),
    "six-point": ("1 to 6", "N"),
}


@pytest.mark.parametrize("name", READY)
@pytest.mark.parametrize("language", ["en", "de"])
def test_instructions_name_the_keys_that_the_scale_has_and_no_other(name, language):
    paragraphs = READY[name].fields[f"instructions_{language}"].split("\n\n")
    assert len(paragraphs) == len(PROTOCOL[f"instructions_{language}"].split("\n\n"))
    answering = next(one for one in paragraphs if one.startswith(("Answering", "Antworten")))
    found = set(re.findall(r"\b([FJN])\b|\b(1 (?:to|bis) \d)", answering))
    expected = {key.replace("to", "bis") if language == "de" else key for key in KEYS[name]}
    assert {letter or digits for letter, digits in found} == expected


@pytest.mark.parametrize("name", READY)
def test_every_ready_protocol_is_said_in_both_languages(name):
    fields = READY[name].fields
    for field in (one for one in fields if one.endswith("_en")):
        assert fields[field] != fields[field.replace("_en", "_de")], field


def test_an_unknown_protocol_is_refused(coordinator, image_set, now):
    with pytest.raises(InvalidInput) as caught:
        create_study(actor=coordinator, title="A", image_set=image_set, protocol="x", now=now)
    assert caught.value.field == "protocol"
    assert not Study.objects.exists()


def test_the_protocol_is_chosen_on_the_page(signed_in, image_set):
    address = reverse("studies:create")
    assert "Haenssle 2018" in text(signed_in.get(address))
    signed_in.post(address, {"title": "T", "image_set": image_set.pk, "protocol": "six-point"})
    protocol = Study.objects.get().protocol
    assert (protocol.scale, protocol.allows_not_assessable) == ("six_point", True)

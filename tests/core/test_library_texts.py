"""What Django and Django REST framework say to people, in this site's own German."""

import re

import pytest
from django.urls import reverse
from django.utils.translation import gettext, override

from readerstudy.core.library_texts import LIBRARY_TEXTS
from tests.german import DE

AS_TO_FRIENDS = re.compile(r"\b(Gib|Stelle|Lade|Nutze|Benutze|Prüfe|du|dein\w*)\b")


def test_what_forms_say_of_a_field_is_formal_german(client, db):
    given = {"username": "rhea", "password": ""}
    page = client.post(reverse("accounts:sign-in"), given, headers=DE).content.decode()
    assert "Bitte geben Sie eine gültige E-Mail-Adresse ein" in page
    assert "Dieses Feld muss ausgefüllt werden." in page


@pytest.mark.parametrize("text", LIBRARY_TEXTS)
def test_no_sentence_speaks_as_to_a_friend(text):
    with override("de"):
        assert not AS_TO_FRIENDS.search(gettext(text))
        assert gettext(text) != text

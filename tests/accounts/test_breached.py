"""The list of stolen passwords, searched on disk."""

import hashlib
import random

import pytest
from django.core.exceptions import ValidationError

from readerstudy.accounts.breached import BreachedPasswordValidator, is_breached
from readerstudy.accounts.checks import breached_list
from readerstudy.accounts.services import create_user
from readerstudy.core.errors import InvalidInputs

STOLEN = "correct horse battery staple"


def sha1(password):
    return hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()


def write(path, passwords, *, newline="\r\n", rng=None, last=True):
    hashes = sorted(sha1(one) for one in passwords)
    counts = [rng.choice([1, 37, 3_000_000_000]) if rng else 1 for _ in hashes]
    text = newline.join(f"{one}:{count}" for one, count in zip(hashes, counts, strict=True))
    path.write_bytes((text + (newline if last and hashes else "")).encode())
    return path


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("last", [True, False], ids=["ends with a newline", "does not"])
@pytest.mark.parametrize("size", [1, 2, 3, 7, 100, 1000])
def test_every_password_of_the_list_is_found_and_no_other(tmp_path, newline, last, size):
    inside = [f"inside {number}" for number in range(size)]
    path = write(tmp_path / "list", inside, newline=newline, rng=random.Random(size), last=last)
    assert [one for one in inside if not is_breached(one, path)] == []
    outside = [f"outside {number}" for number in range(300)]
    assert [one for one in outside if is_breached(one, path)] == []


def test_an_empty_list_holds_nothing(tmp_path):
    assert not is_breached(STOLEN, write(tmp_path / "list", []))


def test_a_large_list_is_searched_with_few_reads(tmp_path, monkeypatch):
    from readerstudy.accounts import breached

    path = write(tmp_path / "list", [str(number) for number in range(50_000)])
    reads = []
    line_after = breached._line_at_or_after
    monkeypatch.setattr(
        breached, "_line_at_or_after", lambda *given: reads.append(given[1]) or line_after(*given)
    )
    assert is_breached("49999", path)
    assert len(reads) < 40


def test_a_stolen_password_is_refused_with_a_sentence(db, now, settings, tmp_path):
    settings.BREACHED_PASSWORDS = str(write(tmp_path / "list", [STOLEN, "another"]))
    person = {"actor": None, "email": "a@b.org", "name": "A", "role": "reader", "now": now}
    with pytest.raises(InvalidInputs, match="stolen elsewhere") as refusal:
        create_user(**person, password=STOLEN)
    assert [(one.code, one.field) for one in refusal.value.problems] == [("password_breached", "password")]  # fmt: skip
    assert create_user(**person, password="not stolen from anybody").pk


def test_without_a_list_the_common_ones_are_refused_all_the_same(settings, db, now):
    settings.BREACHED_PASSWORDS = ""
    BreachedPasswordValidator().validate(STOLEN)
    person = {"actor": None, "email": "a@b.org", "name": "A", "role": "reader", "now": now}
    with pytest.raises(InvalidInputs, match="too common"):
        create_user(**person, password="q1w2e3r4t5y6")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "cannot be read"),
        (b"password\n123456\n", "not the list"),
        (b"", "not the list"),
    ],
)
def test_a_list_that_cannot_be_used_is_said_when_the_site_starts(
    settings, tmp_path, content, words
):
    path = tmp_path / "list"
    if content is not None:
        path.write_bytes(content)
    settings.BREACHED_PASSWORDS = str(path)
    [error] = breached_list()
    assert words in error.msg
    assert str(path) in error.msg
    settings.BREACHED_PASSWORDS = ""
    assert breached_list() == []


def test_a_good_list_passes(settings, tmp_path):
    settings.BREACHED_PASSWORDS = str(write(tmp_path / "list", [STOLEN]))
    assert breached_list() == []
    with pytest.raises(ValidationError):
        BreachedPasswordValidator().validate(STOLEN)

"""The services of API tokens."""

import hashlib
from datetime import timedelta

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.urls import reverse

from readerstudy.accounts.api_tokens import (
    MOST_TOKENS,
    make_api_token,
    note_use,
    revoke_api_token,
    token_of_secret,
    tokens_of,
)
from readerstudy.accounts.models import ApiToken, User
from readerstudy.accounts.password_reset import reset_password
from readerstudy.accounts.second_factor import reset_second_factor
from readerstudy.accounts.services import change_password
from readerstudy.core.audit import first_broken_event
from readerstudy.core.errors import Conflict, InvalidInput, InvalidInputs, NotAllowed, NotFound
from readerstudy.core.models import AuditEvent
from readerstudy.core.scopes import SITE_WIDE, Scope
from tests.conftest import PASSWORD
from tests.images.factories import make_image_set
from tests.studies.factories import make_study

GOOD = "a sentence that is long enough"


@pytest.fixture
def study(admin, coordinator, now):
    make_image_set(admin=admin, now=now, cases=1)
    return make_study(admin=admin, coordinator=coordinator, now=now)


def make(actor, now, **fields):
    good = {"name": "Script", "scopes": ["studies:read"], "days": 30}
    return make_api_token(actor=actor, now=now, **{**good, **fields})


def test_only_the_hash_of_the_secret_is_stored_and_the_trail_knows_neither(coordinator, now):
    token, secret = make(coordinator, now)
    stored = ApiToken.objects.get()
    assert secret.startswith("rs_")
    assert len(secret) >= 46
    assert stored.token_sha256 == hashlib.sha256(secret.encode()).hexdigest()
    assert stored.prefix == secret[:11]
    assert secret[11:] not in str(vars(stored))
    event = AuditEvent.objects.get(verb="api_token.made")
    assert event.subject_id == token.public_id
    assert event.data["scopes"] == ["studies:read"]
    assert secret[11:] not in str(event.data)
    assert stored.token_sha256 not in str(event.data)
    assert first_broken_event() is None


def test_the_secret_finds_the_token_with_its_owner_and_nothing_else_does(coordinator, now):
    token, secret = make(coordinator, now)
    found = token_of_secret(secret, now=now)
    assert (found, found.user) == (token, coordinator)
    assert found.user.api_token == token
    for wrong in ("", "rs_", secret[:-1], secret.upper(), token.token_sha256, token.public_id):
        assert token_of_secret(wrong, now=now) is None


def test_a_token_ends_with_its_time(coordinator, now):
    _token, secret = make(coordinator, now, days=7)
    almost = now + timedelta(days=7, seconds=-1)
    assert token_of_secret(secret, now=almost)
    assert token_of_secret(secret, now=now + timedelta(days=7)) is None


def test_a_revoked_token_opens_nothing_and_is_revoked_once(coordinator, now):
    token, secret = make(coordinator, now)
    revoke_api_token(actor=coordinator, token=token, now=now)
    revoke_api_token(actor=coordinator, token=token, now=now + timedelta(days=1))
    token.refresh_from_db()
    assert token.revoked_at == now
    assert token_of_secret(secret, now=now) is None
    assert AuditEvent.objects.filter(verb="api_token.revoked").count() == 1


def test_a_token_is_revoked_by_its_owner_alone(coordinator, admin, now):
    token, secret = make(coordinator, now)
    with pytest.raises(NotFound):
        revoke_api_token(actor=admin, token=token, now=now)
    assert token_of_secret(secret, now=now)


def test_who_is_no_longer_active_has_no_tokens(coordinator, now):
    _token, secret = make(coordinator, now)
    User.objects.filter(pk=coordinator.pk).update(is_active=False)
    assert token_of_secret(secret, now=now) is None


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["studies:read", "everything"]}, "scopes"),
        ({"scopes": ["images:write"]}, "scopes"),
        ({"days": 0}, "days"),
        ({"days": 366}, "days"),
        ({"study": "no-such-study"}, "study"),
    ],
)
def test_a_token_that_cannot_be_is_refused_with_its_field(coordinator, now, fields, field):
    with pytest.raises((InvalidInput, InvalidInputs)) as refusal:
        make(coordinator, now, **fields)
    assert {problem.field for problem in refusal.value.problems} == {field}
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize("scope", [Scope.IMAGES_READ, Scope.MODELS_READ, Scope.RESULTS_READ])
def test_readers_are_given_no_scope_of_the_staff(reader_user, now, scope):
    with pytest.raises(InvalidInput, match=f"{scope} is not a scope that you can give"):
        make(reader_user, now, scopes=[scope.value])


def test_a_token_of_one_study_has_no_scope_beyond_it(coordinator, admin, study, now):
    token, _secret = make(coordinator, now, study=study.public_id)
    assert token.study_id == study.public_id
    assert AuditEvent.objects.get(verb="api_token.made").study_id == study.public_id
    for scope in SITE_WIDE:
        with pytest.raises(InvalidInput, match=r"reaches beyond a study|not a scope"):
            make(coordinator, now, study=study.public_id, scopes=[scope.value])


def test_nobody_binds_a_token_to_a_study_they_may_not_know_of(reader_user, study, now):
    with pytest.raises(InvalidInput, match="There is no such study"):
        make(reader_user, now, study=study.public_id)


def test_a_token_makes_no_tokens(coordinator, now):
    _token, secret = make(coordinator, now)
    with pytest.raises(NotAllowed):
        make(token_of_secret(secret, now=now).user, now)


def test_nobody_has_more_tokens_than_they_can_know(coordinator, now):
    one, _secret = make(coordinator, now)
    rows = [
        ApiToken(
            user=coordinator,
            name=str(number),
            token_sha256=f"{number:064}",
            scopes=[],
            created_at=now,
            expires_at=now + timedelta(days=1),
        )
        for number in range(MOST_TOKENS - 1)
    ]
    ApiToken.objects.bulk_create(rows)
    with pytest.raises(Conflict, match="Revoke one first"):
        make(coordinator, now)
    revoke_api_token(actor=coordinator, token=one, now=now)
    assert make(coordinator, now)
    assert tokens_of(coordinator).last().pk == one.pk


def test_the_last_use_is_written_once_a_minute_at_most(coordinator, now, django_assert_num_queries):
    token, _secret = make(coordinator, now)
    note_use(token, now=now)
    for seconds, queries, used in ((30, 0, 0), (59, 0, 0), (60, 1, 60)):
        token.refresh_from_db()
        with django_assert_num_queries(queries):
            note_use(token, now=now + timedelta(seconds=seconds))
        token.refresh_from_db()
        assert token.last_used_at == now + timedelta(seconds=used)


def by_change(user, now):
    change_password(actor=user, old_password=PASSWORD, new_password=GOOD, now=now)


def by_mail(user, now):
    token = default_token_generator.make_token(user)
    reset_password(public_id=user.public_id, token=token, password=GOOD, now=now)


def by_operator(user, now):
    reset_second_factor(actor=None, email=user.email, reason="Lost", now=now)


@pytest.mark.parametrize("way", [by_change, by_mail, by_operator])
def test_a_new_password_and_a_reset_of_the_factor_revoke_every_token(coordinator, admin, now, way):
    tokens = [make(coordinator, now) for _ in range(2)]
    _expired, (_token, other) = make(coordinator, now - timedelta(days=90)), make(admin, now)
    way(coordinator, now)
    assert [token_of_secret(secret, now=now) for _token, secret in tokens] == [None, None]
    assert token_of_secret(other, now=now)
    events = AuditEvent.objects.filter(verb="api_token.revoked")
    assert {one.subject_id for one in events} == {token.public_id for token, _secret in tokens}
    assert {one.actor for one in events} == {None if way is by_operator else coordinator}
    assert first_broken_event() is None


@pytest.mark.parametrize("name", ["accounts:password", "accounts:tokens"])
def test_the_pages_say_that_a_new_password_revokes_them(client, coordinator, name):
    client.force_login(coordinator)
    text = client.get(reverse(name)).content.decode()
    assert "your API tokens are revoked" in text or "revoke all of them" in text

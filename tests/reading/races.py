"""What happens at once, on a database that lets it: run by `test_races_on_postgresql.py`, and by name on PostgreSQL alone."""

import threading
import time
import uuid
from functools import partial

import pytest
from allauth.mfa.models import Authenticator
from django.db import OperationalError, connection, transaction
from django.test import Client
from django.urls import reverse

from readerstudy.accounts import services as account_services
from readerstudy.accounts.models import User
from readerstudy.core import checkpoints
from readerstudy.core.audit import record_event
from readerstudy.core.models import AuditEvent
from readerstudy.privacy.choices import ErasureReason
from readerstudy.privacy.erasing import erase_person
from readerstudy.reading import messaging, services
from readerstudy.reading.models import Reading
from readerstudy.reading.services import commit_reading
from readerstudy.studies import leaving
from readerstudy.studies.models import Enrolment
from readerstudy.studies.services import close_study
from tests.accounts.factors import give_app
from tests.accounts.passkeys import give_passkey
from tests.conftest import PASSWORD
from tests.reading.factories import answer, begin, ids, open_study
from tests.studies.factories import invite

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def on_postgresql():
    assert connection.vendor == "postgresql"


@pytest.fixture
def make(admin, coordinator, reader_user, now):
    """A study in reading, whose reader has begun."""

    def made(title="Melanoma or nevus"):
        study = open_study(admin=admin, coordinator=coordinator, now=now, cases=3, title=title)
        return study, begin(study, reader_user, now=now)

    return made


class Beside(threading.Thread):
    """Does something in a thread and a connection of its own; `result` gives what came of it, or raises it."""

    def __init__(self, work):
        super().__init__(daemon=True)
        self.work, self.told, self.error = work, None, None
        self.start()

    def run(self):
        try:
            self.told = self.work()
        except BaseException as error:  # noqa: BLE001 (raised again by `result`)
            self.error = error
        finally:
            connection.close()

    def result(self):
        self.join(20)
        assert not self.is_alive()
        if self.error:
            raise self.error
        return self.told


def slowed(monkeypatch, module, name, *, before):
    """The function takes half a second longer, before it does its work or after it."""
    real = getattr(module, name)

    def slow(*args, **kwargs):
        if before:
            time.sleep(0.5)
        told = real(*args, **kwargs)
        if not before:
            time.sleep(0.5)
        return told

    monkeypatch.setattr(module, name, slow)


def sent(reader, enrolment, now):
    return lambda: commit_reading(
        actor=reader, position_id=ids(enrolment)[0], answer=answer(), attempt=uuid.uuid4(), now=now
    )


def test_an_answer_that_is_being_stored_comes_before_the_close(make, coordinator, reader_user, now, monkeypatch):  # fmt: skip
    study, enrolment = make()
    slowed(monkeypatch, services, "_record", before=True)
    storing = Beside(sent(reader_user, enrolment, now))
    time.sleep(0.25)
    close_study(actor=coordinator, study=study, now=now)
    assert Reading.objects.count() == 1
    assert storing.result().created
    verbs = AuditEvent.objects.order_by("sequence").values_list("verb", flat=True)
    assert list(verbs)[-2:] == ["readings.stored", "study.closed"]


def test_a_message_and_an_answer_do_not_wait_for_each_other(make, coordinator, reader_user, now, monkeypatch):  # fmt: skip
    _study, enrolment = make()
    slowed(monkeypatch, messaging, "_store", before=False)
    told = {"actor": coordinator, "enrolment": enrolment, "text": "Hello", "now": now}
    writing = Beside(lambda: messaging.reply(link=str, **told))
    time.sleep(0.2)
    storing = Beside(sent(reader_user, enrolment, now))
    assert writing.result()
    assert storing.result().created


def test_an_erasure_over_two_studies_and_the_close_of_one_come_one_after_the_other(  # noqa: PLR0917 (fixtures)
    make,
    admin,
    coordinator,
    reader_user,
    now,
    monkeypatch,
):
    make()
    second, _enrolment = make("Second")
    slowed(monkeypatch, leaving, "call_left", before=False)
    told = {"actor": admin, "user": reader_user, "typed": reader_user.name, "now": now}
    erasing = Beside(lambda: erase_person(reason=ErasureReason.values[0], **told))
    time.sleep(0.2)
    closing = Beside(lambda: close_study(actor=coordinator, study=second, now=now))
    assert erasing.result()
    assert closing.result().state == "closed"


def test_two_studies_invite_the_same_person_at_once(make, admin, coordinator, now, monkeypatch):
    first, _enrolment = make()
    second, _enrolment = make("Second")
    slowed(monkeypatch, account_services, "check_valid", before=False)
    told = {"coordinator": coordinator, "now": now, "email": "new@example.org"}
    one = Beside(lambda: invite(first, **told))
    other = Beside(lambda: invite(second, **told))
    assert one.result().user == other.result().user == User.objects.get(email="new@example.org")
    assert AuditEvent.objects.filter(verb="account.created", subject_id=one.result().user.public_id).count() == 1  # fmt: skip


def test_the_last_two_factors_are_not_removed_at_once(coordinator, settings):
    settings.SECOND_FACTOR_ROLES = ["coordinator"]
    client = Client()
    client.post(reverse("accounts:sign-in"), {"username": coordinator.email, "password": PASSWORD})
    give_passkey(client)
    give_app(coordinator)
    key = Authenticator.objects.get(type="webauthn")
    addresses = [
        f"/account/second-factor/passkeys/{key.pk}/remove/",
        "/account/second-factor/app/remove/",
    ]
    clients = [Client() for _ in addresses]
    for one in clients:
        one.cookies = client.cookies
    sending = [Beside(partial(one.post, address, secure=True)) for one, address in zip(clients, addresses, strict=True)]  # fmt: skip
    assert all(one.result() for one in sending)
    assert Authenticator.objects.exclude(type="recovery_codes").count() == 1


def test_an_erasure_that_a_deadlock_ends_may_be_tried_again(make, admin, reader_user, now):
    """Somebody else holds the reader's row, and then wants the account's: the database ends one of the two."""
    _study, enrolment = make()
    told = {"actor": admin, "user": reader_user, "typed": reader_user.name, "now": now}
    with transaction.atomic():
        with connection.cursor() as cursor:
            # The other one is ended, which waits first and looks sooner.
            cursor.execute("SET LOCAL deadlock_timeout = '20s'")
        list(Enrolment.objects.select_for_update().filter(pk=enrolment.pk))
        erasing = Beside(lambda: erase_person(reason=ErasureReason.values[0], **told))
        time.sleep(0.5)
        list(User.objects.select_for_update().filter(pk=reader_user.pk))
    with pytest.raises(OperationalError, match="deadlock"):
        erasing.result()
    reader_user.refresh_from_db()
    assert reader_user.name == told["typed"]
    assert erase_person(reason=ErasureReason.values[0], **told)


def test_no_event_waits_for_a_checkpoint_and_no_two_follow_the_same_one(make, admin, now, monkeypatch):  # fmt: skip
    """The file lies on a machine that does not answer for a while; the trail goes on."""
    make()
    before = checkpoints.checkpoint_count()
    begun, go_on, append = threading.Event(), threading.Event(), checkpoints._append

    def hanging(path, content):
        begun.set()
        assert go_on.wait(20)
        append(path, content)

    monkeypatch.setattr(checkpoints, "_append", hanging)
    first = Beside(lambda: checkpoints.write_checkpoint(now=now))
    assert begun.wait(20)
    Beside(partial(_record_one, admin, now)).result()
    second = Beside(lambda: checkpoints.write_checkpoint(now=now))
    time.sleep(0.5)
    go_on.set()
    assert first.result()
    assert second.result()
    assert list(checkpoints.checkpoint_faults()) == []
    assert checkpoints.checkpoint_count() == before + 2


def _record_one(admin, now):
    with transaction.atomic():
        record_event(actor=admin, verb="thing.done", subject=admin, now=now)

"""What somebody with the rights of the database's owner might do to the trail: every attack is found, by name.

`verify_audit` ends with a status other than 0 and a sentence that names the first bad row. On PostgreSQL too: see
test_evidence_on_postgresql.py.
"""

import json
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command

from readerstudy.core.audit import GENESIS, hash_of, record_event
from readerstudy.core.checkpoints import write_checkpoint
from readerstudy.core.models import AuditEvent, AuditHead
from tests.unguarded import overwrite, unguarded

EVENTS = 8


@pytest.fixture
def chain(coordinator, now):
    """Eight events; a checkpoint after the fourth and one after the last."""
    for number in range(1, EVENTS + 1):
        later = now + timedelta(seconds=number)
        record_event(
            actor=coordinator, verb=f"thing.{number}", subject=coordinator, now=later, study_id="s", data={"n": number}
        )  # fmt: skip
        if number in (4, EVENTS):
            write_checkpoint(now=later)
    call_command("verify_audit", "--need-checkpoints")


def edit(_settings):
    overwrite("UPDATE core_auditevent SET study_id = 'other' WHERE sequence = 5")


def delete_middle(_settings):
    overwrite("DELETE FROM core_auditevent WHERE sequence = 5")


def delete_first(_settings):
    overwrite("DELETE FROM core_auditevent WHERE sequence = 1")


def delete_tail(_settings):
    overwrite("DELETE FROM core_auditevent WHERE sequence > 6")


def delete_tail_and_head(_settings):
    delete_tail(_settings)
    set_head(AuditEvent.objects.get(sequence=6))


def delete_all(_settings):
    overwrite("DELETE FROM core_auditevent")
    overwrite("DELETE FROM core_audithead")


def set_head(event):
    overwrite("UPDATE core_audithead SET sequence = %s, hash = %s", event.sequence, event.hash)


def reorder(_settings):
    for old, new in ((5, 99), (6, 5), (99, 6)):
        overwrite("UPDATE core_auditevent SET sequence = %s WHERE sequence = %s", new, old)


def reappend(_settings):
    """An event is taken out, those after it move up, and it comes again at the end."""
    overwrite("UPDATE core_auditevent SET sequence = 99 WHERE sequence = 5")
    for number in (6, 7, 8):
        overwrite(
            "UPDATE core_auditevent SET sequence = %s WHERE sequence = %s", number - 1, number
        )
    overwrite("UPDATE core_auditevent SET sequence = 8 WHERE sequence = 99")


def append(_settings):
    last = AuditEvent.objects.last()
    with unguarded():
        event = AuditEvent(sequence=9, at=last.at, verb="x", subject_type="x", subject_id="x", previous_hash=last.hash, hash="1" * 64)  # fmt: skip
        event.save()
    set_head(event)


def replace_chain(_settings):
    """Everything from the third event on is written anew, with whatever key there is in the settings."""
    previous = GENESIS
    for event in AuditEvent.objects.order_by("sequence"):
        event.verb = "thing.other" if event.sequence == 3 else event.verb
        event.previous_hash, before = previous, event.hash
        event.hash = previous = hash_of(event)
        if event.hash != before:
            overwrite(
                "UPDATE core_auditevent SET verb = %s, previous_hash = %s, hash = %s WHERE id = %s",
                event.verb, event.previous_hash, event.hash, event.pk,
            )  # fmt: skip
    set_head(event)


def replace_chain_without_the_key(settings):
    own, settings.AUDIT_KEY = settings.AUDIT_KEY, "guessed" * 8
    replace_chain(settings)
    settings.AUDIT_KEY = own


def roll_back(settings):
    """The database as it was after the sixth event, restored from a copy; it goes on from there."""
    delete_tail_and_head(settings)
    last = AuditEvent.objects.last()
    for number in (1, 2, 3):
        record_event(
            actor=last.actor, verb="after", subject=last.actor, now=last.at, data={"n": number}
        )


def lines():
    return django_settings.AUDIT_CHECKPOINTS.read_text().splitlines()


def write_lines(*rest):
    django_settings.AUDIT_CHECKPOINTS.write_text("".join(f"{line}\n" for line in rest))


def cut_checkpoints(_settings):
    write_lines(lines()[0], lines()[1][:40])


def take_first_checkpoint(_settings):
    write_lines(lines()[1])


def edit_checkpoint(_settings):
    point = {**json.loads(lines()[1]), "sequence": 7}
    write_lines(lines()[0], json.dumps(point))


def lose_checkpoints(_settings):
    django_settings.AUDIT_CHECKPOINTS.unlink()


ATTACKS = {
    "edit": (edit, r"Event 5 \(thing\.5, .* does not fit its hash"),
    "delete the first": (delete_first, r"Event 2 \(thing\.2, .* comes where event 1 should"),
    "delete in the middle": (delete_middle, r"Event 6 \(thing\.6, .* comes where event 5 should"),
    "delete the tail": (delete_tail, "The chain ends with event 6, but its head tells of 8"),
    "delete the tail with the head": (delete_tail_and_head, "Event 8 is gone, which was there at the checkpoint"),
    "delete everything": (delete_all, "Event 4 is gone, which was there at the checkpoint"),
    "put in another order": (reorder, r"Event 5 \(thing\.6, .* does not follow the event before it"),
    "append again": (reappend, r"Event 5 \(thing\.6, .* does not follow the event before it"),
    "append behind the back": (append, r"Event 9 \(x, .* does not fit its hash"),
    "replace without the key": (replace_chain_without_the_key, r"Event 1 \(thing\.1, .* does not fit its hash"),
    "replace with the key": (replace_chain, "Event 4 is another one than at the checkpoint"),
    "roll back and go on": (roll_back, "Event 8 is another one than at the checkpoint"),
    "cut the checkpoints": (cut_checkpoints, "Line 2 of the checkpoints is not one"),
    "take a checkpoint out": (take_first_checkpoint, "Checkpoint 1 does not fit its signature or the one before it"),
    "edit a checkpoint": (edit_checkpoint, "Checkpoint 2 does not fit its signature"),
    "lose the checkpoints": (lose_checkpoints, "There is no checkpoint"),
}  # fmt: skip


@pytest.mark.parametrize(("attack", "sentence"), ATTACKS.values(), ids=ATTACKS)
def test_every_attack_is_found_and_the_first_bad_row_is_named(chain, settings, attack, sentence):
    attack(settings)
    with pytest.raises(CommandError, match=sentence) as found:
        call_command("verify_audit", "--need-checkpoints")
    # What `manage.py` ends with.
    assert found.value.returncode == 1
    assert AuditHead.objects.count() <= 1

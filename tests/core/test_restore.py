"""The restore drill: a backup of an installation in use comes back equal, and everything that is not is named."""

import shutil
import threading
from io import StringIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection

from readerstudy.accounts.models import User
from readerstudy.core.backup.checking import check_backup
from readerstudy.core.backup.making import make_backup
from readerstudy.core.backup.sealing import identities_in, recipients_of
from readerstudy.reading.models import Reading
from tests.core.conftest import NOW
from tests.core.instances import instance
from tests.unguarded import unguarded


def restore(path, *arguments):
    told = StringIO()
    call_command("restore", str(path), *arguments, stdout=told)
    return told.getvalue()


def test_a_restored_instance_is_equal_to_its_backup(backups, target):
    told = restore(backups.sealed, "--verify", "--key-file", str(backups.key.path))
    assert told.strip().endswith("verified: equal")
    for line in ("tables", "migrations", "files", "audit head", "audit trail"):
        assert any(one.startswith(line) and one.endswith(": equal") for one in told.splitlines())
    assert Reading.objects.count() == 5
    assert User.objects.get(email="reader@example.org").enrolments.count() == 1
    call_command("verify_audit", "--need-checkpoints", stdout=StringIO())


def test_a_backup_taken_while_answers_arrive_has_every_answer_that_was_taken_before(
    source, key, tmp_path, django_db_blocker
):
    from readerstudy.reading.services import commit_readings
    from readerstudy.studies.models import Enrolment
    from tests.reading.factories import begin, ids, item

    busy = shutil.copytree(source, tmp_path / "busy")
    taken, stop = [], threading.Event()

    def write():
        with django_db_blocker.unblock():
            enrolment = Enrolment.objects.get(user__email="second@example.org")
            enrolment = begin(enrolment.study, enrolment.user, now=NOW)
            order = ids(enrolment)
            while not stop.is_set():
                answer = item(order[min(len(taken), len(order) - 1)])
                again = len(taken) >= len(order)
                commit_readings(actor=enrolment.user, answers=[answer], revise=again, now=NOW)
                taken.append(str(answer[2]))
            connection.close()

    with django_db_blocker.unblock(), instance(busy):
        writer = threading.Thread(target=write)
        writer.start()
        try:
            while len(taken) < 5:
                assert writer.is_alive()
            before = list(taken)
            make_backup(path=tmp_path / "busy.age", recipients=recipients_of([key.public]), now=NOW)
            after = len(taken)
        finally:
            stop.set()
            writer.join()
        assert after > len(before)
    with django_db_blocker.unblock(), instance(tmp_path / "restored") as folder:
        folder.mkdir()
        told = restore(tmp_path / "busy.age", "--verify", "--key-file", str(key.path))
        there = Reading.objects.filter(attempt__in=taken).order_by("pk")
        in_order = [str(one) for one in there.values_list("attempt", flat=True)]
    assert told.strip().endswith("verified: equal")
    assert set(before) <= set(in_order)
    assert in_order == taken[: len(in_order)]


def test_files_that_come_meanwhile_are_no_fault_and_a_lost_one_is_told(
    source, tmp_path, django_db_blocker
):
    folder = shutil.copytree(source, tmp_path / "copy")
    with django_db_blocker.unblock(), instance(folder):
        lost = first_file()
        default_storage.delete(lost)
        default_storage.save("uploads/unfinished.bin", ContentFile(b"half"))
        with pytest.raises(CommandError, match=lost):
            call_command("backup", str(tmp_path / "x.tar"), "--unencrypted", stdout=StringIO())
        checked = check_backup(tmp_path / "x.tar", [])
    assert checked.missing == (lost,)
    assert "uploads/unfinished.bin" in checked.files
    with django_db_blocker.unblock(), instance(tmp_path / "restored") as restored:
        restored.mkdir()
        assert "verified: equal" in restore(tmp_path / "x.tar", "--verify")


def first_file():
    from readerstudy.images.models import Image

    return Image.objects.order_by("pk").first().file.name


def change(sql):
    """What somebody does to the database behind the application's back."""
    with unguarded():
        connection.cursor().execute(sql)


CHANGES = {
    "a reading altered": (
        "UPDATE reading_reading SET confidence = 5 - confidence WHERE id = 1",
        "The table reading_reading has other content",
    ),
    "a reading gone": (
        "DELETE FROM reading_reading WHERE id = 1",
        "The table reading_reading has 4 rows; the backup has 5.",
    ),
    "an invitation gone": (
        "DELETE FROM accounts_invitation WHERE id = 1",
        "The table accounts_invitation has",
    ),
    "a table gone": ("DROP TABLE reading_signrules", "The table reading_signrules is missing."),
    "a migration gone": (
        "DELETE FROM django_migrations WHERE id = (SELECT max(id) FROM django_migrations)",
        "The table django_migrations has",
    ),
    "the head of the trail": (
        "UPDATE core_audithead SET sequence = sequence - 1",
        "The table core_audithead has other content",
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_the_first_difference_in_the_database_is_named(backups, target, name):
    from readerstudy.core.backup.comparing import compare_with
    from readerstudy.core.backup.restoring import restore_backup

    checked = restore_backup(path=backups.plain, identities=[])
    sql, sentence = CHANGES[name]
    change(sql)
    differences = [one.difference for one in compare_with(checked) if one.difference]
    assert differences[0].startswith(sentence)


def test_differences_of_files_trail_and_checkpoints_are_named(backups, target, settings):
    from readerstudy.core.backup.comparing import compare_with
    from readerstudy.core.backup.restoring import restore_backup

    def difference(what):
        found = {one.what: one.difference for one in compare_with(checked)}
        return found[what]

    checked = restore_backup(path=backups.plain, identities=[])
    name = first_file()
    path = target / "media" / name
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    assert difference("files") == f"The file {name} has other content than in the backup."
    path.unlink()
    assert difference("files") == f"The file {name} is missing."
    path.write_bytes(content)
    default_storage.save("more.txt", ContentFile(b"x"))
    assert difference("files") == "The file more.txt is not in the backup."
    default_storage.delete("more.txt")
    lines = (target / "checkpoints.jsonl").read_text().splitlines()
    (target / "checkpoints.jsonl").write_text("\n".join([*lines[:-1], lines[-1][:-9]]) + "\n")
    assert "checkpoints" in difference("audit trail")
    (target / "checkpoints.jsonl").write_text("\n".join(lines) + "\n")
    assert not any(one.difference for one in compare_with(checked))
    change("UPDATE core_auditevent SET verb = 'x' WHERE sequence = 3")
    assert difference("audit trail").startswith("Event 3 ")
    change("DELETE FROM core_auditevent WHERE sequence > 9")
    change("UPDATE core_audithead SET sequence = 9")
    assert "in the backup with" in difference("audit head")


def test_sessions_are_in_no_backup(source, key, tmp_path, django_db_blocker):
    from django.contrib.sessions.models import Session

    folder = shutil.copytree(source, tmp_path / "copy")
    with django_db_blocker.unblock(), instance(folder):
        Session.objects.create(session_key="k" * 32, session_data="SIGNED-IN", expire_date=NOW)
        make_backup(path=tmp_path / "x.tar", recipients=[], now=NOW)
    assert b"SIGNED-IN" not in (tmp_path / "x.tar").read_bytes()


def test_only_an_empty_instance_is_restored_into(backups, target):
    arguments = (str(backups.sealed), "--key-file", str(backups.key.path))
    (target / "media").mkdir()
    (target / "media" / "a.txt").write_bytes(b"x")
    with pytest.raises(CommandError, match=r"its storage .* holds files"):
        restore(*arguments)
    (target / "media" / "a.txt").unlink()
    (target / "checkpoints.jsonl").write_text("{}\n")
    with pytest.raises(CommandError, match="holds checkpoints"):
        restore(*arguments)
    assert not (target / "db.sqlite3").exists()
    (target / "checkpoints.jsonl").unlink()
    restore(*arguments)
    with pytest.raises(CommandError, match=r"its table \w+ has rows"):
        restore(*arguments)


def test_a_migrated_database_without_rows_is_empty(backups, target, empty_database):
    shutil.copy(empty_database, target / "db.sqlite3")
    assert "verified: equal" in restore(backups.plain, "--verify")


def test_what_opens_a_backup_is_a_key_and_the_right_one(backups, target, tmp_path):
    with pytest.raises(CommandError, match="is encrypted: say with which key"):
        restore(backups.sealed)
    call_command("backup_key", str(tmp_path / "other.key"), stdout=StringIO())
    with pytest.raises(CommandError, match="The key at hand does not open sealed"):
        restore(backups.sealed, "--key-file", str(tmp_path / "other.key"))
    with pytest.raises(CommandError, match="holds no secret key"):
        restore(backups.sealed, "--key-file", str(backups.plain))
    with pytest.raises(CommandError, match="cannot be read"):
        restore(backups.sealed, "--key-file", str(tmp_path / "none"))
    assert not (target / "db.sqlite3").exists()
    assert identities_in(backups.key.path)


def test_another_audit_key_is_told_before_anything_is_changed(backups, target, settings):
    settings.AUDIT_KEY = "another"
    with pytest.raises(CommandError, match="another AUDIT_KEY"):
        restore(backups.plain)
    assert not (target / "db.sqlite3").exists()


def test_another_secret_key_is_a_note(backups, target, settings):
    settings.SECRET_KEY = "another"
    assert "note     SECRET_KEY at hand is another one" in restore(backups.plain)

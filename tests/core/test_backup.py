"""The file of a backup: what is in it, who can open it, and every way in which it can be another one."""

import io
import json
import os
import random
import tarfile
from contextlib import closing
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pyrage
import pytest
from django.core.management import CommandError, call_command

from readerstudy.core.audit import keyed_hash
from readerstudy.core.backup.archive import END, Archive, Ledger
from readerstudy.core.backup.checking import check_backup, parts_of
from readerstudy.core.backup.faults import BackupFault, BackupRefused
from readerstudy.core.backup.restoring import check_fits
from readerstudy.core.backup.retention import name_at, remove_all_but
from readerstudy.core.backup.sealing import identities_in, recipients_of, seal
from readerstudy.core.canonical import canonical_json
from tests.core.conftest import NOW
from tests.core.instances import instance


def parts(path):
    """Name and content of every member."""
    with closing(parts_of(path, [])) as pairs:
        return [(part.name, part.whole()) for _archive, part in pairs]


def write(path, members):
    ledger = Ledger()
    path.write_bytes(b"".join(b"".join(ledger.whole(*one)) for one in members) + END)
    return path


def signed(members, manifest):
    """The members with a manifest of them under our own key."""
    listed = {**manifest, "members": [{**one} for one in manifest["members"]]}
    body = {name: value for name, value in listed.items() if name != "signature"}
    return [*members, ("manifest.json", canonical_json({**body, "signature": keyed_hash(body)}))]


def with_header(backups, path, **changed):
    """A backup whose header says something else, with hashes and signature as they should be."""
    import hashlib

    (_name, first), *others, (_last, manifest) = parts(backups.plain)
    header = {**json.loads(first), **changed}
    content, document = canonical_json(header), json.loads(manifest)
    digest = hashlib.sha256(content).hexdigest()
    document["members"][0].update(size=len(content), sha256=digest)
    return write(path, signed([("header.json", content), *others], document))


def test_any_program_that_knows_age_and_tar_can_open_it(backups):
    plain = pyrage.decrypt(backups.sealed.read_bytes(), identities_in(backups.key.path))
    with tarfile.open(fileobj=io.BytesIO(plain)) as archive:
        names = archive.getnames()
        header = json.load(archive.extractfile("header.json"))
    assert names[0] == "header.json"
    assert names[1] == "database/00000001"
    assert names[-1] == "manifest.json"
    assert sum(name.startswith("media/images/") for name in names) == 24
    assert header["facts"]["tables"]["reading_reading"]["rows"] == 5
    assert set(header["needed_keys"]) == {"SECRET_KEY", "AUDIT_KEY"}


def test_it_holds_no_secret_and_is_for_its_owner_only(backups, settings):
    content = backups.plain.read_bytes()
    for secret in (settings.SECRET_KEY, settings.AUDIT_KEY):
        assert secret.encode() not in content
    assert backups.plain.stat().st_mode & 0o777 == 0o600
    assert backups.key.path.stat().st_mode & 0o777 == 0o600


def test_both_are_whole(backups):
    for path, identities in (
        (backups.plain, []),
        (backups.sealed, identities_in(backups.key.path)),
    ):
        checked = check_backup(path, identities)
        assert len(checked.files) == 24
        assert checked.missing == ()


def test_a_flipped_byte_anywhere_is_found(backups, tmp_path):
    seen = set()
    for path, identities in (
        (backups.plain, []),
        (backups.sealed, identities_in(backups.key.path)),
    ):
        content = path.read_bytes()
        rng = random.Random(7)
        edges = [
            0,
            30,
            90,
            150,
            200,
            600,
            1100,
            len(content) - 1,
            len(content) - 700,
            len(content) - 1100,
        ]
        for at in [*edges, *(rng.randrange(len(content)) for _ in range(60))]:
            changed = bytearray(content)
            changed[at] ^= 1 << rng.randrange(8)
            other = tmp_path / path.name
            other.write_bytes(changed)
            with pytest.raises((BackupFault, BackupRefused)) as found:
                check_backup(other, identities)
            seen.add(str(found.value).split(" ")[0])
    assert len(seen) > 2


def test_every_byte_outside_the_contents_is_checked(tmp_path):
    """Headers, padding and the end: each byte of a small archive, one after the other."""
    path = write(tmp_path / "small.tar", [("a", b"one"), ("b", b"")])
    content = path.read_bytes()
    inside = range(512, 515)
    for at in range(len(content)):
        if at in inside:
            continue
        changed = bytearray(content)
        changed[at] ^= 1
        archive = Archive(io.BytesIO(changed), "small.tar")
        with pytest.raises(BackupFault):
            assert [one.name for one in archive] == ["a", "b"] or fail()


def fail():
    raise BackupFault("other names")


@pytest.mark.parametrize("name", ["plain", "sealed"])
def test_a_file_that_is_cut_off_or_longer_is_found(backups, tmp_path, name):
    path = getattr(backups, name)
    identities = identities_in(backups.key.path)
    content = path.read_bytes()
    other = tmp_path / path.name
    for end in (0, 10, 700, len(content) // 2, len(content) - 1025, len(content) - 1):
        other.write_bytes(content[:end])
        with pytest.raises(BackupFault):
            check_backup(other, identities)
    other.write_bytes(content + b"\0")
    with pytest.raises(BackupFault):
        check_backup(other, identities)


def test_files_that_changed_places_are_named(backups, tmp_path):
    members = parts(backups.plain)
    media = [at for at, (name, _content) in enumerate(members) if name.startswith("media/")]
    (one, first), (two, second) = members[media[0]], members[media[1]]
    members[media[0]], members[media[1]] = (one, second), (two, first)
    with pytest.raises(BackupFault, match=rf"{one} in .* is not what was written"):
        check_backup(write(tmp_path / "x.tar", members), [])


def test_a_part_that_is_gone_or_new_or_of_another_backup_is_named(backups, tmp_path):
    members = parts(backups.plain)
    gone = members[:3] + members[4:]
    with pytest.raises(BackupFault, match=r"where media/.* was written"):
        check_backup(write(tmp_path / "gone.tar", gone), [])
    more = [*members[:-1], ("media/new", b"x"), members[-1]]
    with pytest.raises(BackupFault, match=r"parts; .* were written"):
        check_backup(write(tmp_path / "more.tar", more), [])
    after = [*members, ("media/new", b"x")]
    with pytest.raises(BackupFault, match="goes on after its manifest"):
        check_backup(write(tmp_path / "after.tar", after), [])
    with pytest.raises(BackupFault, match="has no manifest"):
        check_backup(write(tmp_path / "none.tar", members[:-1]), [])


def test_a_manifest_that_was_changed_is_named_whoever_changed_it(backups, tmp_path, settings):
    *members, (_name, manifest) = parts(backups.plain)
    document = json.loads(manifest)
    document["missing"] = ["images/a.webp"]
    unsigned = [*members, ("manifest.json", canonical_json(document))]
    spaced = [*members, ("manifest.json", manifest + b" ")]
    settings.AUDIT_KEY, ours = "another", settings.AUDIT_KEY
    forged = signed(members, document)
    settings.AUDIT_KEY = ours
    for changed in (unsigned, spaced, forged, [*members, ("manifest.json", b"[]")]):
        with pytest.raises(BackupFault, match="does not fit its signature"):
            check_backup(write(tmp_path / "x.tar", changed), [])


def test_what_is_no_backup_at_all_is_told(tmp_path):
    (tmp_path / "a.txt").write_text("hello " * 200)
    with pytest.raises(BackupFault, match="is no backup"):
        check_backup(tmp_path / "a.txt", [])
    with pytest.raises(BackupFault, match="There is no file"):
        check_backup(tmp_path / "none", [])


def test_a_newer_format_or_version_and_another_database_are_refused(backups, tmp_path, db):
    with pytest.raises(BackupRefused, match="format 2; this version reads format 1"):
        check_backup(with_header(backups, tmp_path / "a.tar", format=2), [])
    other = check_backup(with_header(backups, tmp_path / "b.tar", vendor="postgresql"), [])
    with pytest.raises(BackupRefused, match="of a postgresql database"):
        check_fits(other.header)
    facts = json.loads(parts(backups.plain)[0][1])["facts"]
    facts["migrations"].append(["studies", "9999_of_tomorrow"])
    newer = check_backup(with_header(backups, tmp_path / "c.tar", facts=facts), [])
    with pytest.raises(BackupRefused, match=r"migration studies\.9999_of_tomorrow"):
        check_fits(newer.header)


def test_no_backup_is_written_in_the_clear_unless_that_is_said(source, tmp_path, django_db_blocker):
    out = tmp_path / "x.tar"
    with django_db_blocker.unblock(), instance(source):
        with pytest.raises(CommandError, match="no public key"):
            call_command("backup", str(out))
        with pytest.raises(CommandError, match="is no public key"):
            call_command("backup", str(out), "--recipient", "age1nonsense")
        assert not out.exists()
        call_command("backup", str(out), "--unencrypted", stdout=StringIO())
        with pytest.raises(CommandError, match="is there already"):
            call_command("backup", str(out), "--unencrypted")
    assert [one.name for one in tmp_path.iterdir()] == ["x.tar"]


def filled(folder, *days, suffix=""):
    """Backups of these days of January 2026, as an earlier night left them."""
    for day in days:
        (folder / f"{name_at(NOW.replace(day=day), is_sealed=True)}{suffix}").write_bytes(b"old")


def nightly(folder, **options):
    """The nightly command; gives what it says, and the name of the backup it wrote."""
    before, told = set(folder.iterdir()), StringIO()
    call_command("backup", str(folder), stdout=told, **options)
    (fresh,) = set(folder.iterdir()) - before
    return told.getvalue(), fresh.name


def days_in(folder):
    return [int(name[19:21]) for name in names_in(folder) if name.startswith("reader-study-202601")]


def names_in(folder):
    return sorted(one.name for one in folder.iterdir())


@pytest.fixture
def installation(source, key, settings, django_db_blocker):
    """The installation in use, with a key to encrypt for."""
    settings.BACKUP_RECIPIENTS = [key.public]
    with django_db_blocker.unblock(), instance(source) as folder:
        yield folder


@pytest.fixture
def at(monkeypatch):
    """Sets the clock of the command."""

    def set_to(moment):
        monkeypatch.setattr("readerstudy.core.management.commands.backup.now", lambda: moment)

    return set_to


def test_the_newest_backups_of_a_folder_are_kept(installation, tmp_path, at):
    at(NOW)
    filled(tmp_path, 1, 2, 3, 4)
    (tmp_path / "notes.txt").write_text("kept")
    told, fresh = nightly(tmp_path, keep=3)
    assert told.count("removed") == 2
    assert days_in(tmp_path) == [3, 4, 15]
    assert {"notes.txt", fresh} < set(names_in(tmp_path))
    assert remove_all_but(tmp_path, keep=3, fresh=tmp_path / fresh) == []


def test_one_alone_is_kept_where_one_is_asked_for(installation, tmp_path):
    filled(tmp_path, 1, 2)
    _told, fresh = nightly(tmp_path, keep=1)
    assert names_in(tmp_path) == [fresh]


def test_a_backup_without_its_files_pushes_out_none(installation, tmp_path, at):
    at(NOW)
    filled(tmp_path, 1, 2, 3)
    filled(tmp_path, 4, suffix=".part")
    os.utime(tmp_path / names_in(tmp_path)[-1], (0, 0))
    before = names_in(tmp_path)
    media = installation / "media"
    media.rename(installation / "away")
    try:
        with pytest.raises(CommandError, match="not in the storage; no older backup was removed"):
            nightly(tmp_path, keep=2)
    finally:
        (installation / "away").rename(media)
    assert len(names_in(tmp_path)) == len(before) + 1
    assert set(before) < set(names_in(tmp_path))


def test_a_clock_that_was_set_back_does_not_cost_the_fresh_backup(installation, tmp_path, at):
    filled(tmp_path, 10, 11, 12)
    at(NOW.replace(day=2))
    _told, first = nightly(tmp_path, keep=3)
    assert first.startswith("reader-study-20260102")
    assert days_in(tmp_path) == [2, 11, 12]
    # Nor do the names of the future cost those that are made from now on.
    for day, left in ((3, [2, 3, 12]), (4, [2, 3, 4]), (5, [3, 4, 5])):
        at(NOW.replace(day=day))
        nightly(tmp_path, keep=3)
        assert days_in(tmp_path) == left


def test_what_a_killed_backup_left_goes_after_a_day(installation, tmp_path, at):
    filled(tmp_path, 10, 13, suffix=".part")
    (tmp_path / "films.part").write_text("of somebody else")
    for name, age in (("20260110", 25), ("20260113", 23)):
        (path,) = tmp_path.glob(f"reader-study-{name}*")
        os.utime(path, times=(0, (NOW - timedelta(hours=age)).timestamp()))
    os.utime(tmp_path / "films.part", (0, 0))
    at(NOW)
    told, fresh = nightly(tmp_path, keep=1)
    assert "removed  reader-study-20260110T120000Z.tar.age.part" in told
    assert set(names_in(tmp_path)) == {"films.part", fresh, "reader-study-20260113T120000Z.tar.age.part"}  # fmt: skip


def test_what_goes_wrong_in_the_making_is_told_as_it_is(key):
    def pieces():
        yield b"x" * 10
        raise BackupFault("the reason")

    class Full(io.BytesIO):
        def write(self, _data):
            raise OSError(28, "No space left on device")

    with pytest.raises(BackupFault, match="the reason"):
        seal(pieces(), io.BytesIO(), recipients_of([key.public]))
    with pytest.raises(OSError, match="No space left"):
        seal(iter([b"x"]), Full(), recipients_of([key.public]))


def test_verify_backup_says_what_a_backup_holds(backups):
    told = StringIO()
    call_command(
        "verify_backup", str(backups.sealed), "--key-file", str(backups.key.path), stdout=told
    )
    assert told.getvalue().endswith("whole: yes\n")
    assert "files    24" in told.getvalue()
    other = Path(f"{backups.plain}.cut")
    other.write_bytes(backups.plain.read_bytes()[:-600])
    with pytest.raises(CommandError, match="cut off"):
        call_command("verify_backup", str(other))

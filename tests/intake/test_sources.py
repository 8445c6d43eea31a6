"""Tar archives and folders: read like zip archives, and refused for the same reasons."""

import io
import os
import struct
import tarfile
import zipfile

import pytest

from readerstudy.core.errors import InvalidInput
from readerstudy.intake.services import plan_import
from readerstudy.intake.sources import open_source, sha256_of_source
from readerstudy.intake.sources.refusals import CHUNK
from tests.intake.archives import good_files, good_zip
from tests.intake.photographs import png

COMPRESSIONS = ["", "gz", "bz2", "xz"]


def make_tar(path, files, *, compression="", kind=tarfile.PAX_FORMAT):
    """Writes the files (name or TarInfo → bytes) into a tar at `path` and returns the path."""
    with tarfile.open(path, f"w:{compression}", format=kind) as archive:
        for name, content in files.items():
            member = name if isinstance(name, tarfile.TarInfo) else tarfile.TarInfo(name)
            if member.type == tarfile.REGTYPE:
                member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def make_folder(path, files):
    for name, content in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(content)
    return path


def special(kind, name="photo.png"):
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, "/etc/passwd"
    return member


def codes(path):
    with open_source(path, name="photos.tar") as source:
        return [problem.code for problem in source.problems]


def refused(path):
    with pytest.raises(InvalidInput) as raised:
        open_source(path, name="photos.tar")
    return raised.value.code


def without_source(report):
    return {key: value for key, value in report.items() if key not in {"archive", "archive_sha256"}}


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_a_tar_archive_is_planned_like_the_zip_with_the_same_files(tmp_path, db, compression):
    tar = make_tar(tmp_path / "photos.tar", good_files(), compression=compression)
    plan = plan_import(archive_path=tar)
    assert plan.can_be_applied
    assert len(plan.images) == 4
    zipped = plan_import(archive_path=good_zip(tmp_path / "photos.zip"))
    assert without_source(plan.report()) == without_source(zipped.report())


def test_a_folder_is_planned_like_the_zip_with_the_same_files(tmp_path, db):
    folder = make_folder(tmp_path / "photos", good_files())
    plan = plan_import(archive_path=folder)
    assert plan.can_be_applied
    zipped = plan_import(archive_path=good_zip(tmp_path / "photos.zip"))
    assert without_source(plan.report()) == without_source(zipped.report())


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("../photo.png", "path_leads_outside"),
        ("/etc/photo.png", "path_leads_outside"),
        ("a\\photo.png", "strange_name"),
        ("a\nphoto.png", "strange_name"),
        ("a" * 300 + ".png", "name_too_long"),
        ("more.zip", "nested_archive"),
        (special(tarfile.SYMTYPE), "link"),
        (special(tarfile.LNKTYPE), "link"),
        (special(tarfile.CHRTYPE), "special_file"),
        (special(tarfile.FIFOTYPE), "special_file"),
    ],
    ids=lambda one: one if isinstance(one, str) else f"type {one.type.decode()}",
)
def test_a_member_that_could_do_harm_is_refused(tmp_path, name, code):
    assert codes(make_tar(tmp_path / "photos.tar", {name: png()})) == [code]


def test_names_that_differ_in_case_alone_are_refused_in_a_tar(tmp_path):
    tar = make_tar(tmp_path / "photos.tar", {"photo.png": png(1), "PHOTO.png": png(2)})
    assert codes(tar) == ["colliding_names"]


def test_a_name_that_is_no_text_is_refused(tmp_path):
    tar = make_tar(tmp_path / "photos.tar", {"phot\udcff.png": png()}, kind=tarfile.GNU_FORMAT)
    assert codes(tar) == ["strange_name"]


@pytest.mark.parametrize("compression", COMPRESSIONS[1:])
def test_a_compressed_tar_is_unpacked_no_further_than_the_limit(tmp_path, settings, compression):
    tar = make_tar(tmp_path / "photos.tar", {"a.txt": bytes(2**20)}, compression=compression)
    settings.IMPORT_MAX_ARCHIVE_BYTES = 2**18
    assert refused(tar) == "archive_too_large"


def test_a_header_that_would_fill_the_memory_is_not_read(tmp_path):
    member = tarfile.TarInfo("header")
    member.type, member.size = tarfile.XHDTYPE, 2 * CHUNK
    path = tmp_path / "photos.tar"
    path.write_bytes(member.tobuf(tarfile.USTAR_FORMAT) + bytes(2 * CHUNK))
    assert refused(path) == "not_an_archive"


@pytest.mark.parametrize("compression", COMPRESSIONS[1:])
def test_a_compressed_tar_that_is_cut_short_is_refused(tmp_path, compression):
    tar = make_tar(tmp_path / "photos.tar", good_files(), compression=compression)
    tar.write_bytes(tar.read_bytes()[:-200])
    assert refused(tar) == "not_an_archive"


def test_a_tar_that_ends_within_a_file_is_refused(tmp_path):
    tar = make_tar(tmp_path / "photos.tar", {"photo.png": png()})
    tar.write_bytes(tar.read_bytes()[:600])
    assert refused(tar) == "not_an_archive"


@pytest.mark.parametrize("content", [b"\x1f\x8bnot gzip", b"BZh9", b"\xfd7zXZ\x00", b"\x1f\x8b"])
def test_what_only_begins_like_an_archive_is_refused(tmp_path, content):
    path = tmp_path / "photos.tar"
    path.write_bytes(content)
    assert refused(path) == "not_an_archive"


def test_a_tar_with_too_many_files_is_read_no_further(tmp_path, settings):
    settings.IMPORT_MAX_FILES = 3
    assert refused(make_tar(tmp_path / "photos.tar", good_files())) == "too_many_files"
    assert refused(make_folder(tmp_path / "photos", good_files())) == "too_many_files"


def test_links_and_pipes_in_a_folder_are_refused_and_never_opened(tmp_path):
    folder = make_folder(tmp_path / "photos", {"photo.png": png()})
    (folder / "link.png").symlink_to("/etc/passwd")
    (folder / "elsewhere").symlink_to("/etc", target_is_directory=True)
    os.mkfifo(folder / "pipe.png")
    with open_source(folder, name="photos") as source:
        found = {problem.file: problem.code for problem in source.problems}
        assert [entry.name for entry in source.entries] == ["photo.png"]
    assert found == {"link.png": "link", "elsewhere": "link", "pipe.png": "special_file"}


def test_a_link_put_in_place_of_a_file_is_not_followed(tmp_path):
    folder = make_folder(tmp_path / "photos", {"photo.png": png()})
    with open_source(folder, name="photos") as source:
        (folder / "photo.png").unlink()
        (folder / "photo.png").symlink_to("/etc/passwd")
        with pytest.raises(InvalidInput, match=r"photo\.png cannot be read"):
            source.read(source.entries[0])


def test_the_hash_of_a_folder_changes_with_names_and_bytes_alone(tmp_path):
    first = make_folder(tmp_path / "first", {"a.png": png(1), "b/c.png": png(2)})
    same = make_folder(tmp_path / "same", {"b/c.png": png(2), "a.png": png(1)})
    renamed = make_folder(tmp_path / "renamed", {"d.png": png(1), "b/c.png": png(2)})
    changed = make_folder(tmp_path / "changed", {"a.png": png(3), "b/c.png": png(2)})
    assert sha256_of_source(first) == sha256_of_source(same)
    assert len({sha256_of_source(one) for one in (first, renamed, changed)}) == 3


def test_zip_files_that_lie_on_one_another_are_refused(tmp_path):
    """Two entries of the directory that point at the same bytes: what a quine-like bomb is made of."""
    path = tmp_path / "photos.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.png", png(1))
        archive.writestr("b.png", png(1))
    content = bytearray(path.read_bytes())
    second = content.rindex(b"PK\x01\x02")
    content[second + 42 : second + 46] = struct.pack("<I", 0)
    path.write_bytes(bytes(content))
    assert codes(path) == ["overlapping_files"]


def test_a_zip_directory_that_would_fill_the_memory_is_not_read(tmp_path):
    path = good_zip(tmp_path / "photos.zip")
    content = bytearray(path.read_bytes())
    end = content.rindex(b"PK\x05\x06")
    content[end + 12 : end + 16] = struct.pack("<I", 2**31)
    path.write_bytes(bytes(content))
    assert refused(path) == "not_an_archive"

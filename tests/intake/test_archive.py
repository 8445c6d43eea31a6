"""Archives from outside: names, kinds and sizes that are refused, and what is left aside."""

import stat
import struct
import zipfile

import pytest

from readerstudy.core.errors import InvalidInput
from readerstudy.intake.sources.zipped import Archive
from tests.intake.archives import good_files
from tests.intake.photographs import png


def opened(path):
    return Archive(path, name="photos.zip")


def codes(path):
    with opened(path) as archive:
        return [problem.code for problem in archive.problems]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("../photo.png", "path_leads_outside"),
        ("a/../../photo.png", "path_leads_outside"),
        ("/etc/photo.png", "path_leads_outside"),
        ("C:/photo.png", "path_leads_outside"),
        ("a\\photo.png", "strange_name"),
        ("a\nphoto.png", "strange_name"),
        ("photo9.jpg:evil", "strange_name"),
        ("a/photo9.jpg:evil:$DATA", "strange_name"),
        ("a" * 300 + ".png", "name_too_long"),
        ("more.zip", "nested_archive"),
        ("more.tar.gz", "nested_archive"),
    ],
)
def test_a_name_that_could_do_harm_is_refused(zip_of, name, code):
    assert codes(zip_of({name: png()})) == [code]


def test_a_name_with_a_hidden_end_is_refused(tmp_path, zip_of):
    path = zip_of({"photo.pngXexe": png()})
    path.write_bytes(path.read_bytes().replace(b"photo.pngXexe", b"photo.png\0exe"))
    assert codes(path) == ["strange_name"]


def test_a_symbolic_link_is_refused(zip_of):
    link = zipfile.ZipInfo("photo.png")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    assert codes(zip_of({link: b"/etc/passwd"})) == ["link"]


def test_an_encrypted_file_is_refused(zip_of):
    path = zip_of({"photo.png": png()})
    content = bytearray(path.read_bytes())
    directory = content.index(b"PK\x01\x02")
    content[directory + 8] |= 1
    path.write_bytes(bytes(content))
    assert codes(path) == ["encrypted"]


@pytest.mark.parametrize("second", ["PHOTO.png", "photo.PNG"])
def test_names_that_differ_in_case_alone_are_refused(zip_of, second):
    assert codes(zip_of({"photo.png": png(1), second: png(2)})) == ["colliding_names"]


@pytest.mark.filterwarnings("ignore:Duplicate name:UserWarning")
def test_the_same_name_twice_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("photo.png", png(1))
        archive.writestr("photo.png", png(2))
    assert codes(tmp_path / "a.zip") == ["colliding_names"]


def test_a_file_that_unpacks_to_a_thousand_times_its_size_is_refused(zip_of):
    assert codes(zip_of({"photo.png": bytes(3 * 2**20)})) == ["zip_bomb"]


def test_a_file_that_unpacks_to_more_than_it_says_is_not_read_on(zip_of):
    path = zip_of({"photo.png": bytes(range(256)) * 40}, compression=zipfile.ZIP_STORED)
    content = bytearray(path.read_bytes())
    directory = content.index(b"PK\x01\x02")
    content[directory + 24 : directory + 28] = struct.pack("<I", 100)
    path.write_bytes(bytes(content))
    with opened(path) as archive, pytest.raises(InvalidInput) as raised:
        archive.read(archive.entries[0])
    assert raised.value.code == "damaged_entry"


def test_the_limits_are_the_settings(zip_of, settings):
    settings.IMPORT_MAX_FILE_BYTES = 100
    assert "file_too_large" in codes(zip_of(good_files()))
    settings.IMPORT_MAX_FILES = 3
    with pytest.raises(InvalidInput, match="more than 3 files") as refused:
        opened(zip_of(good_files()))
    assert refused.value.code == "too_many_files"


def test_an_archive_that_is_too_large_is_not_even_opened(zip_of, settings):
    settings.IMPORT_MAX_ARCHIVE_BYTES = 100
    with pytest.raises(InvalidInput) as raised:
        opened(zip_of(good_files()))
    assert raised.value.code == "archive_too_large"


def test_an_archive_that_would_fill_the_disk_is_refused(zip_of, settings):
    path = zip_of({"a.txt": bytes(2**19), "b.txt": bytes(2**19)})
    settings.IMPORT_MAX_ARCHIVE_BYTES = 2**18
    assert codes(path) == ["archive_too_large"]


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x05\x06", b"PK\x03\x04" + bytes(100)])
def test_what_is_no_zip_is_refused(tmp_path, content):
    path = tmp_path / "photos.zip"
    path.write_bytes(content)
    with pytest.raises(InvalidInput, match="not a readable zip or tar archive"):
        opened(path)


def test_a_damaged_file_in_the_archive_is_refused_by_its_name(zip_of):
    path = zip_of({"photo.png": png()}, compression=zipfile.ZIP_STORED)
    content = bytearray(path.read_bytes())
    content[100] ^= 0xFF
    path.write_bytes(bytes(content))
    with (
        opened(path) as archive,
        pytest.raises(InvalidInput, match=r"photo\.png cannot be unpacked"),
    ):
        archive.read(archive.entries[0])


def test_what_operating_systems_leave_behind_is_no_file(zip_of):
    rubbish = ["__MACOSX/._photo.png", ".DS_Store", "a/.DS_Store", "Thumbs.db", "._x.png", "a/"]
    with opened(zip_of({"photo.png": png(), **dict.fromkeys(rubbish, b"")})) as archive:
        assert [entry.name for entry in archive.entries] == ["photo.png"]
        assert archive.problems == []
        assert archive.read(archive.entries[0]) == png()

"""Names of photographs as other systems write them: in archives, and in the cells of a manifest."""

import tarfile
import unicodedata
import zipfile

import pytest

from readerstudy.intake.services import plan_import
from readerstudy.intake.sources import open_source
from tests.intake.archives import good_files, make_zip, manifest, photographs
from tests.intake.photographs import png
from tests.intake.test_sources import make_tar

NAME = "Läsion 1.png"
TWO_POINTS = unicodedata.normalize("NFD", NAME)


def without_mark(path, files):
    """A zip as the Macintosh makes it: its names are UTF-8, and nothing says so."""
    make_zip(path, files)
    content = bytearray(path.read_bytes())
    for magic, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.find(magic)
        while place >= 0:
            content[place + at + 1] &= ~0x08
            place = content.find(magic, place + 4)
    path.write_bytes(bytes(content))
    return path


def planned(path, **options):
    plan = plan_import(archive_path=path, **options)
    assert plan.problems == ()
    return [image.entry for image in plan.images]


@pytest.mark.parametrize("in_archive", [NAME, TWO_POINTS])
@pytest.mark.parametrize("in_manifest", [NAME, TWO_POINTS, "läsion 1"])
def test_a_zip_of_a_macintosh_is_read_by_its_names(tmp_path, db, in_archive, in_manifest):
    rows = manifest([f"{in_manifest},nevus,0"])
    path = without_mark(tmp_path / "a.zip", {in_archive: png(1), "manifest.csv": rows})
    with zipfile.ZipFile(path) as archive:
        assert NAME not in archive.namelist()  # nobody else tells either
    assert planned(path) == [in_archive]


def test_a_zip_of_windows_keeps_its_names(tmp_path):
    path = make_zip(tmp_path / "a.zip", {"Laesion 1.png": png(1)})
    content = path.read_bytes().replace(b"Laesion 1", b"L\x84sion 12")  # code page 437
    path.write_bytes(content)
    with open_source(path, name="a.zip") as source:
        assert [one.name for one in source.entries] == ["Läsion 12.png"]
        assert source.read(source.entries[0]) == png(1)


@pytest.mark.parametrize(
    ("cell", "entry"),
    [
        ("images\\photo0.png", "photo0.png"),
        ("images\\photo0.png", "images/photo0.png"),
        ("C:\\study\\images\\photo0.png", "images/photo0.png"),
        ("/home/ward/images/PHOTO0", "photo0.png"),
        ("images/photo0.png", "ward 7/images/photo0.png"),
    ],
)
def test_cells_name_folders_in_their_own_way(plan_of, cell, entry):
    plan = plan_of({entry: png(1), "manifest.csv": manifest([f"{cell},nevus,0"])})
    assert plan.problems == ()
    assert [image.entry for image in plan.images] == [entry]


def test_a_file_of_another_folder_is_not_meant(plan_of):
    files = {"melanoma/1.png": png(1), "manifest.csv": manifest(["nevus/1.png,nevus,0"])}
    assert [one.code for one in plan_of(files).problems] == ["image_missing"]


def test_two_cells_that_lead_to_one_file_are_a_problem(plan_of):
    lines = ["a/photo0.png,nevus,0", "b/photo0.png,melanoma,1"]
    plan = plan_of({**photographs(1), "manifest.csv": manifest(lines)})
    assert [(one.code, one.row) for one in plan.problems] == [("duplicate_row", 3)]


def test_a_diagnosis_written_with_one_code_point_or_two_is_one(plan_of):
    lines = ["photo0,Nävus", f"photo1,{unicodedata.normalize('NFD', 'Nävus')}"]
    plan = plan_of({**photographs(), "manifest.csv": manifest(lines, "image,diagnosis")})
    assert [one.value for one in plan.questions] == ["Nävus"]


def old_tar(path, files):
    """A tar as before POSIX: the mark and all that follows it are empty."""
    make_tar(path, files, kind=tarfile.USTAR_FORMAT)
    content = bytearray(path.read_bytes())
    for at in range(0, len(content), tarfile.BLOCKSIZE):
        if content[at + 257 : at + 262] == b"ustar":
            content[at + 257 : at + 512] = bytes(255)
            content[at + 148 : at + 156] = b" " * 8
            total = sum(content[at : at + 512])
            content[at + 148 : at + 156] = b"%06o\0 " % total
    path.write_bytes(bytes(content))
    return path


def test_a_tar_without_a_mark_is_read(tmp_path, db):
    path = old_tar(tmp_path / "old.tar", good_files())
    assert b"ustar" not in path.read_bytes()
    assert len(planned(path)) == 4

"""Archives made to be misread or to do harm, each with what should come of it.

`python -m tests.hostile.archives FOLDER` writes them, to be tried by hand.
"""

import bz2
import gzip
import io
import lzma
import random
import stat
import struct
import sys
import tarfile
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from tests.intake.archives import good_files
from tests.intake.photographs import png

MEBIBYTE = 2**20
# One gigabyte of zeros, which is more than any photograph, in an archive of a megabyte.
BOMB_BYTES = 1024 * MEBIBYTE


@dataclass(frozen=True)
class HostileArchive:
    """An archive, and the codes of the problems that its plan has; none where it is read right."""

    name: str
    content: bytes
    codes: frozenset[str] = frozenset()
    mebibytes: int = 300  # of memory that it may need


def corpus() -> list[HostileArchive]:
    """All of them. Few are larger than some megabytes."""
    return [*_zips(), *_damaged_zips(), *_tars()]


def _zips() -> list[HostileArchive]:
    link = zipfile.ZipInfo("link.png")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    return [
        _bad("zip bomb", _zip(more={"bomb.png": bytes(70 * MEBIBYTE)}), "file_too_large"),
        _bad("zip bomb below the limit", _zip(more={"b.png": bytes(9 * MEBIBYTE)}), "zip_bomb"),
        _bad("nested zip", _zip(more={"more.zip": _zip()}), "nested_archive"),
        _bad("path upwards", _zip(more={"../../evil.png": png()}), "path_leads_outside"),
        _bad("absolute path", _zip(more={"/etc/cron.d/evil.png": png()}), "path_leads_outside"),
        _bad("drive", _zip(more={"C:/evil.png": png()}), "path_leads_outside"),
        _bad("symbolic link", _zip(more={link: b"/etc/passwd"}), "link"),
        _bad("case collides", _zip(more={"PHOTO0.PNG": png(9)}), "colliding_names"),
        _bad("control character", _zip(more={"a\nb.png": png()}), "strange_name"),
        _bad("ntfs stream", _zip(more={"photo9.png:evil": png()}), "strange_name"),
        _bad("name of 300 characters", _zip(more={"a" * 300 + ".png": png()}), "name_too_long"),
        _bad("many files", _zip(more={f"{at}.txt": b"" for at in range(20_001)}), "too_many_files"),
        _bad("400,000 names", _many_names(400_000), "too_many_files"),
        _bad("19,000 names that lead outside", _many_names(19_000), "path_leads_outside", "overlapping_files", "no_manifest"),
        HostileArchive("six tables that name no photograph", _zip(more={f"{at}.csv": _cells(1) for at in range(6)}), mebibytes=1000),
        _bad("seven tables that name photographs", _zip(more={f"{at}.csv": b"image,diagnosis\nphoto0.png,nevus\n" for at in range(6)}), "several_manifests"),
        _bad("tables of 35 MiB", _zip(more={f"{at}.csv": _cells(7) for at in range(5)}, compression=zipfile.ZIP_STORED), "manifest_too_large"),
        # What one manifest may need that is just not refused.
        HostileArchive("tables of millions of cells", _zip(more={f"{at}.csv": _cells(5) for at in range(3)}, compression=zipfile.ZIP_STORED), frozenset({"too_large"}), 1000),
        HostileArchive("self-extracting", b"MZ" + bytes(1000) + _zip()),
        HostileArchive("rubbish of other systems", _zip(more={"__MACOSX/._a.png": b"", ".DS_Store": b""})),
    ]  # fmt: skip


def _damaged_zips() -> list[HostileArchive]:
    whole = _zip(compression=zipfile.ZIP_STORED)
    return [
        _bad("encrypted", _changed(whole, b"PK\x01\x02", 8, b"\x01"), "encrypted", "no_manifest"),
        _bad("zip cut in half", whole[: len(whole) // 2], "not_an_archive"),
        _bad("zip without its end", whole[:-30], "not_an_archive"),
        _bad("directory that says 2 GiB", _changed(whole, b"PK\x05\x06", 12, struct.pack("<I", 2**31)), "not_an_archive"),
        _bad("mark of the end within its counts", _marked_counts(), "not_an_archive"),
        _bad("directory behind a mark within its counts", _marked_counts(2**31), "not_an_archive"),
        _bad("two ends", two_ends(), "not_an_archive"),
        _bad("comment that looks like an end", _commented(b"PK\x05\x06"), "not_an_archive"),
        _bad("files on one another", _overlapping(), "overlapping_files", "damaged_entry"),
        _bad("a name that begins with nul", _zip(more={"Xhidden.png": png()}).replace(b"Xhidden.png", b"\0hidden.png"), "strange_name"),
        _bad("pixels changed", _changed(whole, b"IDAT", 9, b"\x00\x00\x00"), "damaged_entry"),
        _bad("empty file", b"", "not_an_archive"),
        _bad("text", b"Dear colleague, the photographs follow.", "not_an_archive"),
        _bad("rar", b"Rar!\x1a\x07\x01\x00" + bytes(500), "not_an_archive"),
        _bad("7z", b"7z\xbc\xaf\x27\x1c" + bytes(500), "not_an_archive"),
    ]  # fmt: skip


def _tars() -> list[HostileArchive]:
    return [
        HostileArchive("plain tar", _tar()),
        _bad("tar ntfs stream", _tar(_member("photo0.png:evil")), "strange_name"),
        _bad("tar path upwards", _tar(_member("../evil.png")), "path_leads_outside"),
        _bad("tar absolute path", _tar(_member("/etc/evil.png")), "path_leads_outside"),
        _bad("tar symbolic link", _tar(_member("l.png", tarfile.SYMTYPE)), "link"),
        _bad("tar hard link", _tar(_member("l.png", tarfile.LNKTYPE)), "link"),
        _bad("tar device", _tar(_member("d.png", tarfile.BLKTYPE)), "special_file"),
        _bad("tar pipe", _tar(_member("p.png", tarfile.FIFOTYPE)), "special_file"),
        _bad("tar case collides", _tar(_member("PHOTO0.png")), "colliding_names"),
        _bad("tar nested", _tar(_member("more.tar.gz")), "nested_archive"),
        _bad("tar header of megabytes", _long_header(), "not_an_archive"),
        _bad("tar with a size that is not there", _boasting(), "not_an_archive"),
        _bad("gzip bomb", _bomb(gzip.compress), "file_too_large", "no_manifest"),
        _bad("bzip2 bomb", _bomb(bz2.compress), "file_too_large", "no_manifest"),
        _bad("gzip cut short", gzip.compress(_tar())[:-50], "not_an_archive"),
        _bad("xz cut short", lzma.compress(_tar())[:-50], "not_an_archive"),
        _bad("xz with a dictionary of 1.5 GiB", _large_dictionary(), "too_much_memory"),
        HostileArchive(
            "xz of two streams",
            lzma.compress(_tar()[:2000]) + bytes(8) + lzma.compress(_tar()[2000:]),
        ),
        _bad("gzip of text", gzip.compress(b"Dear colleague"), "not_an_archive"),
        _bad("gzip of a gzip of a tar", gzip.compress(gzip.compress(_tar())), "not_an_archive"),
    ]


def _bad(name: str, content: bytes, *codes: str) -> HostileArchive:
    return HostileArchive(name, content, frozenset(codes))


def _zip(
    more: dict[str | zipfile.ZipInfo, bytes] | None = None, compression: int = zipfile.ZIP_DEFLATED
) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in {**good_files(), **(more or {})}.items():
            archive.writestr(name, content)
    return out.getvalue()


def _changed(content: bytes, mark: bytes, offset: int, to: bytes) -> bytes:
    """The content with other bytes so far behind the first mark."""
    changed = bytearray(content)
    at = content.index(mark) + offset
    changed[at : at + len(to)] = to
    return bytes(changed)


def _overlapping() -> bytes:
    """A directory whose last entry points at the first file's bytes."""
    content = bytearray(_zip())
    last = content.rindex(b"PK\x01\x02")
    content[last + 42 : last + 46] = struct.pack("<I", 0)
    return bytes(content)


def _many_names(count: int) -> bytes:
    """A directory of entries that all are the same empty file, of which every name leads outside."""
    local = struct.pack("<4s5H3I2H", b"PK\3\4", 20, 0, 0, 0, 33, 0, 0, 0, 1, 0) + b"x"
    whole = io.BytesIO(local)
    start = whole.seek(0, io.SEEK_END)
    for at in range(count):
        name = b"../%x" % at
        fields = (20, 20, 0, 0, 0, 33, 0, 0, 0, len(name), 0, 0, 0, 0, 0, 0)
        whole.write(struct.pack("<4s6H3I5H2I", b"PK\1\2", *fields) + name)
    size = whole.tell() - start
    whole.write(struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, size, start, 0))
    return whole.getvalue()


def _cells(mebibytes: int) -> bytes:
    """A table of cells that are as short as they can be, each of them an object in memory."""
    letters = random.Random(1).randbytes(MEBIBYTE // 6).hex()
    cells = [letters[at : at + 2] for at in range(0, len(letters), 2)]
    rows = [",".join(cells[at : at + 10]) for at in range(0, len(cells) - 10, 10)]
    return b"a,b,c,d,e,f,g,h,i,j\n" + ("\n".join(rows) + "\n").encode() * mebibytes * 2


def _marked_counts(size: int | None = None) -> bytes:
    """The mark of an end record where the numbers of entries stand: whoever looks for the last mark finds none whole."""
    changed = _changed(_zip(), b"PK\x05\x06", 8, b"PK\x05\x06")
    return changed if size is None else changed[:-10] + struct.pack("<I", size) + changed[-6:]


def two_ends() -> bytes:
    """An end record whose comment is another one, of an archive without a file."""
    return _commented(struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 0, 0, 0, 0, 0))


def _commented(comment: bytes) -> bytes:
    out = io.BytesIO(_zip())
    with zipfile.ZipFile(out, "a") as archive:
        archive.comment = comment
    return out.getvalue()


def _large_dictionary() -> bytes:
    """An xz file whose header says that 1.5 GiB are needed (xz 1.2, 5.3.1); the rest is as it was."""
    content = bytearray(lzma.compress(_tar()))
    content[16] = 37
    content[20:24] = struct.pack("<I", zlib.crc32(bytes(content[12:20])))
    return bytes(content)


def _tar(*more: tarfile.TarInfo) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, content in good_files().items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
        for member in more:
            archive.addfile(member)
    return out.getvalue()


def _member(name: str, kind: bytes = tarfile.REGTYPE) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, "/etc/passwd"
    return member


def _long_header() -> bytes:
    member = tarfile.TarInfo("header")
    member.type, member.size = tarfile.XHDTYPE, 8 * MEBIBYTE
    return member.tobuf(tarfile.USTAR_FORMAT) + bytes(8 * MEBIBYTE) + _tar()


def _boasting() -> bytes:
    member = tarfile.TarInfo("photo.png")
    member.size = 2**33
    return member.tobuf(tarfile.GNU_FORMAT) + bytes(1024)


def _bomb(compress) -> bytes:  # type: ignore[no-untyped-def]
    """A tar with one file of zeros. Compressed twice as a stream of blocks would be slow to make: it is joined of equal parts."""
    member = tarfile.TarInfo("bomb.png")
    member.size = BOMB_BYTES
    part = compress(bytes(16 * MEBIBYTE))
    body = part * (BOMB_BYTES // (16 * MEBIBYTE))
    return bytes(compress(member.tobuf()) + body + compress(bytes(1024)))


def main(folder: Path) -> None:
    """Writes them all."""
    folder.mkdir(parents=True, exist_ok=True)
    for one in corpus():
        (folder / one.name).write_bytes(one.content)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""Manifests made to be misread or to do harm, each with what should come of it.

`python -m tests.hostile.manifests FOLDER` writes them as archives, to be tried by hand.
"""

import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

from tests.intake.archives import manifest, photographs, rows

GOOD = manifest()
HEADER = "image,diagnosis,malignant"
MEBIBYTE = 2**20


@dataclass(frozen=True)
class Hostile:
    """A manifest; the codes of its problems, or how many images it is read to, without any."""

    name: str
    content: bytes
    codes: frozenset[str] = frozenset()
    images: int = 0  # also where another row has a problem


def corpus() -> list[Hostile]:
    """All of them. The largest has a few dozen megabytes."""
    return [*read_right(), *refused()]


def read_right() -> list[Hostile]:
    """Strange, but not wrong."""
    return [
        Hostile("utf-16 with mark", GOOD.decode().encode("utf-16"), images=4),
        Hostile("utf-16 big endian", b"\xfe\xff" + GOOD.decode().encode("utf-16-be"), images=4),
        Hostile("semicolons", GOOD.replace(b",", b";"), images=4),
        Hostile("byte order mark", b"\xef\xbb\xbf" + GOOD, images=4),
        Hostile("carriage returns only", GOOD.replace(b"\r\n", b"\r"), images=4),
        Hostile("quoted everywhere", _quoted(), images=4),
        Hostile("formula", _with("photo0.png,\"=cmd|' /C calc'!A0\",0"), images=1),
        Hostile("windows-1252", _with("photo0.png,Nävus,0").decode().encode("cp1252"), images=1),
        Hostile("right to left mark", _with("photo0.png,n\u202eevus,0"), images=1),
        Hostile("a hundred thousand empty lines", GOOD + b"\r\n" * 100_000, images=4),
    ]


def refused() -> list[Hostile]:
    """Each with its sentence."""
    return [
        _bad("empty", b"", "empty_file"),
        _bad("only empty lines", b"\r\n,,\r\n\r\n", "empty_file"),
        _bad("header only", HEADER.encode(), "no_rows"),
        _bad("a million columns", b",".join(b"c%d" % at for at in range(10**6)), "too_wide"),
        _bad("a million cells in a row", GOOD + b"\r\n" + b"x," * 10**6, "too_wide"),
        _bad("nul", _with("photo0.png,nev\0us,0"), "not_text"),
        _bad("nul in utf-16", "image\0,b\r\n".encode("utf-16"), "not_text"),
        _bad("utf-32", GOOD.decode().encode("utf-32"), "not_text"),
        _bad("half a character of utf-16", GOOD.decode().encode("utf-16")[:-1], "not_text"),
        _bad("bytes of no text", GOOD + b"\x81\x8d\x8f", "not_text"),
        _bad("mixed encodings", _mixed(), "mixed_encodings"),
        _bad("quote never closed", _with('photo0.png,"nevus,0', "photo1.png,nevus,0"), "not_csv"),
        _bad(
            "quote closed two rows later",
            _with('photo0.png,"nevus,0', 'photo1.png,nevus",0'),
            "several_lines",
        ),
        _bad("text after a quote", _with('photo0.png,"nev"us,0'), "not_csv"),
        _bad("duplicate ids", _with("photo0.png,nevus,0", "photo0,nevus,0"), "duplicate_row", 1),
        _bad("column twice", b"image,image,diagnosis,malignant\r\na,b,c,0", "repeated_column"),
        _bad("a cell of megabytes", _with("photo0.png," + "x" * 8 * MEBIBYTE + ",0"), "not_csv"),
        _bad("a file too large", GOOD + b" " * 33 * MEBIBYTE, "manifest_too_large"),
        _bad("a million rows", GOOD + b"\r\nx,y,0" * 10**6, "too_large"),
        _bad("no photograph's name", _with("../../etc/passwd,nevus,0"), "image_missing"),
        _bad("many diagnoses", _without_class(), "too_many_diagnoses"),
    ]


def _bad(name: str, content: bytes, code: str, images: int = 0) -> Hostile:
    return Hostile(name, content, frozenset({code}), images)


def _with(*lines: str) -> bytes:
    return manifest(lines)


def _quoted() -> bytes:
    lines = [",".join(f'"{cell}"' for cell in line.split(",")) for line in [HEADER, *rows()]]
    return "\r\n".join(lines).encode()


def _mixed() -> bytes:
    return _with("photo0.png,Nävus,0") + "\r\nphoto1.png,Nävus,0".encode("cp1252")


def _without_class() -> bytes:
    lines = [f"photo{at}.png,disease {at}" for at in range(20_000)]
    return manifest(lines, "image,diagnosis")


def main(folder: Path) -> None:
    """Writes an archive for each manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    for one in corpus():
        with zipfile.ZipFile(folder / f"{one.name}.zip", "w", zipfile.ZIP_STORED) as archive:
            for name, content in {**photographs(), "manifest.csv": one.content}.items():
                archive.writestr(name, content)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""Zip archives of every kind, made as real bytes."""

import zipfile

from tests.intake.photographs import png

HEADER = "image,diagnosis,malignant"


def rows(count=4):
    """Rows 2 to count + 1 of a manifest: every other case is a melanoma."""
    return [
        f"photo{number}.png,{'melanoma' if number % 2 else 'nevus'},{number % 2}"
        for number in range(count)
    ]


def manifest(lines=None, header=HEADER):
    return "\r\n".join([header, *(rows() if lines is None else lines)]).encode()


def photographs(count=4):
    return {f"photo{number}.png": png(seed=number) for number in range(count)}


def good_files(count=4, **more):
    return {"manifest.csv": manifest(rows(count)), **photographs(count), **more}


def make_zip(path, files, *, compression=zipfile.ZIP_DEFLATED):
    """Writes the files (name or ZipInfo → bytes) into a zip at `path` and returns the path."""
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def good_zip(path, count=4):
    return make_zip(path, good_files(count))

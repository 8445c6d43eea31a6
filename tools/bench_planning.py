"""How long a manifest of 10,000 rows takes to be planned, decoding aside: `python -m tools.bench_planning`.

The ratio is against reading the same file with Python's csv module alone, in the same run.
"""

import csv
import io
import os

import django

from readerstudy.core.csvio import read_table
from tools.timing import seconds

ROWS = 10_000
HEADER = "patient_id,lesion_id,age,gender,fitspatrick,region,diagnostic,img_id,biopsed"
CODES = ("BCC", "NEV", "SEK", "MEL")


def manifest_of(count: int, *, broken: bool) -> bytes:
    """A manifest laid out as PAD-UFES-20 is; where it is broken, two cells of every row are wrong."""
    image, sex = ("none", "maybe") if broken else ("img", "FEMALE")
    lines = (
        f"PAT_{at // 3},{at // 2},{at % 90},{sex},{at % 6 + 1}.0,ARM,{CODES[at // 2 % 4]},{image}_{at}.png,True"
        for at in range(count)
    )
    return "\n".join([HEADER, *lines]).encode()


def plan(content: bytes, count: int) -> int:
    """All that planning does but for the pixels; how many problems it finds."""
    # Models can be imported only once Django is set up.
    from readerstudy.intake import (  # noqa: PLC0415
        cases,
        layouts,
        manifest,
        mapping,
        photographs,
        report,
        sources,
    )

    entries = [sources.Entry(f"images/img_{at}.png", 1) for at in range(count)]
    laid = layouts.lay_out([read_table(content, name="m.csv")], files=[], name="set.zip")
    found = manifest.read_manifest(laid, entries, mapping.ManifestMapping())
    pictures = {entry.name: photographs.Photograph(entry.name, entry.name) for entry in entries}
    columns = found.columns.used
    cases.group_rows(found.rows, manifest="m.csv", columns=columns, photographs=pictures)
    report.grouped("problem", found.problems)
    return len(found.problems)


def main() -> None:
    """Prints the times of a good manifest and of one with two problems in every row."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "readerstudy.settings")
    django.setup()
    for broken in (False, True):
        content = manifest_of(ROWS, broken=broken)
        ours = seconds(lambda content=content: plan(content, ROWS))
        bare = seconds(lambda content=content: list(csv.DictReader(io.StringIO(content.decode()))))
        print(
            f"planning: {ROWS} rows with {plan(content, ROWS)} problems in {ours:.2f} s,"
            f" {ours / bare:.1f} times csv.DictReader alone"
        )


if __name__ == "__main__":
    main()

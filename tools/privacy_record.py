"""`python -m tools.privacy_record`: the tables of docs/privacy.md, out of the register that erasure works through."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "privacy.md"
ACTIVITY_MARK, TABLE_MARK = "activities", "tables"


def activity_lines() -> Iterator[str]:
    """The record of processing activities, one line each."""
    from readerstudy.privacy.activities import ACTIVITIES  # noqa: PLC0415 (once Django is set up)

    yield "| What is processed | Why | Legal basis | How long | Who sees it |"
    yield "|---|---|---|---|---|"
    for one in ACTIVITIES.values():
        yield f"| {one.about} | {one.purpose} | {one.basis} | {one.kept} | {one.seen_by} |"


def table_lines() -> Iterator[str]:
    """Every table with something personal or pseudonymous, and what an erasure does to it."""
    from readerstudy.privacy.register import REGISTER  # noqa: PLC0415 (once Django is set up)
    from readerstudy.privacy.register_types import Kind  # noqa: PLC0415 (once Django is set up)

    yield "| Table | Personal | Pseudonymous | At an erasure its rows |"
    yield "|---|---|---|---|"
    for label, table in REGISTER.items():
        named = {
            kind: " ".join(f"`{n}`" for n, k in table.kinds().items() if k == kind) for kind in Kind
        }
        if named[Kind.PERSONAL] or named[Kind.PSEUDONYMOUS]:
            cells = (named[Kind.PERSONAL], named[Kind.PSEUDONYMOUS], table.rows.value)
            yield f"| `{label}` | " + " | ".join(cells) + " |"


def with_tables(text: str) -> str:
    """The document with both tables as they are now."""
    for mark, lines in ((ACTIVITY_MARK, activity_lines()), (TABLE_MARK, table_lines())):
        table = "\n".join(lines)
        begin, end = f"<!-- {mark} -->\n", f"<!-- end of {mark} -->"
        text = re.sub(
            f"{begin}.*?{end}", lambda _found, t=f"{begin}{table}\n{end}": t, text, flags=re.DOTALL
        )
    return text


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "readerstudy.settings")
    django.setup()
    DOCUMENT.write_text(with_tables(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")

"""The texts that pages show, collected from code and templates, against the German catalogue.

`python tools/messages.py` adds new texts to locale/de and drops unused ones; `--check` only says what is missing.
The sentences of errors and reports are collected too (see `sentences.py`): the context of theirs in the catalogue is "sentence".
It needs neither GNU gettext nor a browser: Python's own parser reads the code, Django's lexer the templates.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from django.template.base import Lexer, TokenType
from django.utils.text import smart_split
from django.utils.translation import trim_whitespace

if __name__ == "__main__":  # as a script it finds no package `tools`
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools.sentences import CONTEXT, WORDS, is_shown, is_told, sentences

ROOT = Path(__file__).resolve().parent.parent
PO = ROOT / "locale" / "de" / "LC_MESSAGES" / "django.po"
CODE = ("readerstudy", "inference")
FUNCTIONS = {
    "_": 1,
    "gettext": 1,
    "gettext_lazy": 1,
    "gettext_noop": 1,
    "ngettext": 2,
    "ngettext_lazy": 2,
}
PLACEHOLDER = re.compile(r"%\((\w+)\)|\{(\w*)\}|%[sd]")
Message = str | tuple[str, str]
# Each context with its texts and the files they stand in; texts of gettext have no context.
Found = dict[str | None, dict[Message, list[str]]]


def everything() -> Found:
    """What is marked for translation, and the sentences that are composed as plain English."""
    return {None: collected(), CONTEXT: collected_sentences()}


def collected_sentences() -> dict[Message, list[str]]:
    """Every sentence that code composes, with its files."""
    found: dict[Message, list[str]] = {word: ["tools/sentences.py"] for word in WORDS}
    for path in (p for d in CODE for p in sorted((ROOT / d).rglob("*.py"))):
        place = path.relative_to(ROOT).as_posix()
        for message in sentences(path.read_text(encoding="utf-8")) if is_shown(place) else ():
            if is_told(place, message):
                found.setdefault(message, []).append(place)
    return found


def collected() -> dict[Message, list[str]]:
    """Every text with the files it stands in; a pair is a singular with its plural."""
    found: dict[Message, list[str]] = {}
    sources = [
        *(p for d in CODE for p in sorted((ROOT / d).rglob("*.py"))),
        *sorted((ROOT / "templates").rglob("*.*")),
    ]
    for path in sources:
        read = from_python if path.suffix == ".py" else from_template
        for message in read(path.read_text(encoding="utf-8")):
            found.setdefault(message, []).append(str(path.relative_to(ROOT)))
    return found


def from_python(text: str) -> Iterator[Message]:
    """The literal arguments of the gettext functions."""
    for node in ast.walk(ast.parse(text)):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in FUNCTIONS
        ):
            literals = [
                arg.value
                for arg in node.args[: FUNCTIONS[node.func.id]]
                if isinstance(arg, ast.Constant)
            ]
            if len(literals) == FUNCTIONS[node.func.id]:
                yield literals[0] if len(literals) == 1 else (literals[0], literals[1])


def from_template(text: str) -> Iterator[Message]:
    """The texts of `{% translate %}`, `{% blocktranslate %}` and `_("…")` inside tags."""
    tokens = iter(Lexer(text).tokenize())
    for token in tokens:
        if token.token_type not in (TokenType.BLOCK, TokenType.VAR):
            continue
        words = list(smart_split(token.contents)) or [""]
        if words[0] in ("blocktranslate", "blocktrans"):
            yield _block(words, tokens)
            continue
        if words[0] in ("translate", "trans"):
            # Django looks texts of templates up with every % doubled.
            yield words[1][1:-1].replace("%", "%%")
        yield from re.findall(r'_\("([^"]+)"\)', token.contents)


def _block(words: list[str], tokens: Iterator[object]) -> Message:
    parts: list[str] = [""]
    for token in tokens:
        kind, contents = token.token_type, token.contents  # type: ignore[attr-defined]  # Lexer yields Tokens
        if kind == TokenType.BLOCK and contents.startswith("end"):
            break
        if kind == TokenType.BLOCK:
            parts.append("")
        else:
            parts[-1] += (
                f"%({contents.strip()})s" if kind == TokenType.VAR else contents.replace("%", "%%")
            )
    texts = [trim_whitespace(part) if "trimmed" in words else part for part in parts]
    return texts[0] if len(texts) == 1 else (texts[0], texts[1])


def problems(catalog: Catalog, found: Found) -> Iterator[str]:
    """What is wrong with the catalogue, a sentence each."""
    for context, messages in found.items():
        for message, places in messages.items():
            entry = catalog.get(_first(message), context)
            if entry is None or not _translated(entry.string):
                yield f"{places[0]}: not translated: {message!r}"
            elif _placeholders(entry.id) != _placeholders(entry.string):
                yield f"{places[0]}: other placeholders in the translation of {message!r}"
    known = {(context, _first(m)) for context, messages in found.items() for m in messages}
    yield from (
        f"{PO.name}: unused: {e.id!r}"
        for e in catalog
        if e.id and (e.context, _first(e.id)) not in known
    )


def _first(text: str | tuple[str, ...] | list[str]) -> str:
    return text if isinstance(text, str) else text[0]


def _translated(text: str | tuple[str, ...]) -> bool:
    return bool(text) if isinstance(text, str) else bool(text) and all(text)


def _placeholders(text: str | tuple[str, ...] | list[str]) -> set[str]:
    parts = [text] if isinstance(text, str) else text
    return {match.group(0) for part in parts for match in PLACEHOLDER.finditer(part)}


def load() -> Catalog:
    """The German catalogue as it is."""
    if not PO.exists():
        return Catalog(locale="de", project="Reader Study", fuzzy=False)
    with PO.open("rb") as file:
        return read_po(file, locale="de")


def update(catalog: Catalog, found: Found) -> Catalog:
    """The catalogue with every text in use and no other; translations are kept."""
    fresh = Catalog(locale="de", project="Reader Study", fuzzy=False)
    fresh.creation_date = catalog.creation_date
    for context, messages in found.items():
        for message, places in sorted(messages.items(), key=lambda item: _first(item[0])):
            old = catalog.get(_first(message), context)
            fresh.add(
                message,
                old.string if old else None,
                locations=[(place, None) for place in sorted(set(places))],
                context=context,
            )
    return fresh


def main(arguments: list[str]) -> int:
    """Checks, or updates and then checks. 1 where something is missing."""
    found, catalog = everything(), load()
    if "--check" not in arguments:
        catalog = update(catalog, found)
        PO.parent.mkdir(parents=True, exist_ok=True)
        with PO.open("wb") as file:
            write_po(file, catalog, width=0, omit_header=False, include_lineno=False)
    wrong = list(problems(catalog, found))
    print("\n".join(wrong) or f"{sum(map(len, found.values()))} texts, all in German.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

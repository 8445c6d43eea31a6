"""A model card in sections, as Mitchell et al. (2019) name them; what it does not say is told as not stated."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inference.models import Model

_DEEPEST = 3
_LONGEST = 2_000
# Section → the keys of the card that belong there, each under any of the names that cards use.
_SECTIONS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (gettext_lazy("Model details"), ("model", "model_details", "architecture", "version", "date")),
    (gettext_lazy("Developers and contact"), ("developers", "developer", "authors", "contact")),
    (gettext_lazy("Licence"), ("licence", "license")),
    (gettext_lazy("Intended use"), ("intended_use", "use")),
    (gettext_lazy("Factors"), ("factors",)),
    (gettext_lazy("Metrics"), ("metrics",)),
    (gettext_lazy("Training data"), ("training_data",)),
    (gettext_lazy("Evaluation data"), ("evaluation_data", "test_data")),
    (
        gettext_lazy("Independence of the test set"),
        ("test_set_independence", "independence_of_the_test_set"),
    ),
    (gettext_lazy("Training"), ("recipe", "training", "software")),
    (gettext_lazy("Quantitative analyses"), ("quantitative_analyses", "results", "runs")),
    (gettext_lazy("Ethical considerations"), ("ethical_considerations", "ethics")),
    (
        gettext_lazy("Caveats and recommendations"),
        ("caveats_and_recommendations", "caveats", "limitations", "recommendations"),
    ),
)


@dataclass(frozen=True)
class CardTable:
    """A list of objects of the card."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class CardSection:
    """One section: facts as (name, words), and tables. Both are empty where the card does not say anything."""

    title: str
    facts: tuple[tuple[str, str], ...]
    tables: tuple[CardTable, ...]

    @property
    def is_stated(self) -> bool:
        return bool(self.facts or self.tables)


def card_sections(model: Model) -> list[CardSection]:
    """Every section in its order, the unstated included; what the card says beyond them comes last."""
    card = {key: value for key, value in model.card.items() if _says(value)}
    card.setdefault("training_data", model.training_data.strip())
    sections = [
        _section(str(title), {key: card.pop(key) for key in keys if key in card})
        for title, keys in _SECTIONS
    ]
    return [*sections, _section(_("Further"), card)] if card else sections


def _says(value: Any) -> bool:
    return value is not None and value not in ("", [], {})


def _section(title: str, entries: dict[str, Any]) -> CardSection:
    facts: list[tuple[str, str]] = []
    tables: list[CardTable] = []
    for key, value in entries.items():
        if _is_table(value):
            tables.append(_table(_label(key), value))
        else:
            facts += _facts(_label(key), value)
    return CardSection(title, tuple(facts), tuple(tables))


def _facts(label: str, value: Any, depth: int = 0) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and depth < _DEEPEST:
        for key, inner in value.items():
            yield from _facts(
                _label(key) if depth == 0 else f"{label}: {_label(key)}", inner, depth + 1
            )
    elif _says(value):
        yield label, _words(value)


def _is_table(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


def _table(title: str, rows: list[dict[str, Any]]) -> CardTable:
    header = list(dict.fromkeys(key for row in rows for key in row))
    return CardTable(
        title,
        tuple(_label(key) for key in header),
        tuple(tuple(_words(row.get(key, "–")) for key in header) for row in rows),
    )


def _label(key: str) -> str:
    words = key.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, str):
        text = value
    elif isinstance(value, list) and all(isinstance(one, str | int | float) for one in value):
        text = ", ".join(map(str, value))
    elif isinstance(value, int | float):
        text = str(value)
    else:
        text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …"

"""A checklist and its items."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise
# Why an item does not apply where what it `needs` is not there; needs without a reason leave it open.
REASONS: dict[str, Words] = {
    "model": _("no CNN took part"),
    "aided": _("no reader was aided"),
    "repeats": _("no case was read twice"),
}


@dataclass(frozen=True)
class Item:
    """One item. `chapter` is where the report fills it, None where only people can; `needs` is what must be there for it."""

    number: str
    words: Words
    chapter: int | None = None
    needs: str = ""


@dataclass(frozen=True)
class Checklist:
    """A published checklist."""

    name: str
    title: str
    citation: str
    items: tuple[Item, ...]

    def key_of(self, item: Item) -> str:
        """What an item is stored under."""
        return f"{self.name}-{item.number}"

"""What the cells of a manifest mean. Every function takes the text of one cell and raises InvalidInput with a sentence."""

import re
from collections.abc import Callable
from typing import Any

from readerstudy.core.errors import InvalidInput
from readerstudy.images.choices import Sex, View

TRUE = {"1", "1.0", "true", "t", "yes", "y", "ja", "wahr"}
FALSE = {"0", "0.0", "false", "f", "no", "n", "nein", "falsch"}
MALIGNANT = TRUE | {"malignant", "melanoma"}
BENIGN = FALSE | {"benign"}
MISSING = {"", "na", "n/a", "nan", "none", "null", "unk", "unknown", "-", "not stated"}
SAID_TO_BE_UNKNOWN = {"unk", "unknown"}
SEXES = {"female": Sex.FEMALE, "f": Sex.FEMALE, "w": Sex.FEMALE, "woman": Sex.FEMALE}
SEXES |= {"male": Sex.MALE, "m": Sex.MALE, "man": Sex.MALE}
SEXES |= {"weiblich": Sex.FEMALE, "männlich": Sex.MALE}
SEXES |= {"other": Sex.OTHER, "o": Sex.OTHER, "diverse": Sex.OTHER, "d": Sex.OTHER}
ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6}
MAX_AGE = 120
# The first word found decides: "clinical: overview" is an overview.
VIEWS = (
    (("dermosc", "dermatosc"), View.DERMOSCOPIC),
    (("overview",), View.OVERVIEW),
    (("close", "clinic", "macro", "photo", "smartphone"), View.CLOSE_UP),
)


def required_text(cell: str) -> str:
    """The text; a diagnosis cannot be missing. `unknown` is one: published sets say it of cases known to be benign."""
    if cell.casefold() in MISSING - SAID_TO_BE_UNKNOWN:
        raise InvalidInput("The cell is empty; a value is needed.", code="value_missing")
    if "\n" in cell or "\r" in cell:
        message = "The cell goes on over several lines; is a quotation mark not closed?"
        raise InvalidInput(message, code="several_lines")
    return text_up_to(200)(cell)


def text_up_to(length: int) -> Callable[[str], str]:
    """A reader of texts that have at most `length` characters."""

    def text(cell: str) -> str:
        if len(cell) > length:
            message = f"The text has {len(cell)} characters; at most {length} are stored."
            raise InvalidInput(message, code="text_too_long")
        return cell

    return text


def malignant(cell: str) -> bool:
    """True for malignant, False for benign; nothing else is accepted, and no empty cell."""
    value = cell.casefold()
    if value in MISSING:
        raise InvalidInput("The cell is empty; a value is needed.", code="value_missing")
    if value in MALIGNANT:
        return True
    if value in BENIGN:
        return False
    raise _unknown(cell, "1, 0, true, false, yes, no, malignant, benign")


def synthetic(cell: str) -> bool:
    """Whether the image was made and not taken; an empty cell is no."""
    value = cell.casefold()
    if value in TRUE:
        return True
    if value in FALSE | MISSING:
        return False
    raise _unknown(cell, "1, 0, true, false, yes, no")


def age(cell: str) -> int | None:
    """Completed years, 0 to 120; `85+` is 85, as the ISIC archive caps ages."""
    if cell.casefold() in MISSING:
        return None
    if not re.fullmatch(r"\d{1,3}([.,]\d+)?\+?", cell, re.ASCII):
        raise _unknown(cell, f"a number of years from 0 to {MAX_AGE}")
    years = int(re.split(r"[.,+]", cell)[0])
    if years > MAX_AGE:
        raise _unknown(cell, f"a number of years from 0 to {MAX_AGE}")
    return years


def sex(cell: str) -> str:
    """One of `Sex`; empty where it is not stated."""
    value = cell.casefold()
    if value in MISSING:
        return ""
    if value not in SEXES:
        raise _unknown(cell, "female, male, other, or nothing")
    return SEXES[value].value


def site(cell: str) -> str:
    """The anatomical site in lower case, with single spaces; empty where it is not stated."""
    value = " ".join(cell.split()).casefold()
    return "" if value in MISSING else text_up_to(60)(value)


def fitzpatrick(cell: str) -> int | None:
    """The skin type 1 to 6, written as 2, 2.0 or II."""
    value = cell.casefold().removeprefix("type ").removesuffix(".0")
    # Fitzpatrick17k writes -1 where nobody said it.
    if value in MISSING or value == "-1":
        return None
    if value in ROMAN:
        return ROMAN[value]
    if value not in {"1", "2", "3", "4", "5", "6"}:
        raise _unknown(cell, "1 to 6 or I to VI")
    return int(value)


def confirmation(cell: str) -> str:
    """How the diagnosis was confirmed. Columns that only say whether there was a biopsy are put into words."""
    value = cell.casefold()
    if value in MISSING:
        return ""
    if value in TRUE:
        return "biopsy"
    if value in FALSE:
        return "no biopsy"
    return text_up_to(200)(cell)


def view(cell: str) -> str:
    """One of `View`; a close-up where nothing is stated."""
    value = cell.casefold()
    if value in MISSING:
        return View.CLOSE_UP.value
    if not is_photograph(cell):
        raise _unknown(cell, "a kind of photograph")
    for words, found in VIEWS:
        if any(word in value for word in words):
            return found.value
    raise _unknown(cell, "close-up, overview, clinical, dermoscopic")


def is_photograph(view_cell: str) -> bool:
    """Whether the kind of picture is one that readers grade; the ISIC archive has confocal microscopy, too (RCM)."""
    return not view_cell.casefold().startswith("rcm")


def _unknown(cell: str, expected: str) -> InvalidInput:
    message = f"“{cell[:60]}” is not understood; expected is {expected}."
    return InvalidInput(message, code="unknown_value")


# Field → what reads its cells. The image is not here: it is looked up among the files.
READERS: dict[str, Callable[[str], Any]] = {
    "diagnosis": required_text,
    "malignant": malignant,
    "patient_id": text_up_to(100),
    "lesion_id": text_up_to(100),
    "age": age,
    "sex": sex,
    "site": site,
    "fitzpatrick": fitzpatrick,
    "confirmation": confirmation,
    "view": view,
    "licence": text_up_to(100),
    "attribution": text_up_to(2_000),
    "synthetic": synthetic,
}

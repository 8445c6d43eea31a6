"""What a column that is not recognised may hold, and what a diagnosis may mean. A guess is shown, never used unasked."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches

from readerstudy.core.csvio import Table
from readerstudy.intake.columns import IMAGE, SYNONYMS, key_of
from readerstudy.intake.mapping import BENIGN, LEFT_OUT, MALIGNANT

# A look at so many rows tells what a column holds.
SAMPLE = 200
# Two names that have this much in common are likely meant to be one.
CLOSENESS = 0.8
# What columns are called elsewhere; too loose to be taken without asking.
ALSO: Mapping[str, tuple[str, ...]] = {
    IMAGE: ("bild", "bildname", "datei", "dateiname", "foto", "photo", "picture", "path"),
    "diagnosis": (
        "diagnose",
        "diagnosis_code",
        "diagnosecode",
        "diagnosis_full",
        "befund",
        "histology",
        "histologie",
        "label",
        "class",
        "dx_final",
    ),
    "malignant": (
        "dignitaet",
        "dignität",
        "malignancy",
        "malignität",
        "maligne",
        "boesartig",
        "bösartig",
    ),
    "patient_id": ("patientennummer", "patienten_id", "subject", "subject_id"),
    "lesion_id": ("laesion", "läsion", "lesion_number"),
    "age": ("alter", "lebensalter", "alter_in_jahren", "age_at_visit"),
    "sex": ("geschlecht",),
    "site": ("lokalisation", "körperstelle", "koerperstelle", "body_site"),
    "fitzpatrick": ("hauttyp", "skin_type", "phototype"),
    "confirmation": ("bestätigung", "bestaetigung", "sicherung"),
    "view": ("ansicht", "aufnahmeart"),
    "licence": ("lizenz",),
    "attribution": ("urheber", "quelle", "credit"),
    "synthetic": ("synthetisch", "generated"),
}
CLASS_WORDS = {"malignant", "benign", "bösartig", "gutartig", "maligne", "benigne"}
# Parts of words, umlauts written out. The first that stands in a diagnosis decides: "lentigo maligna" is no lentigo.
LIKELY = (
    (("?", "verdacht", "suspect", "suspicious", "suspekt", "ausschluss", "rule out"), ""),
    (("actinic", "aktinisch", "solar kerat", "bowen", "dysplas", "keratoacanthom"), ""),
    (("in situ carcinoma", "carcinoma in situ", "karzinom in situ", "in situ karzinom"), ""),
    (("unknown", "unklar", "unbekannt"), LEFT_OUT),
    (("melanom", "carcinom", "karzinom", "malign", "sarcom", "sarkom"), MALIGNANT),
    (("basaliom", "spinaliom", "lymphom", "metasta", "boesartig"), MALIGNANT),
    (("nevus", "nevi", "naev", "seborrheic kerat", "seborrhoeic kerat"), BENIGN),
    (("seborrhoische kerat", "seborrhoeische kerat", "alterswarze", "dermatofibrom"), BENIGN),
    (("angiom", "lentig", "benign", "gutartig", "wart", "cyst", "vascular"), BENIGN),
)
# Codes and short words, which stand alone or not at all: the mel of melasma is no melanoma.
LIKELY_WORDS = (
    (("vs", "dd"), ""),
    (("unk", "other", "andere"), LEFT_OUT),
    (("mel", "bcc", "scc"), MALIGNANT),
    (("nev", "nv", "sek", "bkl", "vasc", "zyste", "warze"), BENIGN),
)
NEGATED = re.compile(
    r"\b(no|not|non|kein|keine|nicht) (\w+ )?\w*(melanom|carcinom|karzinom|malign)"
)
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "_": " ", "-": " "})


def likely_class(diagnosis: str) -> str:
    """malignant, benign, left out, or "" where nothing is likely."""
    text = unicodedata.normalize("NFC", diagnosis).casefold().translate(UMLAUTS)
    words = set(re.findall(r"\w+", text))
    found = (said for parts, said in LIKELY if any(part in text for part in parts))
    short = (said for codes, said in LIKELY_WORDS if words & {*codes})
    said = next(found, None)
    said = next(short, "") if said is None else said
    # What it is not does not say what it is.
    return LEFT_OUT if said == MALIGNANT and NEGATED.search(text) else said


def guess_column(
    field: str, table: Table, free: Sequence[str], names_file: Callable[[str], bool]
) -> str:
    """The free column that likely holds the field, by its cells or by its name; "" where none does."""
    by_cells = _by_cells(field, table, free, names_file)
    return by_cells or _by_name(field, free)


def _by_cells(
    field: str, table: Table, free: Sequence[str], names_file: Callable[[str], bool]
) -> str:
    if field == IMAGE:
        return column_of_files(table, free, names_file)
    if field == MALIGNANT:
        return _best(table, free, lambda cell: cell.casefold() in CLASS_WORDS)
    return ""


def column_of_files(table: Table, free: Sequence[str], names_file: Callable[[str], bool]) -> str:
    """The free column whose first cells name most files; "" where none names any."""
    return _best(table, free, names_file)


def _best(table: Table, free: Sequence[str], fits: Callable[[str], bool]) -> str:
    """The free column in which most of the first cells fit; "" where no column has one that does."""
    counts = {column: sum(map(fits, cells)) for column, cells in _cells(table, free).items()}
    best = max(counts, key=lambda column: counts[column], default="")
    return best if counts.get(best) else ""


def _cells(table: Table, free: Sequence[str]) -> dict[str, list[str]]:
    places = {column: table.header.index(column) for column in free}
    return {
        column: [row[at] for row in table.rows[:SAMPLE] if at < len(row)]
        for column, at in places.items()
    }


def _by_name(field: str, free: Sequence[str]) -> str:
    by_key = {key_of(column): column for column in free}
    names = (*SYNONYMS[field], *ALSO[field])
    found = [name for name in names if name in by_key]
    near = found or [
        match for name in names for match in get_close_matches(name, by_key, 1, CLOSENESS)
    ]
    return by_key[near[0]] if near else ""

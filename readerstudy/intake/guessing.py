"""What a column that is not recognised may hold, and what a diagnosis may mean. A guess is shown, never used unasked."""

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
    "diagnosis": ("diagnose", "befund", "histology", "histologie", "label", "class", "dx_final"),
    "malignant": ("dignitaet", "dignität", "malignancy", "malignität", "boesartig", "bösartig"),
    "patient_id": ("patientennummer", "patienten_id", "subject", "subject_id"),
    "lesion_id": ("laesion", "läsion", "lesion_number"),
    "age": ("alter", "age_at_visit"),
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
# The first word that stands in a diagnosis decides: "lentigo maligna" is no lentigo.
LIKELY = (
    (("actinic", "aktinisch", "solar kerat", "bowen", "in situ carcinoma", "dysplas"), ""),
    (("not melanoma", "no melanoma", "unknown", "unk", "unklar", "other"), LEFT_OUT),
    (("melanom", "carcinom", "karzinom", "maligna", "sarcom", "sarkom", "lymphom"), MALIGNANT),
    (("metasta", "bcc", "scc", "mel", "bösartig"), MALIGNANT),
    (("nevus", "nevi", "naev", "seborr", "dermatofibrom", "angiom", "lentig"), BENIGN),
    (("benign", "gutartig", "wart", "cyst", "nev", "sek", "vascular"), BENIGN),
)


def likely_class(diagnosis: str) -> str:
    """malignant, benign, left out, or "" where nothing is likely."""
    text = diagnosis.casefold()
    return next((said for words, said in LIKELY if any(word in text for word in words)), "")


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

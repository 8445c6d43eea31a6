"""The columns a manifest may have, under the names that real manifests give them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# Field → names it goes by, the preferred one first. Names are compared without case; see key_of.
IMAGE = "image"
SYNONYMS: dict[str, tuple[str, ...]] = {
    IMAGE: (
        "file",
        "filename",
        "file_name",
        "image",
        "image_name",
        "img_id",
        "isic_id",
        "image_id",
    ),
    "diagnosis": ("diagnosis", "dx", "diagnostic"),
    "malignant": ("malignant", "benign_malignant", "target", "melanoma"),
    "patient_id": ("patient_id", "patient"),
    "lesion_id": ("lesion_id", "lesion"),
    "age": ("age", "age_years", "age_approx", "age_approximate"),
    "sex": ("sex", "gender"),
    "site": (
        "site",
        "region",
        "anatom_site_general",
        "anatom_site_general_challenge",
        "localization",
        "localisation",
        "location",
    ),
    "fitzpatrick": (
        "fitzpatrick",
        "fitzpatrick_skin_type",
        "fitzpatrick_scale",
        "fitzpatrick_type",
        "fitspatrick",
    ),
    "confirmation": (
        "confirmation",
        "dx_type",
        "diagnosis_confirm_type",
        "biopsy_proven",
        "biopsed",
    ),
    "view": ("view", "modality", "image_type"),
    "licence": ("licence", "license", "copyright_license"),
    "attribution": ("attribution",),
    "synthetic": ("synthetic", "is_synthetic"),
}
TRUTH = ("diagnosis", "malignant")


@dataclass(frozen=True)
class Columns:
    """Which column of a manifest holds which field. `image` has one or more candidates; files decide which it is."""

    image: tuple[str, ...]
    used: dict[str, str]
    ignored: tuple[str, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """The fields that a manifest cannot do without and this one has no column for.

        A manifest without a column for malignancy has one for the diagnosis, from which it can follow, or the reverse.
        """
        image = () if self.image else (IMAGE,)
        return image if {*TRUTH} & {*self.used} else (*image, *TRUTH)

    def with_image(self, column: str) -> "Columns":
        """The same, once it is known which column names the files."""
        others = tuple(one for one in self.image if one != column)
        return Columns((column,), {IMAGE: column, **self.used}, (*others, *self.ignored))


def find_columns(header: Sequence[str], said: Mapping[str, str] | None = None) -> Columns:
    """Which column of the header holds which field; columns that hold none, or one already found, are ignored.

    `said` is field → column where that is known, "" for a field that no column holds.
    """
    said = said or {}
    by_key = {key_of(column): column for column in reversed(header) if column}
    names = {field: _names(field, said) for field in SYNONYMS}
    found = {field: [by_key[name] for name in names[field] if name in by_key] for field in SYNONYMS}
    used = {field: columns[0] for field, columns in found.items() if columns and field != IMAGE}
    known = {*used.values(), *found[IMAGE]}
    ignored = tuple(column for column in header if column and column not in known)
    return Columns(tuple(found[IMAGE]), used, ignored)


def _names(field: str, said: Mapping[str, str]) -> tuple[str, ...]:
    return (key_of(said[field]),) if field in said else SYNONYMS[field]


def names_of(field: str) -> str:
    """The names a field goes by, for a sentence."""
    return ", ".join(SYNONYMS[field])


def key_of(column: str) -> str:
    """The name of a column as names are compared: without case; space, dot and hyphen count as underscore."""
    return re.sub(r"[ .-]", "_", column.strip().casefold())

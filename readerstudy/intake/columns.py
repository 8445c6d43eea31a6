"""The columns a manifest may have, under the names that real manifests give them."""

from collections.abc import Sequence
from dataclasses import dataclass

# Field → names it goes by, the preferred one first. Names are compared without case; space and hyphen count as underscore.
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
    "age": ("age", "age_years", "age_approx"),
    "sex": ("sex", "gender"),
    "site": ("site", "region", "anatom_site_general", "localization", "localisation"),
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
REQUIRED = (IMAGE, "diagnosis", "malignant")


@dataclass(frozen=True)
class Columns:
    """Which column of a manifest holds which field. `image` has one or more candidates; files decide which it is."""

    image: tuple[str, ...]
    used: dict[str, str]
    ignored: tuple[str, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """The fields that a manifest cannot do without and this one has no column for."""
        found = {*self.used, *([IMAGE] if self.image else [])}
        return tuple(field for field in REQUIRED if field not in found)

    def with_image(self, column: str) -> "Columns":
        """The same, once it is known which column names the files."""
        others = tuple(one for one in self.image if one != column)
        return Columns((column,), {IMAGE: column, **self.used}, (*others, *self.ignored))


def find_columns(header: Sequence[str]) -> Columns:
    """Which column of the header holds which field; columns that hold none, or one already found, are ignored."""
    by_key = {_key(column): column for column in reversed(header) if column}
    found = {
        field: [by_key[name] for name in names if name in by_key]
        for field, names in SYNONYMS.items()
    }
    used = {field: columns[0] for field, columns in found.items() if columns and field != IMAGE}
    known = {*used.values(), *found[IMAGE]}
    ignored = tuple(column for column in header if column and column not in known)
    return Columns(tuple(found[IMAGE]), used, ignored)


def names_of(field: str) -> str:
    """The names a field goes by, for a sentence."""
    return ", ".join(SYNONYMS[field])


def _key(column: str) -> str:
    return column.strip().casefold().replace(" ", "_").replace("-", "_")

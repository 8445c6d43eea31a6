"""A table with one column for each class, not for each run: told by its columns, and summed into the score of one run."""

import math
from collections.abc import Iterable, Sequence

# Codes of ISIC, HAM10000, PAD-UFES-20 and MILK10k, and the words that people write.
_DIAGNOSES = frozenset(
    (
        "mel", "melanoma", "nv", "nev", "nevus", "naevus", "melanocytic nevus", "bcc", "basal cell carcinoma", "scc",
        "sccka", "squamous cell carcinoma", "akiec", "ak", "ack", "actinic keratosis", "bkl", "bk", "sek", "sk",
        "seborrheic keratosis", "seborrhoeic keratosis", "benign keratosis", "df", "dermatofibroma", "vasc",
        "vascular lesion", "inf", "ben_oth", "mal_oth", "unk", "benign", "malignant", "gutartig", "bösartig", "melanom",
        "basaliom",
    )
)  # fmt: skip
_FEWEST = 2
# Rows that were rounded to two digits may be so far from 1.
_SUM_TOLERANCE = 0.011


def are_classes(columns: Sequence[str], rows: Iterable[Sequence[float]]) -> bool:
    """Whether the columns are the classes of one run: two are named as diagnoses, or every row sums to 1 over several."""
    if len(columns) < _FEWEST:
        return False
    named = sum(_plain(column) in _DIAGNOSES for column in columns)
    sums = [math.fsum(row) for row in rows]
    return named >= _FEWEST or (bool(sums) and all(abs(one - 1) <= _SUM_TOLERANCE for one in sums))


def label_of(positive: Sequence[str], longest: int) -> str:
    """What the run of these classes is called, such as "MEL + BCC"."""
    label = " + ".join(positive)
    return label if len(label) <= longest else f"{label[: longest - 1]}…"


def summed(row: Sequence[float]) -> float | None:
    """The score of a row, None where its probabilities sum to more than 1; what rounding adds is cut off."""
    total = math.fsum(row)
    return min(total, 1.0) if total <= 1 + _SUM_TOLERANCE else None


def _plain(column: str) -> str:
    """MEL, prob_mel and p(mel) are one name."""
    words = column.casefold().replace("(", " ").replace(")", " ").replace("-", " ").strip()
    for prefix in ("probability_", "prob_", "p_", "pred_", "score_", "probability ", "prob ", "p "):
        words = words.removeprefix(prefix)
    return words.strip()

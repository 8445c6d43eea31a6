"""The layouts that published readings come in, told by their headings."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from readerstudy.results.finished.said import NEGATIVE, POSITIVE
from readerstudy.results.finished.sheet import Sheet

READER, CASE, TRUTH = "reader", "case", "truth"
DECISION, RATING, SECOND = "decision", "rating", "second"
MODALITY, GROUP, YEARS, SECONDS = "modality", "group", "years", "seconds"
MILLISECONDS, STUDY_PART, DIAGNOSIS, QUESTION = "milliseconds", "part", "diagnosis", "question"
# What each role is called, in the order of preference; compared without case, spaces, dots and underscores.
NAMES: Mapping[str, tuple[str, ...]] = {
    READER: ("reader", "readerid", "annotator", "participantid", "dermatologist", "rater", "observer", "user", "userid"),
    CASE: ("case", "caseid", "image", "imageid", "imagename", "isicid", "imgid", "taskinstanceid", "targetid", "filename", "file"),
    TRUTH: ("truth", "malignant", "reference", "groundtruth", "gold", "cancerstatus455", "correctlabel", "benignmalignant", "target", "label", "imagediagid"),
    DECISION: ("decision", "managementdecision", "management", "recall", "recommendation", "biopsy", "call", "answer"),
    RATING: ("rating", "score", "response1", "probability", "likelihood", "percent", "birads"),
    SECOND: ("response2",),
    MODALITY: ("modality", "modalityid", "arm"),
    GROUP: ("group", "rankgroup", "rank", "jobtitle", "level"),
    YEARS: ("yearsofexperience", "years", "experienceyears"),
    MILLISECONDS: ("milliseconds", "millisecondstodecision", "ms"),
    SECONDS: ("seconds", "annotationduration", "duration"),
    STUDY_PART: ("substudylabel", "substudy", "part"),
    DIAGNOSIS: ("diagnosis", "dx"),
    QUESTION: ("question",),
}  # fmt: skip


@dataclass(frozen=True)
class Layout:
    """A layout, and what is known of its texts. `signed` ratings are positive towards the right answer, not the positive class."""

    name: str
    truth: Mapping[str, str] = field(default_factory=dict)
    decision: Mapping[str, str] = field(default_factory=dict)
    cut_off: float | None = None
    signed: bool = False


LONG = Layout("long CSV")
VIPER = Layout("VIPER long CSV", {"1": POSITIVE, "0": NEGATIVE}, {"1": POSITIVE, "2": NEGATIVE})
ISIC_STUDIES = Layout("ISIC studies CSV")
HAII = Layout("HAII CSV", signed=True, cut_off=0.0)
MCLASS = Layout(
    "MClass sheet", {}, {"biopsy / further treatment": POSITIVE, "no further treatment": NEGATIVE}
)
VOTES = Layout("counts of votes")
WIDE, IMRMC = Layout("wide CSV"), Layout("iMRMC text")
_SIGNS: tuple[tuple[Layout, frozenset[str]], ...] = (
    (VIPER, frozenset({"caseid", "readerid", "modalityid", "recall", "score"})),
    (ISIC_STUDIES, frozenset({"image", "annotator", "question", "answer"})),
    (HAII, frozenset({"participantid", "taskinstanceid", "correctlabel", "response1"})),
)


def key_of(heading: str) -> str:
    """A heading as headings are compared."""
    return "".join(sign for sign in heading.casefold() if sign.isalnum())


def long_layout(sheet: Sheet) -> Layout | None:
    """The long layout of the sheet; None where no column names readers."""
    keys = {key_of(one) for one in sheet.header}
    known = next((layout for layout, signs in _SIGNS if signs <= keys), None)
    return known or (LONG if keys & {*NAMES[READER]} else None)


def roles_of(sheet: Sheet, said: Mapping[str, str]) -> dict[str, str]:
    """Role → heading of the column that holds it; what was said comes first, "" for none."""
    by_key = {key_of(one): one for one in reversed(sheet.header) if one}
    found = {
        role: next((by_key[name] for name in names if name in by_key), "")
        for role, names in NAMES.items()
        if role not in said
    }
    # One column is one thing: a truth named `label` is not the decision, too.
    taken = {heading for heading in said.values() if heading}
    roles = dict(said)
    for role, heading in found.items():
        if heading and heading not in taken:
            roles[role] = heading
            taken.add(heading)
    return {role: heading for role, heading in roles.items() if heading}

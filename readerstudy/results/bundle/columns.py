"""Every column of the bundle's source tables: type, unit and meaning. Writing, reading and the data dictionary share them."""

from dataclasses import dataclass

TEXT, INTEGER, NUMBER, BOOLEAN = "text", "integer", "number", "boolean"


@dataclass(frozen=True)
class Column:
    """One column. `required` cells are never empty; `choices` are all texts that may stand in it beside an empty one."""

    name: str
    type: str
    meaning: str
    unit: str = ""
    required: bool = False
    choices: tuple[str, ...] = ()


BIOPSY, NO_TREATMENT = "biopsy / further treatment", "no further treatment"
UNAIDED, AIDED, SEQUENTIAL = "unaided", "aided", "sequential"
TWO_STEP, SIX_POINT, PERCENT = "two_step", "six_point", "percent"
UNDISTURBED = "ok"

_READER = Column("reader", TEXT, "Pseudonym of the reader", required=True)
_CASE = Column("case", TEXT, "Identifier of the case in this study", required=True)
_SESSION = Column("session", INTEGER, "Number of the session", required=True)
_PLACE = Column(
    "place", INTEGER, "Place in the reader's order of that session, from 1", required=True
)
_ARM = Column(
    "arm", TEXT, "How the case was read; sequential: unaided first, then aided (level 2)",
    required=True, choices=(UNAIDED, AIDED, SEQUENTIAL),
)  # fmt: skip

READS = (
    _READER, _SESSION, _PLACE, _CASE, _ARM,
    Column("level", INTEGER, "1: first answer; 2: second answer, with further facts or with the aid", required=True),
    Column("version", INTEGER, "The highest version of a place and level counts; earlier ones were corrected", required=True),
    Column("scale", TEXT, "Scale of the protocol", required=True, choices=(TWO_STEP, SIX_POINT, PERCENT)),
    Column("decision", TEXT, "Management decision; empty where the case could not be assessed", choices=(BIOPSY, NO_TREATMENT)),
    Column("confidence", INTEGER, "Confidence in the decision, 1 (low) to 5 (high); empty where it was not asked for"),
    Column("value", INTEGER, "The answer on the scale: 1 to 6, or 0 to 100; empty on the two-step scale"),
    Column("rating", NUMBER, "Strictly monotone composite of decision and confidence or value, used for ROC; larger: more suspicious"),
    Column("not_assessable_reason", TEXT, "Why the case could not be assessed; empty where it was decided"),
    Column("milliseconds_to_decision", INTEGER, "From the photograph on the screen to the decision", "ms"),
    Column("milliseconds_to_commit", INTEGER, "From the photograph on the screen to the answer's being sent", "ms"),
    Column("milliseconds_hidden", INTEGER, "How long the page was hidden in between", "ms"),
    Column("milliseconds_aid_shown", INTEGER, "How long the CNN's aid was shown; empty for an answer without it", "ms"),
    Column("timing_quality", TEXT, "ok: nothing disturbed the timing; otherwise the gravest disturbance; empty: unknown"),
    Column("zooms", INTEGER, "How often the reader zoomed"),
    Column("input_device", TEXT, "What the answer was given with"),
    Column("language", TEXT, "Language of the screen"),
    Column("received_at", TEXT, "When the server received the answer", "UTC, ISO 8601"),
)  # fmt: skip
ORDER = (
    _READER, _SESSION, _PLACE, _CASE, _ARM,
    Column("block", INTEGER, "Block of the design", required=True),
    Column("repeat_of_session", INTEGER, "Session of the place that this one repeats; empty for a first reading"),
    Column("repeat_of_place", INTEGER, "Place that this one repeats; empty for a first reading"),
)  # fmt: skip
TRUTH = (
    _CASE,
    Column("malignant", BOOLEAN, "1: malignant, 0: benign", required=True),
    Column("diagnosis", TEXT, "Diagnosis of the reference standard"),
    Column("confirmation", TEXT, "How the diagnosis was confirmed"),
)  # fmt: skip
CASE_FIELDS = (
    Column("age_years", INTEGER, "Age of the patient", "years"),
    Column("sex", TEXT, "Sex of the patient"),
    Column("site", TEXT, "Anatomical site"),
    Column("fitzpatrick", INTEGER, "Fitzpatrick skin type, 1 to 6"),
    Column("view", TEXT, "View of the first photograph"),
    Column("patient", INTEGER, "Equal for cases of one patient; empty where there is no other case"),
)  # fmt: skip
CASES = (
    _CASE,
    Column("number", INTEGER, "Number of the case in rjafroc.xlsx, which takes integers alone", required=True),
    *CASE_FIELDS,
    Column("images", INTEGER, "Number of photographs", required=True),
    Column("image_sha256", TEXT, "SHA-256 of the stored files of the photographs, in order"),
    Column("licence", TEXT, "Licence of the photographs as recorded"),
    Column("attribution", TEXT, "Attribution of the photographs as recorded"),
)  # fmt: skip
READER_FIELDS = (
    Column("group", TEXT, "Rank group", required=True),
    Column("institution", TEXT, "Institution", required=True),
    Column("years_of_experience", INTEGER, "Experience as recorded at the invitation", "years"),
    Column("board_certification", TEXT, "Board certification as the reader said"),
    Column("years_in_dermatology", INTEGER, "Years in dermatology as the reader said", "years"),
    Column("years_of_dermoscopy", INTEGER, "Years of dermoscopy as the reader said", "years"),
    Column("skin_checks_per_week", INTEGER, "Skin checks as the reader said", "per week"),
    Column("prior_exposure", BOOLEAN, "1: the reader knew photographs of the study before"),
)  # fmt: skip
READERS = (_READER, *READER_FIELDS)
SCORES = (
    Column("model", TEXT, "Identifier of the model, see model_runs.json", required=True),
    Column("run", TEXT, "Label of the training run", required=True),
    Column("code", TEXT, "Short name of the run in study.imrmc, mrmcaov.csv and rjafroc.xlsx", required=True),
    _CASE,
    Column("score", NUMBER, "Score of the case; larger: more suspicious", required=True),
)  # fmt: skip
MRMCAOV = (
    Column("reader", TEXT, "Pseudonym of the reader, or code of the run for the CNN", required=True),
    Column("test", TEXT, "readers, or code of the run", required=True),
    _CASE,
    Column("truth", BOOLEAN, "1: malignant, 0: benign", required=True),
    Column("score", NUMBER, "Rating of the reader, or score of the run", required=True),
)  # fmt: skip
TABLES: dict[str, tuple[Column, ...]] = {
    "reads.csv": READS, "order.csv": ORDER, "truth.csv": TRUTH, "cases.csv": CASES, "readers.csv": READERS, "scores.csv": SCORES,
}  # fmt: skip

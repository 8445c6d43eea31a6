"""The lock manifest: all that was fixed at lock, as one JSON document."""

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet

from readerstudy.core.canonical import sha256_of_all
from readerstudy.core.parts import in_parts
from readerstudy.core.version import VERSION
from readerstudy.images.models import Image
from readerstudy.images.selectors import hashes_by_case
from readerstudy.studies.choices import Scale
from readerstudy.studies.models import (
    Design,
    Enrolment,
    Position,
    Protocol,
    Question,
    Study,
    StudyCase,
)
from readerstudy.studies.order import ALGORITHM as ORDER_ALGORITHM
from readerstudy.studies.practice_part import practice_part
from readerstudy.studies.selectors import taking_part

FORMAT = "reader-study-lock/1"
# A million rows are never in memory together. Rows begin with the code, so that readers in order give rows in order.
_READERS_AT_ONCE = 100
PROTOCOL_FIELDS = (
    "question_en",
    "question_de",
    "positive_label_en",
    "positive_label_de",
    "negative_label_en",
    "negative_label_de",
    "confidence_levels",
    "revision",
    "consent_en",
    "consent_de",
    "instructions_en",
    "instructions_de",
)
# How readers answer. A part of its own, so that locks from before there was a choice keep their hash.
ANSWER_FIELDS = ("scale", "allows_not_assessable", "has_second_level")
EDITABLE_FIELDS = PROTOCOL_FIELDS + ANSWER_FIELDS
QUESTION_FIELDS = ("ordinal", "kind", "moment", "is_required", "text_en", "text_de", "options")
# What the parts were that manifests of before do not have.
ALWAYS_BEFORE: dict[str, Any] = {
    "answers": {
        "scale": Scale.TWO_STEP.value,
        "allows_not_assessable": False,
        "has_second_level": False,
    },
    "questions": [],
    "practice": None,
}

DESIGN_FIELDS = (
    "kind",
    "washout_days",
    "aided_percent",
    "batch_size",
    "blocks",
    "repeat_percent",
    "repeat_when",
)
_PLAIN_COLUMNS = ("enrolment__code", "session__number", "number", "study_case__public_id")
_COLUMNS = (*_PLAIN_COLUMNS, "arm", "block", "repeat_of__session__number", "repeat_of__number")


def build_manifest(
    study: Study,
    *,
    sections: dict[str, dict[str, Any]],
    enrolments: QuerySet[Enrolment] | None = None,
) -> dict[str, Any]:
    """The manifest of a study whose cases and orders are stored. Readers stand in it by their codes alone.

    `enrolments` are those who took part at the lock; by default those who take part now.
    """
    enrolments = taking_part(study) if enrolments is None else enrolments
    return {
        "format": FORMAT,
        "app_version": VERSION,
        "study": {
            "id": study.public_id,
            "slug": study.slug,
            "title": study.title,
            "summary": study.summary,
        },
        "image_set": _image_set(study),
        "cases": _cases(study),
        "protocol": protocol_texts(study.protocol),
        "design": design_fields(study.design),
        "answers": answer_fields(study.protocol),
        "questions": [question_fields(question) for question in study.questions.all()],
        "practice": practice_part(study),
        "sessions": list(study.sessions.order_by("number").values("number", "arm")),
        "rank_groups": list(study.rank_groups.order_by("ordinal").values_list("name", flat=True)),
        "institutions": list(study.institutions.order_by("name").values_list("name", flat=True)),
        "enrolments": [_enrolment(enrolment) for enrolment in enrolments],
        "order": {
            "algorithm": study.design.algorithm,
            "seed": study.seed,
            "sha256": orders_sha256(enrolments, algorithm=study.design.algorithm),
        },
        "sections": sections,
    }


def protocol_texts(protocol: Protocol) -> dict[str, Any]:
    """Everything readers are asked and told, field by field."""
    return {field: getattr(protocol, field) for field in PROTOCOL_FIELDS}


def answer_fields(protocol: Protocol) -> dict[str, Any]:
    """How readers answer, field by field."""
    return {field: getattr(protocol, field) for field in ANSWER_FIELDS}


def question_fields(question: Question) -> dict[str, Any]:
    """Everything of a further question."""
    return {field: getattr(question, field) for field in QUESTION_FIELDS}


def design_fields(design: Design) -> dict[str, Any]:
    """Everything that the design says, field by field."""
    return {field: getattr(design, field) for field in DESIGN_FIELDS}


def orders_sha256(
    enrolments: QuerySet[Enrolment] | Collection[Enrolment], *, algorithm: str
) -> str:
    """SHA-256 over the stored orders of the enrolments, sorted.

    Rows are [code, session, place, study case, arm, block, session and place that it repeats or null, twice]; of
    studies locked before there were designs, the first four of these.
    """
    columns = _PLAIN_COLUMNS if algorithm == ORDER_ALGORITHM else _COLUMNS
    readers = sorted((one.code, one.pk) for one in enrolments)
    return sha256_of_all(
        list(row)
        for some in in_parts([pk for _code, pk in readers], _READERS_AT_ONCE)
        for row in sorted(
            Position.objects.filter(enrolment__in=some).order_by().values_list(*columns)
        )
    )


def _image_set(study: Study) -> dict[str, Any]:
    image_set = study.image_set
    return {
        "id": image_set.public_id,
        "name": image_set.name,
        "is_synthetic": image_set.is_synthetic,
        "source_sha256": image_set.source_sha256,
    }


def _cases(study: Study) -> list[dict[str, Any]]:
    images = hashes_by_case(Image.objects.filter(case__study_cases__study=study))
    cases = StudyCase.objects.filter(study=study).select_related("case").order_by("public_id")
    return [
        {
            "id": one.public_id,
            "case": one.case.public_id,
            "images": images[one.case_id],
            "patient": one.patient,
        }
        for one in cases
    ]


def _enrolment(enrolment: Enrolment) -> dict[str, Any]:
    return {
        "code": enrolment.code,
        "rank_group": enrolment.rank_group.name,
        "institution": enrolment.institution.name,
        "years_of_experience": enrolment.years_of_experience,
    }

"""Further questions before they are stored."""

from collections.abc import Sequence
from dataclasses import dataclass

from readerstudy.studies.choices import QuestionKind, QuestionMoment
from readerstudy.studies.models import Question, Study


@dataclass(frozen=True)
class Asked:
    """A question as it is to be asked; each option is its English and its German words."""

    kind: str
    text_en: str
    text_de: str
    options: tuple[tuple[str, str], ...] = ()
    moment: str = QuestionMoment.AFTER
    is_required: bool = False

    @property
    def has_options(self) -> bool:
        return self.kind in (QuestionKind.SINGLE, QuestionKind.SEVERAL)


def question_rows(study: Study, questions: Sequence[Asked]) -> list[Question]:
    """Rows for these questions, not stored yet."""
    return [
        Question(
            study=study,
            ordinal=ordinal,
            kind=one.kind,
            moment=one.moment,
            is_required=one.is_required,
            text_en=one.text_en,
            text_de=one.text_de,
            options=[{"en": english, "de": german} for english, german in one.options],
        )
        for ordinal, one in enumerate(questions, start=1)
    ]

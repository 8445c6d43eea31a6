"""The locked texts of a study in the language of the reader."""

from dataclasses import dataclass

from readerstudy.accounts.language import text_language
from readerstudy.studies.models import Protocol


@dataclass(frozen=True)
class Wording:
    """What one reader reads."""

    language: str
    question: str
    positive: str
    negative: str
    consent: str
    instructions: str


def wording_of(protocol: Protocol, language: str) -> Wording:
    """The German texts for German, the English ones for every other language."""
    code = text_language(language)
    fields = ("question", "positive_label", "negative_label", "consent", "instructions")
    return Wording(code, *(getattr(protocol, f"{field}_{code}") for field in fields))

"""Protocols to start a study from. Each can be changed in every word until the lock.

- Brinker 2019: Eur J Cancer 111:148-154. A management decision, then the confidence in it.
- MClass: Brinker et al. 2019, Eur J Cancer 111:30-37. Treat or biopsy, or reassure the patient; confidence in five levels.
- Haenssle 2018: Ann Oncol 29:1836-1842, after its two levels: the image alone, then with clinical facts and further images.
- Maron 2019: Eur J Cancer 119:57-65, after it: the management decision and which of five classes, without a CNN.
- Maron 2020: J Med Internet Res 22:e18091, after it: melanoma or nevus and the confidence in it, alone and then with the CNN's
  answer. There the CNN was seen in a second part; here after each case, in the sequential design.
- Six points: the plain rating of multi-reader studies with its line in the middle (Hillis, Obuchowski, Berbaum, Acad Radiol
  2011;18:129 use such ratings): one press a case.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from readerstudy.studies.choices import DesignKind, QuestionKind, Revision, Scale
from readerstudy.studies.library import CONFIDENCE_LEVELS, PROTOCOL
from readerstudy.studies.question_drafts import Asked

STANDARD = "brinker-2019"


@dataclass(frozen=True)
class ReadyProtocol:
    """A protocol under its name: what differs from the standard one, its further questions and its design."""

    name: str | Promise
    changes: Mapping[str, Any] = field(default_factory=dict)
    questions: tuple[Asked, ...] = ()
    design: Mapping[str, Any] = field(default_factory=dict)

    @property
    def fields(self) -> dict[str, Any]:
        """All fields of the protocol."""
        return {**PROTOCOL, "confidence_levels": CONFIDENCE_LEVELS, **self.changes}


def _instructions(language: str, paragraphs: Mapping[str, str]) -> str:
    """The standard instructions with these paragraphs, found by their first word, in the place of their own."""
    given = PROTOCOL[f"instructions_{language}"].split("\n\n")
    starts = {paragraph.split(".")[0]: paragraph for paragraph in given}
    return "\n\n".join(paragraphs.get(start, paragraph) for start, paragraph in starts.items())


_SIX_EN = """\
Answering. Press one key from 1 to 6, or use the buttons. Up to 3 you would do nothing further, from 4 on you would biopsy or \
treat: 1 means certainly no biopsy, 3 and 4 that you can hardly decide, 6 certainly a biopsy. The answer is stored at once and \
the next case appears. If a case cannot be assessed, press N and then the digit of the reason."""
_SIX_DE = """\
Antworten. Drücken Sie eine Taste von 1 bis 6 oder benutzen Sie die Schaltflächen. Bis 3 würden Sie nichts weiter tun, ab 4 \
biopsieren oder behandeln: 1 heißt sicher keine Biopsie, 3 und 4, dass Sie sich kaum entscheiden können, 6 sicher eine Biopsie. \
Die Antwort wird sofort gespeichert, und der nächste Fall erscheint. Wenn ein Fall nicht beurteilbar ist, drücken Sie N und dann \
die Ziffer des Grundes."""
_MCLASS_EN = """\
Answering. Press F for treatment or biopsy, J to reassure the patient; or use the buttons. Then press 1 to 5 for your \
confidence: 1 means that you are guessing, 5 that you are certain. The answer is stored at once and the next case appears."""
_MCLASS_DE = """\
Antworten. Drücken Sie F für Behandlung oder Biopsie, J für Beruhigen der Patientin oder des Patienten; oder benutzen Sie die \
Schaltflächen. Drücken Sie dann 1 bis 5 für Ihre Sicherheit: 1 heißt, dass Sie raten, 5, dass Sie sich sicher sind. Die Antwort \
wird sofort gespeichert, und der nächste Fall erscheint."""
_LEVELS_EN = """\
Answering. You see each case twice. First decide from the photograph alone: press F to excise, J not to excise, choose the \
diagnosis and press Enter. This first answer is stored and cannot be changed. Then the same case is shown again with age, sex, \
site and further images, as far as there are any: answer once more, in the light of all of it."""
_LEVELS_DE = """\
Antworten. Sie sehen jeden Fall zweimal. Entscheiden Sie zuerst allein anhand der Fotografie: Drücken Sie F für Exzision, J für \
keine Exzision, wählen Sie die Diagnose und drücken Sie die Eingabetaste. Diese erste Antwort wird gespeichert und kann nicht \
geändert werden. Dann erscheint derselbe Fall noch einmal mit Alter, Geschlecht, Lokalisation und weiteren Bildern, soweit es \
sie gibt: Antworten Sie noch einmal, im Licht all dessen."""
_CLASSES_EN = """\
Answering. Press F for biopsy or further treatment, J for no further treatment; or use the buttons. Choose which of the five \
classes is the most likely one and press Enter. The answer is stored and the next case appears."""
_CLASSES_DE = """\
Antworten. Drücken Sie F für Biopsie oder weitere Behandlung, J für keine weitere Behandlung; oder benutzen Sie die \
Schaltflächen. Wählen Sie die wahrscheinlichste der fünf Klassen und drücken Sie die Eingabetaste. Die Antwort wird gespeichert, \
und der nächste Fall erscheint."""
_WITH_CNN_EN = """\
Answering. Press F for melanoma, J for nevus; or use the buttons. Then press 1 to 5 for your confidence: 1 means that you are \
guessing, 5 that you are certain. This first answer is stored and cannot be changed. Then you see what a CNN says of the same \
case: answer once more, whether you agree with it or not. The CNN may be wrong."""
_WITH_CNN_DE = """\
Antworten. Drücken Sie F für Melanom, J für Nävus; oder benutzen Sie die Schaltflächen. Drücken Sie dann 1 bis 5 für Ihre \
Sicherheit: 1 heißt, dass Sie raten, 5, dass Sie sich sicher sind. Diese erste Antwort wird gespeichert und kann nicht geändert \
werden. Dann sehen Sie, was ein CNN zu demselben Fall sagt: Antworten Sie noch einmal, ob Sie ihm zustimmen oder nicht. Das CNN \
kann sich irren."""
_NO_CHANGE_EN = "Correcting yourself. Answers cannot be changed once they are stored; take your time before you answer."
_NO_CHANGE_DE = "Sich berichtigen. Gespeicherte Antworten können nicht geändert werden; nehmen Sie sich vor dem Antworten Zeit."

READY: dict[str, ReadyProtocol] = {
    STANDARD: ReadyProtocol(_("Brinker 2019: management decision, then confidence")),
    "mclass": ReadyProtocol(
        _("MClass: treat or biopsy, or reassure the patient"),
        {
            "question_en": "What would you do?",
            "question_de": "Was würden Sie tun?",
            "positive_label_en": "Treat / biopsy",
            "positive_label_de": "Behandeln / biopsieren",
            "negative_label_en": "Reassure the patient",
            "negative_label_de": "Patientin oder Patienten beruhigen",
            "instructions_en": _instructions("en", {"Answering": _MCLASS_EN}),
            "instructions_de": _instructions("de", {"Antworten": _MCLASS_DE}),
        },
    ),
    "haenssle-2018": ReadyProtocol(
        _("Haenssle 2018: level I from the image, level II with clinical facts"),
        {
            "confidence_levels": 0,
            "has_second_level": True,
            "revision": Revision.NONE,
            "positive_label_en": "Excise",
            "positive_label_de": "Exzidieren",
            "negative_label_en": "Do not excise",
            "negative_label_de": "Nicht exzidieren",
            "instructions_en": _instructions(
                "en", {"Answering": _LEVELS_EN, "Correcting yourself": _NO_CHANGE_EN}
            ),
            "instructions_de": _instructions(
                "de", {"Antworten": _LEVELS_DE, "Sich berichtigen": _NO_CHANGE_DE}
            ),
        },
        (
            Asked(
                QuestionKind.SINGLE,
                "What is the most likely diagnosis?",
                "Was ist die wahrscheinlichste Diagnose?",
                (
                    ("Melanoma", "Melanom"),
                    ("Benign melanocytic nevus", "Gutartiger melanozytärer Nävus"),
                ),
                is_required=True,
            ),
        ),
    ),
    "maron-2019": ReadyProtocol(
        _("Maron 2019: management decision and one of five classes"),
        {
            "confidence_levels": 0,
            "instructions_en": _instructions("en", {"Answering": _CLASSES_EN}),
            "instructions_de": _instructions("de", {"Antworten": _CLASSES_DE}),
        },
        (
            Asked(
                QuestionKind.SINGLE,
                "Which class is the most likely one?",
                "Welche Klasse ist die wahrscheinlichste?",
                (
                    (
                        "Actinic keratosis, intraepithelial carcinoma or squamous cell carcinoma",
                        "Aktinische Keratose, intraepitheliales Karzinom oder Plattenepithelkarzinom",
                    ),
                    ("Basal cell carcinoma", "Basalzellkarzinom"),
                    ("Benign keratosis-like lesion", "Gutartige keratoseartige Läsion"),
                    ("Melanocytic nevus", "Melanozytärer Nävus"),
                    ("Melanoma", "Melanom"),
                ),
                is_required=True,
            ),
        ),
    ),
    "maron-2020": ReadyProtocol(
        _("Maron 2020: melanoma or nevus, alone and then with the CNN"),
        {
            "revision": Revision.NONE,
            "question_en": "Melanoma or nevus?",
            "question_de": "Melanom oder Nävus?",
            "positive_label_en": "Melanoma",
            "positive_label_de": "Melanom",
            "negative_label_en": "Nevus",
            "negative_label_de": "Nävus",
            "instructions_en": _instructions(
                "en", {"Answering": _WITH_CNN_EN, "Correcting yourself": _NO_CHANGE_EN}
            ),
            "instructions_de": _instructions(
                "de", {"Antworten": _WITH_CNN_DE, "Sich berichtigen": _NO_CHANGE_DE}
            ),
        },
        design={"kind": DesignKind.SEQUENTIAL, "aided_percent": 100},
    ),
    "six-point": ReadyProtocol(
        _("Six points: one press a case"),
        {
            "scale": Scale.SIX_POINT,
            "confidence_levels": 0,
            "allows_not_assessable": True,
            "instructions_en": _instructions("en", {"Answering": _SIX_EN}),
            "instructions_de": _instructions("de", {"Antworten": _SIX_DE}),
        },
    ),
}

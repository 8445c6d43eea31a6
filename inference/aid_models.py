"""What readers are shown of the CNN in the aided arm of a study; part of the lock."""

from django.db import models
from django.db.models import Q

from inference.choices import AidForm
from readerstudy.accounts.language import text_language
from readerstudy.studies.models import Study

LABEL = {"en": "The CNN on this case", "de": "Das CNN zu diesem Fall"}
ABOVE = {"en": "suspicious", "de": "verdächtig"}
BELOW = {"en": "not suspicious", "de": "nicht verdächtig"}


class Aid(models.Model):
    """One training run's score as readers see it. The words and the threshold belong to the form `word` alone."""

    study = models.OneToOneField(Study, on_delete=models.CASCADE, related_name="aid")
    artefact = models.ForeignKey("inference.Artefact", on_delete=models.PROTECT, related_name="+")
    form = models.CharField(max_length=10, choices=AidForm.choices, default=AidForm.NUMBER)
    threshold = models.FloatField(
        null=True, blank=True, help_text="From which score on the word is that of a suspicious case"
    )
    label_en = models.CharField(max_length=200, default=LABEL["en"])
    label_de = models.CharField(max_length=200, default=LABEL["de"])
    above_en = models.CharField(max_length=120, default=ABOVE["en"])
    above_de = models.CharField(max_length=120, default=ABOVE["de"])
    below_en = models.CharField(max_length=120, default=BELOW["en"])
    below_de = models.CharField(max_length=120, default=BELOW["de"])

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(form__in=AidForm.values), name="an_aid_has_a_known_form"
            ),
            models.CheckConstraint(
                condition=Q(form=AidForm.WORD, threshold__isnull=False)
                | (~Q(form=AidForm.WORD) & Q(threshold=None)),
                name="a_word_has_a_threshold_and_nothing_else_has",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.artefact} as {self.form} in {self.study}"

    def text(self, part: str, language: str) -> str:
        """`label`, `above` or `below` in German for German, in English for every other language."""
        return str(getattr(self, f"{part}_{text_language(language)}"))

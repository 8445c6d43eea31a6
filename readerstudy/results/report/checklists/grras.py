"""GRRAS."""

from django.utils.translation import gettext_lazy as _

from readerstudy.results.report.checklists.item import Checklist, Item

GRRAS = Checklist(
    "grras",
    "GRRAS",
    "Kottner J, et al. Guidelines for Reporting Reliability and Agreement Studies (GRRAS). J Clin Epidemiol 2011;64:96-106.",
    (
        Item("1", _("Title or summary says that agreement was studied"), 10, "agreement"),
        Item("2", _("What was used to measure"), 3),
        Item("3", _("Population of the subjects"), 5, "cases"),
        Item("4", _("Population of the raters"), 5, "table"),
        Item("5", _("What is known, and why the study was made")),
        Item("6", _("How numbers of subjects and raters were chosen")),
        Item("7", _("Sampling of subjects and raters")),
        Item("8", _("Process of measuring: time between, setting, what was known"), 3),
        Item("9", _("Whether ratings were independent"), 3),
        Item("10", _("Statistical analysis of agreement"), 3, "agreement"),
        Item("11", _("Raters, subjects and replicates that there were"), 4),
        Item("12", _("Characteristics of raters and subjects"), 5, "table"),
        Item("13", _("Coefficients with their uncertainty"), 10, "agreement"),
        Item("14", _("What the results mean in practice")),
        Item("15", _("Detailed results"), 10, "agreement"),
    ),
)

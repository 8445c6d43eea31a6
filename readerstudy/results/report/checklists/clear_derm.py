"""CLEAR Derm."""

from django.utils.translation import gettext_lazy as _

from readerstudy.results.report.checklists.item import Checklist, Item

CLEAR_DERM = Checklist(
    "clear-derm",
    "CLEAR Derm",
    "Daneshjou R, et al. Checklist for Evaluation of Image-Based AI Reports in Dermatology. JAMA Dermatol 2022;158:90-96.",
    (
        Item("1", _("Kind of images"), 5, "cases"),
        Item("2", _("Artefacts such as ink, ruler, hair")),
        Item("3", _("Devices that took the images")),
        Item("4", _("Preprocessing of the images"), 3),
        Item("5", _("Synthetic or changed images"), 17),
        Item("6", _("Public or private source of the images"), 3),
        Item("7", _("Age and sex"), 5, "cases"),
        Item("8", _("Skin phototype and how it was rated"), 5, "cases"),
        Item("9", _("Body site and history"), 5, "cases"),
        Item("10", _("Training, validation and test data"), 3, "card"),
        Item("11", _("No patient in both training and test"), 18, "overlap"),
        Item("12", _("Test data from elsewhere")),
        Item("13", _("How images were chosen")),
        Item("14", _("Distribution of classes compared with practice"), 17),
        Item("15", _("Images unlike those of training")),
        Item("16", _("Who labelled the images")),
        Item("17", _("How diagnoses were named")),
        Item("18", _("Share of malignant cases with histology")),
        Item("19", _("Development of the algorithm"), 3, "card"),
        Item("20", _("Whether the algorithm can be tried")),
        Item("21", _("Measures of performance with uncertainty"), 6),
        Item("22", _("Comparison with clinicians and their experience"), 7),
        Item("23", _("Bias and performance in groups"), 9, "subgroups"),
        Item("24", _("Intended use and user")),
        Item("25", _("What it could mean in practice")),
    ),
)

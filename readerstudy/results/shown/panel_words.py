"""The words by which tables and figures name what the document names by keys."""

from django.utils.translation import gettext as _


def coefficient_names() -> dict[str, str]:
    """Coefficients of agreement."""
    return {
        "agreement": _("Share of agreeing pairs"),
        "fleiss": _("Fleiss' kappa"),
        "conger": _("Conger's kappa"),
        "gwet": _("Gwet's AC1"),
        "krippendorff": _("Krippendorff's alpha, decisions"),
        "ordinal": _("Krippendorff's alpha, ordinal ratings"),
    }


def case_classes() -> dict[str, str]:
    """Which cases a row is about."""
    return {"all": _("all"), "malignant": _("malignant"), "benign": _("benign")}


def measure_names() -> dict[str, str]:
    """What is measured of a reader."""
    return {
        "sensitivity": _("Sensitivity"),
        "specificity": _("Specificity"),
        "accuracy": _("Accuracy"),
        "auc": _("AUC"),
    }


def experience_names() -> dict[str, str]:
    """How experience is counted."""
    return {
        "years_of_experience": _("Years of experience"),
        "years_in_dermatology": _("Years in dermatology"),
        "years_of_dermoscopy": _("Years of dermoscopy"),
        "skin_checks_per_week": _("Skin checks per week"),
    }


def judged_names() -> dict[str, str]:
    """How calibration is judged."""
    return {
        "study": _("In the study"),
        "target": _("At the target prevalence, scores as given"),
        "moved": _("At the target prevalence, scores moved to it"),
    }


def rule_names() -> dict[str, str]:
    """Rules that combine a reader with the CNN."""
    return {
        "mean rank": _("Mean rank of both"),
        "second reader": _("CNN as second reader"),
        "or": _("Positive if either is"),
        "and": _("Positive if both are"),
    }


def scale_names() -> dict[str, str]:
    """What a panel averages."""
    return {"rating": _("Mean rating"), "rank": _("Mean rank")}

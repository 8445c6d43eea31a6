"""What coordinators choose for the way around the cases, and what readers say of themselves."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ProfileField(models.TextChoices):
    """What a reader can be asked once before reading. The rank is known from the enrolment."""

    BOARD_CERTIFICATION = "board_certification", _("Board certification in dermatology")
    YEARS_IN_DERMATOLOGY = "years_in_dermatology", _("Years in dermatology")
    YEARS_OF_DERMOSCOPY = "years_of_dermoscopy", _("Years of dermoscopy")
    SKIN_CHECKS_PER_WEEK = "skin_checks_per_week", _("Skin checks per week")
    AI_EXPERIENCE = "ai_experience", _("Experience with AI for skin lesions")
    COUNTRY = "country", _("Country in which you work")
    COLOUR_VISION = "colour_vision", _("Colour vision")
    CONFLICT_OF_INTEREST = "conflict_of_interest", _("Conflict of interest")
    PRIOR_EXPOSURE = "prior_exposure", _("Have you seen photographs of this study before?")


class BoardCertification(models.TextChoices):
    CERTIFIED = "certified", _("Board certified")
    IN_TRAINING = "in_training", _("In training")
    NONE = "none", _("Neither")


class AiExperience(models.TextChoices):
    NONE = "none", _("None")
    TRIED = "tried", _("Tried it")
    REGULAR = "regular", _("Use it regularly")


class ColourVision(models.TextChoices):
    NORMAL = "normal", _("Normal")
    DEFICIENT = "deficient", _("Colour vision deficiency")
    UNKNOWN = "unknown", _("I do not know")


class PriorExposureRule(models.TextChoices):
    """What becomes of a reader who knows photographs of the study."""

    FLAG = "flag", _("They read and are marked")
    EXCLUDE = "exclude", _("They do not take part")


class Pause(models.TextChoices):
    """Why no case follows although some are left."""

    CASES = "cases", _("Many cases in one go")
    MINUTES = "minutes", _("A long time in one go")
    DAY = "day", _("All cases of the day")


class RoomLight(models.TextChoices):
    """How light the room is, by the reader's own word."""

    DIM = "dim", _("Dim")
    NORMAL = "normal", _("As in an office")
    BRIGHT = "bright", _("Bright, with daylight on the screen")
    UNSAID = "unsaid", _("I would rather not say")


class ColourGamut(models.TextChoices):
    """The widest range of colours that the browser says the screen can show."""

    SRGB = "srgb", "sRGB"
    P3 = "p3", "Display P3"
    REC2020 = "rec2020", "Rec. 2020"
    UNKNOWN = "", _("Unknown")


class DeviceClass(models.TextChoices):
    DESKTOP = "desktop", _("Desktop or laptop")
    TABLET = "tablet", _("Tablet")
    PHONE = "phone", _("Phone")
    UNKNOWN = "", _("Unknown")


class PointerKind(models.TextChoices):
    """What the browser's main pointing device is."""

    FINE = "fine", _("Mouse or pen")
    COARSE = "coarse", _("Finger")
    NONE = "none", _("None")
    UNKNOWN = "", _("Unknown")

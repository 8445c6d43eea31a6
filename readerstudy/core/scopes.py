"""What an API token may be made for. Every action of the API names the scope that it needs in `token_scopes` of its view."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Scope(models.TextChoices):
    """One thing that a token may do, within what its owner may."""

    STUDIES_READ = "studies:read", _("Read studies, protocols and enrolments")
    STUDIES_WRITE = "studies:write", _("Copy studies")
    IMAGES_READ = "images:read", _("Read image sets")
    IMAGES_WRITE = "images:write", _("Import photographs, and read the reports of imports")
    READING_READ = "reading:read", _("Read what comes next in your own reading")
    READING_WRITE = "reading:write", _("Store your own readings")
    MODELS_READ = "models:read", _("Read model runs")
    MODELS_WRITE = "models:write", _("Start model runs and load scores")
    RESULTS_READ = "results:read", _("Read analyses")
    RESULTS_WRITE = "results:write", _("Request analyses")


# What reaches beyond a study: a token of one study cannot have these.
SITE_WIDE = frozenset({Scope.STUDIES_WRITE, Scope.IMAGES_WRITE})
# In place of a scope: an action that is for people alone, and one that every token may take.
NO_TOKEN, ANY_TOKEN = "no-token", "any-token"


def scope_of(view: Any, method: str | None) -> str:
    """The scope that an action needs, or one of the two words above; what is not declared is for people alone."""
    asked = "GET" if method == "HEAD" else method
    declared: dict[str, str] = getattr(view, "token_scopes", {})
    return str(declared.get(asked or "", NO_TOKEN))

"""`{% rights_in study as rights %}`: what the person who looks may do in the study."""

from typing import Any

from django import template

from readerstudy.studies import permissions
from readerstudy.studies.choices import StudyRole
from readerstudy.studies.models import Study
from readerstudy.studies.permissions import Rights

register = template.Library()


@register.simple_tag(takes_context=True)
def rights_in(context: dict[str, Any], study: object) -> Rights:
    """Asked once for each page. Who may see a finished study, which has no staff, may do all that its pages offer."""
    if not isinstance(study, Study):
        return Rights(StudyRole.COORDINATOR)
    request = context["request"]
    known: dict[int, Rights] = getattr(request, "rights_by_study", {})
    if study.pk not in known:
        known[study.pk] = permissions.rights_in(request.user, study)
        request.rights_by_study = known
    return known[study.pk]

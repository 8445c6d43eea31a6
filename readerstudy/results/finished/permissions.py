"""Who may import finished studies and see them."""

from django.db.models import QuerySet

from readerstudy.accounts.models import User
from readerstudy.core.body_limits import Files, of_staff
from readerstudy.core.bounds import bound_study
from readerstudy.core.errors import NotFound
from readerstudy.results.finished.models import FinishedStudy
from readerstudy.results.finished.sheet import MAX_BYTES

# Readings, names and reference standard; and scores alone.
TABLES = Files(lambda: 3 * MAX_BYTES, of_staff)
SCORES = Files(lambda: MAX_BYTES, of_staff)


def check_may_import(user: User) -> None:
    """Raises NotFound for people who have no staff page at all: to a reader there is none."""
    if not (user.is_authenticated and (user.can_coordinate or user.can_administer)):
        raise NotFound("There is no such page.")


def finished_studies_visible_to(user: User) -> QuerySet[FinishedStudy]:
    """The finished studies that the person has imported; for admins all. Readers see none, nor does a token of one study."""
    if bound_study(user):
        return FinishedStudy.objects.none()
    if user.is_authenticated and user.can_administer:
        return FinishedStudy.objects.all()
    if user.is_authenticated and user.can_coordinate:
        return FinishedStudy.objects.filter(created_by=user)
    return FinishedStudy.objects.none()


def finished_study_for(user: User, public_id: str) -> FinishedStudy:
    """One finished study. Raises NotFound where there is none or the person may not see it."""
    found = finished_studies_visible_to(user).filter(public_id=public_id).first()
    if found is None:
        raise NotFound("There is no such study.")
    return found

"""Whose audit trail somebody may read: all of it as an admin, that of a study as one of its coordinators or auditors."""

from readerstudy.accounts.models import User
from readerstudy.core.errors import NotFound
from readerstudy.studies.models import Study
from readerstudy.studies.permissions import auditable_studies


def audited_study_for(user: User, slug: str) -> Study:
    """The study whose trail the user may read. Raises NotFound otherwise."""
    study = auditable_studies(user).select_related("image_set").filter(slug=slug).first()
    if study is None:
        raise NotFound("There is no such study.")
    return study

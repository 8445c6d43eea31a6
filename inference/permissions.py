"""Who may see models, load them and run them."""

from django.db.models import Q, QuerySet

from inference.models import Model, ModelRun
from readerstudy.accounts.models import User
from readerstudy.core.errors import NotAllowed, NotFound
from readerstudy.studies.models import Study
from readerstudy.studies.permissions import overseen_studies


def visible_models(user: User) -> QuerySet[Model]:
    """Staff see every network, and the scores and ensembles of the studies whose pages they may open; readers none."""
    if not (user.can_administer or user.can_coordinate):
        return Model.objects.none()
    return Model.objects.filter(Q(study=None) | Q(study__in=runnable_studies(user)))


def runnable_studies(user: User) -> QuerySet[Study]:
    """The studies whose model runs a person may see and start: their own, and all for admins."""
    return overseen_studies(user)


def visible_runs(user: User) -> QuerySet[ModelRun]:
    """The runs over those studies."""
    return ModelRun.objects.filter(study__in=runnable_studies(user)).select_related(
        "artefact__model", "study"
    )


def check_may_load(user: User) -> None:
    """Raises NotAllowed for anybody but admins, NotFound for readers, to whom there are no models."""
    if user.is_reader:
        raise NotFound("There is no such page.")
    if not user.can_administer:
        raise NotAllowed("Only admins may load models.")


def check_may_run(user: User, study: Study) -> None:
    """Raises NotFound unless the person may run models over the study."""
    if not runnable_studies(user).filter(pk=study.pk).exists():
        raise NotFound("There is no such study.")

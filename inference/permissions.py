"""Who may see models, load them and run them."""

from django.conf import settings
from django.db.models import Q, QuerySet

from inference.models import Model, ModelDraft, ModelRun, PlannedModel
from inference.score_files import MAX_BYTES
from readerstudy.accounts.models import User
from readerstudy.core.body_limits import Files, of_admins, of_staff
from readerstudy.core.errors import NotAllowed, NotFound
from readerstudy.studies.models import Study
from readerstudy.studies.permissions import conducted_studies, overseen_studies

NETWORKS = Files(lambda: settings.MODEL_MAX_BYTES, of_admins)
SCORES = Files(lambda: MAX_BYTES, of_staff)


def visible_models(user: User) -> QuerySet[Model]:
    """The scores and ensembles of the studies that a person oversees, and networks: coordinators and admins see every
    one, others the ones that those studies are planned with or were run over. Readers see none.
    """
    overseen = overseen_studies(user).values("pk")
    networks = Q(study=None)
    if not (user.can_administer or user.can_coordinate):
        planned = PlannedModel.objects.filter(study__in=overseen).values("model")
        run = ModelRun.objects.filter(study__in=overseen).values("artefact__model")
        networks &= Q(pk__in=planned) | Q(pk__in=run)
    return Model.objects.filter(networks | Q(study__in=overseen))


def runnable_studies(user: User) -> QuerySet[Study]:
    """The studies that a person may plan with models and run them over: those they coordinate, and all for admins."""
    return conducted_studies(user)


def visible_runs(user: User) -> QuerySet[ModelRun]:
    """The runs over the studies whose progress a person may see."""
    return ModelRun.objects.filter(study__in=overseen_studies(user).values("pk")).select_related(
        "artefact__model", "study"
    )


def own_drafts(user: User) -> QuerySet[ModelDraft]:
    """An admin's own uploads that wait for answers; none for anybody else."""
    if not user.can_administer:
        return ModelDraft.objects.none()
    return ModelDraft.objects.filter(created_by=user)


def check_may_load(user: User) -> None:
    """Raises NotAllowed for anybody but admins, NotFound for readers, to whom there are no models."""
    if user.is_reader:
        raise NotFound("There is no such page.")
    check_may_add(user)


def check_may_add(user: User) -> None:
    """Raises NotAllowed for anybody but admins: to a model that the person is known to see."""
    if not user.can_administer:
        raise NotAllowed("Only admins may load models.")


def may_run(user: User, study: Study) -> bool:
    """Whether the person may run models over the study."""
    return runnable_studies(user).filter(pk=study.pk).exists()


def check_may_run(user: User, study: Study) -> None:
    """Raises NotFound unless the person may run models over the study."""
    if not may_run(user, study):
        raise NotFound("There is no such study.")

"""A study whose readers are shown what a tiny network says, made by the real services."""

from inference.aiding import choose_aid
from inference.services import plan_model
from readerstudy.studies.choices import Revision
from readerstudy.studies.services import lock_study, open_study, update_design, update_protocol
from tests.inference.factories import make_model, run_all


def lock_aided(study, *, admin, coordinator, now, design, aid=()):
    """The draft with this design, no changes of answers and this aid, locked; the network has scored nothing yet."""
    update_design(actor=coordinator, study=study, now=now, **design)
    update_protocol(actor=coordinator, study=study, now=now, revision=Revision.NONE)
    model = make_model(admin=admin, now=now)
    plan_model(actor=coordinator, study=study, model=model, planned=True, now=now)
    artefact = model.artefacts.get()
    choose_aid(actor=coordinator, study=study, artefact=artefact, now=now, **dict(aid))
    return lock_study(actor=coordinator, study=study, now=now)


def open_aided(study, *, admin, coordinator, now, design, aid=()):
    """The same, scored and open for reading."""
    common = {"admin": admin, "coordinator": coordinator, "now": now}
    locked = lock_aided(study, **common, design=design, aid=aid)
    run_all(coordinator, locked.planned_models.get().model, locked, now)
    return open_study(actor=coordinator, study=locked, now=now)

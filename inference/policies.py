"""Who may do what at the addresses of models and their runs."""

from readerstudy.core.policies import Role, Thing, policy, to
from readerstudy.studies.policies import OVERSEE

# Networks are the site's; who oversees a study sees those that it was run over with.
LOOK = to(Role.SITE_COORDINATOR, Role.ADMIN, Role.STATISTICIAN, Role.AUDITOR)
LOAD = to(Role.ADMIN, told=(Role.SITE_COORDINATOR,))
ADD = to(Role.ADMIN, told=(Role.SITE_COORDINATOR, Role.STATISTICIAN, Role.AUDITOR))
RUN = to(Role.COORDINATOR, Role.ADMIN)
OWN = to(Role.OWNER)

POLICIES = [
    policy("inference:model-list", get=to(Role.SITE_COORDINATOR, Role.ADMIN)),
    policy("inference:model-upload", get=LOAD, post=LOAD),
    policy("inference:draft", Thing.MODEL_DRAFT, get=OWN, post=OWN),
    policy("inference:draft-discard", Thing.MODEL_DRAFT, post=OWN),
    policy("inference:model-detail", Thing.MODEL, get=LOOK),
    policy("inference:artefact-upload", Thing.MODEL, get=ADD, post=ADD),
    policy("inference:artefact", Thing.TRAINING_RUN, get=LOOK),
    policy("inference:sample", Thing.TRAINING_RUN, get=ADD, post=ADD),
    policy("inference:sample-picture", Thing.SAMPLE, get=LOOK),
    policy("inference:study-runs", Thing.STUDY, get=OVERSEE),
    policy("inference:run-progress", Thing.STUDY, get=OVERSEE),
    policy("inference:start", Thing.STUDY, post=RUN),
    policy("inference:plan", Thing.STUDY, post=RUN),
    policy("inference:scores-upload", Thing.STUDY, get=RUN, post=RUN),
    policy("inference:ensemble", Thing.STUDY, get=RUN, post=RUN),
    policy("inference:aid", Thing.STUDY, get=OVERSEE, post=RUN),
    policy("inference:aid-drop", Thing.STUDY, post=RUN),
    policy("inference:run", Thing.MODEL_RUN, get=OVERSEE),
    policy("inference:retry", Thing.MODEL_RUN, post=to(Role.COORDINATOR, Role.ADMIN)),
    # What is listed is of the studies that one oversees.
    policy("api:model-run-list", Thing.STUDY, named_by="study", get=to(Role.SIGNED_IN), post=RUN),
    policy("api:model-run-scores", Thing.STUDY, named_by="study", post=RUN),
    policy("api:model-run-detail", Thing.MODEL_RUN, get=OVERSEE),
]

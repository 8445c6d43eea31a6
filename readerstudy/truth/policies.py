"""Who may do what at the addresses of the reference standard: the truth keepers of the study, and nobody else."""

from readerstudy.core.policies import Role, Thing, policy, to

KEEP = to(Role.TRUTH_KEEPER)

POLICIES = [
    policy("truth:standard", Thing.STUDY, get=KEEP, post=KEEP),
    policy("truth:file", Thing.STUDY, get=KEEP),
    policy("truth:thumbnail", Thing.STUDY_IMAGE, get=KEEP),
]

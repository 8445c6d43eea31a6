"""Who may do what at the addresses of privacy: everybody has their own data, admins those of all."""

from readerstudy.core.policies import Role, Thing, policy, to
from readerstudy.studies.policies import COORDINATE, OVERSEE

OWN, ADMIN = to(Role.SIGNED_IN), to(Role.ADMIN)

POLICIES = [
    policy("privacy:my-data", get=OWN),
    policy("privacy:my-data-file", get=OWN),
    policy("privacy:my-erasure", post=OWN),
    policy("privacy:people", get=ADMIN),
    policy("privacy:person-file", Thing.PERSON, get=ADMIN, post=ADMIN),
    policy("privacy:erase", Thing.PERSON, get=ADMIN, post=ADMIN),
    policy("privacy:study", Thing.STUDY, get=OVERSEE, post=COORDINATE),
]

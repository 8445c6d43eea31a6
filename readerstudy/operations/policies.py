"""Who may do what at the addresses of the background work: admins alone."""

from readerstudy.core.policies import Role, Thing, policy, to

_ADMINS = to(Role.ADMIN)

POLICIES = [
    policy("operations:work", get=_ADMINS),
    policy("operations:requeue", Thing.DEAD_LETTER, post=_ADMINS),
    policy("operations:drop", Thing.DEAD_LETTER, post=_ADMINS),
]

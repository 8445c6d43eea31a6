"""Who may do what at the addresses of accounts."""

from readerstudy.core.policies import Role, Thing, policy, to

ANYBODY, SIGNED_IN = to(Role.ANYBODY), to(Role.SIGNED_IN)

POLICIES = [
    policy("accounts:sign-in", get=ANYBODY, post=ANYBODY),
    policy("accounts:session", get=SIGNED_IN, post=ANYBODY),
    policy("accounts:sign-out", post=ANYBODY),
    policy("accounts:accept", Thing.INVITATION, get=ANYBODY, post=ANYBODY),
    policy("accounts:settings", get=SIGNED_IN, post=SIGNED_IN),
    policy("accounts:password", get=SIGNED_IN, post=SIGNED_IN),
]

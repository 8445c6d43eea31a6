"""Who may do what at the addresses of image sets: nobody but coordinators and admins of the site, and readers nothing."""

from readerstudy.core.policies import Role, Thing, policy, to

LOOK = to(Role.SITE_COORDINATOR, Role.ADMIN)
CHANGE = to(Role.ADMIN, told=(Role.SITE_COORDINATOR,))

POLICIES = [
    policy("images:list", get=LOOK),
    policy("images:detail", Thing.IMAGE_SET, get=LOOK),
    policy("images:overlap", Thing.IMAGE_SET, get=LOOK),
    policy("images:training", Thing.IMAGE_SET, post=CHANGE),
    policy("images:delete", Thing.IMAGE_SET, get=CHANGE, post=CHANGE),
    policy("images:file", Thing.IMAGE, get=LOOK),
    policy("images:thumbnail", Thing.IMAGE, get=LOOK),
    # The list is empty for everybody else.
    policy("api:image-set-list", get=to(Role.SIGNED_IN)),
    policy("api:image-set-detail", Thing.IMAGE_SET, get=LOOK),
]

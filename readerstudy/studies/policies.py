"""Who may do what at the addresses of studies."""

from readerstudy.core.policies import Role, State, Thing, policy, to

STAFF = (Role.COORDINATOR, Role.STATISTICIAN, Role.TRUTH_KEEPER, Role.AUDITOR)
OVERSEERS = (Role.COORDINATOR, Role.STATISTICIAN, Role.AUDITOR, Role.ADMIN)

DESCRIBE = to(*STAFF, Role.ADMIN)
OVERSEE = to(*OVERSEERS)
COORDINATE = to(Role.COORDINATOR)
CREATE = to(Role.SITE_COORDINATOR, told=(Role.STAFF,))

DRAFT_PAGES = ("protocol", "design", "questions", "practice", "staff")

POLICIES = [
    policy("studies:list", get=to(Role.STAFF)),
    policy("studies:create", get=CREATE, post=CREATE),
    policy("studies:detail", Thing.STUDY, get=DESCRIBE),
    *(
        policy(f"studies:{name}", Thing.STUDY, get=DESCRIBE, post=COORDINATE)
        for name in DRAFT_PAGES
    ),
    policy("studies:manifest", Thing.STUDY, get=to(*STAFF, Role.ADMIN, state=State.LOCKED)),
    policy("studies:order", Thing.STUDY, get=to(*OVERSEERS, state=State.LOCKED)),
    policy("studies:copy", Thing.STUDY, get=COORDINATE, post=COORDINATE),
    policy("studies:transition", Thing.STUDY, get=COORDINATE, post=COORDINATE),
    policy("studies:staff-remove", Thing.MEMBER, get=COORDINATE, post=COORDINATE),
    policy("studies:readers", Thing.STUDY, get=OVERSEE),
    policy("studies:invite", Thing.STUDY, get=COORDINATE, post=COORDINATE),
    policy("studies:roster", Thing.STUDY, get=COORDINATE, post=COORDINATE),
    policy("studies:invite-again", Thing.READER, post=COORDINATE),
    policy("studies:withdraw", Thing.READER, get=COORDINATE, post=COORDINATE),
    policy("studies:open-session", Thing.LATER_SESSION, get=COORDINATE, post=COORDINATE),
    # What is listed is one's own.
    policy("api:study-list", get=to(Role.SIGNED_IN)),
    policy("api:study-detail", Thing.STUDY, get=to(*STAFF, Role.ADMIN, Role.OWNER)),
    policy("api:study-copies", Thing.STUDY, post=COORDINATE),
    policy("api:enrolment-list", get=to(Role.SIGNED_IN)),
    policy("api:enrolment-detail", Thing.ENROLMENT, get=to(*OVERSEERS, Role.OWNER)),
]

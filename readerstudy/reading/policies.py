"""Who may do what at the addresses of reading: readers what is their own, staff how far the readers are."""

from readerstudy.core.policies import Role, State, Thing, policy, to
from readerstudy.studies.policies import COORDINATE, DESCRIBE, OVERSEE

OWN = to(Role.OWNER)
CORRESPOND = to(Role.COORDINATOR, Role.ADMIN)

FORMS = ("consent", "read", "profile", "practice", "room", "sign", "leave", "messages")
OVERSEEN = ("progress", "washout", "washout-file", "matrix")

POLICIES = [
    policy("reading:home", get=to(Role.SIGNED_IN)),
    *(policy(f"reading:{name}", Thing.ENROLMENT, get=OWN, post=OWN) for name in FORMS),
    policy("reading:instructions", Thing.ENROLMENT, get=OWN),
    policy("reading:go-on", Thing.ENROLMENT, post=OWN),
    policy("reading:data", Thing.ENROLMENT, get=OWN),
    policy("reading:certificate", Thing.ENROLMENT, get=to(Role.OWNER, state=State.CLOSED)),
    policy("reading:next-session-file", Thing.LATER_SESSION, get=OWN),
    policy("reading:image", Thing.POSITION, get=to(Role.OWNER, state=State.READING)),
    policy(
        "reading:further-image", Thing.SECOND_LOOK, get=to(Role.OWNER, state=State.READING),
        arguments={"number": "2"},
    ),
    policy("reading:practice-image", Thing.PRACTICE_CASE, get=OWN),
    policy("reading:conduct", Thing.STUDY, get=DESCRIBE, post=COORDINATE),
    *(policy(f"reading:{name}", Thing.STUDY, get=OVERSEE) for name in OVERSEEN),
    policy("reading:sign-rules", Thing.STUDY, get=COORDINATE, post=COORDINATE),
    policy("reading:reminders", Thing.STUDY, get=COORDINATE, post=COORDINATE),
    policy("reading:threads", Thing.STUDY, get=CORRESPOND, post=COORDINATE),
    policy("reading:thread", Thing.READER, get=CORRESPOND, post=COORDINATE),
    policy("api:next-position", Thing.ENROLMENT, get=OWN),
    policy("api:reading-list", Thing.POSITION, named_by="position", post=OWN),
    policy("api:practice-answers", Thing.ENROLMENT, post=OWN),
    policy("api:environments", Thing.ENROLMENT, post=OWN),
]  # fmt: skip

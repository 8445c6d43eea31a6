"""Who may do what at which address, declared: an expectation that a test holds against what the site really answers.

Each app declares its addresses in `policies.py` as `POLICIES`. Nothing here lets anybody in or keeps anybody out: that is
what the queryset rules in `permissions.py` do. An address without a policy, and a policy without an address, fail the test.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver


class Role(StrEnum):
    """What somebody is to the thing that an address names."""

    ANYBODY = "anybody"  # not signed in, too
    SIGNED_IN = "signed in"
    STAFF = "staff"  # has staff pages at all: by the account, or as staff of any study
    SITE_COORDINATOR = "site coordinator"  # by the account, whatever study the thing is of
    ADMIN = "admin"
    OWNER = "owner"  # the thing is the person's own: their enrolment, their upload
    COORDINATOR = "coordinator"  # of the study that the thing belongs to, as the next three
    STATISTICIAN = "statistician"
    TRUTH_KEEPER = "truth keeper"
    AUDITOR = "auditor"


class Thing(StrEnum):
    """What the public id, slug or token in an address, or in the body of a call, names."""

    NOTHING = "–"
    INVITATION = "invitation"
    PERSON = "person"
    RESET_LINK = "link that sets a new password"
    SIGN_IN_SESSION = "session of somebody who is signed in"
    PASSKEY = "passkey"
    SECOND_FACTOR = "second factor of one's own"
    API_TOKEN = "token of the API"  # nosec B105  # noqa: S105 (the word for it)
    HOSPITAL = "hospital that signs people in"
    IMAGE_SET = "image set"
    IMAGE = "image"
    IMPORT = "import"
    UPLOAD = "upload"
    STUDY = "study"
    READER = "reader of a study"
    MEMBER = "member of a study's staff"
    ENROLMENT = "enrolment"
    POSITION = "position"
    SECOND_LOOK = "position with several photographs"
    PRACTICE_CASE = "practice case"
    LATER_SESSION = "enrolment that waits for its next session"
    MODEL = "model"
    MODEL_DRAFT = "model draft"
    TRAINING_RUN = "training run"
    SAMPLE = "sample"
    MODEL_RUN = "model run"
    CASE = "case"
    CASE_IMAGE = "photograph of a case"
    STUDY_IMAGE = "image of a study's case"
    PSEUDONYM = "pseudonym"
    ANALYSIS = "analysis"
    FINISHED = "finished study"
    DEAD_LETTER = "work that was given up"
    FINISHED_DRAFT = "finished study, not imported"


class State(StrEnum):
    """Where the study has to be for a thing to be there at all."""

    ANY = "any"
    LOCKED = "locked"  # or later
    READING = "reading"
    CLOSED = "closed"  # or later
    UNBLINDED = "unblinded"  # or later


@dataclass(frozen=True)
class Grant:
    """Who is served, and who is told that they may not: these may know of the thing. To all others it is not there."""

    roles: frozenset[Role]
    told: frozenset[Role] = frozenset()
    state: State = State.ANY


@dataclass(frozen=True)
class Policy:
    """One address. `named_by` is the field of the body that names the thing, where the address does not."""

    name: str
    thing: Thing
    methods: Mapping[str, Grant]
    named_by: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)


def to(*roles: Role, told: tuple[Role, ...] = (), state: State = State.ANY) -> Grant:
    """Served to these roles."""
    return Grant(frozenset(roles), frozenset(told), state)


def policy(
    name: str,
    thing: Thing = Thing.NOTHING,
    *,
    named_by: str = "",
    arguments: Mapping[str, str] | None = None,
    **methods: Grant,
) -> Policy:
    """`policy("studies:detail", Thing.STUDY, get=to(Role.COORDINATOR))`. Who may GET may HEAD and OPTIONS."""
    named = {method.upper(): grant for method, grant in methods.items()}
    return Policy(name, thing, named, named_by, arguments or {})


def declared_policies() -> list[Policy]:
    """Those of all apps, in the order in which they are installed."""
    found: list[Policy] = []
    for app in apps.get_app_configs():
        module = f"{app.name}.policies"
        if app.name.startswith(("readerstudy", "inference")) and find_spec(module):
            found += getattr(import_module(module), "POLICIES", [])
    return found


@dataclass(frozen=True)
class Address:
    """A URL pattern by its full name, with the names of what stands in it."""

    name: str
    route: str
    arguments: tuple[str, ...]


def addresses(resolver: URLResolver | None = None, prefix: str = "", spaces: tuple[str, ...] = ()) -> Iterator[Address]:  # fmt: skip
    """Every URL pattern of the site."""
    for one in (resolver or get_resolver()).url_patterns:
        route = prefix + str(one.pattern)
        if isinstance(one, URLPattern):
            name = ":".join((*spaces, one.name or route))
            yield Address(name, route, tuple(one.pattern.converters))
        else:
            inner = (*spaces, one.namespace) if one.namespace else spaces
            yield from addresses(one, route, inner)


def undeclared() -> list[str]:
    """A sentence for every address without a policy, every policy without an address, and every one declared twice."""
    known = [one.name for one in addresses()]
    declared = [one.name for one in declared_policies()]
    said = [f"{name} has no policy: say in its app's policies.py who may do what." for name in sorted(set(known) - set(declared))]  # fmt: skip
    said += [f"The policy of {name} is of no address: it is gone, or misspelt." for name in sorted(set(declared) - set(known))]  # fmt: skip
    return said + [f"{name} has two policies." for name in sorted({one for one in declared if declared.count(one) > 1})]  # fmt: skip


POLICIES = [
    policy("core:home", get=to(Role.SIGNED_IN)),
    policy("set_language", post=to(Role.ANYBODY)),
    policy("core:robots", get=to(Role.ANYBODY)),
    policy("core:security-contact", get=to(Role.ANYBODY)),
    policy("core:change-password", get=to(Role.ANYBODY)),
    # What the API takes and gives is no secret; what it holds is.
    policy("api:schema", get=to(Role.ANYBODY)),
]

"""One cell of the matrix: a person asks one address with one method for one thing; what is expected and what comes."""

import re
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from django.db import transaction
from django.urls import reverse

from readerstudy.core.policies import Role, Thing, addresses
from readerstudy.reading.choices import ManagementDecision
from tests.permissions.world import STAFF, STUDY_ROLES, UNKNOWN

# The method is looked at before the person wherever it is not declared.
MOST_DIFFERENT = ("nobody", "reader", "coordinator")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


class Outcome(StrEnum):
    """What somebody is answered."""

    SERVED = "served"
    HIDDEN = "404"
    SIGN_IN = "sign in"
    TOLD = "refused with a sentence"
    NO_METHOD = "no such method"
    FAILED = "failed"


@dataclass(frozen=True)
class Cell:
    """Who asks for what."""

    person: str
    method: str
    name: str
    target: object

    def __str__(self):
        return f"{self.method} {self.name} ({self.target.label}) as {self.person}"


def roles_of(person, target):
    """What the person is to the thing."""
    if person in ("nobody", "deactivated coordinator"):
        return {Role.ANYBODY}
    found = {Role.ANYBODY, Role.SIGNED_IN}
    if person == "admin":
        found |= {Role.ADMIN, Role.STAFF}
    if person.startswith("coordinator"):
        found |= {Role.SITE_COORDINATOR, Role.STAFF}
    if person in STAFF:
        found.add(Role.STAFF)
    if person in target.owners:
        found.add(Role.OWNER)
    if person == "coordinator of another study" and target.group == 1:
        found.add(Role.COORDINATOR)
    if person in STUDY_ROLES and target.group == 0:
        found.add(STUDY_ROLES[person])
    return found


def expected(policy, cell):
    """What the policy says of the cell."""
    method = "GET" if cell.method == "HEAD" else cell.method
    grant = policy.methods.get(method)
    if grant is None:
        return Outcome.NO_METHOD
    roles = roles_of(cell.person, cell.target)
    if Role.SIGNED_IN not in roles and Role.ANYBODY not in grant.roles:
        return Outcome.SIGN_IN
    if method == "GET" and policy.named_by:
        return Outcome.SERVED if roles & grant.roles else Outcome.HIDDEN
    if not cell.target.exists or not cell.target.is_in(grant.state):
        return Outcome.HIDDEN
    if roles & grant.roles:
        return Outcome.SERVED
    return Outcome.TOLD if roles & grant.told else Outcome.HIDDEN


def outcome_of(response):
    """What came, by its status."""
    status = response.status_code
    if status == 302 and response["Location"].startswith("/account/sign-in/?next="):
        return Outcome.SIGN_IN
    if status == 401 or (status == 403 and "not_authenticated" in _text(response)):
        return Outcome.SIGN_IN
    known = {404: Outcome.HIDDEN, 403: Outcome.TOLD, 405: Outcome.NO_METHOD}
    if status in known:
        return known[status]
    return Outcome.SERVED if status < 500 else Outcome.FAILED


def _text(response):
    if response.streaming:
        return ""
    return response.content.decode(errors="replace")


# What a call needs in its body before the thing is looked for, or for the thing to be found.
def body_of(policy, target, world):
    if policy.named_by:
        said = {policy.named_by: next(iter(target.named.values()))}
        if policy.name == "api:model-run-list":
            said["model"] = world.model_for(target)
        if policy.name == "api:reading-list":
            said |= {"decision": ManagementDecision.BIOPSY, "confidence": 3, "level": 2}
        return said
    if policy.name in ("inference:start", "inference:plan"):
        return {"model": world.model_for(target)}
    return {}


def asked(client, world, policy, cell):
    """The response. What a request changes is taken back."""
    address = reverse(policy.name, kwargs={**_in_address(policy, cell.target), **policy.arguments})
    call = getattr(client, cell.method.lower())
    options = {}
    if cell.method not in ("GET", "HEAD"):
        body = body_of(policy, cell.target, world)
        is_form = not policy.name.startswith("api:") or policy.name in world.multipart
        options = {"data": body} if is_form and cell.method == "POST" else {
            "data": body, "content_type": "application/json"
        }  # fmt: skip
        options["headers"] = {"Idempotency-Key": "7d8c7f0e-8b57-4f0f-8f6b-9d1d2d6e0a11"}
    cookies = client.cookies.copy()
    with transaction.atomic():
        response = call(address, **options)
        if response.streaming:
            b"".join(response)
        transaction.set_rollback(True)
    client.cookies = cookies
    return response


def _in_address(policy, target):
    if policy.named_by or policy.thing == Thing.NOTHING:
        return {}
    return {name: target.named[name] for name in _arguments()[policy.name] if name in target.named}


@cache
def _arguments():
    return {one.name: one.arguments for one in addresses()}


def seen(response, target):
    """The answer without what differs each time: the id, tokens."""
    text = f"{response.status_code}\n{_text(response)}"
    for value in target.named.values():
        text = text.replace(value, UNKNOWN)
    text = re.sub(r'value="[A-Za-z0-9]{64}"', "", text)
    return re.sub(r"nonce-[\w=+/-]+|nonce=\"[^\"]+\"", "", text)


def surprises(client, world, person, policies):
    """(number of cells, sentences of what is not as declared)."""
    counted, told, hidden = Counter(), [], {}
    for policy in policies:
        for method in METHODS:
            for target in targets_for(policy, method, person, world):
                cell = Cell(person, method, policy.name, target)
                response = asked(client, world, policy, cell)
                wanted, came = expected(policy, cell), outcome_of(response)
                counted[wanted] += 1
                if not fits(wanted, came, cell):
                    told.append(f"{cell}: {wanted} is declared, {response.status_code} came.")
                if came == Outcome.HIDDEN and wanted == Outcome.HIDDEN:
                    hidden.setdefault((policy.name, method), {}).setdefault(seen(response, target), []).append(target.label)  # fmt: skip
    for (name, method), bodies in hidden.items():
        if len(bodies) > 1:
            told.append(f"{method} {name} as {person} tells apart {sorted(bodies.values())}.")
    return counted, told


def targets_for(policy, method, person, world):
    """All of them where the method is declared; else the first is enough, and those who differ most to be refused."""
    targets = world.targets[policy.thing]
    if method in policy.methods:
        return targets
    return targets[:1] if person in MOST_DIFFERENT else []


def fits(wanted, came, cell):
    """A method that is not declared may be refused in any way but by serving."""
    if wanted == Outcome.NO_METHOD:
        return came in (Outcome.NO_METHOD, Outcome.HIDDEN, Outcome.SIGN_IN, Outcome.TOLD)
    if cell.method == "HEAD" and wanted == Outcome.SIGN_IN:  # without a body that says so
        return came in (Outcome.SIGN_IN, Outcome.TOLD)
    return came == wanted

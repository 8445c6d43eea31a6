"""People, for admins who are to erase one, and what one person has here."""

from django.db.models import Q, QuerySet

from readerstudy.accounts.models import User
from readerstudy.core.errors import NotFound
from readerstudy.privacy.models import ErasureRequest

MOST = 200
_NOBODY = "@erased.invalid"


def people_for(actor: User, *, search: str = "") -> QuerySet[User]:
    """People with a name, those found by name or mail address. Raises NotFound for others than admins."""
    _check(actor)
    people = User.objects.exclude(email__endswith=_NOBODY)
    if search:
        people = people.filter(Q(name__icontains=search) | Q(email__icontains=search))
    return people


def person_for(actor: User, public_id: str) -> User:
    """One person with a name. Raises NotFound where there is none, and for others than admins."""
    found = people_for(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotFound("There is no such person.")
    return found


def open_requests_for(actor: User) -> QuerySet[ErasureRequest]:
    """What people asked for and nobody has done yet, the oldest first. Raises NotFound for others than admins."""
    _check(actor)
    return ErasureRequest.objects.filter(done_at=None).select_related("user")


def open_request_of(user: User) -> ErasureRequest | None:
    """What the person asked for, until it is done."""
    return ErasureRequest.objects.filter(user=user, done_at=None).first()


def _check(actor: User) -> None:
    if not actor.can_administer:
        raise NotFound("There is no such page.")

"""People, for admins who are to erase one, and what one person has here."""

from django.db.models import Q, QuerySet

from readerstudy.accounts.choices import SiteRole
from readerstudy.accounts.models import User
from readerstudy.core.errors import NotFound
from readerstudy.core.models import AuditEvent
from readerstudy.privacy.models import ErasureRequest
from readerstudy.studies.models import FormerMember, Study, StudyMember

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


def was_cut_off(study: Study) -> Q:
    """Accounts that may have read in the study and do no more: their number in the trail is all that leads to their name.

    Those of readers who are not among its readers, and neither belong nor belonged to its staff.
    """
    staff = [own.filter(study=study).values("user") for own in (StudyMember.objects, FormerMember.objects)]  # fmt: skip
    known = Q(pk__in=staff[0]) | Q(pk__in=staff[1]) | Q(pk__in=study.enrolments.values("user"))
    return Q(role=SiteRole.READER) & ~known


def cut_off_from(user: User) -> list[str]:
    """Public ids of the studies whose retention date has cut the person's name off."""
    done = AuditEvent.objects.filter(actor=user).exclude(study_id="").order_by()
    studies = Study.objects.filter(
        privacy__names_erased_at__isnull=False,
        public_id__in=done.values_list("study_id", flat=True).distinct(),
    )
    mine = User.objects.filter(pk=user.pk)
    return [one.public_id for one in studies if mine.filter(was_cut_off(one)).exists()]


def _check(actor: User) -> None:
    if not actor.can_administer:
        raise NotFound("There is no such page.")

"""Everything that is stored of one person: for a program (JSON) and to be read (HTML), in one archive."""

import io
import json
import zipfile
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib.sessions.models import Session
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from readerstudy.accounts.models import Consent, Invitation, User
from readerstudy.core.audit import record_event
from readerstudy.core.errors import NotAllowed
from readerstudy.core.models import AuditEvent
from readerstudy.privacy.models import ErasureRequest
from readerstudy.privacy.selectors import cut_off_from
from readerstudy.reading.own_data import columns_told, own_data, rows_told
from readerstudy.results.services import OPEN_STATES
from readerstudy.studies.models import Enrolment, StudyMember

FORMAT = "reader-study-person/1"
# Secrets are no copy of the data, and tell the person nothing.
_SECRET = frozenset({"password", "token_sha256"})


def export_person(*, actor: User | None, user: User, now: datetime) -> bytes:
    """A zip archive with `data.json` and `data.html`; the audit trail tells that it was made.

    `actor` is None for the operator. An admin's copy is without the answers of studies that are not unblinded. Raises NotAllowed for others than the person and admins.
    """
    if actor is not None and actor.pk != user.pk and not actor.can_administer:
        raise NotAllowed("Only the person and admins may have these data.")
    record_event(actor=actor, verb="account.exported", subject=user, now=now)
    is_of_another = actor is not None and actor.pk != user.pk
    document = person_document(user, now=now, has_sealed=not is_of_another)
    text = json.dumps(document, cls=DjangoJSONEncoder, indent=2, ensure_ascii=False)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", text)
        archive.writestr("data.html", _page(json.loads(text), user.language))
    return out.getvalue()


def person_document(user: User, *, now: datetime, has_sealed: bool = True) -> dict[str, Any]:
    """All of it, by kind. Of cases there are nothing but opaque ids, and of the truth nothing.

    `has_sealed`: with the answers of studies that are not unblinded yet.
    """
    told = own_data if has_sealed else _without_sealed
    enrolments = Enrolment.objects.filter(user=user).select_related(
        "study", "user", "rank_group", "institution"
    )
    return {
        "format": FORMAT,
        "made_at": now,
        "account": columns_told(user, but_for=_SECRET),
        "invitations": _rows(Invitation.objects.filter(user=user)),
        "consents": _rows(Consent.objects.filter(user=user)),
        "requests_for_erasure": _rows(ErasureRequest.objects.filter(user=user)),
        "roles_in_studies": _roles(user),
        "open_sessions": _sessions(user, now),
        "studies_read": [told(one) for one in enrolments.order_by("enrolled_at")],
        "audit_trail": _events(user),
    }


def _without_sealed(enrolment: Enrolment) -> dict[str, Any]:
    told = own_data(enrolment)
    if enrolment.study.state in OPEN_STATES:
        return told
    # Admins get no answers before the unblinding, and least of all beside a name.
    with translation.override(enrolment.user.language):
        sentence = _(
            "Your answers in this study are not in this copy: an admin made it, and admins may not see answers before the study is unblinded. The copy that you make yourself under “My data” has all of them."
        )
    return {**told, "readings": [], "readings_left_out": sentence}


def _roles(user: User) -> list[dict[str, Any]]:
    rows = StudyMember.objects.filter(user=user).select_related("study")
    return [{"study": one.study.title, "role": one.role} for one in rows]


def _sessions(user: User, now: datetime) -> list[dict[str, Any]]:
    rows = Session.objects.filter(expire_date__gt=now)
    mine = (one for one in rows if one.get_decoded().get("_auth_user_id") == str(user.pk))
    return [{"ends_at": one.expire_date} for one in mine]


def _events(user: User) -> list[dict[str, Any]]:
    """Without those of studies that know the person no more: their codes stand in them."""
    about = Q(actor=user) | Q(subject_type=User._meta.label, subject_id=user.public_id)
    columns = ("at", "verb", "subject_type", "subject_id", "study_id", "data")
    events = AuditEvent.objects.filter(about).exclude(study_id__in=cut_off_from(user))
    return list(events.order_by("sequence").values(*columns))


def _rows(rows: Iterable[models.Model]) -> list[dict[str, Any]]:
    return rows_told(rows, but_for=_SECRET)


def _page(document: dict[str, Any], language: str) -> str:
    with translation.override(language):
        context = {"document": document, "language": language}
        return render_to_string("privacy/export.html", context)

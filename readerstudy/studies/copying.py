"""A study made as a copy of another: what is asked, told and planned, and nothing of who answered what."""

from datetime import datetime

from django.db import transaction

from readerstudy.accounts.models import User
from readerstudy.core.audit import record_event
from readerstudy.studies.asking import asked_of, set_questions
from readerstudy.studies.copy_models import StudyCopy
from readerstudy.studies.designing import update_design
from readerstudy.studies.drafting import (
    create_study,
    set_institutions,
    set_rank_groups,
    update_protocol,
)
from readerstudy.studies.hooks import call_copied
from readerstudy.studies.manifest import DESIGN_FIELDS, protocol_texts
from readerstudy.studies.models import Design, Protocol, Study
from readerstudy.studies.permissions import check_may_coordinate, check_may_create
from readerstudy.studies.practice import set_practice


def copy_study(*, actor: User, source: Study, title: str, now: datetime) -> Study:
    """A draft on the same image set with the protocol, questions, rank groups, institutions, design and practice of `source`.

    The other rooms add what is theirs, such as planned models. Readers, answers and other coordinators are not copied;
    seed and address are the copy's own. Raises NotAllowed, and InvalidInput(s) as `create_study` does.
    """
    check_may_coordinate(actor, source)
    check_may_create(actor)
    with transaction.atomic():
        # Held, so that a draft is not copied while it is changed.
        held = Study.objects.select_for_update().get(pk=source.pk)
        copy = create_study(
            actor=actor, title=title, image_set=held.image_set, summary=held.summary, now=now
        )
        _copy_parts(actor, held, copy, now)
        row = StudyCopy.objects.create(study=copy, source=held)
        call_copied(source=held, copy=copy, actor=actor, now=now)
        record_event(
            actor=actor,
            verb="study.copied",
            subject=copy,
            now=now,
            study_id=copy.public_id,
            data={"source": held.public_id},
            evidence=[row],
        )
    # Read again: the draft as it was made first still holds what a new study begins with.
    return Study.objects.get(pk=copy.pk)


def _copy_parts(actor: User, source: Study, copy: Study, now: datetime) -> None:
    protocol = protocol_texts(Protocol.objects.get(study=source))
    update_protocol(actor=actor, study=copy, now=now, **protocol)
    set_questions(actor=actor, study=copy, questions=asked_of(source), now=now)
    groups = list(source.rank_groups.values_list("name", flat=True))
    set_rank_groups(actor=actor, study=copy, names=groups, now=now)
    institutions = list(source.institutions.values_list("name", flat=True))
    set_institutions(actor=actor, study=copy, names=institutions, now=now)
    design = Design.objects.get(study=source)
    options = {field: getattr(design, field) for field in DESIGN_FIELDS}
    update_design(actor=actor, study=copy, now=now, **options)
    set_practice(
        actor=actor,
        study=copy,
        image_set=source.practice_set,
        pass_percent=source.practice_pass_percent,
        now=now,
    )

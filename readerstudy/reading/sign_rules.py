"""When readers are given which sign: the defaults, until a coordinator sets other rules for a study."""

from dataclasses import asdict, fields
from datetime import datetime

from django.db import transaction

from readerstudy.accounts.models import User
from readerstudy.core.audit import record_event
from readerstudy.core.validation import check_valid
from readerstudy.reading.models import SignRules
from readerstudy.reading.quality import DEFAULTS, Thresholds
from readerstudy.studies.models import Study
from readerstudy.studies.permissions import check_may_coordinate


def thresholds_of(study: Study) -> Thresholds:
    """The rules set last for the study, or the defaults. One query."""
    rules = SignRules.objects.filter(study=study).order_by("set_at", "pk").last()
    if rules is None:
        return DEFAULTS
    return Thresholds(**{field.name: getattr(rules, field.name) for field in fields(Thresholds)})


def set_thresholds(
    *, actor: User, study: Study, thresholds: Thresholds, now: datetime
) -> Thresholds:
    """Other rules for the signs of a study, in any state: they change what is shown and nothing that is analysed.

    Raises NotAllowed, InvalidInputs with the field that is out of range.
    """
    check_may_coordinate(actor, study)
    rules = SignRules(study=study, set_by=actor, set_at=now, **asdict(thresholds))
    check_valid(rules)
    with transaction.atomic():
        Study.objects.select_for_update().get(pk=study.pk)
        if thresholds == thresholds_of(study):
            return thresholds
        rules.save()
        record_event(
            actor=actor,
            verb="study.sign_rules_set",
            subject=study,
            now=now,
            study_id=study.public_id,
            data=asdict(thresholds),
            evidence=[rules],
        )
    return thresholds


def copy_thresholds(*, source: Study, copy: Study, actor: User, now: datetime) -> None:
    """Gives a copied study the rules of the one it was copied from."""
    set_thresholds(actor=actor, study=copy, thresholds=thresholds_of(source), now=now)

"""Which of an event's data are shown, and how they are called.

What tells nothing of truth, scores or answers is named here; all else stays closed until the study is unblinded, and is
told by its key alone. So a room that records more one day tells no more of it here before its time.
"""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from readerstudy.auditing.choices import Group
from readerstudy.core.canonical import canonical_json
from readerstudy.core.models import AuditEvent
from readerstudy.core.operator import COMMAND
from readerstudy.studies.choices import StudyState
from readerstudy.studies.models import Study

Rows = list[tuple[str, str]]
_OPEN = (StudyState.UNBLINDED, StudyState.ARCHIVED)
_LABELS: dict[str, Any] = {
    "reason": _("Reason"),
    "role": _("Role"),
    "language": _("Language"),
    "fields": _("Fields"),
    "names": _("Names"),
    "code": _("Reader"),
    "session": _("Session"),
    "round": _("Round"),
    "is_passed": _("Passed"),
    "purpose": _("Purpose"),
    "label": _("Training run"),
    "attempt": _("Attempt"),
    "error": _("Error"),
    "provider": _("Provider"),
    "cases": _("Cases"),
    "recorded": _("Recorded"),
    "corrected": _("Corrected"),
    "scores": _("Scores"),
    "answers": _("Positions, level and version of the answers"),
    "image_set": _("Image set"),
    "images": _("Images"),
    "source": _("Source"),
    "item": _("Item"),
    "page": _("Page"),
    "path": _("Address"),
    "file": _("File"),
    "filter": _("Filter"),
    "format": _("Format"),
    "events": _("Events"),
    "rows": _("Rows"),
    "model": _("Model"),
    "erased": _("Erased"),
    "more_are_not_recorded": _("Further ones of the next hour are not recorded"),
    "address_hash": _("Address, hashed"),
    "is_synthetic": _("Synthetic"),
    "pass_percent": _("Right answers needed, in percent"),
    "questions": _("Questions"),
    "bytes": _("Size in bytes"),
    "missing": _("Missing files"),
    "complete": _("Complete"),
    "fingerprint": _("Fingerprint"),
    "analysis": _("Analysis"),
    "person": _("Person"),
    "manifest_sha256": _("SHA-256 of the manifest"),
    "artefact_sha256": _("SHA-256 of the model file"),
    "spec_sha256": _("SHA-256 of the preparation"),
    "sha256": _("SHA-256"),
    "text_sha256": _("SHA-256 of the text"),
    "readings_sha256": _("SHA-256 of the answers"),
    "source_sha256": _("SHA-256 of the source"),
    "inputs_sha256": _("SHA-256 of what went in"),
    "scores_hash": _("Keyed hash of the scores"),
}
# A free text that somebody wrote who knows the truth.
_CLOSED_IN = {Group.TRUTH.value: {"reason"}}
_LONGEST = 1_000
# The texts in which is searched.
SEARCHED = ("reason", "code", "label", "purpose", "error", "path", "file")


def details_of(event: AuditEvent, study: Study | None) -> Rows:
    """(name, value) of what may be shown; `study` is the one that the event belongs to, if any."""
    is_open = study is not None and study.state in _OPEN
    closed = _CLOSED_IN.get(event.verb.partition(".")[0], set())
    rows, kept_back = [], []
    for key, value in event.data.items():
        if key == COMMAND:
            rows.append((gettext("Command"), str(value.get("name", ""))))
        elif is_open or (key in _LABELS and key not in closed):
            rows += [(str(_LABELS.get(key, key)), _words(value))] if value not in ("", None) else []
        else:
            kept_back.append(key)
    if event.evidence:
        tied = ", ".join(f"{label} {key}" for label, key, _hash in event.evidence)
        rows.append((gettext("Rows tied to the trail"), _cut(tied)))
    if kept_back:
        rows.append((gettext("Closed until unblinding"), ", ".join(sorted(kept_back))))
    return rows


def is_closed(key: str) -> Q:
    """The events of which this part is kept back."""
    closed = Q(pk__in=[])
    for group, keys in _CLOSED_IN.items():
        if key in keys:
            closed |= Q(verb__startswith=group)
    return closed


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, list) and all(isinstance(one, str | int) for one in value):
        return _cut(", ".join(map(str, value)))
    return _cut(
        str(value) if isinstance(value, str | int | float) else canonical_json(value).decode()
    )


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"

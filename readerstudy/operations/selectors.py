"""What waits for an administrator."""

from django.db.models import QuerySet

from readerstudy.operations.models import DeadLetter


def open_letters() -> QuerySet[DeadLetter]:
    """Work that was given up and that nobody has settled, the last first."""
    return DeadLetter.objects.filter(settled_at=None)

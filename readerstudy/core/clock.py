"""The server's clock. Services take `now` as an argument; only the outermost layer asks the clock."""

from datetime import datetime

from django.utils import timezone


def now() -> datetime:
    """The current moment in UTC."""
    return timezone.now()

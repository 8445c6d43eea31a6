"""What a worker does with a message that it cannot read: it is put aside, and its content is not logged."""

import logging
from typing import Any

from celery.worker.consumer import Consumer
from django.dispatch import Signal

log = logging.getLogger(__name__)
# Sent with `reason`.
message_unreadable = Signal()


class CarefulConsumer(Consumer):
    """Celery's consumer; Celery's own log line would hold the whole body."""

    def on_decode_error(self, message: Any, exc: Exception) -> None:
        reason = f"{type(exc).__name__}, content type {str(message.content_type)[:80]}"
        log.error("a message could not be read and was put aside: %s", reason)
        message.ack()
        message_unreadable.send(sender=type(self), reason=reason)

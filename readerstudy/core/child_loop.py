"""What a child process does that `children` has started: it answers one message after the other, within limits."""

import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from readerstudy.core.sandbox import limit_process, renew_time
from readerstudy.core.wire import receive, send

Answer = Callable[[dict[str, Any], bytes], tuple[dict[str, Any], list[bytes]]]


def serve(answer: Answer, *, limits: Mapping[int, int], cpu_seconds: int) -> None:
    """Calls `answer` with header and content of every message until the pipe is closed.

    `limits` (`resource.RLIMIT_…` → amount) hold for good; each message has its own seconds of the processor.
    """
    limit_process(limits)
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # what a library prints must not become part of an answer
    with suppress(BrokenPipeError):
        while (message := receive(requests)) is not None:
            renew_time(cpu_seconds)
            header, [content] = message
            send(answers, *answer(header, content))

"""What a child process does that `children` has started: it answers one message after the other, within limits."""

import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import IO, Any

from readerstudy.core.sandbox import limit_process, renew_time
from readerstudy.core.shared_area import SharedArea
from readerstudy.core.wire import LARGE, Part, receive, send

Answer = Callable[[dict[str, Any], Part], tuple[dict[str, Any], Sequence[Part]]]


def serve(answer: Answer, *, limits: Mapping[int, int], cpu_seconds: int) -> None:
    """Calls `answer` with header and content of every message until the pipe is closed.

    `limits` (`resource.RLIMIT_…` → amount) hold for good; each message has its own seconds of the processor.
    """
    area = SharedArea(int(sys.argv[1]))
    limit_process(limits)
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # what a library prints must not become part of an answer
    with suppress(BrokenPipeError):
        while (message := receive(requests)) is not None:
            renew_time(cpu_seconds)
            header, parts = message
            content = parts[0] if parts else area.view(*header.pop("in_area"))
            _send(answers, area, *answer(header, content))


def _send(
    stream: IO[bytes], area: SharedArea, header: dict[str, Any], parts: Sequence[Part]
) -> None:
    # What is small goes through the pipe: the next message's content may lie in the area already.
    if sum(len(part) for part in parts) >= LARGE and area.put(parts):
        send(stream, {**header, "shared": [len(part) for part in parts]})
    else:
        send(stream, header, parts)

"""The process in which uploaded photographs are decoded: `python -m readerstudy.intake.child`, started by `children`.

A decoder is written in C and reads what strangers made. So it runs where there is nothing to take: no secret, no
database, no file that it could write, and bounded memory and time.
"""

import resource
import sys
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from django.conf import settings

# Measured on the largest photograph that is read (60 million pixels): 1.1 GiB of address space.
MEMORY_BYTES = 3 * 2**30
CPU_SECONDS = 60
OPEN_FILES = 64


def main() -> None:
    """Answers one photograph after the other until the pipe is closed."""
    _limit_for_good()
    settings.configure(IMPORT_MAX_PIXELS=0)
    from readerstudy.intake.wire import receive, send  # noqa: PLC0415 (settings first)

    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # what a library prints must not become part of an answer
    with suppress(BrokenPipeError):
        while (message := receive(requests)) is not None:
            _renew_time()
            header, [content] = message
            send(answers, *_answer(header, content))


def _answer(header: dict[str, Any], content: bytes) -> tuple[dict[str, Any], list[bytes]]:
    from readerstudy.core.errors import InvalidInput  # noqa: PLC0415 (settings first)
    from readerstudy.intake.pixels import encode_image, inspect_image  # noqa: PLC0415 (settings first)

    _set_pixels(header["max_pixels"])
    try:
        if not header["encode"]:
            return {"image": inspect_image(content, name=header["name"])}, []
        encoded = asdict(encode_image(content, name=header["name"]))
    except InvalidInput as error:
        told = {"message": error.message, "code": error.code, "field": error.field}
        return {"error": told}, []
    return {"image": encoded}, [encoded.pop("content"), encoded.pop("thumbnail")]


def _set_pixels(limit: int) -> None:
    from PIL import Image  # noqa: PLC0415 (settings first)

    settings.IMPORT_MAX_PIXELS = limit
    Image.MAX_IMAGE_PIXELS = limit


def _limit_for_good() -> None:
    for kind, limit in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        _lower(kind, limit)


def _lower(kind: int, limit: int) -> None:
    _soft, hard = resource.getrlimit(kind)
    allowed = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
    resource.setrlimit(kind, (allowed, allowed))


def _renew_time() -> None:
    """Each photograph has its own seconds; the soft limit counts from the start of the process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = int(used.ru_utime + used.ru_stime) + CPU_SECONDS
    _soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (until, hard))


if __name__ == "__main__":
    main()

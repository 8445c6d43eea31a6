"""The process in which uploaded photographs are decoded: `python -m readerstudy.intake.child`, started by `children`.

A decoder is written in C and reads what strangers made. So it runs where there is nothing to take: no secret, no
database, no file that it could write, and bounded memory and time.
"""

import resource
from dataclasses import asdict
from typing import Any

from django.conf import settings

from readerstudy.core.child_loop import serve
from readerstudy.core.wire import Part

# Measured on photographs of 60 million pixels, the most that are read: 2.0 GiB of address space for a CMYK TIFF.
MEMORY_BYTES = 3 * 2**30
CPU_SECONDS = 60
LIMITS = {
    resource.RLIMIT_AS: MEMORY_BYTES,
    resource.RLIMIT_FSIZE: 0,
    resource.RLIMIT_NOFILE: 64,
}


def main() -> None:
    """Answers one photograph after the other until the pipe is closed."""
    settings.configure(IMPORT_MAX_PIXELS=0)
    serve(_answer, limits=LIMITS, cpu_seconds=CPU_SECONDS)


def _answer(header: dict[str, Any], part: Part) -> tuple[dict[str, Any], list[bytes]]:
    from readerstudy.core.errors import InvalidInput  # noqa: PLC0415 (settings first)
    from readerstudy.intake.pixels import encode_image, inspect_image  # noqa: PLC0415 (settings first)

    _set_pixels(header["max_pixels"])
    content = bytes(part)
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


if __name__ == "__main__":
    main()

"""An empty Word file, where this machine can write one."""

from typing import Any

from readerstudy.core.errors import DomainError


class DocxUnavailable(DomainError):
    """No Word file can be written on this machine."""


def new_document() -> Any:
    """An empty document of python-docx. Raises DocxUnavailable where the package is missing."""
    try:
        import docx  # noqa: PLC0415 (takes a while, and few ask for it)
    except ImportError as error:
        message = "This server cannot write Word files: the package python-docx is not installed."
        raise DocxUnavailable(message, code="docx_unavailable") from error
    return docx.Document()

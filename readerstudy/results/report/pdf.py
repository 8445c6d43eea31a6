"""The report as PDF, by WeasyPrint out of the same HTML. It needs the system's Pango; where that is missing we say so."""

from typing import Any

from PIL import ImageFile

from readerstudy.core.errors import DomainError
from readerstudy.results.report.blocks import Report
from readerstudy.results.report.html import report_html


class PdfUnavailable(DomainError):
    """No PDF file can be written on this machine."""


def report_pdf(report: Report) -> bytes:
    """The PDF's bytes, tagged for screen readers; the same for the same report. Raises PdfUnavailable without WeasyPrint or Pango."""
    # A fixed identifier instead of a drawn one: the same report is the same file.
    return html_pdf(report_html(report), pdf_identifier=report.analysis_sha256[:32].encode())


def html_pdf(html: str, **options: Any) -> bytes:
    """A document that holds all it needs, as tagged PDF. Raises PdfUnavailable without WeasyPrint or Pango."""
    page = _weasyprint().HTML(string=html, url_fetcher=_nothing)
    written: bytes = page.write_pdf(pdf_variant="pdf/ua-1", **options)
    return written


def is_available() -> bool:
    """Whether this machine can write PDF files."""
    try:
        _weasyprint()
    except PdfUnavailable:
        return False
    return True


def _weasyprint() -> Any:
    # It lets Pillow read photographs that were cut off, in the whole process. Ours must never be taken for whole.
    as_before = ImageFile.LOAD_TRUNCATED_IMAGES
    try:
        import weasyprint  # noqa: PLC0415 (needs a system library, and takes a second)
    except (ImportError, OSError) as error:
        message = "This server cannot write PDF files: WeasyPrint or the system library Pango is missing. Open the report in the browser and print it to PDF instead; its style sheet is made for paper too."
        raise PdfUnavailable(message, code="pdf_unavailable") from error
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = as_before
    return weasyprint


def _nothing(url: str, *_args: Any, **_kwargs: Any) -> Any:
    """The file holds all it needs: whatever else it names is not fetched."""
    raise ValueError(url)

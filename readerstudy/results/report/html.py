"""The report as one HTML file: styles and pictures in it, no scripts, nothing from elsewhere."""

import base64
import hashlib
from pathlib import Path

from django.template.loader import render_to_string
from django.utils.translation import override

from readerstudy.results.report.blocks import Report

STYLE = (Path(__file__).parent / "report.css").read_text(encoding="utf-8")


def style_source() -> str:
    """What a Content-Security-Policy must allow, so that the browser applies the file's own styles and no others."""
    digest = hashlib.sha256(STYLE.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def report_html(report: Report) -> str:
    """The file's text; equal reports give equal texts."""
    with override(report.language):
        return render_to_string("results/report/document.html", {"report": report, "style": STYLE})

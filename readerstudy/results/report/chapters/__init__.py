"""The chapters of a report, 0 to 19, in the language that is active when they are built."""

from readerstudy.results.report.chapters.build import build_report

__all__ = ["build_report"]

"""Figures of an analysis as still pictures, for report and bundle: Plotly's JSON, as far as we use it, drawn as SVG."""

from readerstudy.results.report.svg.draw import figure_svg

__all__ = ["figure_svg"]

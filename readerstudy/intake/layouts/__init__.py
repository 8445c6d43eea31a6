"""How the manifests of public image sets are laid out, and how each becomes one table with one row per photograph."""

from readerstudy.intake.layouts.choosing import LaidOut, lay_out
from readerstudy.intake.layouts.classes import KNOWN
from readerstudy.intake.layouts.layout import PLAIN, Layout

__all__ = ["KNOWN", "PLAIN", "LaidOut", "Layout", "lay_out"]

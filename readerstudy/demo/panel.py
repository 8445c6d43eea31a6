"""The panel of the demonstration study: who the 145 simulated readers are.

Sizes and means of the whole panel and of the attendings are those that Brinker et al. 2019 (Eur J Cancer
111:148-154) published; the paper gives neither the sizes nor the means of the other groups, which are
our own choice, made so that the whole adds up.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Group:
    """A rank group: how many, with which expected sensitivity and specificity, and their years of experience."""

    name: str
    readers: int
    sensitivity: float
    specificity: float
    years: tuple[int, int]


PAPER_SENSITIVITY = 0.894
PAPER_SPECIFICITY = 0.644
PAPER_SENSITIVITY_RANGE = (0.55, 1.0)
PAPER_SPECIFICITY_RANGE = (0.225, 0.925)

GROUPS = (
    Group("Resident", 84, 0.885, 0.650, (0, 5)),
    Group("Attending", 16, 0.928, 0.577, (5, 12)),
    Group("Senior physician", 42, 0.900, 0.6535, (8, 25)),
    Group("Chief physician", 3, 0.883, 0.700, (20, 35)),
)

# Twelve invented hospitals: nobody should take a simulated reader for one of a real department.
INSTITUTIONS = tuple(f"University Hospital {name} (synthetic)" for name in (
    "Ahrental", "Birkenau", "Cramstadt", "Dornfeld", "Eschenbruck", "Falkenhorst",
    "Grauburg", "Hohenlinde", "Immental", "Kronach-West", "Lindenberg", "Moorweide",
))  # fmt: skip

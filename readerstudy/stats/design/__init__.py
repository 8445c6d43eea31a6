"""Study design: power, sample size, and simulated studies."""

from readerstudy.stats.design.components import StandaloneComponents, VarianceComponents
from readerstudy.stats.design.expected_components import (
    expected_components,
    expected_standalone_components,
)
from readerstudy.stats.design.pilot import components_of_analysis, components_of_standalone
from readerstudy.stats.design.power import Power, PowerGrid, power, power_grid
from readerstudy.stats.design.roe_metz import ALGORITHM, RoeMetz
from readerstudy.stats.design.sample_size import SampleSize, cases_needed, readers_needed
from readerstudy.stats.design.single_proportion import (
    ProportionPower,
    ProportionSize,
    precision_cases_needed,
    proportion_cases_needed,
    proportion_power,
)
from readerstudy.stats.design.single_roc import (
    CurvePower,
    curve_cases_needed,
    curve_power,
    paired_cases_needed,
)
from readerstudy.stats.design.structures import Structure, roe_metz_structure
from readerstudy.stats.design.terms import Model

__all__ = [
    "ALGORITHM",
    "CurvePower",
    "Model",
    "Power",
    "PowerGrid",
    "ProportionPower",
    "ProportionSize",
    "RoeMetz",
    "SampleSize",
    "StandaloneComponents",
    "Structure",
    "VarianceComponents",
    "cases_needed",
    "components_of_analysis",
    "components_of_standalone",
    "curve_cases_needed",
    "curve_power",
    "expected_components",
    "expected_standalone_components",
    "paired_cases_needed",
    "power",
    "power_grid",
    "precision_cases_needed",
    "proportion_cases_needed",
    "proportion_power",
    "readers_needed",
    "roe_metz_structure",
]

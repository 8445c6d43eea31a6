"""Calibration and net benefit beside scikit-learn, statsmodels and dcurves."""

from tests.stats.agreement_with.calibration import REFERENCE, comparisons
from tests.stats.goldens import needs_shared

pytestmark = needs_shared


def test_every_number_agrees_on_every_data_set():
    found = list(comparisons())
    assert {row.dataset for row in found} == set(REFERENCE["results"])
    assert [(row.dataset, row.method, row.difference) for row in found if not row.agrees] == []

"""Power and sample sizes agree with RJafroc and pROC."""

import pytest

from readerstudy.stats import design
from tests.stats.agreement_with import power
from tests.stats.goldens import SHARED, needs_shared

pytestmark = needs_shared


@pytest.mark.parametrize(
    "comparison", list(power.comparisons()) if SHARED.is_dir() else [], ids=str
)
def test_our_numbers_are_those_of_the_reference_software(comparison):
    assert comparison.difference <= comparison.tolerance


def test_where_rjafroc_gives_up_the_power_is_out_of_reach_or_takes_more_cases():
    seen = 0
    for _dataset, components, _observed, results in power.pilots():
        for model, found in results.items():
            for row in found["SsSampleSizeKGivenJ"]:
                value = row["value"]
                count = value[f"K{model}"][0] if isinstance(value, dict) else value
                if count != power.GIVEN_UP:
                    continue
                seen += 1
                n = design.cases_needed(components, row["J"], row["desiredPower"], row["effectSize"], analysis=model)  # fmt: skip
                assert n.n is None or n.n > 2000
                assert (n.limit < row["desiredPower"]) == (n.n is None)
    assert seen > 5

"""Figures of merit beside MRMCaov, pROC and RJafroc."""

import pytest

from readerstudy.stats.figures import PartialAuc
from tests.stats.agreement_with import figures as reference
from tests.stats.goldens import SHARED, golden, needs_shared, panel_of

pytestmark = needs_shared


@pytest.mark.parametrize(
    ("compare", "count"),
    [
        (reference.multi_reader, 78),
        (reference.readers_of_proc, 170),
        (reference.readers_of_mrmcaov, 150),
        (reference.rjafroc, 14),
    ],
    ids=["MRMCaov", "pROC, each reader", "MRMCaov, each reader", "RJafroc"],
)
def test_figures_and_their_jackknife_agree_with_the_reference_software(compare, count):
    found = list(compare())
    assert [row for row in found if not row.agrees] == []
    assert len(found) >= count


def test_the_default_polygon_is_deliberately_not_that_of_mrmcaov():
    truth, readers = panel_of(SHARED / "simulated", "d01_cont_5x2x100", "A")
    theirs = golden(SHARED / "simulated", "d01_cont_5x2x100", "mrmcaov_pauc_sens80norm")
    ours = PartialAuc(0.8, 1, of="sensitivity", scale="normalised").values(truth, list(readers.values()))  # fmt: skip
    assert (ours > theirs["jackknife"]["estimates"]["empirical_auc"][:5]).all()

"""The page of worked examples prints what it says, and reproduces the published results."""

import pytest

from readerstudy import stats
from tests.stats.goldens import SHARED, needs_shared
from tools import examples

pytestmark = needs_shared


def test_every_block_prints_what_the_page_shows():
    shown = examples.PAGE.read_text(encoding="utf-8")
    assert len(examples.BLOCK.findall(shown)) > 5
    assert examples.executed(shown) == shown


def test_van_dyke_is_as_published():
    found = stats.obuchowski_rockette(stats.load(SHARED / "public" / "vandyke.csv").readings).rrrc
    row = found.differences[0]
    assert (found.statistic, found.df2, found.p) == pytest.approx((4.456319, 15.259675, 0.0516657), rel=1e-5)  # fmt: skip
    assert (row.estimate, row.low, row.high) == pytest.approx((-0.0438003, -0.0879595, 0.0003589), abs=1e-6)  # fmt: skip

"""The command that measures coverage and type I error in simulated studies."""

import math

import numpy as np
import pytest

from tools import simulations
from tools.simulations import Setting

ALONE = Setting(5, 40, 30, 0.8, 0.02, 0.1, standalone=True)
PAIRED = Setting(4, 40, 30, 0.8, 0.02, 0.0, standalone=False)


class TestSettings:
    def test_every_setting_is_there_once_with_its_null_and_its_alternative(self):
        found = list(simulations.settings())
        assert len(found) == len(set(found)) == 96
        assert sum(not setting.effect for setting in found) == 48
        assert {setting.n_readers for setting in found} == {5, 10}
        assert all(setting.auc + setting.effect < 1 for setting in found)

    @pytest.mark.parametrize("setting", [ALONE, PAIRED, Setting(4, 9, 9, 0.95, 0.056, 0.01, standalone=False)])  # fmt: skip
    def test_the_model_has_the_areas_of_the_setting(self, setting):
        model = setting.model()
        assert model.auc[0] == pytest.approx(setting.auc)
        other = model.algorithm_auc if setting.standalone else model.auc[1]
        assert other == pytest.approx(setting.auc + setting.effect)

    def test_without_an_effect_the_predicted_rejections_are_the_level(self):
        assert PAIRED.predicted() == pytest.approx(0.05)


class TestRows:
    def test_coverage_and_rejections_are_shares_of_the_answers(self, monkeypatch):
        answers = iter([(0.0, -1.0, 1.0, 0.01), (0.5, 0.4, 0.6, 0.04), (0.1, None, None, None), (0.0, 0.0, 2.0, 0.5)])  # fmt: skip
        monkeypatch.setattr(simulations, "DIFFERENCE", {"mine": lambda _readings: next(answers)})
        monkeypatch.setattr(simulations, "MEAN", {})
        (row,) = simulations.simulated(PAIRED, 4, np.random.SeedSequence(1))
        assert (row.question, row.method, row.true) == ("difference of modalities", "mine", 0)
        assert row.coverage == (pytest.approx(2 / 3), 3)
        assert row.rejected == (pytest.approx(2 / 3), 3)
        assert row.undefined == 1
        assert "| 0.667 (0.272) | 0.667 (0.272) | 0.050 | 1 |" in row.markdown()

    def test_a_method_without_p_has_dashes(self):
        assert simulations.shown(0.0, 0) == "–"
        rows = [row for row in simulations.simulated(PAIRED, 5, np.random.SeedSequence(1)) if row.question == "mean AUC"]  # fmt: skip
        assert [row.method for row in rows] == list(simulations.MEAN)
        assert all(row.markdown().endswith("| – | – | 0 |") for row in rows)

    def test_the_algorithms_interval_covers_and_its_power_is_as_predicted(self):
        rows = simulations.simulated(ALONE, 300, np.random.SeedSequence(7))
        assert [row.method for row in rows] == list(simulations.STANDALONE)
        for row in rows:
            assert row.true == 0.1
            assert abs(row.coverage[0] - 0.95) < 4 * math.sqrt(0.95 * 0.05 / 300)
            assert 0.2 < row.predicted < 0.9
            assert abs(row.rejected[0] - row.predicted) < 4 * math.sqrt(row.predicted * (1 - row.predicted) / 300)  # fmt: skip

    def test_the_paired_intervals_cover(self):
        for row in simulations.simulated(PAIRED, 300, np.random.SeedSequence(8)):
            assert row.coverage[0] > 0.95 - 4 * math.sqrt(0.95 * 0.05 / 300)


class TestCommand:
    def test_the_number_of_workers_changes_nothing(self):
        alone = simulations.run(3, 5, 1, [ALONE, PAIRED])
        assert [row.markdown() for row in simulations.run(3, 5, 2, [ALONE, PAIRED])] == [row.markdown() for row in alone]  # fmt: skip
        assert [(row.question, row.method) for row in alone] == [
            *(("algorithm − readers", name) for name in simulations.STANDALONE),
            *(("difference of modalities", name) for name in simulations.DIFFERENCE),
            *(("mean AUC", name) for name in simulations.MEAN),
        ]

    def test_the_table_is_printed(self, monkeypatch, capsys):
        monkeypatch.setattr(simulations, "settings", lambda: iter([ALONE]))
        simulations.main(["--studies", "2", "--seed", "3", "--workers", "1"])
        lines = capsys.readouterr().out.splitlines()
        assert (
            lines[0]
            == "2 studies for each setting, seed 3; Monte Carlo standard errors in brackets."
        )
        assert lines[2].count("|") == lines[3].count("|") == lines[4].count("|") == 12
        assert lines[4].startswith(
            "| algorithm − readers | 1T-RRRC, DeLong | 5 | 40 + 30 | 0.8 | 0.02 | 0.1000 |"
        )

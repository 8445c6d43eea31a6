"""U-statistics beside iMRMC and MRMCaov, and the five reader studies of VIPER beside their published results.

VIPER: Gallas et al., J Med Imaging 2019;6:015501.
"""

import csv
from functools import cache

import numpy as np
import pytest

from readerstudy.stats.readings import readings_from_columns
from readerstudy.stats.ustatistics import (
    u_statistics,
    u_statistics_of_sensitivity,
    u_statistics_of_specificity,
)
from tests.stats.agreement_with import imrmc
from tests.stats.goldens import SHARED, needs_shared

VIPER = SHARED.parent / "data" / "viper-mammography"
STUDIES = ("screeningLowP", "screeningMedP", "screeningHighP", "challengeMedP", "challengeHighP")


@pytest.fixture(scope="module")
def rows():
    return list(imrmc.comparisons())


class TestReferenceSoftware:
    pytestmark = needs_shared

    def test_every_number_agrees(self, rows):
        apart = [(row.dataset, row.software, row.method, row.difference) for row in rows if not row.agrees]  # fmt: skip
        assert apart == []

    def test_every_golden_file_was_compared(self, rows):
        count = {}
        for row in rows:
            key = row.software, row.method
            count[key] = count.get(key, 0) + 1
        assert count == {
            (imrmc.R, "U-statistics, tests"): 21,
            (imrmc.R, "U-statistics, moments"): 21,
            (imrmc.R, "Unbiased covariance of readings"): 21,
            (imrmc.R, "U-statistics, sensitivity"): 19,
            (imrmc.R, "U-statistics, specificity"): 19,
            (imrmc.JAVA, "U-statistics, tests"): 13,
            (imrmc.JAVA, "U-statistics, moments"): 13,
            (imrmc.MRMCAOV, "Unbiased covariance of readings"): 15,
        }

    def test_the_algorithm_that_stops_imrmc_gets_a_test_with_a_caution(self):
        (readings,) = (found for name, found, _r in imrmc.files("imrmc_alg") if name.startswith("d15"))  # fmt: skip
        _i, j, k = np.nonzero(readings.read)
        readers = np.array(readings.readers)[j]
        modalities = np.where(readers == "ALG", "ALG", "READERS")
        study = readings_from_columns(readers, modalities, k.astype(str), readings.truth[k], readings.scores[0, j, k])  # fmt: skip
        row = u_statistics(study).differences[0]
        assert row.p is not None
        assert "Modality ALG has one reader" in row.reason


@cache
def observations(study):
    """Rows of one reader study; cancer is what was found within 455 days."""
    with (VIPER / "viperObs.csv").open(newline="") as file:
        return [row for row in csv.DictReader(file) if row["subStudyLabel"] == study]


def readings_of(study, score):
    rows = observations(study)
    columns = ([row[name] for row in rows] for name in ("readerID", "modalityID", "caseID"))
    truth = [int(row["cancerStatus455"]) for row in rows]
    return readings_from_columns(*columns, truth, [score(row) for row in rows])


def scored(row):
    return float(row["score"])


def recalled(row):
    return float(row["recall"] == "1")


def of_readers(readings, modality, label):
    """Each reader's share of cases of one class that were called right."""
    called = readings.scores[readings.modalities.index(modality)][:, readings.truth == label]
    return np.nanmean(called if label else 1 - called, axis=1)


@pytest.mark.shared
@pytest.mark.skipif(not VIPER.is_dir(), reason="the data of ../shared are not here")
class TestViper:
    def test_the_largest_difference_of_auc_is_the_published_one(self):
        """ "Biggest AUC difference: 0.047, SE=0.023, p=0.047", in favour of film; none significant at 0.01."""
        rows = [u_statistics(readings_of(study, scored)).differences[0] for study in STUDIES]
        largest = max(rows, key=lambda row: abs(row.estimate))
        assert largest is rows[STUDIES.index("challengeHighP")]
        assert (round(largest.estimate, 3), round(largest.se, 3), round(largest.p, 3)) == (-0.047, 0.023, 0.047)  # fmt: skip
        assert all(row.estimate < 0 and row.p > 0.01 for row in rows)
        assert all((row.a, row.b) == ("FFDM", "SFM") for row in rows)

    def test_prevalence_has_little_effect_on_auc(self):
        """ "Largest difference: 0.02" between studies of different prevalence and the same kind of cases."""
        auc = {study: [row.estimate for row in u_statistics(readings_of(study, scored)).modalities] for study in STUDIES}  # fmt: skip
        for kind in ("screening", "challenge"):
            values = np.array([row for study, row in auc.items() if study.startswith(kind)])
            assert round(np.ptp(values, axis=0).max(), 2) <= 0.02

    @pytest.mark.parametrize(
        ("study", "modality", "sensitivity", "specificity"),
        [
            ("screeningLowP", "FFDM", (0.680, 0.47, 0.88), (0.612, 0.30, 0.85)),
            ("screeningLowP", "SFM", (0.689, None, None), (0.595, None, None)),
            ("challengeHighP", "FFDM", (0.755, None, None), (0.360, None, None)),
        ],
    )
    def test_mean_sensitivity_and_specificity_of_the_readers(self, study, modality, sensitivity, specificity):  # fmt: skip
        readings = readings_of(study, recalled)
        for analyse, label, expected in (
            (u_statistics_of_sensitivity, 1, sensitivity),
            (u_statistics_of_specificity, 0, specificity),
        ):
            values = of_readers(readings, modality, label)
            assert values.mean() == pytest.approx(expected[0], abs=0.0005)
            for value, limit in ((values.min(), expected[1]), (values.max(), expected[2])):
                assert limit is None or value == pytest.approx(limit, abs=0.005)
            # Readers count by their pairs of cases, which differ little: the average is near the plain mean.
            row = next(row for row in analyse(readings, 0.5).modalities if row.modality == modality)
            assert row.estimate == pytest.approx(expected[0], abs=0.005)

    def test_the_imrmc_file_holds_the_decisions_of_one_study_as_an_auc(self):
        """Cancers 1 or 0, others ½: analysing it as an AUC is analysing the sensitivity."""
        found = u_statistics(readings_of_imrmc_file(VIPER / "mrmcInput_iMRMC_format.csv"))
        expected = u_statistics_of_sensitivity(readings_of("screeningLowP", recalled), 0.5)
        assert found.modalities == expected.modalities
        assert found.differences == expected.differences
        assert [round(row.estimate, 3) for row in found.modalities] == [0.680, 0.693]
        assert (found.modalities[1].n_readers, found.modalities[1].n_positive, found.modalities[1].n_negative) == (20, 72, 347)  # fmt: skip

    def test_recall_is_a_score_above_100(self):
        by_score, by_decision = (
            u_statistics_of_sensitivity(readings_of("challengeMedP", score), threshold)
            for score, threshold in ((scored, 101), (recalled, 1))
        )
        assert by_score.differences == by_decision.differences


def readings_of_imrmc_file(path):
    lines = path.read_text().split("BEGIN DATA:")[1].split()
    rows = [line.split(",") for line in lines]
    truth = {case: int(score) for reader, case, _m, score in rows if reader == "truth"}
    read = [row for row in rows if row[0] != "truth"]
    readers, cases, modalities, scores = zip(*read, strict=True)
    return readings_from_columns(readers, modalities, cases, [truth[case] for case in cases], list(map(float, scores)))  # fmt: skip

"""Files of readings: what is written is read back, whatever is read is what stands there, and no bytes break it."""

import csv
import io
import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from readerstudy.stats.files import FileProblems, load, load_text, save_long_csv, to_imrmc
from readerstudy.stats.readings import Readings
from readerstudy.stats.result import StatisticsInputError
from tests.stats.files_written import IMRMC, LONG, WIDE, same
from tests.stats.goldens import SHARED, needs_shared, readings_of
from tests.stats.strategies import steady

DATA = SHARED.parent / "data"
SIGNS = [b'"', b",", b"\n", b";", b"9", b"\xc3\xa9", b"", b"\r", b"NA", b"\t", b"1e400", b"\0", b"\xff", b"@"]  # fmt: skip
SIGNS += [b"BEGIN DATA:", b"truth", b"-1", b"N0: ", b"case", b"\xc2\x85", b"\xe2\x80\xa8", b"9" * 5000, b"x" * 140_000]  # fmt: skip


def damaged(draw, data):
    """A few bytes of a file taken away or put in."""
    for _ in range(draw.randint(0, 6)):
        place = draw.randrange(len(data) + 1)
        gone = draw.choice([0, 0, 1, 1, 5])
        data = data[:place] + draw.choice(SIGNS) + data[place + gone :]
    return data


def refused(path):
    """The sentences, or none where it is read; anything but a message of ours is raised."""
    try:
        load(path)
    except FileProblems as error:
        return error.problems
    return ()


class TestAnyBytes:
    @pytest.mark.parametrize("seed", range(8))
    def test_damaged_files_are_refused_with_sentences_or_read(self, seed, tmp_path):
        draw, path = random.Random(seed), tmp_path / "file"
        seen = set()
        for _ in range(150):
            path.write_bytes(damaged(draw, draw.choice([LONG, WIDE, IMRMC]).encode()))
            sentences = refused(path)
            seen.add(bool(sentences))
            assert all(sentence.endswith(".") and "\n" not in sentence for sentence in sentences)
        assert seen == {True, False}

    @steady
    @given(data=st.binary(max_size=200))
    def test_bytes_of_any_kind_are_refused_with_sentences(self, data, tmp_path_factory):
        path = tmp_path_factory.mktemp("any") / "file"
        path.write_bytes(data)
        assert refused(path)


NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=5)
SAVED = NAMES.filter(lambda name: name == name.strip())
PLAIN = SAVED.filter(lambda name: not set(name) & set(",\r\n") and name.lower() not in {"truth", "-1"})  # fmt: skip


@st.composite
def written(draw, *, names):
    """Readings with holes; every reader and case has a reading."""
    unique = [st.lists(names, min_size=1, max_size=3, unique=True) for _ in range(3)]
    modalities, readers, cases = (sorted(draw(values)) for values in unique)
    shape = len(modalities), len(readers), len(cases)
    size = int(np.prod(shape))
    score = st.floats(allow_nan=False, allow_infinity=False)
    scores = np.array(draw(st.lists(score, min_size=size, max_size=size))).reshape(shape)
    truth = np.array(draw(st.lists(st.integers(0, 1), min_size=shape[2], max_size=shape[2])))
    if min(shape) > 1:
        scores[0, 0, 0] = np.nan
    return Readings(tuple(modalities), tuple(readers), tuple(cases), truth, scores)


def wide_text(data, delimiter):
    """The readings as a wide table with a column for the modality, written cell by cell."""
    text = io.StringIO()
    table = csv.writer(text, delimiter=delimiter)
    table.writerow(["case", "truth", "modality", *(f"r{j}" for j in range(len(data.readers)))])
    for i, modality in enumerate(data.modalities):
        for k, case in enumerate(data.cases):
            cells = ["NA" if np.isnan(x) else repr(float(x)) for x in data.scores[i, :, k]]
            sign = "," if delimiter == ";" else "."
            table.writerow([case, data.truth[k], modality, *(cell.replace(".", sign) for cell in cells)])  # fmt: skip
    return text.getvalue()


class TestRoundTrips:
    @steady
    @given(data=written(names=SAVED))
    def test_long_csv_keeps_everything(self, data, tmp_path_factory):
        path = tmp_path_factory.mktemp("long") / "file.csv"
        save_long_csv(data, path)
        loaded = load(path)
        assert same(loaded.readings, data)
        assert (loaded.format, loaded.notes) == ("long CSV", ())

    @steady
    @given(data=written(names=PLAIN))
    def test_imrmc_keeps_everything(self, data):
        loaded = load_text(to_imrmc(data))
        assert same(loaded.readings, data)
        assert loaded.notes == ()

    @steady
    @given(data=written(names=SAVED), delimiter=st.sampled_from([",", ";", "\t"]))
    def test_wide_csv_is_read_as_it_was_written(self, data, delimiter):
        found = load_text(wide_text(data, delimiter)).readings
        assert (found.modalities, found.cases) == (data.modalities, data.cases)
        assert found.truth.tolist() == data.truth.tolist()
        assert np.array_equal(found.scores, data.scores, equal_nan=True)

    @pytest.mark.parametrize("name", ["", " a", "a\n", "a\0b", "\ud800", "x" * 256])
    def test_names_that_would_not_come_back_are_not_written(self, name, tmp_path):
        data = Readings(("m",), ("r",), (name,), np.array([1]), np.ones((1, 1, 1)))
        for write in (lambda: save_long_csv(data, tmp_path / "f"), lambda: to_imrmc(data)):
            with pytest.raises(StatisticsInputError, match="cannot hold the name"):
                write()
        assert not (tmp_path / "f").exists()

    @pytest.mark.parametrize("name", ["a,b", "a\nb", "a\rb", "truth", "Truth", "-1"])
    def test_imrmc_refuses_names_that_it_cannot_hold(self, name):
        data = Readings(("m",), (name,), ("c",), np.array([1]), np.ones((1, 1, 1)))
        with pytest.raises(StatisticsInputError, match="The iMRMC format cannot hold"):
            to_imrmc(data)

    def test_a_text_that_a_spreadsheet_would_take_for_a_formula_is_left_alone(self, tmp_path):
        data = Readings(("-m",), ("=r", "@r"), ("+c",), np.array([1]), np.ones((1, 2, 1)))
        save_long_csv(data, tmp_path / "file.csv")
        assert same(load(tmp_path / "file.csv").readings, data)

    def test_imrmc_has_its_counts_and_every_digit(self):
        data = Readings(("m",), ("r",), ("a", "b"), np.array([0, 1]), np.array([[[0.1 + 0.2, 1.0]]]))  # fmt: skip
        assert to_imrmc(data).split("\n") == [
            "N0: 1", "N1: 1", "NR: 1", "NM: 1", "BEGIN DATA:",
            "truth,a,truth,0", "truth,b,truth,1", "r,a,m,0.30000000000000004", "r,b,m,1.0", "",
        ]  # fmt: skip


class TestRealFiles:
    pytestmark = needs_shared

    def test_the_viper_file_is_read(self):
        found = load(DATA / "viper-mammography" / "mrmcInput_iMRMC_format.csv")
        assert (found.format, found.notes) == ("iMRMC", ())
        assert found.readings.scores.shape == (2, 20, 419)
        assert (found.readings.n_negative, found.readings.n_positive) == (347, 72)
        assert int(found.readings.read.sum()) == 6911

    def test_observers_beside_measurements_are_read(self):
        path = DATA / "mitotic-figure-classify" / "dfClassify20180627.csv"
        found = load(path)
        assert found.format == "wide CSV"
        assert found.readings.readers == tuple(f"observer.{j}" for j in range(1, 6))
        assert found.notes == ("These columns are not used: cell.mark, wsiName, roiID, cellID.mskcc20171103, xCell, yCell.",)  # fmt: skip
        place = {name: k for k, name in enumerate(found.readings.cases)}
        with path.open(newline="") as file:
            for row in csv.DictReader(file):
                i, k = found.readings.modalities.index(row["modalityID"]), place[row["targetID"]]
                assert found.readings.truth[k] == int(row["truth"])
                expected = [float(row[f"observer.{j}"]) for j in range(1, 6)]
                assert found.readings.scores[i, :, k].tolist() == expected

    @pytest.mark.parametrize("path", [*sorted(SHARED.glob("*/*.csv"))], ids=lambda path: path.stem if isinstance(path, Path) else str(path))  # fmt: skip
    def test_every_golden_file_is_read_as_row_by_row(self, path):
        found = load(path).readings
        for (modality, reader), (truth, score) in readings_of(path.parent, path.stem).items():
            mine = found.scores[found.modalities.index(modality), found.readers.index(reader)]
            assert found.truth[~np.isnan(mine)].tolist() == truth.tolist()
            assert mine[~np.isnan(mine)].tolist() == score.tolist()

"""Files of readings: formats, problems with their lines, round trips, random bytes."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from readerstudy.stats.files import FileProblems, load, load_text, save_long_csv, to_imrmc
from readerstudy.stats.readings import Readings
from readerstudy.stats.result import StatisticsInputError
from tests.stats.goldens import SHARED, needs_shared
from tests.stats.strategies import steady

LONG = "reader,modality,case,truth,score\nr1,A,c1,0,1\nr1,A,c2,1,2.5\nr2,A,c1,0,3\nr2,A,c2,1,4\n"
WIDE = "case,truth,r1,r2\nc1,0,1,3\nc2,1,2.5,4\n"
IMRMC = "N0: 1\nN1: 1\nNR: 2\nNM: 1\nBEGIN DATA:\ntruth,c1,truth,0\nr1,c1,A,1\nr1,c2,A,2.5\ntruth,c2,truth,1\nr2,c1,A,3\nr2,c2,A,4\n"  # fmt: skip


def problems_of(text):
    with pytest.raises(FileProblems) as caught:
        load_text(text, "file.csv")
    return caught.value


def said_of(text):
    """The message, or "read"; anything but a message of ours is raised."""
    try:
        load_text(text)
    except StatisticsInputError as error:
        return str(error)
    return "read"


def same(first, second):
    names = [(x.modalities, x.readers, x.cases, x.truth.tolist()) for x in (first, second)]
    return names[0] == names[1] and np.array_equal(first.scores, second.scores, equal_nan=True)


class TestFormats:
    @pytest.mark.parametrize(
        ("text", "kind", "modality"),
        [(LONG, "long CSV", "A"), (WIDE, "wide CSV", "all"), (IMRMC, "iMRMC", "A")],
    )
    def test_each_holds_the_same_readings(self, text, kind, modality):
        loaded = load_text(text)
        assert loaded.format == kind
        assert loaded.readings.modalities == (modality,)
        assert loaded.readings.readers == ("r1", "r2")
        assert loaded.readings.truth.tolist() == [0, 1]
        assert loaded.readings.scores.tolist() == [[[1, 2.5], [3, 4]]]
        assert loaded.notes == ()

    @pytest.mark.parametrize("text", [LONG, WIDE, IMRMC])
    def test_line_ends_and_the_byte_order_mark_do_not_matter(self, text, tmp_path):
        path = tmp_path / "file"
        path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
        assert same(load(path).readings, load_text(text).readings)

    def test_columns_stand_in_any_order_and_case(self):
        turned = "\n".join(",".join(reversed(line.split(","))) for line in LONG.split("\n"))
        assert same(load_text(turned.replace("score", " Score ")).readings, load_text(LONG).readings)  # fmt: skip

    def test_semicolons_come_with_decimal_commas(self):
        text = LONG.replace(",", ";").replace("2.5", "2,5")
        assert same(load_text(text).readings, load_text(LONG).readings)

    def test_tabs_separate_too(self):
        assert same(load_text(LONG.replace(",", "\t")).readings, load_text(LONG).readings)

    def test_a_wide_table_has_modalities_in_a_column_or_in_the_names(self):
        column = "case,truth,modality,r1\nc1,0,A,1\nc1,0,B,2\nc2,1,A,3\nc2,1,B,4\n"
        names = "case,truth,r1@A,r1@B\nc1,0,1,2\nc2,1,3,4\n"
        assert same(load_text(column).readings, load_text(names).readings)
        assert load_text(names).readings.modalities == ("A", "B")

    def test_a_point_in_a_readers_name_is_part_of_it(self):
        found = load_text("image,label,observer.1,observer.2\na,0,1,2\nb,1,3,4\n").readings
        assert found.readers == ("observer.1", "observer.2")

    def test_empty_cells_are_not_read_and_said(self):
        loaded = load_text(WIDE.replace("2.5", "NA"))
        assert np.isnan(loaded.readings.scores[0, 0, 1])
        assert loaded.notes == ("1 rows have no score (empty or NA): those cases count as not read.",)  # fmt: skip

    def test_columns_that_are_not_used_are_said(self):
        text = LONG.replace("score\n", "score,seconds\n").replace(",1\n", ",1,9\n").replace(",2.5\n", ",2.5,9\n")  # fmt: skip
        text = text.replace(",3\n", ",3,9\n").replace(",4\n", ",4,9\n")
        assert load_text(text).notes == ("These columns are not used: seconds.",)

    def test_a_header_that_counts_otherwise_is_said(self):
        loaded = load_text(IMRMC.replace("NR: 2", "NR: 5"))
        assert loaded.notes == ("The header says 5 readers, the data have 2.",)


class TestProblems:
    @pytest.mark.parametrize(
        ("text", "message"),
        [
            (LONG.replace("c2,1,2.5", "c2,2,2.5"), 'Line 3: the truth of case c2 is "2", not 0 or 1.'),
            (LONG.replace("2.5", "high"), 'Line 3: reader r1 has the score "high" for case c2, not a finite number.'),
            (LONG.replace("2.5", "nan"), 'Line 3: reader r1 has the score "nan" for case c2, not a finite number.'),
            (LONG.replace("2.5", "-inf"), 'Line 3: reader r1 has the score "-inf" for case c2, not a finite number.'),
            (LONG.replace("r2,A,c1", "r1,A,c1"), "Line 4: reader r1 has read case c1 in modality A already, in line 2."),
            (LONG.replace("r2,A,c2,1", "r2,A,c2,0"), "Line 5: case c2 has truth 0, but 1 in line 3."),
            (LONG.replace("r2,A,c1", ",A,c1"), "Line 4: the reader is empty."),
            (LONG.replace("4\n", "4,5\n"), "Line 5: there are 6 cells, but 5 columns."),
            (LONG.replace("truth", "gold"), "Line 1: there is no column truth; there are reader, modality, case, gold, score."),
            ("reader,modality,case,truth,score\n", "There are no readings."),
            (WIDE.replace("truth", "other"), "Line 1: there is no column with the truth"),
            ("case,truth\nc1,0\n", "Line 1: there is no column of a reader."),
            (WIDE.replace("1,3", ",").replace("2.5,4", ","), "There are no readings: every score is empty."),
            (IMRMC.replace("truth,c2,truth,1\n", ""), "Line 8: case c2 has no truth line."),
            (IMRMC.replace("truth,c2,truth,1", "truth,c1,truth,1"), "Line 9: case c1 has truth 1, but 0 in line 6."),
            (IMRMC.replace("r2,c2,A,4", "r2,c2,A"), "Line 11: there are 3 cells, not reader,case,modality,score."),
            ("BEGIN DATA:\n", "There are no readings."),
            ("a,b\n1,2\n", "This is none of the formats known"),
            ("", "The file is empty."),
            ("reader,score\0\n", "This is not a text file."),
        ],
    )  # fmt: skip
    def test_one_is_a_sentence_with_its_line(self, text, message):
        assert message in str(problems_of(text))

    def test_all_are_told_at_once(self):
        text = LONG.replace("2.5", "x").replace("c1,0,3", "c1,7,3")
        assert len(problems_of(text).problems) == 2

    def test_many_are_counted(self):
        text = "reader,case,truth,score\n" + "".join(f"r,c{k},0,x\n" for k in range(50))
        error = problems_of(text)
        assert (len(error.problems), error.count) == (20, 50)
        assert str(error).endswith("... and 30 more.")
        assert str(error).startswith("file.csv: Line 2")

    def test_what_is_no_file_is_told(self, tmp_path):
        with pytest.raises(StatisticsInputError, match="cannot be read"):
            load(tmp_path)
        with pytest.raises(StatisticsInputError, match=r"nothing.csv: cannot be read \(No such file"):  # fmt: skip
            load(tmp_path / "nothing.csv")

    def test_other_encodings_are_told(self, tmp_path):
        path = tmp_path / "latin.csv"
        path.write_bytes(LONG.replace("r1", "Müller").encode("latin-1"))
        with pytest.raises(StatisticsInputError, match="byte 35 is not UTF-8"):
            load(path)

    @pytest.mark.parametrize("seed", range(8))
    def test_damaged_files_are_refused_with_a_sentence_or_read(self, seed):
        draw = random.Random(seed)
        for _ in range(150):
            text = list(draw.choice([LONG, WIDE, IMRMC]))
            for _ in range(draw.randint(1, 6)):
                text[draw.randrange(len(text))] = draw.choice(['"', ",", "\n", ";", "9", "é", "", "\r", "NA", "\t", "1e400"])  # fmt: skip
            assert said_of("".join(text)).endswith((".", ")", "read"))


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=5)  # fmt: skip


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


def is_plain(name):
    return name == name.strip() and not set(name) & set(',\r\n\x85\u2028\u2029"') and name


class TestRoundTrips:
    @steady
    @given(data=written(names=NAMES.filter(lambda name: name == name.strip())))
    def test_long_csv_keeps_everything(self, data, tmp_path_factory):
        path = tmp_path_factory.mktemp("long") / "file.csv"
        save_long_csv(data, path)
        assert same(load(path).readings, data)

    @steady
    @given(data=written(names=NAMES.filter(lambda name: is_plain(name) and name.lower() != "truth")))  # fmt: skip
    def test_imrmc_keeps_everything(self, data):
        loaded = load_text(to_imrmc(data))
        assert same(loaded.readings, data)
        assert loaded.notes == ()

    @pytest.mark.parametrize("name", ["a,b", "a\nb", "truth", " a"])
    def test_imrmc_refuses_names_that_it_cannot_hold(self, name):
        data = Readings(("m",), (name,), ("c",), np.array([1]), np.ones((1, 1, 1)))
        with pytest.raises(StatisticsInputError, match="cannot hold the name"):
            to_imrmc(data)


class TestRealFiles:
    pytestmark = needs_shared

    def test_the_viper_file_is_read(self):
        path = SHARED.parent / "data" / "viper-mammography" / "mrmcInput_iMRMC_format.csv"
        found = load(path)
        assert found.format == "iMRMC"
        assert found.readings.scores.shape == (2, 20, 419)
        assert (found.readings.n_negative, found.readings.n_positive) == (347, 72)
        assert int(found.readings.read.sum()) == 6911

    def test_a_table_without_truth_is_refused(self):
        path = SHARED.parent / "data" / "mitotic-figure-classify" / "dfClassify20180627.csv"
        with pytest.raises(StatisticsInputError, match="none of the formats"):
            load(path)

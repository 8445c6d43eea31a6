"""Files of readings: what each format may look like, and what is wrong with its line."""

import pickle

import numpy as np
import pytest

from readerstudy.stats.files import FileProblems, load, load_text
from tests.stats.files_written import IMRMC, LONG, WIDE, same


def problems_of(text):
    with pytest.raises(FileProblems) as caught:
        load_text(text, "file.csv")
    return caught.value


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

    @pytest.mark.parametrize("text", ["", "NA", "N/A", ".", " "])
    @pytest.mark.parametrize("file", [LONG, WIDE, IMRMC])
    def test_empty_scores_are_not_read_and_counted(self, file, text):
        loaded = load_text(file.replace("2.5", text))
        assert np.isnan(loaded.readings.scores[0, 0, 1])
        assert loaded.notes == ("1 score is empty or NA and counts as not read.",)

    def test_readers_and_cases_without_any_score_are_said(self):
        loaded = load_text("case,truth,r1,r2\nc1,0,1,\nc2,1,2,NA\nc3,1,.,\n")
        assert (loaded.readings.readers, loaded.readings.cases) == (("r1",), ("c1", "c2"))
        assert loaded.notes == (
            "4 scores are empty or NA and count as not read.",
            "1 reader has no score and cannot be used: r2.",
            "1 case has no score and cannot be used: c3.",
        )

    def test_cases_with_a_truth_line_alone_are_said(self):
        more = "".join(f"truth,x{k},truth,0\n" for k in range(7))
        loaded = load_text(IMRMC.replace("N0: 1", "N0: 8") + more)
        assert loaded.notes == (
            "7 cases have no score and cannot be used: x0, x1, x2, x3, x4, ....",
        )

    def test_truth_may_be_written_with_a_decimal(self):
        text = LONG.replace(",0,", ",0.0,").replace("c2,1,", "c2,1.0,")
        assert same(load_text(text).readings, load_text(LONG).readings)
        again = IMRMC + "truth,c1,truth,0.0\n"
        assert same(load_text(again).readings, load_text(IMRMC).readings)

    def test_the_truth_of_imrmc_may_have_the_reader_minus_one(self):
        text = IMRMC.replace("truth,c1,truth", "-1,c1,truth").replace(
            "truth,c2,truth", "TRUTH,c2,x"
        )
        assert same(load_text(text).readings, load_text(IMRMC).readings)

    def test_imrmc_may_have_passed_through_a_spreadsheet(self):
        text = IMRMC.replace("NM: 1\n", "NM: 1,,,\n").replace("DATA:\n", "DATA:,,,\n,,,\n")
        assert same(load_text(text.replace("r1,c1,A,1\n", "r1,c1,A,1,,\n")).readings, load_text(IMRMC).readings)  # fmt: skip

    def test_a_table_may_have_passed_through_a_spreadsheet(self):
        assert same(load_text(LONG.replace("\n", ",,\n")).readings, load_text(LONG).readings)
        assert same(load_text(WIDE.replace("\n", ",\n") + ",,,,\n").readings, load_text(WIDE).readings)  # fmt: skip
        head, rows = LONG.split("\n", 1)
        assert same(load_text(f"{head}\n{rows.replace(chr(10), ',' + chr(10))},,,\n").readings, load_text(LONG).readings)  # fmt: skip

    def test_r_may_have_numbered_the_rows(self):
        text = '"","case","truth","r1","r2"\n"1","c1",0,1,3\n"2","c2",1,2.5,4\n'
        assert same(load_text(text).readings, load_text(WIDE).readings)

    def test_quotation_marks_may_follow_a_space_and_hold_delimiters(self):
        loaded = load_text('reader, "case", truth, score\n"a ""b""", "x, y", 0, 1\n')
        assert (loaded.readings.readers, loaded.readings.cases) == (('a "b"',), ("x, y",))

    def test_the_delimiter_is_the_one_that_makes_a_header(self):
        loaded = load_text('case;truth;"a,b,c,d"\n1;0;1\n2;1;2\n')
        assert loaded.readings.readers == ("a,b,c,d",)

    @pytest.mark.parametrize("names", [("Reader_ID", "modalityID", "caseID"), ("readerID", "modality_id", "image")])  # fmt: skip
    def test_columns_may_be_called_ids(self, names):
        text = LONG.replace("reader,modality,case", ",".join(names))
        assert same(load_text(text).readings, load_text(LONG).readings)

    def test_the_exact_name_goes_before_the_others(self):
        loaded = load_text("id,case,label,truth,r1\n7,c1,x,0,1\n8,c2,y,1,2\n")
        assert (loaded.readings.readers, loaded.readings.cases) == (("r1",), ("c1", "c2"))
        assert loaded.notes == ("These columns are not used: id, label.",)

    def test_measurements_beside_numbered_observers_are_no_readers(self):
        loaded = load_text("case,truth,age,observer.1,observer.2\na,0,50,1,2\nb,1,60,3,4\n")
        assert loaded.readings.readers == ("observer.1", "observer.2")
        assert loaded.notes == ("These columns are not used: age.",)

    def test_modalities_taken_from_the_names_are_said(self):
        loaded = load_text("case,truth,r1@A,r1@B\nc1,0,1,2\nc2,1,3,4\n")
        assert loaded.notes == ("The columns are read as reader@modality, with the modalities A, B.",)  # fmt: skip

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
            (LONG.replace("truth", "other"), "Line 1: there is no column truth; there are reader, modality, case, other, score."),
            (LONG.replace("score", "rating"), "Line 1: there is no column score; there are reader, modality, case, truth, rating."),
            (LONG.replace("truth", "case"), "Line 1: 2 columns may be the case: case, case."),
            (WIDE.replace("case,truth", "id,image"), "Line 1: 2 columns may be the case: id, image."),
            (LONG.replace("2.5", "1_000"), 'Line 3: reader r1 has the score "1_000" for case c2, not a finite number.'),
            (LONG.replace("2.5", "٣"), 'Line 3: reader r1 has the score "٣" for case c2, not a finite number.'),
            (LONG.replace("2.5", "1e999"), 'Line 3: reader r1 has the score "1e999" for case c2, not a finite number.'),
            (LONG.replace("2.5", '"2,5"'), 'Line 3: reader r1 has the score "2,5" for case c2, not a finite number.'),
            (LONG.replace(",", ";").replace("2.5", "2,5").replace("4\n", "4.5\n"), 'Line 3: the score "2,5" has a comma, but "4.5" in line 5 a point; write all with the same decimal sign.'),
            (LONG.replace(",", ";").replace("2.5", "1.234,5"), 'Line 3: reader r1 has the score "1.234,5" for case c2, not a finite number.'),
            (LONG.replace("c2,1,2.5", "c2,,2.5"), "Line 3: the truth of case c2 is empty, not 0 or 1."),
            (LONG.replace("r2,A,c1", "r2,,c1"), "Line 4: the modality is empty."),
            (LONG.replace("r2,A,c1", "r2,A, "), "Line 4: the case is empty."),
            (LONG.replace("r2,A,c1", f"{'x' * 256},A,c1"), "Line 4: the reader has a name of more than 255 characters."),
            (LONG.replace("2.5", '"2.5"x'), "Line 3: this is not a table ("),
            (LONG.replace("r1,A,c1", '"r\n1",A,c1').replace("2.5", "x"), 'Line 4: reader r1 has the score "x"'),
            (LONG.replace("2.5", "x" * 100), f'the score "{"x" * 59}…" for case'),
            (LONG.replace("2.5", "a\tb\x1b"), r'the score "a\tb\x1b" for case'),
            (WIDE.replace("r2", "r1"), "Line 1: there are 2 columns r1."),
            (WIDE.replace("r2", "r2@B"), "Line 1: the column r2@B names a modality, but other columns name none."),
            (WIDE.replace("r1,r2", "r1@A,r2@"), "Line 1: the column r2@ does not name a reader and a modality."),
            ("case,truth,modality,r@B\n1,0,A,1\n", "Line 1: the column r@B names a modality, but there is a column modality too."),
            ("case,truth,,r1\n1,0,5,1\n2,1,6,2\n", "Line 1: column 3 has no name."),
            ("reader,modality,case,truth,score\n", "There are no readings."),
            (WIDE.replace("truth", "other"), "Line 1: there is no column with the truth"),
            ("case,truth\nc1,0\n", "Line 1: there is no column of a reader."),
            (WIDE.replace("1,3", ",").replace("2.5,4", ","), "There are no readings: every score is empty."),
            (IMRMC.replace("truth,c2,truth,1\n", ""), "Line 8: case c2 has no truth."),
            (IMRMC.replace("truth,c1,truth,0", "truth,c1,truth,2"), 'Line 6: the truth of case c1 is "2", not 0 or 1.'),
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

    def test_a_truth_that_is_wrong_is_told_once(self):
        for text, count in ((IMRMC.replace("truth,c1,truth,0", "truth,c1,truth,2"), 1), (WIDE.replace("c1,0", "c1,2"), 1), (IMRMC.replace("truth,c2,truth,1\n", ""), 1)):  # fmt: skip
            assert problems_of(text).count == count

    def test_two_truths_are_told_beside_a_wrong_one(self):
        found = problems_of(
            "reader,case,truth,score\na,1,x,1\nb,1,0,1\nc,1,1,1\nd,1,1,1\n"
        ).problems
        assert found == ('Line 2: the truth of case 1 is "x", not 0 or 1.', "Line 4: case 1 has truth 1, but 0 in line 3.")  # fmt: skip

    def test_problems_stand_in_the_order_of_the_lines(self):
        lines = ["r1,A,c1,0,x", "r1,A,c2,3,1", "r1,A,c3", "r2,A,c1,1,1", "r2,A,c1,0,1", ",A,c1,0,1"]
        found = problems_of("reader,modality,case,truth,score\n" + "\n".join(lines)).problems
        assert [int(sentence.split(":")[0].removeprefix("Line ")) for sentence in found] == [2, 3, 4, 5, 6, 7]  # fmt: skip

    def test_the_first_lines_are_listed_whatever_is_wrong_with_them(self):
        rows = [f"r,c{k},{k % 2},x" for k in range(2000)] + ["r,c3"] * 3000
        error = problems_of("reader,case,truth,score\n" + "\n".join(rows))
        assert error.count == 5000
        assert [sentence.split(":")[0] for sentence in error.problems] == [f"Line {k}" for k in range(2, 22)]  # fmt: skip

    def test_the_error_survives_being_sent_to_another_process(self):
        error = problems_of(LONG.replace("2.5", "x"))
        again = pickle.loads(pickle.dumps(error))  # noqa: S301 (our own bytes)
        assert (str(again), again.problems, again.count) == (str(error), error.problems, error.count)  # fmt: skip

    @pytest.mark.parametrize(
        ("name", "sentence"),
        [("", r"cannot be read \(Is a directory\)"), ("nothing.csv", r"nothing.csv: The file cannot be read \(No such file"), ("a\0b", "cannot be read")],
    )  # fmt: skip
    def test_what_is_no_file_is_told(self, name, sentence, tmp_path):
        with pytest.raises(FileProblems, match=sentence):
            load(f"{tmp_path}/{name}")

    @pytest.mark.parametrize(
        ("data", "sentence"),
        [
            (LONG.replace("r1", "Müller").encode("latin-1"), r"Line 2: this is not UTF-8 text \(byte 35 of the file\)"),
            (b"\xef\xbb\xbfcase,truth\xe4", r"Line 1: this is not UTF-8 text \(byte 14 of the file\)"),
            (LONG.encode("utf-16"), "This is UTF-16 text; save it as UTF-8."),
            (b"PK\x03\x04\x14\x00\x06\x00", "This is a workbook or an archive; save the table as CSV."),
            (b"\x89PNG\r\n\x1a\n\x00\x00", "This is not a text file."),
            (b"\xef\xbb\xbf\r\n", "The file is empty."),
        ],
    )  # fmt: skip
    def test_other_files_are_told(self, data, sentence, tmp_path):
        path = tmp_path / "file"
        path.write_bytes(data)
        with pytest.raises(FileProblems, match=sentence):
            load(path)

    def test_a_table_that_cannot_be_held_is_refused(self):
        rows = "\n".join(f"r{k},c{k},0,1" for k in range(8000))
        assert str(problems_of(f"reader,case,truth,score\n{rows}")).startswith("file.csv: 8000 rows name 1 modalities, 8000 readers and 8000 cases;")  # fmt: skip

    def test_a_number_of_the_header_may_be_absurd(self):
        assert load_text(IMRMC.replace("NR: 2", "NR: " + "9" * 5000)).notes == ()

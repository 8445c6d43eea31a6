"""The command line: keys, exit statuses, sentences, and files of every design."""

import json
import subprocess
import sys

import numpy as np
import pytest

from readerstudy.stats import mrmc
from readerstudy.stats.command import main
from readerstudy.stats.files import load, save_long_csv
from readerstudy.stats.readings import fully_crossed
from tests.stats.goldens import SHARED, golden, needs_shared
from tests.stats.test_mrmc import a_study

TEST_KEYS = {"statistic", "df1", "df2", "p", "differences", "modalities"}
KEYS = {
    "data": {"readers", "modalities", "cases", "positives", "negatives", "design"},
    "mrmc": {"covariance", "components", "rrrc", "frrc", "rrfc"},
    "ustatistics": {"modalities", "differences"},
}
COMPONENTS = {"var", "cov1", "cov2", "cov3", "ms_t", "ms_r", "ms_tr", "var_r", "var_tr"}
READER = {"reader", "modality", "n_positive", "n_negative", "auc", "variance_delong", "low", "high"}
DIFFERENCE = {"a", "b", "estimate", "se", "df", "low", "high", "p"}
MODALITY = {"modality", "estimate", "se", "df", "low", "high"}


@pytest.fixture
def file(tmp_path):
    def write(truth, scores):
        path = tmp_path / "file.csv"
        save_long_csv(fully_crossed(truth, scores), path)
        return str(path)

    return write


@pytest.fixture
def run(capsys):
    def call(*arguments):
        status = main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return status, (json.loads(out) if "--json" in arguments and out else out), err

    return call


def reasons(found):
    return {row["what"]: row["why"] for row in found["reasons"]}


class TestKeys:
    def test_two_modalities(self, file, run):
        status, found, _err = run(file(*a_study(negatives=20, positives=15)), "--json")
        assert status == 0
        for block, keys in KEYS.items():
            assert set(found[block]) == keys
        assert set(found["mrmc"]["components"]) == COMPONENTS
        for model in ("rrrc", "frrc", "rrfc"):
            assert set(found["mrmc"][model]) == TEST_KEYS
            assert set(found["mrmc"][model]["differences"][0]) == DIFFERENCE
            assert set(found["mrmc"][model]["modalities"][0]) == MODALITY
        assert set(found["readers"][0]) == READER
        assert set(found["ustatistics"]["modalities"][0]) == {"modality", "auc", "variance", "variance_mle", "df_bdg"}  # fmt: skip
        assert set(found["ustatistics"]["differences"][0]) == {"a", "b", "estimate", "variance", "variance_mle", "df_bdg", "p"}  # fmt: skip
        assert found["mrmc"]["frrc"]["df2"] is None
        assert found["standalone"] is None
        assert found["reasons"] == []

    def test_an_algorithm_is_no_reader(self, file, run):
        truth, scores = a_study(modalities=1)
        _status, found, _err = run(file(truth, scores), "--json", "--algorithm", "2")
        assert found["data"]["readers"] == 3
        assert len(found["readers"]) == 4
        assert set(found["standalone"]) == {"algorithm", "effect", "rrrc", "rrfc"}
        assert set(found["standalone"]["rrrc"]) == {"se", "t", "df", "low", "high", "p", "ms", "var", "cov2"}  # fmt: skip
        assert set(found["standalone"]["rrfc"]) == {"se", "t", "df", "low", "high", "p"}
        people = mrmc.obuchowski_rockette(fully_crossed(truth, scores[:, [0, 2, 3]]))
        se = found["mrmc"]["rrrc"]["modalities"][0]["se"]
        assert se == pytest.approx(people.rrrc.modalities[0].se, rel=1e-12)

    @pytest.mark.parametrize("covariance", ["jackknife", "delong", "unbiased"])
    def test_numbers_have_full_precision(self, file, run, covariance):
        truth, scores = a_study(modalities=3)
        _status, found, _err = run(file(truth, scores), "--json", "--covariance", covariance)
        expected = mrmc.obuchowski_rockette(fully_crossed(truth, scores), covariance=covariance)
        assert found["mrmc"]["components"] == pytest.approx(
            expected.components.as_dict(), rel=1e-12
        )
        rows = [(row["a"], row["b"], row["se"]) for row in found["mrmc"]["rrrc"]["differences"]]
        expected_se = [row.se for row in expected.rrrc.differences]
        assert [se for _a, _b, se in rows] == pytest.approx(expected_se, rel=1e-12)
        assert [(a, b) for a, b, _se in rows] == [("1", "2"), ("1", "3"), ("2", "3")]

    def test_alpha_is_that_of_the_intervals(self, file, run):
        path = file(*a_study())
        wide, narrow = (run(path, "--json", "--alpha", alpha)[1]["mrmc"]["rrrc"]["differences"][0] for alpha in (0.05, 0.2))  # fmt: skip
        assert wide["high"] - wide["low"] > narrow["high"] - narrow["low"]
        assert wide["p"] == narrow["p"]

    def test_a_margin_adds_hypotheses(self, file, run):
        _status, found, _err = run(file(*a_study()), "--json", "--margin", "0.3")
        rows = found["hypotheses"]
        assert [row["what"] for row in rows] == ["1 - 2", "2 - 1"]
        assert rows[0]["estimate"] == -rows[1]["estimate"]
        assert "non-inferior within the margin 0.3" in rows[1]["conclusion"]

    def test_text_is_for_people(self, file, run):
        status, text, _err = run(file(*a_study()))
        assert status == 0
        assert "degrees of freedom" in text
        assert "fully crossed" in text
        assert "nan" not in text.lower().split()


class TestPartsThatCannotBeComputed:
    def test_one_positive_case(self, file, run):
        status, found, _err = run(file(*a_study(positives=1)), "--json")
        assert status == 0
        assert found["mrmc"]["rrrc"] is None
        assert found["mrmc"]["rrfc"]["p"] is not None
        assert "two positive cases" in reasons(found)["mrmc"]
        assert found["ustatistics"]["modalities"][0]["variance"] is None
        assert all(row["auc"] is not None and row["low"] is None for row in found["readers"])

    def test_a_perfect_and_a_constant_reader(self, file, run):
        truth, scores = a_study()
        scores[:, 0], scores[:, 1] = truth, 2
        status, found, _err = run(file(truth, scores), "--json")
        assert status == 0
        assert found["mrmc"]["rrrc"]["p"] is not None
        row = found["readers"][0]
        assert (row["auc"], row["variance_delong"], row["low"], row["high"]) == (1, 0, 1, 1)
        assert "separate the classes perfectly" in reasons(found)["reader 1 in modality 1"]
        assert "variance is zero" in reasons(found)["reader 2 in modality 1"]

    def test_a_reader_without_overlap(self, file, run):
        truth, scores = a_study()
        scores[1, 0] = np.nan
        status, found, _err = run(file(truth, scores), "--json")
        assert status == 0
        assert found["mrmc"] is None
        assert "Reader 1 has no readings in modality 2" in reasons(found)["mrmc"]
        assert found["ustatistics"]["differences"][0]["p"] is not None

    def test_a_reader_without_a_class(self, file, run):
        truth, scores = a_study()
        scores[:, 2, truth == 1] = np.nan
        status, found, _err = run(file(truth, scores), "--json")
        assert status == 0
        assert "Reader 3 has no positive case" in reasons(found)["mrmc"]
        assert found["ustatistics"]["modalities"][0]["auc"] is not None
        assert [row["auc"] for row in found["readers"] if row["reader"] == "3"] == [None, None]

    def test_an_algorithm_in_two_modalities(self, file, run):
        status, found, _err = run(file(*a_study()), "--json", "--algorithm", "1")
        assert status == 0
        assert found["standalone"] is None
        assert "one modality; there are 2" in reasons(found)["standalone"]

    def test_an_algorithm_that_lacks_a_case(self, file, run):
        truth, scores = a_study(modalities=1)
        scores[0, 1, 3] = np.nan
        _status, found, _err = run(file(truth, scores), "--json", "--algorithm", "2")
        assert found["standalone"] is None
        assert "Reader 2 has no score for 1 of 16 cases" in reasons(found)["standalone"]

    def test_one_reader_and_an_algorithm(self, file, run):
        _status, found, _err = run(file(*a_study(modalities=1, readers=2)), "--json", "--algorithm", "2")  # fmt: skip
        assert found["standalone"]["rrrc"] is None
        assert found["standalone"]["effect"] is not None
        assert "paired DeLong" in reasons(found)["standalone.rrrc"]


class TestUnusableInput:
    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("reader,modality,case,truth,score\n", "There are no readings."),
            ("reader,modality,case,truth,score\na,A,1,1,0.5\na,A,2,1,0.7\n", "There is no negative case"),
            ("reader,modality,case,truth,score\na,A,1,1,0.5\na,A,1,1,0.7\n", "has read case 1 in modality A already, in line 2"),
            ("reader,modality,case,truth,score\na,A,1,benign,0.5\n", 'Line 2: the truth of case 1 is "benign"'),
            ("reader,modality,case,truth,score\na,A,1,1,inf\n", 'reader a has the score "inf" for case 1'),
        ],
    )  # fmt: skip
    def test_it_ends_with_2_and_a_sentence(self, tmp_path, run, text, message):
        path = tmp_path / "bad.csv"
        path.write_text(text)
        status, out, err = run(path, "--json")
        assert (status, out) == (2, "")
        assert message in err

    def test_an_unknown_algorithm_is_named(self, file, run):
        status, _out, err = run(file(*a_study()), "--algorithm", "CNN")
        assert status == 2
        assert "There is no reader CNN; there are 1, 2, 3, 4." in err

    def test_an_algorithm_alone_is_told(self, file, run):
        status, found, _err = run(
            file(*a_study(modalities=1, readers=1)), "--algorithm", "1", "--json"
        )
        assert status == 0
        assert [row["reader"] for row in found["readers"]] == ["1"]
        assert found["data"]["readers"] == 0
        reasons = {row["what"]: row["why"] for row in found["reasons"]}
        for block in ("mrmc", "ustatistics", "standalone"):
            assert found[block] is None
            assert "no reader beside the algorithm" in reasons[block]

    @pytest.mark.parametrize("alpha", ["0", "1", "x"])
    def test_a_level_outside_its_range_is_refused(self, file, capsys, alpha):
        with pytest.raises(SystemExit) as caught:
            main([file(*a_study()), "--alpha", alpha])
        assert caught.value.code == 2
        assert "not a number between 0 and 1" in capsys.readouterr().err

    def test_it_runs_as_a_module_without_django(self, file):
        path = file(*a_study())
        code = "import runpy, sys; sys.argv = ['stats', *sys.argv[1:]]\ntry:\n    runpy.run_module('readerstudy.stats', run_name='__main__')\nfinally:\n    assert 'django' not in sys.modules"  # fmt: skip
        done = subprocess.run([sys.executable, "-c", code, path, "--json"], capture_output=True, text=True, check=False)  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["data"]["cases"] == 16


class TestSharedFiles:
    pytestmark = needs_shared

    def test_every_data_set_has_an_analysis(self, run):
        for path in sorted(SHARED.glob("*/*.csv")):
            status, found, err = run(path, "--json")
            assert (status, err) == (0, ""), path
            assert found["ustatistics"]["modalities"], path
            missing = [name for name in ("mrmc", "ustatistics") if found[name] is None]
            assert all(name in reasons(found) for name in missing), path

    def test_wide_long_and_imrmc_give_the_same(self, run, tmp_path):
        source = SHARED / "simulated" / "d15_alg_9x1x120.csv"
        data = load(source).readings
        wide = tmp_path / "wide.csv"
        rows = [f"{case},{truth},{','.join(map(repr, data.scores[0, :, k].tolist()))}" for k, (case, truth) in enumerate(zip(data.cases, data.truth, strict=True))]  # fmt: skip
        wide.write_text("\n".join([f"case,truth,{','.join(data.readers)}", *rows]))
        first, second = (run(path, "--json", "--algorithm", "ALG")[1]["standalone"] for path in (source, wide))  # fmt: skip
        assert first == second

    def test_the_standalone_block_is_rjafrocs(self, run):
        dataset = "d15_alg_9x1x120"
        _status, found, _err = run(SHARED / "simulated" / f"{dataset}.csv", "--json", "--algorithm", "ALG")  # fmt: skip
        rows = golden(SHARED / "simulated", dataset, "rjafroc_cadvsrad")
        expected = rows["1T-RRRC"] if "1T-RRRC" in rows else next(iter(rows.values()))
        assert expected
        block = found["standalone"]
        assert block["rrfc"]["df"] == 8
        assert block["rrrc"]["var"] > block["rrrc"]["cov2"] > 0

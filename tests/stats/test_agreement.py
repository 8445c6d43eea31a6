"""Agreement: worked examples, twins by loops, delete-one values, invariances, degenerate ratings, other software."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from readerstudy.stats import agreement
from readerstudy.stats.result import StatisticsInputError
from tests.stats import twins_agreement as twins
from tests.stats.agreement_with import coefficients
from tests.stats.goldens import needs_shared
from tests.stats.strategies import steady

NAN = float("nan")
PANEL = {
    "fleiss": agreement.fleiss_kappa,
    "conger": agreement.conger_kappa,
    "uniform": agreement.brennan_prediger,
    "gwet": agreement.gwet_ac,
}
# Krippendorff, Computing Krippendorff's Alpha-Reliability, 2011: four observers, twelve units.
OBSERVERS = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, NAN, NAN, NAN],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NAN, 3],
    [NAN, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NAN],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NAN],
]
# Shrout and Fleiss 1979, table 2: four judges, six targets.
JUDGES = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]).T  # fmt: skip


@st.composite
def tables(draw, *, missing=False, readers=(2, 4), cases=(2, 7)):
    J, K = draw(st.integers(*readers)), draw(st.integers(*cases))
    one = st.sampled_from([1.0, 2.0, 3.0, 10.0] + ([NAN] if missing else []))
    return np.array(draw(st.lists(one, min_size=J * K, max_size=J * K))).reshape(J, K)


class TestWorkedExamples:
    @pytest.mark.parametrize(
        ("scale", "value"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)]
    )  # fmt: skip
    def test_krippendorffs_own(self, scale, value):
        assert agreement.krippendorff_alpha(OBSERVERS, scale).estimate == pytest.approx(value, abs=5e-4)  # fmt: skip

    def test_shrout_and_fleiss(self):
        found = [agreement.intraclass_correlation(JUDGES, form).estimate for form in agreement.IccForm]  # fmt: skip
        assert found == pytest.approx([0.17, 0.29, 0.71, 0.44, 0.62, 0.91], abs=0.006)

    def test_a_two_by_two_table(self):
        """Cohen 1960 by hand: 20 + 15 of 50 agree, p_o .7, p_e .5, κ .4; both see the first category half of the time."""
        first = [1] * 25 + [2] * 25
        second = [1] * 20 + [2] * 5 + [1] * 10 + [2] * 15
        found = agreement.cohen_kappa(first, second)
        assert found.estimate == pytest.approx(0.4)

    def test_gwets_coefficient_of_skewed_shares(self):
        """118 of 125 agree on a rare category (Gwet 2008, by hand): κ is low, AC1 is high."""
        first = [1] * 118 + [1] * 5 + [2] * 2
        second = [1] * 118 + [2] * 5 + [1] * 2
        kappa, ac1 = agreement.cohen_kappa(first, second), agreement.gwet_ac([first, second])
        share = (123 / 125 + 120 / 125) / 2
        chance = 2 * share * (1 - share)
        assert kappa.estimate == pytest.approx(-0.0234, abs=5e-5)
        assert ac1.estimate == pytest.approx((118 / 125 - chance) / (1 - chance))


class TestTwins:
    @pytest.mark.parametrize("weights", ["nominal", "linear", "quadratic"])
    @pytest.mark.parametrize("kind", PANEL)
    @steady
    @given(table=tables())
    def test_complete_panels(self, kind, weights, table):
        self.compare(kind, weights, table)

    @pytest.mark.parametrize("weights", ["nominal", "quadratic"])
    @pytest.mark.parametrize("kind", ["uniform", "gwet"])
    @steady
    @given(table=tables(missing=True))
    def test_panels_with_gaps(self, kind, weights, table):
        assume((~np.isnan(table)).sum(axis=0).max() > 1)
        self.compare(kind, weights, table)

    def compare(self, kind, weights, table):
        found, expected = PANEL[kind](table, weights).estimate, twins.coefficient(kind, table, weights)  # fmt: skip
        assert (found is None) == (expected is None)
        assert found is None or found == pytest.approx(expected, abs=1e-9)

    @pytest.mark.parametrize("scale", agreement.Scale)
    @steady
    @given(table=tables(missing=True))
    def test_alpha(self, scale, table):
        assume((~np.isnan(table)).sum(axis=0).max() > 1)
        found, expected = agreement.krippendorff_alpha(table, scale).estimate, twins.alpha(table, scale)  # fmt: skip
        assert (found is None) == (expected is None)
        assert found is None or found == pytest.approx(expected, abs=1e-9)

    @steady
    @given(table=tables(readers=(2, 4), cases=(2, 6)))
    def test_mean_squares_of_intraclass_correlations(self, table):
        cases, readers, error, within = twins.mean_squares(table)
        k, n = table.shape
        below = cases + (k - 1) * error + k * (readers - error) / n
        assume(abs(below) > 1e-9 and error > 1e-9)
        found = agreement.intraclass_correlation(table, "(2,1)")
        assert found.estimate == pytest.approx((cases - error) / below, abs=1e-9)
        assert found.f == pytest.approx(cases / error, rel=1e-6, abs=1e-9)
        assert agreement.intraclass_correlation(table, "(1,1)").estimate == pytest.approx((cases - within) / (cases + (k - 1) * within), abs=1e-9)  # fmt: skip


class TestStandardErrors:
    @pytest.mark.parametrize("weights", ["nominal", "linear"])
    @pytest.mark.parametrize("name", [*PANEL, "alpha"])
    def test_the_jackknife_leaves_out_each_case(self, name, weights):
        rng = np.random.default_rng(4)
        table = np.clip(np.round(rng.normal(size=(5, 20)) + rng.normal(size=20) * 1.5 + 3), 1, 5)
        scale = "nominal" if weights == "nominal" else "ordinal"

        def of(rows):
            return agreement.krippendorff_alpha(rows, scale) if name == "alpha" else PANEL[name](rows, weights)  # fmt: skip

        assert all(set(np.unique(np.delete(table, k, axis=1))) == set(np.unique(table)) for k in range(20))  # fmt: skip
        left = np.array([of(np.delete(table, k, axis=1)).estimate for k in range(20)])
        found = of(table)
        assert found.se == pytest.approx((19 / 20 * ((left - left.mean()) ** 2).sum()) ** 0.5, rel=1e-9)  # fmt: skip
        assert found.high - found.estimate == pytest.approx(1.959964 * found.se, rel=1e-6)
        assert "jackknife over cases" in found.method

    def test_the_ordinal_jackknife_with_gaps_leaves_out_each_case(self):
        left = [agreement.krippendorff_alpha(np.delete(OBSERVERS, k, axis=1), "ordinal").estimate for k in range(11)]  # fmt: skip
        found = agreement.krippendorff_alpha(OBSERVERS, "ordinal")
        assert found.n_cases == 11
        spread = np.array(left) - np.mean(left)
        assert found.se == pytest.approx((10 / 11 * (spread**2).sum()) ** 0.5, rel=1e-9)

    def test_kappas_interval_covers_as_it_says(self):
        rng, inside = np.random.default_rng(8), 0
        table = np.array([[0.4, 0.1], [0.1, 0.4]])
        for _ in range(400):
            drawn = rng.choice(4, size=120, p=table.ravel())
            found = agreement.cohen_kappa(drawn // 2, drawn % 2)
            inside += found.low <= 0.6 <= found.high
        assert 0.91 <= inside / 400 <= 0.98


class TestInvariances:
    @pytest.mark.parametrize("kind", PANEL)
    @steady
    @given(table=tables(), order=st.randoms(use_true_random=False))
    def test_names_of_categories_and_order_of_readers_and_cases_do_not_matter(self, kind, table, order):  # fmt: skip
        renamed = {1.0: 7.0, 2.0: -1.0, 3.0: 0.5, 10.0: 2.0}
        readers, cases = list(range(table.shape[0])), list(range(table.shape[1]))
        order.shuffle(readers)
        order.shuffle(cases)
        other = np.vectorize(renamed.get)(table)[readers][:, cases]
        first, second = PANEL[kind](table).estimate, PANEL[kind](other).estimate
        assert (first is None) == (second is None)
        assert first is None or first == pytest.approx(second, abs=1e-12)

    @steady
    @given(table=tables())
    def test_alpha_is_fleiss_kappa_of_finite_samples(self, table):
        kappa, alpha = agreement.fleiss_kappa(table).estimate, agreement.krippendorff_alpha(table).estimate  # fmt: skip
        assume(kappa is not None)
        n = table.size
        assert alpha == pytest.approx(1 - (1 - kappa) * (n - 1) / n, abs=1e-12)

    @steady
    @given(table=tables(readers=(2, 2)))
    def test_conger_and_light_are_cohen_for_two_readers(self, table):
        cohen = agreement.cohen_kappa(*table).estimate
        assume(cohen is not None)
        assert agreement.conger_kappa(table).estimate == pytest.approx(cohen, abs=1e-12)
        assert agreement.light_kappa(table) == pytest.approx(cohen, abs=1e-12)

    @pytest.mark.parametrize("weights", ["nominal", "linear", "quadratic"])
    @steady
    @given(table=tables(missing=True, readers=(3, 4), cases=(4, 7)))
    def test_the_table_of_pairs_holds_each_pairs_kappa(self, weights, table):
        everything = np.unique(table[~np.isnan(table)])
        found = agreement.pairwise_kappa(table, weights) if everything.size else None
        assume(found is not None)
        for g, h in [(0, 1), (1, 2), (2, 0)]:
            used = np.unique(table[[g, h]][:, ~np.isnan(table[[g, h]]).any(axis=0)])
            if used.size == everything.size:
                expected = agreement.cohen_kappa(table[g], table[h], weights).estimate
                assert (expected is None) == bool(np.isnan(found[g, h]))
                assert expected is None or found[g, h] == pytest.approx(expected, abs=1e-9)


class TestDegenerate:
    @pytest.mark.parametrize("kind", PANEL)
    def test_one_category_has_no_coefficient(self, kind):
        found = PANEL[kind](np.ones((3, 5)))
        assert found.estimate is None
        assert "not defined" in found.reason

    def test_agreement_of_one_category_is_complete(self):
        assert agreement.percent_agreement(np.ones((3, 5))).estimate == 1
        assert "expected by chance is zero" in agreement.krippendorff_alpha(np.ones((3, 5))).reason
        assert "one and the same category" in agreement.cohen_kappa([1, 1], [1, 1]).reason
        assert "no variance to divide" in agreement.intraclass_correlation(np.ones((3, 5))).reason

    def test_one_reader_has_nobody_to_agree_with(self):
        assert "No case was rated by two" in agreement.fleiss_kappa([[1, 2, 3]]).reason
        assert "No case was rated by two" in agreement.krippendorff_alpha([[1, 2, 3]]).reason
        assert agreement.light_kappa([[1, 2, 3]]) is None

    def test_one_case_has_a_coefficient_and_no_error(self):
        found = agreement.gwet_ac([[1], [2]])
        assert found.estimate is not None
        assert found.se is None
        assert "Without one of the cases" in found.reason

    def test_two_readers_without_a_common_case(self):
        assert "no case in common" in agreement.cohen_kappa([1, NAN], [NAN, 2]).reason

    def test_readers_who_differ_by_a_constant(self):
        found = agreement.intraclass_correlation([[1, 2, 3], [2, 3, 4]], "(3,1)")
        assert (found.estimate, found.f) == (1, None)
        assert "infinite" in found.reason

    @pytest.mark.parametrize(
        ("call", "message"),
        [
            (lambda: agreement.fleiss_kappa([[1, NAN], [1, 2]]), "every reader to have rated every case"),
            (lambda: agreement.fleiss_kappa([1, 2]), "readers × cases"),
            (lambda: agreement.fleiss_kappa([[1, np.inf], [1, 2]]), "Reader 1 has an infinite rating of case 2"),
            (lambda: agreement.gwet_ac([[NAN], [NAN]]), "There are no ratings"),
            (lambda: agreement.gwet_ac([[1, 2], [1, 2]], "cubic"), "nominal, linear, quadratic, not cubic"),
            (lambda: agreement.gwet_ac([[1, 2], [1, 2]], np.ones((3, 3))), "a table of the 2 categories"),
            (lambda: agreement.krippendorff_alpha([[1, 2], [1, 2]], "cubic"), "ratio, not cubic"),
            (lambda: agreement.krippendorff_alpha([[-1, 2], [1, 2]], "ratio"), "no negative ratings"),
            (lambda: agreement.cohen_kappa([1, 2], [1]), "equally long lists"),
            (lambda: agreement.intraclass_correlation([[1, 2], [1, NAN]]), "Reader 2 has no score for case 2"),
            (lambda: agreement.intraclass_correlation([[1, 2]]), "two readers and two cases"),
            (lambda: agreement.intraclass_correlation([[1, 2], [1, 2]], "(4,1)"), r"not \(4,1\)"),
            (lambda: agreement.intra_reader([[1, 2]], [[1]]), "of one shape"),
        ],
    )  # fmt: skip
    def test_bad_input_is_told(self, call, message):
        with pytest.raises(StatisticsInputError, match=message):
            call()


class TestIntraReader:
    def test_each_reader_is_compared_with_the_own_earlier_readings(self):
        rng = np.random.default_rng(2)
        first = rng.integers(1, 4, (4, 30)).astype(float)
        second = np.where(rng.random((4, 30)) < 0.8, first, rng.integers(1, 4, (4, 30)))
        found = agreement.intra_reader(first, second, "linear")
        each = [agreement.cohen_kappa(a, b, "linear") for a, b in zip(first, second, strict=True)]
        assert found.kappa == tuple(each)
        assert found.mean_kappa.value == pytest.approx(np.mean([row.estimate for row in each]))
        assert found.mean_agreement.value == pytest.approx((first == second).mean())
        assert found.left_out == 0

    def test_a_reader_without_kappa_is_left_out_and_counted(self):
        first = np.array([[1, 1, 1, 1], [1, 2, 1, 2], [1, 2, 2, 2.0]])
        found = agreement.intra_reader(first, first)
        assert found.left_out == 1
        assert found.mean_kappa.n == 2
        assert found.mean_agreement.n == 3

    def test_nobody_with_a_kappa_is_told(self):
        found = agreement.intra_reader(np.ones((2, 3)), np.ones((2, 3)))
        assert found.mean_kappa.value is None
        assert "No reader has a kappa" in found.mean_kappa.reason


@pytest.mark.parametrize("part", ["irr", "psych", "python"])
class TestReferenceSoftware:
    pytestmark = needs_shared

    def test_it_agrees(self, part):
        rows = list(getattr(coefficients, part)())
        assert len(rows) > 10
        assert [(row, row.difference) for row in rows if not row.agrees] == []

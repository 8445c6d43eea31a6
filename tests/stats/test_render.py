"""Every result as plain values, text and HTML."""

import json
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pytest

from readerstudy import stats
from readerstudy.stats.render import Rendered, number, plain
from tests.stats.test_mrmc import a_study


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True)
class Part(Rendered):
    name: str
    share: float | None


@dataclass(frozen=True, eq=False)
class Whole(Rendered):
    se: float
    rows: tuple[Part, ...]
    inner: Part
    array: np.ndarray
    colour: Colour
    count: int = 3
    right: bool = True


WHOLE = Whole(0.123456789, (Part("<a>", 0.5), Part("b", None)), Part("c & d", 1.0), np.array([1.5, 2]), Colour.RED)  # fmt: skip


class TestAsDict:
    def test_it_is_plain_and_at_full_precision(self):
        assert json.loads(json.dumps(WHOLE.as_dict())) == {
            "se": 0.123456789,
            "rows": [{"name": "<a>", "share": 0.5}, {"name": "b", "share": None}],
            "inner": {"name": "c & d", "share": 1.0},
            "array": [1.5, 2.0],
            "colour": "red",
            "count": 3,
            "right": True,
        }

    @pytest.mark.parametrize("value", [float("nan"), float("inf"), np.array([1, np.nan]), {"x": [np.float64("inf")]}])  # fmt: skip
    def test_nothing_that_is_not_finite_gets_out(self, value):
        with pytest.raises(ArithmeticError, match="must be None with a reason"):
            plain(value)


class TestAsText:
    def test_fields_tables_and_parts_have_their_places(self):
        lines = WHOLE.as_text().splitlines()
        assert lines[0] == "Whole"
        assert "  standard error  0.1235" in lines
        assert "    name  share" in lines
        assert "    b     –" in lines
        assert "  right           yes" in lines

    @pytest.mark.parametrize(
        ("value", "text"),
        [(0.5, "0.5000"), (0.0123456, "0.01235"), (1e-9, "1e-09"), (0.0, "0"), (123456.0, "1.235e+05"), (None, "–"), (True, "yes"), (7, "7")],
    )  # fmt: skip
    def test_numbers_are_short(self, value, text):
        assert number(value) == text


class TestAsHtml:
    def test_it_is_a_captioned_table_with_every_text_escaped(self):
        html = WHOLE.as_html()
        assert html.startswith("<table><caption>Whole</caption>")
        assert "&lt;a&gt;" in html
        assert "c &amp; d" in html
        assert "<a>" not in html
        assert '<th scope="row">standard error</th><td>0.1235</td>' in html
        assert '<th scope="col">share</th>' in html
        assert WHOLE._repr_html_() == html

    def test_it_has_neither_style_nor_script(self):
        html = stats.obuchowski_rockette(stats.fully_crossed(*a_study())).as_html()
        assert "style=" not in html
        assert "<script" not in html
        assert html.count("<table>") == html.count("</table>") > 5


@pytest.mark.parametrize(
    "result",
    [
        stats.wilson(3, 10),
        stats.mean_and_range([0.1, 0.3]),
        stats.obuchowski_rockette(stats.fully_crossed(*a_study())),
        stats.dorfman_berbaum_metz(stats.fully_crossed(*a_study())),
        stats.u_statistics(stats.fully_crossed(*a_study())),
        stats.algorithm_against_readers(a_study()[0], a_study()[1][0], a_study()[1][1, 0]),
    ],
    ids=lambda result: type(result).__name__,
)
def test_every_kind_of_result_shows_itself(result):
    assert json.loads(json.dumps(result.as_dict(), allow_nan=False)) == result.as_dict()
    assert result.as_text()
    assert result.as_html().endswith("</table>")

"""The still pictures against coordinates worked out by hand."""

import re
import xml.etree.ElementTree as ET

import pytest
from django.utils.translation import override

from readerstudy.results.analysis import build_document
from readerstudy.results.figure import Figure
from readerstudy.results.figures import all_figures
from readerstudy.results.report.svg import figure_svg
from readerstudy.results.report.svg.boxes import quartiles
from readerstudy.results.report.svg.colours import colour, from_scale
from readerstudy.results.report.svg.numbers import log_ticks, nice_ticks
from readerstudy.results.report.svg.scales import Categories, Linear, scale_of
from readerstudy.results.shown import topic_figures
from tests.results.factories import fuller_table, make_table

SVG = "{http://www.w3.org/2000/svg}"


def figure(data, layout=None):
    return Figure(
        "f",
        "A <b>bold</b> & plain title",
        "What it shows",
        {"data": data, "layout": layout or {}},
        "t",
    )


def drawn(data, layout=None):
    return ET.fromstring(figure_svg(figure(data, layout)))  # noqa: S314 (our own text)


def field(svg):
    """The inner frame with what is clipped to the axes, and its place."""
    inner = svg.find(f"{SVG}svg")
    return inner, [float(inner.get(name)) for name in ("x", "y", "width", "height")]


def at(svg, x, y):
    """The pixel of a share of the axes: (0, 0) is left below."""
    _inner, (left, top, width, height) = field(svg)
    return pytest.approx((left + x * width, top + (1 - y) * height), abs=0.02)


def pixels(path):
    return [tuple(map(float, pair)) for pair in re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", path)]


UNIT = {"xaxis": {"range": [0, 1]}, "yaxis": {"range": [0, 1]}}


def test_a_line_goes_through_the_pixels_of_its_points():
    svg = drawn([{"x": [0, 0.25, 1], "y": [0, 0.5, 1], "mode": "lines"}], UNIT)
    points = pixels(field(svg)[0].find(f".//{SVG}path").get("d"))
    assert points[0] == at(svg, 0, 0)
    assert points[1] == at(svg, 0.25, 0.5)
    assert points[2] == at(svg, 1, 1)


def test_a_gap_in_the_data_breaks_the_line():
    svg = drawn([{"x": [0, 0.2, 0.4, 0.6, 0.8], "y": [0, 1, None, 1, 0], "mode": "lines"}], UNIT)
    assert len(field(svg)[0].findall(f".//{SVG}path")) == 2


def test_markers_stand_on_their_points_in_their_size_and_colour():
    marker = {"size": [8, 16], "color": "var(--series-2)"}
    svg = drawn([{"x": [0.5, 1], "y": [0.5, 0], "mode": "markers", "marker": marker}], UNIT)
    circles = field(svg)[0].findall(f".//{SVG}circle")
    assert (float(circles[0].get("cx")), float(circles[0].get("cy"))) == at(svg, 0.5, 0.5)
    assert [float(one.get("r")) for one in circles] == [4, 8]
    assert circles[0].get("fill") == "#b8480a"


def test_error_bars_reach_from_the_low_to_the_high_end():
    bars = {"array": [0.2], "arrayminus": [0.1], "symmetric": False, "width": 5}
    svg = drawn([{"x": [0.5], "y": [0.5], "mode": "markers", "error_x": bars}], UNIT)
    points = pixels(field(svg)[0].find(f".//{SVG}path").get("d"))
    assert points[2] == at(svg, 0.4, 0.5)
    assert points[3] == at(svg, 0.7, 0.5)


def test_bars_stand_on_zero_and_side_by_side():
    data = [
        {"type": "bar", "x": ["a", "b"], "y": [1, 2], "name": "one"},
        {"type": "bar", "x": ["a", "b"], "y": [2, 1], "name": "two"},
    ]
    svg = drawn(data, {"yaxis": {"range": [0, 2]}})
    inner, (left, top, width, height) = field(svg)
    first = next(one for one in inner.iter(f"{SVG}rect") if "url" not in one.get("fill"))
    assert float(first.get("x")) == pytest.approx(left + 0.1 * width / 2, abs=0.02)
    assert float(first.get("width")) == pytest.approx(0.4 * width / 2, abs=0.02)
    assert float(first.get("y")) == pytest.approx(top + height / 2, abs=0.02)
    assert float(first.get("height")) == pytest.approx(height / 2, abs=0.02)


def test_stacked_bars_stand_on_each_other():
    data = [{"type": "bar", "x": ["a"], "y": [value]} for value in (1, 3)]
    svg = drawn(data, {"barmode": "stack", "yaxis": {"range": [0, 4]}})
    lower, upper = (one for one in field(svg)[0].iter(f"{SVG}rect") if "url" not in one.get("fill"))
    assert float(upper.get("y")) + float(upper.get("height")) == pytest.approx(
        float(lower.get("y")), abs=0.02
    )


def test_quartiles_are_those_of_points_half_way_between_ranks():
    assert quartiles([1, 2, 3, 4]) == (1.5, 2.5, 3.5)
    assert quartiles([5, 1, 3]) == (1.5, 3, 4.5)
    assert quartiles([7]) == (7, 7, 7)


def test_a_box_has_its_corners_at_the_quartiles():
    svg = drawn([{"type": "box", "y": [1, 2, 3, 4], "name": "b"}], {"yaxis": {"range": [0, 4]}})
    points = pixels(field(svg)[0].findall(f".//{SVG}path")[0].get("d"))
    _inner, (_left, top, _width, height) = field(svg)
    assert points[0][1] == pytest.approx(top + height * (1 - 1.5 / 4), abs=0.02)
    assert points[2][1] == pytest.approx(top + height * (1 - 3.5 / 4), abs=0.02)


def test_a_heat_map_has_a_field_for_each_pair_and_none_where_there_is_no_number():
    svg = drawn(
        [
            {
                "type": "heatmap",
                "z": [[0, 1], [0.5, None]],
                "x": ["A", "B"],
                "y": ["C", "D"],
                "showscale": False,
            }
        ]
    )
    fields = list(field(svg)[0].iter(f"{SVG}rect"))
    assert len(fields) == 4
    assert fields[3].get("fill") == "#ffffff"
    words = [one.text for one in field(svg)[0].iter(f"{SVG}text")]
    assert words == ["0.00", "1.00", "0.50"]


def test_axes_turn_round_and_take_logarithms():
    assert Linear(0, 10, 0, 100, {}).at(2.5) == 25
    assert scale_of({"autorange": "reversed", "range": [0, 10]}, [0], 0, 100).at(0) == 100
    log = scale_of({"type": "log", "range": [0, 2]}, [1, 100], 0, 100)
    assert log.at(10) == pytest.approx(50)
    assert log.at(0) is None
    assert Categories(("a", "b"), 0, 100, {}).at("b") == 75


def test_ticks_are_round():
    assert nice_ticks(0, 1) == [0, 0.2, 0.4, 0.6, 0.8, 1.0]
    assert nice_ticks(-0.02, 1.02) == [0, 0.2, 0.4, 0.6, 0.8, 1.0]
    assert nice_ticks(0, 47) == [0, 10, 20, 30, 40]
    assert log_ticks(0, 2) == [1, 2, 5, 10, 20, 50, 100]


@pytest.mark.parametrize(("language", "words"), [("en", "2.5"), ("de", "2,5")])
def test_ticks_are_written_in_the_readers_language(language, words):
    with override(language):
        svg = drawn(
            [{"x": [0, 5], "y": [0, 1], "mode": "lines"}],
            {"xaxis": {"range": [0, 5], "dtick": 2.5}},
        )
    assert words in [one.text for one in svg.iter(f"{SVG}text")]


def test_percent_ticks():
    svg = drawn(
        [{"x": [0, 1], "y": [0, 1], "mode": "lines"}],
        {"xaxis": {"tickformat": ".0%", "range": [0, 1]}},
    )
    assert "20 %" in [one.text for one in svg.iter(f"{SVG}text")]


def test_named_colours_are_those_of_the_light_theme_and_of_scales():
    assert colour("var(--series-1)") == "#0b5d6f"
    assert colour("#123456") == "#123456"
    assert from_scale([[0, "#000000"], [1, "#ffffff"]], 0.5) == "#808080"
    assert from_scale([[0, "#000000"], [1, "#ffffff"]], 7) == "#ffffff"


def test_groups_have_shapes_of_their_own_for_grey_prints():
    symbols = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "star")
    shapes = {
        figure_svg(figure([{"x": [1], "y": [1], "mode": "markers", "marker": {"symbol": one}}]))
        for one in symbols
    }
    assert len(shapes) == len(symbols)


def test_a_kind_that_is_not_known_is_told_in_a_sentence():
    words = "".join(drawn([{"type": "violin", "y": [1, 2]}]).itertext())
    assert "cannot be drawn here (violin)" in words
    mixed = "".join(drawn([{"type": "pie"}, {"x": [1], "y": [1]}]).itertext())
    assert "cannot be drawn here (pie)" in mixed


def test_nothing_at_all_is_told_in_a_sentence():
    assert "There is nothing to draw." in "".join(drawn([]).itertext())
    assert "nan" not in figure_svg(figure([{"x": [], "y": []}]))


def test_title_and_caption_name_the_picture_and_stay_words():
    svg = drawn([{"x": [1], "y": [1], "name": "<script>"}, {"x": [1], "y": [2], "name": "b"}])
    ids = svg.get("aria-labelledby").split()
    assert [svg.find(f"{SVG}title").get("id"), svg.find(f"{SVG}desc").get("id")] == ids
    assert svg.find(f"{SVG}title").text == "A bold & plain title"
    assert svg.find(f".//{SVG}script") is None


def test_fractions_on_both_axes_are_equally_long():
    plot = build_document(make_table())
    svg = ET.fromstring(figure_svg(all_figures(plot)[0]))  # noqa: S314 (our own text)
    _inner, (_left, _top, width, height) = field(svg)
    assert width == pytest.approx(height, abs=0.02)


def test_series_in_the_legend_stand_once():
    data = [{"x": [0, 1], "y": [0, 1], "name": name, "mode": "lines"} for name in ("a", "b", "a")]
    words = [one.text for one in drawn(data).iter(f"{SVG}text")]
    assert (words.count("a"), words.count("b")) == (1, 1)


def every_figure():
    for table in (
        make_table(),
        make_table(models=False),
        fuller_table(readers=8),
        make_table(readers=1, unassessed=[(0, 1)]),
    ):
        document = build_document(table)
        yield from all_figures(document)
        yield from topic_figures(document)


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_figure_of_every_topic_is_drawn(language):
    with override(language):
        figures = list(every_figure())
        texts = [figure_svg(one) for one in figures]
    assert len(texts) > 6
    for one, text in zip(figures, texts, strict=True):
        root = ET.fromstring(text)  # noqa: S314 (our own text)
        assert root.get("viewBox"), one.name
        assert not re.search(r"\b(nan|inf|None)\b", text), one.name
        assert "cannot be drawn" not in text, one.name


def test_a_histogram_counts_what_lies_in_each_bin():
    from readerstudy.results.report.svg.histograms import as_bars

    bins = {"start": -1, "end": 1, "size": 0.05}
    bars = as_bars(
        {"type": "histogram", "x": [-0.05, 0.0, 0.01, 0.049, 0.05, 0.1, None], "xbins": bins}
    )
    assert bars["x"] == [-0.025, 0.025, 0.075, 0.125]
    assert bars["y"] == [1, 3, 1, 1]
    assert (
        as_bars({"type": "histogram", "y": [1, 2, 2], "histnorm": "percent"})["orientation"] == "h"
    )
    svg = drawn(
        [{"type": "histogram", "x": [1, 2, 2, 9], "xbins": {"start": 0, "size": 5}}],
        {"yaxis": {"range": [0, 4]}},
    )
    rects = list(field(svg)[0].iter(f"{SVG}rect"))
    _inner, (_left, _top, _width, height) = field(svg)
    assert [float(one.get("height")) for one in rects] == pytest.approx(
        [height * 3 / 4, height / 4], abs=0.02
    )
    assert float(rects[0].get("x")) + float(rects[0].get("width")) == pytest.approx(
        float(rects[1].get("x")), abs=0.02
    )


def test_points_of_groups_stand_side_by_side():
    data = [
        {"x": ["a", "b"], "y": [1, 2], "mode": "markers", "name": name} for name in ("one", "two")
    ]
    svg = drawn(data, {"scattermode": "group"})
    _inner, (_left, _top, width, _height) = field(svg)
    shifts = [one.get("transform") for one in field(svg)[0].iter(f"{SVG}g") if one.get("transform")]
    expected = 0.2 * width / 2
    assert [float(re.search(r"-?[\d.]+", one)[0]) for one in shifts] == pytest.approx(
        [-expected, expected], abs=0.02
    )


def test_every_colour_of_the_light_theme_is_known():
    from readerstudy.results.report.svg.colours import _LIGHT

    assert {f"--series-{n}" for n in range(1, 9)} | {
        "--text",
        "--text-muted",
        "--surface",
        "--line",
        "--line-strong",
    } <= set(_LIGHT)


def test_ids_of_two_figures_in_one_page_differ():
    data = [{"type": "bar", "x": ["a"], "y": [value], "name": str(value)} for value in (1, 2)]
    texts = [figure_svg(figure(data), prefix=prefix) for prefix in ("one-", "two-")]
    first, second = (set(re.findall(r' id="([^"]+)"', text)) for text in texts)
    assert first
    assert not first & second
    used = set(re.findall(r"url\(#([^)]+)\)", texts[0]))
    assert used
    assert used <= first

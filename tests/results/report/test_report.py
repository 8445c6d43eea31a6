"""The report: its skeleton in both languages, its numbers, its bytes."""

import dataclasses
import re
from html.parser import HTMLParser

import numpy as np
import pytest
from django.utils.translation import override

from readerstudy.core.csvio import write_table
from readerstudy.results.analysis import build_document
from readerstudy.results.report.blocks import FactRows, NumberedTable, Picture
from readerstudy.results.report.chapters import build_report
from readerstudy.results.report.html import report_html, style_source
from readerstudy.results.report.placing import _numbers, placed
from readerstudy.results.sentences import decimal, percent
from readerstudy.results.shown import TOPICS
from readerstudy.results.tables import all_tables
from tests.german import english_in
from tests.results.factories import fuller_table, make_table
from tests.results.report.factories import full_report, make_facts, make_report

TITLES = {
    "en": ["Title and versions", "Synopsis", "Objectives, hypotheses and margin", "Methods", "Flow of readers and cases"],
    "de": ["Titel und Versionen", "Zusammenfassung", "Ziele, Hypothesen und Grenze", "Methoden", "Weg der Befundenden und Fälle"],
}  # fmt: skip
VOID = {"meta", "link", "br", "hr", "img", "input"}


class _Outline(HTMLParser):
    """Headings, ids, links and whether every element is closed."""

    def __init__(self):
        super().__init__()
        self.open, self.ids, self.links, self.headings, self.tags = [], [], [], [], []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.tags.append(tag)
        if tag not in VOID:
            self.open.append(tag)
        if "id" in given:
            self.ids.append(given["id"])
        if given.get("href", "").startswith("#"):
            self.links.append(given["href"][1:])
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def outline(html):
    parser = _Outline()
    parser.feed(html)
    assert parser.open == []
    return parser


@pytest.mark.parametrize("language", ["en", "de"])
def test_all_chapters_are_there_in_both_languages(language):
    report = full_report(language=language)
    assert [chapter.number for chapter in report.chapters] == list(range(20))
    assert [chapter.title for chapter in report.chapters[:5]] == TITLES[language]
    assert all(chapter.blocks for chapter in report.chapters)


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("models", [True, False], ids=["with a CNN", "without a CNN"])
def test_the_file_is_whole_and_every_link_leads_somewhere(language, models):
    html = report_html(make_report(make_table(models=models), language=language))
    parsed = outline(html)
    assert len(parsed.ids) == len(set(parsed.ids))
    assert set(parsed.links) <= set(parsed.ids)
    assert len(set(parsed.links)) >= 20
    assert parsed.headings[0] == 1
    assert parsed.headings.count(1) == 1
    assert all(b - a <= 1 for a, b in zip(parsed.headings, parsed.headings[1:], strict=False))
    assert "script" not in parsed.tags
    assert f'<html lang="{language}">' in html
    assert parsed.tags.count("caption") == parsed.tags.count("table")


def test_the_file_asks_for_nothing_from_elsewhere():
    html = report_html(full_report())
    addresses = set(re.findall(r"https?://[^\s\"'<>]+", html))
    assert addresses <= {"http://www.w3.org/2000/svg"}
    assert not re.search(r"@import|<link|<img|<iframe", html)
    # Only url(#…), a pattern of the picture itself.
    assert not re.search(r"url\((?!#)", html)


def test_the_style_is_allowed_by_its_own_hash_and_no_element_has_one_of_its_own():
    html = report_html(make_report())
    assert " style=" not in html
    assert re.fullmatch(r"'sha256-[A-Za-z0-9+/]{43}='", style_source())


@pytest.mark.parametrize("language", ["en", "de"])
def test_no_number_is_missing_without_a_word(language):
    html = report_html(make_report(make_table(readers=1, unassessed=[(0, 3)]), language=language))
    assert not re.search(r"\b(nan|NaN|inf)\b|[>\s(]None[<,;)]", html)


def test_the_same_analysis_gives_the_same_bytes():
    assert report_html(full_report()) == report_html(full_report())


def test_the_german_report_has_no_english_of_ours():
    assert english_in(report_html(full_report(language="de"))) == []


def test_the_numbers_of_the_report_are_those_of_the_document():
    table = make_table()
    document = build_document(table)
    html = report_html(make_report(table))
    readers = document["readers"]
    for rate in (readers["sensitivity"]["mean"], readers["specificity"]["mean"]):
        assert percent(rate) in html
    for run in document["models"][0]["runs"]:
        assert decimal(run["auc"]["value"], 3) in html
    rows = document["models"][0]["against_readers"]
    primary = html[html.index('id="chapter-6"') :]
    for row in rows:
        assert decimal(abs(row["low"]), 3) in primary


def test_every_table_of_the_analysis_is_in_the_report_or_said_to_be_left_out():
    table = fuller_table(readers=8)
    document = build_document(table)
    report = make_report(table)
    shown = {one.table.name for one in report.tables()}
    texts = " ".join(report.sentences())
    for name, result in all_tables(document).items():
        assert name in shown or result.title in texts or not result.rows, name


def test_tables_one_to_eight_are_called_so():
    numbers = {one.table.name: one.number for one in full_report().tables()}
    assert numbers["case-characteristics"] == "1"
    assert numbers["reader-characteristics"] == "2"
    assert numbers["readers"] == "5"
    assert len(set(numbers.values())) == len(numbers)


def test_every_figure_says_where_its_numbers_are():
    report = full_report()
    tables = {one.table.name: one.number for one in report.tables()}
    for block in report.blocks():
        if isinstance(block, Picture) and block.table:
            assert tables[block.table_name] == block.table


def test_a_topic_that_nobody_knows_stands_in_the_appendices(monkeypatch):
    from readerstudy.results.figure import Figure
    from readerstudy.results.report import placing
    from readerstudy.results.shown.topic import Topic
    from readerstudy.results.table_model import ResultTable

    table = ResultTable("odd", "An odd table", ("a",), ("text",), (("x",),))
    figure = Figure(
        "odd", "An odd figure", "c", {"data": [{"x": [1], "y": [1]}], "layout": {}}, "odd"
    )
    topic = Topic("odd", "Odd", ("odd",), lambda _d: [table], lambda _d: [figure])
    monkeypatch.setattr(placing, "TOPICS", (*TOPICS, topic))
    report = make_report()
    names = [b.table.name for b in report.chapters[19].blocks if isinstance(b, NumberedTable)]
    assert "odd" in names
    assert "An odd figure" in [
        b.title for b in report.chapters[19].blocks if isinstance(b, Picture)
    ]


def test_a_topic_that_cannot_be_computed_says_why(monkeypatch):
    from readerstudy.results.report import placing
    from readerstudy.results.shown.topic import Topic

    topic = Topic("agreement", "Agreement", ("agreement",), lambda _d: [], lambda _d: [])
    monkeypatch.setattr(placing, "TOPICS", (topic,))
    document = build_document(make_table())
    document["sections"]["agreement"] = {"reason": "One reader agrees with nobody."}
    found = placed(document, make_facts(), {})
    assert found.parts[placing.AGREEMENT][0].reasons == ("One reader agrees with nobody.",)


def test_further_tables_of_a_chapter_have_letters():
    from readerstudy.results.report.placing import Part
    from readerstudy.results.table_model import ResultTable

    tables = tuple(ResultTable(f"t{n}", "", (), (), ()) for n in range(28))
    numbers = _numbers({6: [Part("", tables=tables)]}, {})
    assert (numbers["t0"], numbers["t1"], numbers["t25"], numbers["t26"]) == (
        "4",
        "4b",
        "4z",
        "4-27",
    )


def test_hashes_and_the_head_of_the_audit_trail_are_printed():
    html = report_html(make_report())
    for digest in ("a" * 64, "d" * 64, "f" * 64, "b" * 64, "c" * 64):
        assert digest in html


def test_readers_flow_from_invited_to_complete():
    table = make_table(readers=7, missing=[(2, 3)])
    table = dataclasses.replace(
        table, excluded={"withdrawn_readers": 2, "readers_without_answers": 1, "withdrawn_cases": 1}
    )
    enrolments = {"invited": 10, "started": 8, "withdrawn": 2, "withdrawn_after_start": 1}
    report = make_report(table, enrolments=enrolments)
    svg = next(b.svg for b in report.chapters[4].blocks if isinstance(b, Picture))
    words = re.sub(r"<[^>]+>", " ", svg)
    for sentence in ("10 readers invited", "1 withdrawn before they began", "1 answered nothing", "8 readers began",
                     "1 withdrawn after they began", "1 did not answer every case", "6 readers complete and analysed",
                     "18 cases locked", "1 withdrawn"):  # fmt: skip
        assert sentence in words


def test_the_cases_are_counted_by_truth():
    table = fuller_table(readers=4, positives=4, negatives=8)
    rows = next(one.table.rows for one in make_report(table).tables() if one.number == "1")
    assert rows[0][2:] == ("12", "4", "8")
    sexes = [case.sex for case in table.cases]
    row = next(one for one in rows if one[1] == "Female")
    benign = [sex for sex, truth in zip(sexes, table.truth, strict=True) if truth == 0 and sex]
    assert row[4] == f"{benign.count('female')} ({percent(benign.count('female') / len(benign))})"
    unknown = next(one for one in rows if one[0] == "Sex" and one[1] == "not recorded")
    assert unknown[2] == str(sexes.count(""))


def test_ratings_are_counted_by_reader_and_truth():
    table = make_table()
    rows = next(
        one.table for one in make_report(table).tables() if one.table.name == "rating-histograms"
    )
    levels = np.unique(table.rating)
    for reader, row in zip(table.rating, rows.rows, strict=True):
        expected = [
            f"{sum(r == level and t == 0 for r, t in zip(reader, table.truth, strict=True))}/"
            f"{sum(r == level and t == 1 for r, t in zip(reader, table.truth, strict=True))}"
            for level in levels
        ]
        assert list(row[1:]) == expected


def test_many_ratings_are_put_into_ten_bins():
    rng = np.random.default_rng(3)
    table = make_table()
    table = dataclasses.replace(
        table, rating=rng.integers(-101, 102, size=table.rating.shape).astype(float)
    )
    rows = next(
        one.table for one in make_report(table).tables() if one.table.name == "rating-histograms"
    )
    assert len(rows.header) == 11
    for row in rows.rows:
        assert sum(int(n) for cell in row[1:] for n in cell.split("/")) == table.truth.size


def test_cases_are_listed_by_how_many_were_wrong():
    table = make_table()
    rows = next(
        one.table.rows for one in make_report(table).tables() if one.table.name == "misjudged"
    )
    wrong = (table.decision != table.truth).sum(axis=0)
    assert [row[3] for row in rows] == sorted((int(n) for n in wrong if n), reverse=True)[:15]


def test_methods_say_what_ran():
    chapter = make_report().chapters[3]
    rows = dict(pair for b in chapter.blocks if isinstance(b, FactRows) for pair in b.rows)
    document = build_document(make_table())
    assert rows["CNN against the readers"] == document["models"][0]["against_readers"][0]["method"]
    assert rows["Question"] == "What would you do?"
    html = report_html(make_report())
    assert "centre crop 128 × 128" in html
    assert "HMAC-SHA256" in html


@pytest.mark.parametrize(
    ("scale", "words"),
    [
        ("six_point", "one scale from 1 to 6"),
        ("percent", "a likelihood from 0 to 100"),
        ("two_step", "from 1 to 5"),
    ],
)
def test_methods_name_the_scale(scale, words):
    from tests.results.report.factories import make_manifest

    facts = make_facts()
    lock = {**facts.locks[0], "manifest": make_manifest(answers={"scale": scale})}
    assert words in " ".join(make_report(locks=[lock]).sentences())


def test_a_study_of_before_there_were_locks_of_everything_has_a_report_too():
    facts = dataclasses.replace(make_facts(locks=[], audit={}, runs=[], models=[]), table=None)
    report = build_report(build_document(make_table()), facts, language="en")
    assert outline(report_html(report))
    assert "computed before the reading table was kept" in report_html(report)


def test_tables_are_written_at_full_precision():
    report = make_report()
    one = next(t for t in report.tables() if t.table.name == "readers")
    text = write_table(one.table.header, one.table.rows)
    value = build_document(make_table())["readers"]["points"][0]["sensitivity"]
    assert repr(value) in text


def test_texts_of_people_are_escaped():
    with override("en"):
        html = report_html(
            make_report(
                transitions=[{"to": "closed", "at": "x", "reason": "<script>alert(1)</script>"}]
            )
        )
    assert "<script>" not in html


def test_cases_that_the_cnn_calls_wrongly_are_counted_by_run():
    table = make_table()
    model = dataclasses.replace(table.models[0], thresholds=(0.5,) * 3)
    report = make_report(dataclasses.replace(table, models=(model,)))
    rows = next(one.table.rows for one in report.tables() if one.table.name == "cnn-errors")
    expected = {}
    for case, truth in zip(range(table.truth.size), table.truth, strict=True):
        wrong = sum((scores[case] >= 0.5) != (truth == 1) for scores in model.values)
        if wrong:
            expected[f"case-{case}"] = wrong
    assert {row[1]: row[4] for row in rows} == expected
    assert [row[3] for row in rows] == sorted((row[3] for row in rows), reverse=True)


def test_without_a_threshold_nothing_is_said_of_errors_of_the_cnn():
    assert "cnn-errors" not in {one.table.name for one in make_report().tables()}


def test_amendments_say_which_parts_changed():
    facts = make_facts()
    first = facts.locks[0]
    manifest = {**first["manifest"], "rank_groups": ["Resident"]}
    second = {**first, "version": 2, "reason": "A group was named twice.", "manifest": manifest}
    texts = " ".join(make_report(locks=[first, second]).sentences())
    assert "A group was named twice. (changed: rank_groups)" in texts
    assert "was not amended" not in texts

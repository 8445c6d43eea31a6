"""Some of the readers, cases and readings: the same numbers as an analysis of the picked table, counted anew."""

import csv
import dataclasses
import gzip
import io
import re
import time

import numpy as np
import pytest
from django.http import QueryDict
from django.urls import reverse

from readerstudy.core.errors import Conflict
from readerstudy.results.access import table_behind
from readerstudy.results.analysis import build_document, main_part
from readerstudy.results.explore_views import selection_of
from readerstudy.results.facets import (
    NOT_RECORDED,
    Selection,
    choices_of,
    picked_table,
    session_numbers,
)
from readerstudy.results.models import Analysis
from tests.results.factories import fuller_table, make_table
from tests.unguarded import unguarded

MOST_BYTES = 1_600_000


def selected(query):
    return selection_of(QueryDict(query))


def with_sessions(table):
    """The table with the first half of each reader's order in session 1, the rest in session 2."""
    session = np.where(table.place <= table.truth.size // 2, 1, 2).astype(np.int16)
    return dataclasses.replace(table, session=session)


@pytest.mark.parametrize(
    ("query", "readers", "cases"),
    [
        ("", range(6), range(17)),
        ("group=Attending", (1, 3, 5), range(17)),
        ("institution=North&institution=East", (0, 2, 3, 5), range(17)),
        ("group=Resident&institution=South", (4,), range(17)),
        ("years=5-9", (5,), range(17)),
        ("certification=certified", (0, 2, 4), range(17)),
        ("sex=female", range(6), range(0, 17, 3)),
        ("age=30-49", range(6), range(17)),
        ("phototype=V–VI", range(6), (4, 10, 16)),
        ("phototype=not-recorded", range(6), (5, 11)),
        ("site=back&site=leg", range(6), [k for k in range(17) if k % 4 in {0, 1}]),
        ("diagnosis=nevus&sex=male", range(6), [k for k in range(5, 17) if k % 3 == 1]),
    ],
)
def test_a_choice_picks_the_rows_that_fit(query, readers, cases):
    table = fuller_table()
    picked = picked_table(table, selected(query))
    assert [one.code for one in picked.readers] == [f"R-{row}" for row in readers]
    assert list(picked.case_ids) == [f"case-{column}" for column in cases]
    assert np.array_equal(picked.decision, table.decision[list(readers)][:, list(cases)])


def test_the_explored_numbers_are_those_of_an_analysis_of_the_picked_table():
    table = fuller_table(readers=9)
    readers = np.array([one.group == "Resident" for one in table.readers])
    cases = np.array([one.sex != "" for one in table.cases])
    expected = build_document(table.picked(readers=readers, cases=cases))
    found = main_part(picked_table(table, selected("group=Resident&sex=female&sex=male")))
    assert found == {name: part for name, part in expected.items() if name != "sections"}


def test_the_rates_of_a_choice_are_those_of_a_plain_count():
    table = fuller_table()
    part = main_part(picked_table(table, selected("group=Attending&site=back&site=face")))
    shares = []
    for row in (1, 3, 5):
        hits = [
            int(table.decision[row, k] == 1)
            for k in range(17)
            if table.truth[k] == 1 and k % 4 in {0, 2}
        ]
        shares.append(sum(hits) / len(hits))
    assert part["readers"]["sensitivity"]["mean"] == pytest.approx(sum(shares) / 3)


def test_the_aided_arm_takes_the_aided_answers():
    table = fuller_table()
    picked = picked_table(table, selected("arm=aided"))
    assert np.array_equal(picked.decision, table.aided.decision)
    assert picked.aided is None
    assert main_part(picked)["readers"] != main_part(table)["readers"]


def test_a_session_keeps_its_own_answers_and_asks_for_no_others():
    table = with_sessions(fuller_table())
    picked = picked_table(table, selected("session=2"))
    inside = table.session == 2
    assert np.array_equal(picked.decision[inside], table.decision[inside])
    assert (picked.decision[~inside] == -1).all()
    assert np.isnan(picked.rating[~inside]).all()
    assert np.array_equal(picked.assigned, inside)
    part = main_part(picked)
    assert part["counts"]["readings"] == inside.sum()
    assert part["readers"]["sensitivity"]["interval"]["reason"]
    assert session_numbers(table) == [1, 2]


@pytest.mark.parametrize(
    ("make", "query", "why"),
    [
        (fuller_table, "group=Nobody", "No reader fits this choice."),
        (fuller_table, "sex=female&site=nowhere", "No case fits this choice."),
        (fuller_table, "diagnosis=melanoma", "All cases are malignant"),
        (make_table, "arm=aided", "Nobody read with the CNN's aid"),
        (make_table, "session=1", "The sessions of these readings are not known."),
        (lambda: with_sessions(fuller_table()), "session=9", "The study has no such session."),
        (lambda: make_table(missing=[(0, 0), (2, 0), (4, 0)]), "group=Resident", "every case"),
    ],
)
def test_a_choice_without_numbers_says_why(make, query, why):
    with pytest.raises(Conflict, match=why):
        main_part(picked_table(make(), selected(query)))


def test_exploring_leaves_the_table_as_it_was():
    table = with_sessions(fuller_table())
    before = table.sha256()
    for query in ("arm=aided", "session=1", "group=Resident&sex=male"):
        picked_table(table, selected(query))
    assert table.sha256() == before


@pytest.mark.parametrize("query", ["session=x", "session=-1", "session=99999999999", "arm=other"])
def test_what_is_no_arm_or_session_is_not_asked_for(query):
    assert selected(query) == selected("")
    assert selected(query).is_everything


def test_only_what_has_several_classes_can_be_chosen_with_how_many_there_are():
    table = fuller_table()
    facets = {facet.name: classes for facet, classes in choices_of(table, selected("sex=male"))}
    assert [(one.value, one.count) for one in facets["group"]] == [
        ("Resident", 3),
        ("Attending", 3),
    ]
    assert [(one.value, one.count, one.is_chosen) for one in facets["sex"]] == [
        ("female", 6, False),
        ("male", 6, True),
        (NOT_RECORDED, 5, False),
    ]
    assert "age" not in facets
    assert [one.value for one in facets["years"]] == ["0-4", "5-9"]
    assert choices_of(make_table(), Selection({}))[-1][0].name == "diagnosis"


def test_the_page_shows_the_choice_and_its_files_hold_its_numbers(client, coordinator, analysed):
    table = fuller_table()
    study, analysis = analysed(table)
    client.force_login(coordinator)
    address = reverse("results:explore", args=[study.slug])
    page = client.get(f"{address}?group=Resident").content.decode()
    assert "Exploratory." in page
    assert "3 readers and 17 cases" in page
    assert 'value="Resident" checked' in page
    assert "&amp;csv=readers" in page
    response = client.get(f"{address}?group=Resident&csv=readers")
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    points = main_part(picked_table(table, selected("group=Resident")))["readers"]["points"]
    assert [row[0] for row in rows[1:]] == [point["code"] for point in points]
    assert [float(row[8]) for row in rows[1:]] == [point["sensitivity"] for point in points]
    assert "exploratory" in response.headers["Content-Disposition"]
    assert client.get(f"{address}?csv=nothing").status_code == 404
    analysis.refresh_from_db()
    assert analysis.document == build_document(table)


def test_htmx_is_answered_the_numbers_alone_and_an_empty_choice_a_sentence(
    client, coordinator, analysed
):
    study, _ = analysed(fuller_table())
    client.force_login(coordinator)
    address = reverse("results:explore", args=[study.slug])
    part = client.get(f"{address}?sex=male", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "data-figure" in part
    empty = client.get(f"{address}?sex=none", headers={"HX-Request": "true"}).content.decode()
    assert "No case fits this choice." in empty
    assert "data-figure" not in empty
    german = client.get(
        f"{address}?sex=none", headers={"Accept-Language": "de", "HX-Request": "true"}
    )
    assert "Kein Fall passt zu dieser Auswahl." in german.content.decode()


def test_results_are_sent_compressed_and_other_pages_are_not(client, coordinator, analysed):
    study, _ = analysed(fuller_table())
    client.force_login(coordinator)
    headers = {"Accept-Encoding": "gzip"}
    page = client.get(reverse("results:dashboard", args=[study.slug]), headers=headers)
    assert page.headers["Content-Encoding"] == "gzip"
    assert "'unsafe-inline'" in page.headers["Content-Security-Policy"]
    readers = client.get(reverse("results:readers", args=[study.slug]), headers=headers)
    assert readers.headers["Content-Encoding"] == "gzip"
    assert "unsafe" not in readers.headers["Content-Security-Policy"]
    other = client.get(reverse("studies:detail", args=[study.slug]), headers=headers)
    assert "Content-Encoding" not in other.headers


def bytes_sent(client, address):
    """How many bytes an answer has as it is sent to a browser that takes gzip."""
    response = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert response.status_code == 200, address
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return len(body), body


def test_the_dashboard_of_145_readers_is_sent_in_less_than_1_6_million_bytes(
    client, coordinator, analysed
):
    study, _ = analysed(fuller_table(readers=145, positives=20, negatives=80, runs=10))
    client.force_login(coordinator)
    page, body = bytes_sent(client, reverse("results:dashboard", args=[study.slug]))
    files = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', gzip.decompress(body).decode()))
    files |= {f"/static/js/results/{name}.js" for name in ("operating_point", "theme_colours")}
    sizes = {file: bytes_sent(client, file)[0] for file in files}
    print(f"The page {page:,} bytes, with all its files {page + sum(sizes.values()):,}.")
    assert "/static/vendor/plotly.min.js" in sizes
    assert page + sum(sizes.values()) < MOST_BYTES


def test_an_analysis_without_its_table_says_so(client, coordinator, analysed):
    study, analysis = analysed(make_table())
    with unguarded():
        Analysis.objects.filter(pk=analysis.pk).update(table=None)
    client.force_login(coordinator)
    assert client.get(reverse("results:explore", args=[study.slug])).status_code == 404
    assert client.get(reverse("results:dashboard", args=[study.slug])).status_code == 200


def test_the_table_of_an_analysis_is_read_once(analysed, django_assert_num_queries):
    _study, analysis = analysed(make_table(seed=11))
    table = table_behind(analysis)
    with django_assert_num_queries(0):
        assert table_behind(analysis) is table


def test_a_choice_of_145_readers_and_100_cases_takes_less_than_a_second_of_the_processor():
    table = fuller_table(readers=145, positives=20, negatives=80, runs=10)
    picked_table(table, selected("group=Resident"))
    # The thread's own time: a busy machine tells nothing of the code.
    began = time.thread_time()
    main_part(picked_table(table, selected("group=Resident&group=Attending")))
    took = time.thread_time() - began
    print(f"145 × 100 with 10 runs: {1000 * took:.0f} ms")
    assert took < 1

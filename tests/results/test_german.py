"""German pages and reports have no English sentence, whatever the study: its document stays English."""

import io
import json
from functools import cache

import pytest
from django.urls import reverse
from django.utils.translation import override
from docx import Document

from readerstudy.core.sentences import translated
from readerstudy.results.analysis import build_document
from readerstudy.results.bundle.shown_files import shown_files
from readerstudy.results.report.chapters import build_report
from readerstudy.results.report.checklists import CHECKLISTS
from readerstudy.results.report.docx import report_docx
from readerstudy.results.report.html import report_html
from readerstudy.results.shown import TOPICS
from tests.german import DE, english_words, known_english, texts_of
from tests.results.report.factories import make_facts
from tests.results.shown_texts import STUDIES_OF_EVERY_KIND, reasons_in, texts_shown
from tests.results.test_panel_topics import full, perfect

REPORTED = [name for name in STUDIES_OF_EVERY_KIND if name != "votes alone"]


@cache
def table_of(name):
    return STUDIES_OF_EVERY_KIND[name]()


@cache
def document_of(name):
    # What is stored and read again.
    return json.loads(json.dumps(build_document(table_of(name))))


def report_of(name, language):
    # What people wrote is in their own language.
    facts = make_facts(table_of(name), transitions=[])
    return report_html(build_report(document_of(name), facts, language=language))


def english_of(texts):
    texts = list(dict.fromkeys(texts))
    return [*english_words(texts), *known_english(texts)]


@pytest.mark.parametrize("name", STUDIES_OF_EVERY_KIND)
def test_whatever_pages_show_of_a_document_is_german(name):
    with override("de"):
        assert english_of(texts_shown(document_of(name))) == []


@pytest.mark.parametrize("name", STUDIES_OF_EVERY_KIND)
def test_every_reason_of_a_document_has_german_words(name):
    reasons = set(reasons_in(document_of(name)))
    with override("de"):
        told = {reason: translated(reason) for reason in reasons}
    assert [reason for reason, words in told.items() if words == reason] == []
    assert english_words(words.replace("„readers“", "") for words in told.values()) == []


@pytest.mark.parametrize("name", REPORTED)
def test_the_german_report_is_german(name):
    assert english_of(texts_of(report_of(name, "de"))) == []


def test_the_german_word_file_is_german():
    facts = make_facts(table_of("one reader"), transitions=[])
    report = build_report(document_of("one reader"), facts, language="de")
    file = Document(io.BytesIO(report_docx(report)))
    cells = [cell.text for table in file.tables for row in table.rows for cell in row.cells]
    texts = english_of([*(one.text for one in file.paragraphs), *cells])
    assert set(texts) <= {one.citation for one in CHECKLISTS}


def test_english_is_found_where_there_is_some():
    assert english_of(texts_shown(document_of("one reader")))
    assert len(english_of(texts_of(report_of("perfect", "en")))) > len(REPORTED)
    reasons = set(reasons_in(document_of("full")))
    assert set(english_words(reasons)) == set(known_english(reasons)) == reasons
    assert known_english(["An interval over readers needs two readers."])
    assert english_words(["A sentence of ours that nobody has put into German."])


def test_document_and_files_are_english_whoever_asks():
    english = document_of("full"), shown_files(document_of("full"))
    with override("de"):
        document = json.loads(json.dumps(build_document(table_of("full"))))
        assert (document, shown_files(document)) == english


@pytest.mark.parametrize("table", [full, lambda: perfect(full(readers=1))], ids=["full", "perfect"])
def test_the_german_pages_are_german(client, coordinator, analysed, table):
    study, _analysis = analysed(table())
    client.force_login(coordinator)
    pages = [reverse(f"results:{name}", args=[study.slug]) for name in ("dashboard", "readers", "explore")]  # fmt: skip
    pages += [reverse("results:topic", args=[study.slug, topic.name]) for topic in TOPICS]
    for page in pages:
        answer = client.get(page, headers=DE)
        assert answer.status_code == 200, page
        assert english_of(texts_of(answer.content.decode().replace(study.title, ""))) == [], page


def test_a_german_csv_file_holds_the_reasons_as_they_are_stored(client, coordinator, analysed):
    study, analysis = analysed(full(readers=1))
    client.force_login(coordinator)
    page = reverse("results:topic", args=[study.slug, "time"])
    file = reverse("results:table-csv", args=[analysis.public_id, "time-trends"])
    reason = "The jackknife needs three readers: without one of them two are left."
    assert reason in client.get(file, headers=DE).content.decode()
    assert reason not in client.get(page, headers=DE).content.decode()

"""Sentences that are stored in English come to a page in its language, with the same values."""

import re
import time

import pytest
from django.template import Context, Template
from django.utils.translation import override

from readerstudy.core.errors import Problem
from readerstudy.core.sentences import Pattern, Sentences, problem_words, translated
from tools.messages import CONTEXT, collected_sentences, load
from tools.sentences import sentences

PLACEHOLDER = re.compile(r"%\((\w+)\)s")
MESSAGES = sorted(collected_sentences())
CATALOG = load()
GERMAN = {message: CATALOG.get(message, CONTEXT).string for message in MESSAGES}


def in_german(text):
    with override("de"):
        return translated(text)


def test_every_sentence_comes_out_in_german_with_its_values():
    filled = {
        message: {name: f"Wert{at}" for at, name in enumerate(PLACEHOLDER.findall(message))}
        for message in MESSAGES
    }
    told = {message: in_german((message % values).strip()) for message, values in filled.items()}
    assert told == {
        message: (GERMAN[message] % values).strip() for message, values in filled.items()
    }


@pytest.mark.parametrize(
    ("english", "german"),
    [
        ("m.onnx has more than 9 nodes.", "m.onnx hat mehr als 9 Knoten."),
        (
            "a.json: resize.mode must be one of exact, none, but is 'x'\na.json: the file is missing",
            "a.json: resize.mode muss eines von diesen sein: exact, none; es ist aber 'x'\na.json: die Datei fehlt",
        ),
        (
            "The answer to layout, 'x', must be one of NCHW, NHWC.",
            "Die Antwort auf layout, 'x', muss eines von diesen sein: NCHW, NHWC.",
        ),
        (
            "a.png has the same pixels as b.png in row 3, of another patient.",
            "a.png hat dieselben Pixel wie b.png in Zeile 3, von einer anderen Person.",
        ),
        (
            "CNN run-01 cannot be made again: The stored file of m.onnx cannot be read.",
            "CNN run-01 lässt sich nicht erneut berechnen: Die gespeicherte Datei von m.onnx lässt sich nicht lesen.",
        ),
        (
            "m.onnx does not say to how many pixels the shorter side is scaled. It takes 8 × 8; the shorter side is that or more.",
            "m.onnx sagt nicht, auf wie viele Pixel die kürzere Seite skaliert wird. Es nimmt 8 × 8; die kürzere Seite ist so groß oder größer.",
        ),
        (
            "On CUDA the scores of 8 images differ by up to 0.1 from those of the CPU, more than 0.0001: run it on the CPU (INFERENCE_PROVIDER=cpu).",
            "Auf CUDA weichen die Scores von 8 Bildern ab: bis zu 0.1 Unterschied zur CPU, mehr als 0.0001. Lassen Sie es auf der CPU laufen (INFERENCE_PROVIDER=cpu).",
        ),
        ("a.csv is empty. There is no such thing.", "a.csv ist leer. There is no such thing."),
        ("head/neck", "Kopf/Hals"),
    ],
)
def test_what_is_put_together_is_translated_part_by_part(english, german):
    assert in_german(english) == german


@pytest.mark.parametrize("text", ["", "x", "A sentence that nobody knows.", "Ein Satz."])
def test_what_is_not_known_stays_as_it_is(text):
    assert in_german(text) == text


def test_english_stays_as_it_is():
    with override("en"):
        assert [translated(message) for message in MESSAGES] == MESSAGES


def test_a_problem_is_told_with_its_place():
    problem = Problem("empty", "The cell is empty; a value is needed.", "m.csv", 3, "age")
    with override("de"):
        told = problem_words(problem)
    assert told == "m.csv, Zeile 3, Spalte age: Die Zelle ist leer; ein Wert wird gebraucht."
    with override("en"):
        assert problem_words(problem) == str(problem)


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_strangers_file_name_is_escaped_in_every_language(language):
    page = Template("{% load sentences %}{{ told|in_words }}")
    told = "<script>alert(1)</script> & %(name)s %s.png is empty."
    with override(language):
        text = page.render(Context({"told": told}))
    assert text.startswith("&lt;script&gt;alert(1)&lt;/script&gt; &amp; %(name)s %s.png is")


def test_a_page_full_of_problems_takes_no_time():
    problems = [
        f"photo{at}.png has the same pixels as copy{at}.png in row {at}." for at in range(2_000)
    ]
    begun = time.perf_counter()
    told = [in_german(one) for one in problems]
    assert time.perf_counter() - begun < 5
    assert told[7] == "photo7.png hat dieselben Pixel wie copy7.png in Zeile 7."


@pytest.mark.parametrize(
    "text",
    [
        "x has the same pixels as " * 5_000 + " in row",
        "a is empty. " * 5_000,
        "CNN cannot be made again: " * 5_000,
        " is not a readable CSV file: " * 5_000 + ".",
        "\n" * 50_000,
    ],
)
def test_a_hostile_text_takes_no_time_either(text):
    begun = time.perf_counter()
    in_german(text)
    assert time.perf_counter() - begun < 5


def test_the_message_with_most_of_the_text_is_meant():
    told = Sentences(
        {"%(a)s is empty.": "%(a)s leer.", "%(a)s of b is empty.": "b von %(a)s leer."}
    )
    assert told.translated("x of b is empty.") == "b von x leer."
    assert told.translated("x of c is empty.") == "x of c leer."


def test_values_are_found_from_left_to_right():
    pattern = Pattern(("", " and ", "."), ("one", "other"), "")
    assert pattern.values_in("a and b and c.") == {"one": "a", "other": "b and c"}
    assert pattern.values_in("a and b") is None
    assert pattern.values_in("and.") is None


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('raise InvalidInput(f"{name} is empty.")', ["%(name)s is empty."]),
        (
            'f"Of {a.name} {b.name} {len(c)} are 5 % off."',
            ["Of %(name)s %(name2)s %(v3)s are 5 %% off."],
        ),
        (
            "f\"It has {n} {'class' if n == 1 else 'classes'}.\"",
            ["It has %(n)s %(w2)s.", "class", "classes"],
        ),
        ('x = "The patient {} is {}."', ["The patient %(v1)s is %(v2)s."]),
        ('_("Is translated already.")', []),
        ('log.warning("run %s was lost", run)', []),
        ('def f():\n    """Says what it does."""', []),
        ('headers = {"Content-Type": "text/csv; charset=utf-8"}', []),
    ],
)
def test_sentences_are_found_in_code(code, found):
    assert list(sentences(code)) == found

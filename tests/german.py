"""What of a German page is still English: every text on it against the texts that have a translation."""

import re
from functools import cache
from html.parser import HTMLParser

from django.utils.translation import override

from readerstudy.core.sentences import translated
from tools.messages import load

DE = {"accept-language": "de"}
# Words of English sentences that no German one has.
_ENGLISH = re.compile(
    r"\b(the|The|of|Of|is|are|and|And|or|Or|not|No|no|with|With|without|by|By|for|For|from|cases|Cases|readers?|Readers?"
    r"|mean|Mean|each|Each|every|Every|between|both|Both|needs?|has|have|cannot|which|there|There|than)\b"
)


class _Texts(HTMLParser):
    """The texts between tags; those in <code> are names of fields, as files have them, and some are marked as English."""

    def __init__(self):
        super().__init__()
        self.texts, self.inside = [], []

    def handle_starttag(self, tag, attrs):
        is_marked = ("lang", "en") in attrs and tag != "html"
        if tag in ("script", "style", "code", "title") or is_marked:
            self.inside.append(tag)

    def handle_endtag(self, tag):
        if self.inside and self.inside[-1] == tag:
            self.inside.pop()

    def handle_data(self, data):
        if not self.inside and (text := " ".join(data.split())):
            self.texts.append(text)


def texts_of(page):
    """The texts of a page, in their order."""
    parser = _Texts()
    parser.feed(page)
    return parser.texts


def english_in(page):
    """The texts of a German page that are known in English and have other words in German.

    A single word may be the name of a column or a file.
    """
    return known_english(texts_of(page))


def known_english(texts):
    """Those of them that are known in English and have other words in German."""
    known = _known()
    german = set(known.values())
    with override("de"):
        return [
            text
            for text in texts
            if " " in text and text not in german and (text in known or translated(text) != text)
        ]


def english_words(texts):
    """Those of them that have a word of English sentences, whether they are known or not."""
    return [text for text in texts if _ENGLISH.search(text.replace("Reader Study", ""))]


@cache
def _known():
    """Every text with other words in German."""
    return {
        one.id: one.string for one in load() if isinstance(one.id, str) and one.id != one.string
    }

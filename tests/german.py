"""What of a German page is still English: every text on it against the texts that have a translation."""

from html.parser import HTMLParser

from django.utils.translation import override

from readerstudy.core.sentences import translated
from tools.messages import load

DE = {"accept-language": "de"}


class _Texts(HTMLParser):
    """The texts between tags; those in <code> are names of fields, as files have them."""

    def __init__(self):
        super().__init__()
        self.texts, self.inside = [], []

    def handle_starttag(self, tag, _attrs):
        if tag in ("script", "style", "code", "title"):
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
    known = {
        one.id: one.string for one in load() if isinstance(one.id, str) and one.id != one.string
    }
    german = set(known.values())
    with override("de"):
        return [
            text
            for text in texts_of(page)
            if " " in text and text not in german and (text in known or translated(text) != text)
        ]

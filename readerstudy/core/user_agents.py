"""Browser and operating system by the header `User-Agent`: names and major versions, and nothing finer."""

import re
from dataclasses import dataclass

# In this order: every one also carries the marks of those after it.
_BROWSERS = (
    ("Edge", re.compile(r"Edg(?:A|iOS)?/(\d{1,4})")),
    ("Opera", re.compile(r"OPR/(\d{1,4})")),
    ("Samsung Internet", re.compile(r"SamsungBrowser/(\d{1,4})")),
    ("Firefox", re.compile(r"(?:Firefox|FxiOS)/(\d{1,4})")),
    ("Chrome", re.compile(r"(?:Chrome|CriOS)/(\d{1,4})")),
    ("Safari", re.compile(r"Version/(\d{1,4})[.\d]* .*Safari/")),
)
_SYSTEMS = (
    ("Windows", re.compile(r"Windows NT (\d{1,4})")),
    ("Android", re.compile(r"Android (\d{1,4})")),
    ("iOS", re.compile(r"(?:iPhone|iPad).* OS (\d{1,4})_")),
    ("macOS", re.compile(r"Mac OS X (\d{1,4})[_.]")),
    ("ChromeOS", re.compile(r"CrOS \S+ (\d{1,5})")),
    ("Linux", re.compile(r"Linux()")),
)
_LONGEST = 400


@dataclass(frozen=True)
class Software:
    """What a browser says it is; empty where it does not say. Browsers freeze the version of their system."""

    browser: str = ""
    browser_major: int | None = None
    system: str = ""
    system_major: int | None = None


def software_of(user_agent: str) -> Software:
    """Names and major versions out of the header."""
    text = user_agent[:_LONGEST]
    return Software(*_first(_BROWSERS, text), *_first(_SYSTEMS, text))


def _first(known: tuple[tuple[str, re.Pattern[str]], ...], text: str) -> tuple[str, int | None]:
    for name, pattern in known:
        if found := pattern.search(text):
            return name, int(found[1]) if found[1] else None
    return "", None

"""What of a text can stand in an XML file, such as those in a Word file, a workbook or a picture."""

import re

# XML 1.0, section 2.2: control characters, halves of surrogate pairs and the two that are no characters, none of which an
# escape can name either. Names and comments may hold them, pasted from elsewhere.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def xml_text(text: str) -> str:
    """The text without what XML cannot hold; nothing is escaped."""
    return _FORBIDDEN.sub("", text)

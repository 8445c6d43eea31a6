"""Names that a file can hold."""

from readerstudy.stats.files.checks import LONGEST_NAME
from readerstudy.stats.files.problems import shown
from readerstudy.stats.readings import Readings
from readerstudy.stats.result import StatisticsInputError


def check_writable(readings: Readings, file: str, *, without: str = "") -> None:
    """Raises StatisticsInputError for a name that would not be read back as it is, or has a sign of `without`."""
    for name in (*readings.modalities, *readings.readers, *readings.cases):
        if not _is_kept(name) or any(sign in name for sign in without):
            raise StatisticsInputError(f'{file} cannot hold the name "{shown(name)}".')


def _is_kept(name: str) -> bool:
    """Not empty nor too long, without surrounding spaces, and UTF-8 text."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return 0 < len(name) <= LONGEST_NAME and name == name.strip() and "\0" not in name

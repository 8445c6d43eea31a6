"""What is wrong with a file, all at once."""

from readerstudy.stats.result import StatisticsInputError

_LISTED = 20


class FileProblems(StatisticsInputError):
    """A file that cannot be used; the message is one sentence a problem, each with its line.

    `problems` holds the first twenty, `count` how many there are.
    """

    def __init__(self, name: str, problems: list[str]) -> None:
        """`name` is the file's, put before the first sentence."""
        self.problems, self.count = tuple(problems[:_LISTED]), len(problems)
        more = len(problems) - _LISTED
        rest = [f"... and {more} more."] if more > 0 else []
        super().__init__("\n".join([f"{name}: {self.problems[0]}", *self.problems[1:], *rest]))

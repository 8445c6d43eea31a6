"""What the demonstration prints: progress bars, the headline table, the sign-ins."""

from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from readerstudy.demo.sign_ins import load_or_make


class BarProgress:
    """One bar per step."""

    def __init__(self, console: Console) -> None:
        columns = (
            TextColumn("{task.description:62}"),
            BarColumn(24),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        self._bars = Progress(*columns, console=console)

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._bars.stop()

    def step(self, title: str, total: int) -> Callable[[int], None]:
        """Begins a step; the result sets how much of it is done."""
        bar = self._bars.add_task(title, total=total)
        return lambda done: self._bars.update(bar, completed=done)


def print_headline(console: Console, numbers: dict[str, Any]) -> None:
    """Readers and CNN as a table: mean and range."""
    table = Table(
        title=f"{numbers['readers']} simulated readers, {numbers['cases']} synthetic cases ({numbers['positives']} malignant)"
    )
    for column in (
        "",
        "n",
        "Sensitivity (range)",
        "Specificity (range)",
        "CNN: specificity at that sensitivity (range over runs)",
    ):
        table.add_column(column)
    model = numbers["model"]
    table.add_row(
        "All readers",
        str(numbers["readers"]),
        *_rates(numbers, "reader_"),
        _range(model["specificity_at_reader_sensitivity"]),
    )
    for group in numbers["groups"]:
        at_group = model["specificity_at_group_sensitivity"][group["name"]]
        table.add_row(group["name"], str(group["readers"]), *_rates(group, ""), _range(at_group))
    console.print(table)
    auc = model["auc"]
    console.print(
        f"{model['name']}: {model['runs']} training runs, AUC {auc['mean']:.3f} (range {auc['low']:.3f} to {auc['high']:.3f})"
    )


def _rates(part: dict[str, Any], prefix: str) -> tuple[str, str]:
    return _range(part[f"{prefix}sensitivity"]), _range(part[f"{prefix}specificity"])


def _range(spread: dict[str, float]) -> str:
    return f"{spread['mean']:.1%} ({spread['low']:.1%} to {spread['high']:.1%})"


def print_sign_ins(console: Console, *, url: str) -> None:
    """Where the site is, and how to come in as each role."""
    table = Table(title=f"Sign in at {url}")
    for column in ("Role", "Mail address", "Password"):
        table.add_column(column)
    for entry in load_or_make():
        table.add_row(entry.role, entry.email, entry.password)
    console.print(table)

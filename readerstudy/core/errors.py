"""The errors of the domain. Pages, API and commands render the same object.

Every error has a stable `code`, a sentence for a person, and a place (file, row, column or field).
"""

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, with where it is. Rows count from 1, the header being row 1."""

    code: str
    message: str
    file: str = ""
    row: int | None = None
    column: str = ""
    field: str = ""

    def as_dict(self) -> dict[str, str | int | None]:
        return asdict(self)

    def __str__(self) -> str:
        places = [
            self.file,
            f"row {self.row}" if self.row else "",
            f"column {self.column}" if self.column else "",
        ]
        where = ", ".join(place for place in places if place)
        return f"{where}: {self.message}" if where else self.message


class DomainError(Exception):
    """Something that the rules refuse. Nothing was changed. `status` is the HTTP status it becomes."""

    status = 400
    default_code = "invalid"

    def __init__(self, message: str, *, code: str = "", field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.field = field

    @property
    def problems(self) -> tuple[Problem, ...]:
        return (Problem(code=self.code, message=self.message, field=self.field),)


class InvalidInput(DomainError):
    """A value that is not what it should be."""


class InvalidInputs(DomainError):
    """Several things are wrong at once; all of them are told."""

    def __init__(self, message: str, problems: tuple[Problem, ...]) -> None:
        super().__init__(message)
        self._problems = problems

    @property
    def problems(self) -> tuple[Problem, ...]:
        return self._problems


class NotAllowed(DomainError):
    """The actor may know of the thing, but may not do this to it."""

    status = 403
    default_code = "not_allowed"


class NotFound(DomainError):
    """There is no such thing, or the actor may not know of it; both look the same."""

    status = 404
    default_code = "not_found"


class TooManyTries(DomainError):
    """Whatever is asked for has to wait: too much of its kind was wrong before."""

    status = 429
    default_code = "throttled"


class TooLarge(DomainError):
    """What was sent is larger than is taken."""

    status = 413
    default_code = "too_large"


class MethodRefused(DomainError):
    """The address takes what a form sends, and was opened as a page."""

    status = 405
    default_code = "method_refused"


class Conflict(DomainError):
    """The thing is not in a state in which this can be done."""

    status = 409
    default_code = "conflict"


class IdempotencyMismatch(DomainError):
    """An idempotency key came a second time with another body."""

    status = 422
    default_code = "idempotency_mismatch"

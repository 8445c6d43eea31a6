"""What the engine refuses: a stable code, one sentence for a person, and the file or field it is about."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inference.engine.asking import Fault, Question


class EngineError(Exception):
    """Something does not fit. `problems` holds every sentence; `message` is all of them together."""

    default_code = "engine"

    def __init__(
        self, message: str, *, place: str = "", code: str = "", problems: tuple[str, ...] = ()
    ) -> None:
        super().__init__(message)
        self.message = message
        self.place = place
        self.code = code or self.default_code
        self.problems = problems or (message,)


class ArtefactError(EngineError):
    """The ONNX file cannot be used, alone or with its spec."""

    default_code = "artefact"


class SpecError(EngineError):
    """How to prepare an image, or how to read the outputs, is missing or wrong."""

    default_code = "spec"
    # What a person could answer; see `asking`.
    questions: "tuple[Question, ...]" = ()
    # Answers that cannot be used; their sentences are among the problems too.
    faults: "tuple[Fault, ...]" = ()

    @classmethod
    def of(cls, problems: list[str], *, place: str) -> "SpecError":
        """All problems of one file as one error."""
        return cls("\n".join(problems), place=place, problems=tuple(problems))


class ImageError(EngineError):
    """A file is not an image that can be scored."""

    default_code = "image"


class ProviderError(EngineError):
    """onnxruntime, or the hardware asked for, is not there."""

    default_code = "provider"

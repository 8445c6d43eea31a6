"""All photographs of a folder through one network."""

from collections.abc import Callable, Iterator
from pathlib import Path

from inference.engine.artefact import Artefact
from inference.engine.errors import ImageError
from inference.engine.runner import Failed, Scored, score_images
from inference.engine.session import open_session

OnProgress = Callable[[int, int], None]
OnFailure = Callable[[Failed], None]
_LONGEST_SIGNATURE = 12


def score_directory(
    artefact: Artefact,
    folder: str | Path,
    on_progress: OnProgress | None = None,
    *,
    on_failure: OnFailure | None = None,
    providers: str = "auto",
    batch_size: int = 1,
) -> list[tuple[str, float]]:
    """(file relative to the folder, score) of every image in the folder and below, sorted by file.

    What is no image by its content is passed over, and so are hidden files. `on_progress` gets done and total.
    A damaged image goes to `on_failure`; without it, ImageError is raised: no image is left out silently.
    """
    root = Path(folder)
    files = image_files(root)
    session = open_session(artefact, providers)
    sources = ((path.relative_to(root).as_posix(), lambda path=path: path) for path in files)
    scores: list[tuple[str, float]] = []
    for done, outcome in enumerate(score_images(session, sources, batch_size=batch_size), start=1):
        if isinstance(outcome, Scored):
            scores.append((str(outcome.key), outcome.score))
        elif on_failure is not None:
            on_failure(outcome)
        else:
            raise ImageError(outcome.sentence, place=str(outcome.key))
        if on_progress is not None:
            on_progress(done, len(files))
    return scores


def image_files(root: Path) -> list[Path]:
    """The files under `root` that begin as a JPEG, PNG, WebP or TIFF does, sorted by their relative path.

    Raises ImageError where `root` is not a folder.
    """
    if not root.is_dir():
        raise ImageError(f"{root.name} is not a folder.", place=root.name, code="no_folder")
    return sorted(_candidates(root), key=lambda path: path.relative_to(root).as_posix())


def _candidates(root: Path) -> Iterator[Path]:
    for path in root.rglob("*"):
        hidden = any(part.startswith(".") for part in path.relative_to(root).parts)
        if not hidden and path.is_file() and _looks_like_image(path):
            yield path


def _looks_like_image(path: Path) -> bool:
    with path.open("rb") as stream:
        start = stream.read(_LONGEST_SIGNATURE)
    webp = start[:4] == b"RIFF" and start[8:12] == b"WEBP"
    return webp or start.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"II*\x00", b"MM\x00*"))

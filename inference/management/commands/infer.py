"""`manage.py infer MODEL DIR --out scores.csv`: score a folder of photographs, without a study."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from rich.console import Console
from rich.progress import Progress

from inference import engine
from readerstudy.core.csvio import write_table

Scores = list[tuple[str, float]]


class Command(BaseCommand):
    help = "Scores every image in a folder with an exported CNN and writes a CSV with the columns file,score."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "model", type=Path, help="ONNX file with its spec beside it, a folder or a zip"
        )
        parser.add_argument("folder", type=Path, help="folder of JPEG, PNG, WebP or TIFF files")
        parser.add_argument(
            "--positive", help="which class counts as positive, where the files do not say"
        )
        parser.add_argument(
            "--answer",
            action="append",
            default=[],
            metavar="FIELD=VALUE",
            help="what the files leave open, such as output.activation=softmax; may be repeated",
        )
        parser.add_argument("--out", type=Path, required=True, help="CSV file to write")
        parser.add_argument(
            "--provider", default=settings.INFERENCE_PROVIDER, choices=engine.PROVIDER_SETTINGS
        )

    def handle(self, *_args: Any, model: Path, folder: Path, out: Path, **options: Any) -> None:
        if not out.parent.is_dir():
            raise CommandError(f"{out} cannot be written: there is no folder {out.parent}.")
        try:
            artefact = engine.load_artefact(
                model,
                positive=options["positive"],
                answers=_answers(options["answer"]),
                max_bytes=settings.MODEL_MAX_BYTES,
            )
            engine.check_artefact(artefact)
            scores = self._score(artefact, folder, options["provider"])
        except engine.EngineError as error:
            raise CommandError(_told(error)) from error
        if not scores:
            raise CommandError(f"{folder} holds no JPEG, PNG, WebP or TIFF image.")
        _write(out, scores)
        self.stdout.write(f"{len(scores)} images scored with {artefact.file_name} into {out}.")

    def _score(self, artefact: engine.Artefact, folder: Path, provider: str) -> Scores:
        with Progress(console=Console(stderr=True)) as progress:
            bar = progress.add_task("Scoring", total=None)

            def show(done: int, total: int) -> None:
                progress.update(bar, completed=done, total=total)

            return engine.score_directory(artefact, folder, show, providers=provider)


def _answers(given: list[str]) -> dict[str, str]:
    pairs = [one.partition("=") for one in given]
    wrong = [name for name, sign, value in pairs if not sign or not value]
    if wrong:
        raise CommandError(f"--answer {wrong[0]} must be FIELD=VALUE.")
    return {name: value for name, _sign, value in pairs}


def _told(error: engine.EngineError) -> str:
    """The error's sentences; for open questions also what to pass."""
    questions = error.questions if isinstance(error, engine.SpecError) else ()
    ways = [f"  --answer {one.field}={'|'.join(one.options) or 'VALUE'}" for one in questions]
    return "\n".join([error.message, *(["Answer with:", *ways] if ways else [])])


def _write(out: Path, scores: Scores) -> None:
    """The file appears whole or not at all."""
    part = out.with_name(out.name + ".part")
    table = write_table(("file", "score"), scores)
    try:
        part.write_text(table, encoding="utf-8", newline="")
        part.replace(out)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise CommandError(f"{out} cannot be written: {error.strerror}.") from error

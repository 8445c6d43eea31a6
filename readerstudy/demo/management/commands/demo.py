"""`manage.py demo`: the demonstration study, built through services and a real worker, then served."""

import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from rich.console import Console

from readerstudy.core import processes
from readerstudy.core.clock import now
from readerstudy.core.errors import DomainError
from readerstudy.core.management.commands.serve import serve
from readerstudy.demo.build import DemoError, build, finished
from readerstudy.demo.terminal import BarProgress, print_headline, print_sign_ins
from readerstudy.results.headline import headline_numbers
from readerstudy.results.models import Analysis


class Command(BaseCommand):
    help = "Builds the synthetic demonstration study, prints its result and serves the site. Can be called again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-serve", action="store_true", help="Build and print, then end.")
        parser.add_argument(
            "--json", action="store_true", help="Print the result as JSON on the last line."
        )
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *_args: Any, host: str, port: int, **options: Any) -> None:
        # The last line of standard output may be JSON for a program; everything for people goes beside it.
        console = Console(stderr=options["json"])
        console.print("[bold]Reader Study[/bold], synthetic demonstration")
        call_command("migrate", interactive=False, verbosity=0)
        analysis = finished() or self._build(console)
        numbers = headline_numbers(analysis.document or {})
        print_headline(console, numbers)
        print_sign_ins(console, url=f"http://{host}:{port}/")
        if options["json"]:
            self.stdout.write(json.dumps(numbers))
        if not options["no_serve"]:
            serve(self, host=host, port=port)

    def _build(self, console: Console) -> Analysis:
        log = settings.VAR_DIR / "log" / "demo-worker.log"
        try:
            with (
                processes.running(processes.worker_command(), log=log),
                BarProgress(console) as progress,
            ):
                return build(progress=progress, clock=now)
        except (DemoError, DomainError) as error:
            raise CommandError(f"{error} The worker's log is {log}.") from error

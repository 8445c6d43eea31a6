"""`manage.py serve`: migrate, then the web server with a worker beside it."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command

from readerstudy.core import processes


class Command(BaseCommand):
    help = "Migrates the database, then serves the site with a worker beside it, until Ctrl-C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *_args: Any, host: str, port: int, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=options["verbosity"])
        serve(self, host=host, port=port)


def serve(command: BaseCommand, *, host: str, port: int) -> None:
    """Runs worker and web server until stopped. Raises CommandError where the port is taken or one of them ends."""
    if not processes.port_is_free(host, port):
        raise CommandError(
            f"Port {port} on {host} is in use: stop what listens there, or say --port N."
        )
    logs = settings.VAR_DIR / "log"
    worker_log, web_log = logs / "worker.log", logs / "web.log"
    try:
        with (
            processes.running(processes.worker_command(), log=worker_log) as worker,
            processes.running(processes.web_command(host=host, port=port), log=web_log) as web,
        ):
            processes.wait_for_port(host, port, web, log=web_log)
            command.stdout.write(f"Reader Study is at http://{host}:{port}/ . Ctrl-C stops it.")
            command.stdout.flush()
            processes.serve_until_stopped(
                {"worker": (worker, worker_log), "web server": (web, web_log)}
            )
    except processes.ProcessDiedError as error:
        raise CommandError(str(error)) from error

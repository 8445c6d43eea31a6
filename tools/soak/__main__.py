"""Sets up servers and Django, and does the parts.

python -m tools.soak [--parts api,faults] [--repeats 20] [--seconds 80] [--faults kill-web,clock] [--seed 1]
"""

import argparse
import os
import shutil
import signal
import subprocess  # nosec B404  # (our own arguments alone)
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from importlib import import_module
from pathlib import Path
from types import FrameType

from tools.soak.clocks import MovableClocks
from tools.soak.disk import SmallDisk
from tools.soak.servers import MissingPartError, Postgres, Redis
from tools.soak.site import SoakSite
from tools.soak.stage import Ports, Stage, environment_of
from tools.soak.wire import Wire

PARTS = ("api", "faults", "load", "day")
WHOLE = "api,faults"


def main(arguments: Sequence[str] | None = None) -> int:
    """0 where everything held, 1 where something did not."""
    options = _parser().parse_args(arguments)
    # Whoever ends the soak ends its servers too.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _interrupted)
    parts = (options.parts or ("faults" if options.faults else WHOLE)).split(",")
    unknown = sorted(set(parts) - set(PARTS))
    if unknown:
        raise SystemExit(f"No such part: {', '.join(unknown)}. There are {', '.join(PARTS)}.")
    if len(parts) > 1:
        # One process for each: Django is set up for one database.
        rest = [*(arguments if arguments is not None else sys.argv[1:])]
        done = [_alone(part, rest) for part in parts]
        return max(done)
    begun = time.monotonic()
    held = _do(parts[0], options)
    print(
        f"soak: {parts[0]} {'held' if held else 'DID NOT HOLD'} after {(time.monotonic() - begun) / 60:.1f} min"
    )
    return 0 if held else 1


def _interrupted(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def _alone(part: str, arguments: list[str]) -> int:
    command = [sys.executable, "-m", "tools.soak", *arguments, "--parts", part]
    return subprocess.run(command, check=False).returncode  # nosec B603  # (our own arguments alone)


def _do(part: str, options: argparse.Namespace) -> bool:
    try:
        with staged(options) as stage:
            import django  # noqa: PLC0415 (its settings are known only now)

            django.setup()
            import_module("django.core.management").call_command("migrate", verbosity=0)
            return bool(import_module(f"tools.soak.{part}_part").run(options, stage))
    except MissingPartError as error:
        raise SystemExit(str(error)) from error


@contextmanager
def staged(options: argparse.Namespace) -> Iterator[Stage]:
    """A stage whose servers run; the environment of this process names them."""
    folder = Path(tempfile.mkdtemp(prefix="soak-", dir=options.folder or None))
    folder.chmod(0o711)  # PostgreSQL's own user has to reach its folder in it
    with ExitStack() as stack:
        if not options.keep:
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
        stage = _stage(folder, options)
        stack.callback(stage.disk.unmount)
        stage.disk.mount()
        stage.postgres.create()
        stack.callback(stage.postgres.stop)
        stage.redis.start()
        stack.callback(stage.redis.stop)
        stage.wire.start()
        stack.callback(stage.wire.stop)
        stack.callback(stage.site.stop)
        os.environ.update(environment_of(folder, stage.postgres, stage.redis))
        yield stage


def _stage(folder: Path, options: argparse.Namespace) -> Stage:
    ports = Ports(options.port)
    (folder / "var").mkdir()
    postgres, redis = (
        Postgres(folder / "postgres", ports.postgres),
        Redis(folder / "redis", ports.redis),
    )
    site = SoakSite(
        folder, port=ports.web, environment=environment_of(folder, postgres, redis),
        worker_database=postgres.url(ports.wire),
    )  # fmt: skip
    return Stage(
        folder=folder,
        ports=ports,
        postgres=postgres,
        redis=redis,
        wire=Wire(ports.wire, ports.postgres),
        disk=SmallDisk(folder / "media"),
        clocks=MovableClocks(folder),
        site=site,
        workers=options.workers,
        threads=options.threads,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.soak", description=__doc__)
    parser.add_argument("--parts", default="", help=f"of {', '.join(PARTS)}; {WHOLE} if not said")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--port", type=int, default=8161, help="the first of four")
    parser.add_argument(
        "--folder", default="", help="where to work; a folder of its own is made there"
    )
    parser.add_argument("--keep", action="store_true", help="leave the folder with all logs")
    parser.add_argument("--report", default="var/soak.json", help="where the faults are written to")
    parser.add_argument("--readers", type=int, default=145)
    parser.add_argument("--cases", type=int, default=400, help="of each reader")
    parser.add_argument(
        "--think", type=float, default=8.0, help="median seconds a reader looks at a case"
    )
    parser.add_argument("--workers", type=int, default=3, help="of gunicorn")
    parser.add_argument("--threads", type=int, default=4, help="of each of them")
    parser.add_argument(
        "--settings", default="", help="of gunicorn for the load: 3x4,4x4; seven if not said"
    )
    parser.add_argument("--faults", default="", help="which; all if not said")
    parser.add_argument("--repeats", type=int, default=20, help="of each fault")
    parser.add_argument(
        "--seconds",
        type=float,
        default=80.0,
        help="of waiting between the repeats of a fault, together",
    )
    parser.add_argument("--calls", type=int, default=50_000, help="of the API")
    parser.add_argument("--day-cases", type=int, default=150, help="of each reader in a day")
    parser.add_argument(
        "--minutes", type=float, default=25.0, help="that a reader takes for a day on average"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())

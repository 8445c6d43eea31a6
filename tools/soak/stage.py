"""Everything that a fault may touch, in one place."""

from dataclasses import dataclass
from pathlib import Path

from tools.soak.clocks import MovableClocks
from tools.soak.disk import SmallDisk
from tools.soak.servers import Postgres, Redis
from tools.soak.site import SoakSite
from tools.soak.wire import Wire


@dataclass(frozen=True)
class Ports:
    """The ports of one soak: six in a row from the first."""

    first: int

    @property
    def web(self) -> int:
        return self.first

    @property
    def postgres(self) -> int:
        return self.first + 1

    @property
    def redis(self) -> int:
        return self.first + 2

    @property
    def wire(self) -> int:
        return self.first + 3


@dataclass
class Stage:
    """The servers, the site and what is between them."""

    folder: Path
    ports: Ports
    postgres: Postgres
    redis: Redis
    wire: Wire
    disk: SmallDisk
    clocks: MovableClocks
    site: SoakSite
    workers: int
    threads: int


ENVIRONMENT = {
    "DJANGO_SETTINGS_MODULE": "readerstudy.settings",
    # Fewer than in production, so that a run that has lost its worker is taken up within the soak.
    "MODEL_RUN_STALE_SECONDS": "6",
    "IMPORT_STALE_SECONDS": "6",
    "INFERENCE_PROVIDER": "cpu",
    "INFERENCE_STORE_SECONDS": "0.2",
    "IMPORT_WORKERS": "1",
    # nginx sends the photographs in production; the web process only says which.
    "MEDIA_ACCEL_PREFIX": "/protected-media/",
    "LOG_LEVEL": "WARNING",
}


def environment_of(folder: Path, postgres: Postgres, redis: Redis) -> dict[str, str]:
    """The variables of the web process, and of the soak itself."""
    return {
        **ENVIRONMENT,
        "VAR_DIR": str(folder / "var"),
        "MEDIA_ROOT": str(folder / "media"),
        "DATABASE_URL": postgres.url(),
        "REDIS_URL": redis.url,
    }

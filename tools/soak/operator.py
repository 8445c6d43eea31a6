"""The people who run a model and import photographs all the while, over HTTP, and press the button again where it fails."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
from django.db import DatabaseError, connection

from tools.soak import world as worlds

_TOKEN = "a" * 32
_POLL = 0.5
_OPEN = ("uploaded", "asked", "planned", "applying", "failed")
UNFINISHED = ("queued", "running")


class Client:
    """One signed-in person at the API."""

    def __init__(self, url: str, session: str) -> None:
        self.url = f"{url}/api/v1"
        self.http = requests.Session()
        self.http.cookies.update({"sessionid": session, "csrftoken": _TOKEN})
        self.http.headers.update({"X-CSRFToken": _TOKEN})

    def ask(self, method: str, path: str, **options: Any) -> tuple[int, Any]:
        """Status and body; 0 where there was no response, and no body where it was no JSON."""
        try:
            response = self.http.request(method, self.url + path, timeout=30, **options)
        except (requests.RequestException, OSError):
            return 0, None
        try:
            return response.status_code, response.json()
        except ValueError:
            return response.status_code, None


@dataclass
class Work:
    """What was begun: slugs of studies with runs, names of imports, and how often something had to be pressed again."""

    studies: list[str] = field(default_factory=list)
    imports: list[str] = field(default_factory=list)
    again: list[str] = field(default_factory=list)


class Operator:
    """Keeps one model over a study and one import going, each in a thread, until told to rest."""

    def __init__(self, url: str, world: worlds.World, folder: Path) -> None:
        self.world, self.url, self.folder = world, url, folder
        self.work = Work()
        self.rests = threading.Event()
        self._resting: set[str] = set()
        self._over = threading.Event()
        steps = (self._run_a_model, self._import_photographs)
        self._threads = [threading.Thread(target=self._go_on, args=(s,), daemon=True) for s in steps]  # fmt: skip

    def start(self) -> None:
        """Begins both."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """No more work is begun."""
        self._over.set()
        for thread in self._threads:
            thread.join(timeout=60)

    @property
    def is_at_rest(self) -> bool:
        """Whether what was begun before it was told to rest has been seen to its end."""
        return len(self._resting) == len(self._threads)

    def _go_on(self, step: Callable[[int], None]) -> None:
        number = 0
        while not self._over.is_set():
            if self.rests.is_set():
                self._resting.add(step.__name__)
                time.sleep(_POLL)
                continue
            self._resting.discard(step.__name__)
            number += 1
            try:
                step(number)
            finally:
                connection.close()  # the thread's own

    # --- Models -------------------------------------------------------------------------------------------

    def _run_a_model(self, number: int) -> None:
        client = Client(self.url, self.world.coordinator_session)
        slug = self._until(lambda: _locked_study(number))
        self.work.studies.append(slug)
        wanted = {"study": slug, "model": self.world.model_id}
        self._until(lambda: client.ask("POST", "/model-runs/", json=wanted)[0] == 201)  # noqa: PLR2004
        self._until(lambda: self._runs_are_over(client, slug))

    def _runs_are_over(self, client: Client, slug: str) -> bool:
        status, body = client.ask("GET", "/model-runs/", params={"study": slug})
        return status == 200 and all(one["state"] not in UNFINISHED for one in body["results"])  # noqa: PLR2004

    # --- Imports ------------------------------------------------------------------------------------------

    def _import_photographs(self, number: int) -> None:
        client = Client(self.url, self.world.admin_session)
        path = worlds.archive(self.folder, number)
        name = f"Import {number}"
        self.work.imports.append(name)
        job_id = self._until(lambda: self._uploaded(client, name, path))
        self._until(lambda: self._is_imported(client, job_id))
        path.unlink()

    def _uploaded(self, client: Client, name: str, path: Path) -> str:
        """Its id; empty where it was not taken. Whoever had no answer looks at the list before they send it again."""
        rows = self._jobs(client)
        if rows is None:
            return ""
        if known := [row["id"] for row in rows if row["name"] == name]:
            return str(known[0])
        with path.open("rb") as file:
            status, body = client.ask("POST", "/imports/", files={"archive": file}, data={"name": name})  # fmt: skip
        if status == 201:  # noqa: PLR2004 (created)
            return str(body["id"])
        self.work.again.append(f"upload: {status}")
        return ""

    def _is_imported(self, client: Client, job_id: str) -> bool:
        status, job = client.ask("GET", f"/imports/{job_id}/")
        if status != 200 or not job:  # noqa: PLR2004
            return False
        if job["state"] in {"planned", "failed"}:
            action = {"planned": "confirm", "failed": "retry"}[job["state"]]
            if action == "retry":
                self.work.again.append(f"import: {job['error']}")
            client.ask("POST", f"/imports/{job_id}/{action}/")
        return job["state"] not in _OPEN

    def _jobs(self, client: Client) -> list[dict[str, Any]] | None:
        """The last imports; None where nobody says which there are. Many, because a clock that goes wrong puts new ones behind old ones."""
        status, body = client.ask("GET", "/imports/", params={"limit": 100})
        return body["results"] if status == 200 and body else None  # noqa: PLR2004

    def _until(self, done: Callable[[], Any]) -> Any:
        while not (result := done()) and not self._over.wait(_POLL):
            pass
        return result


def _locked_study(number: int) -> str:
    """Empty while the database cannot be reached."""
    try:
        return worlds.locked_study(number)
    except DatabaseError:
        connection.close()
        return ""

"""When everything goes on again after a fault: the web answers, the worker works, no reader is in trouble."""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.request import urlopen

import psycopg

from tools.soak.readers import Panel
from tools.soak.stage import Stage

_LOOK = 0.1
# Requests in a row that must be answered: each process of the web server gets some.
IN_A_ROW = 6
_PROGRESS = """
SELECT (SELECT coalesce(max(id), 0) FROM inference_score),
       (SELECT coalesce(sum(attempt) * 100000 + sum(done), 0) FROM inference_modelrun),
       (SELECT coalesce(sum(attempt) * 100000 + sum(done), 0) FROM intake_importjob)
"""


@dataclass
class Watch:
    """Looks at the site from outside, with connections of its own."""

    stage: Stage
    panel: Panel
    limit: float

    def recovery(self, struck: Callable[[], None]) -> float | None:
        """Seconds from the end of the cause until all goes on; None where it does not within the limit."""
        struck()
        begun = time.monotonic()
        before, told = self._progress(), self.panel.tally.acknowledged
        # Whoever waits when the cause is gone; on a busy machine others will, later, for other reasons.
        troubled = set(self.panel.in_trouble)

        def readers_go_on() -> bool:
            troubled.intersection_update(set(self.panel.in_trouble))
            return self.panel.tally.acknowledged >= told + IN_A_ROW and not troubled

        waiting: list[Callable[[], bool]] = [
            self._web_answers,
            readers_go_on,
            lambda: self._progress() not in {before, None},
        ]
        while time.monotonic() - begun < self.limit:
            waiting = [condition for condition in waiting if not condition()]
            if not waiting:
                return time.monotonic() - begun
            time.sleep(_LOOK)
        return None

    def web_answers_within(self, seconds: float) -> None:
        """Returns once the web answers. Raises TimeoutError."""
        deadline = time.monotonic() + seconds
        while not self._web_answers():
            if time.monotonic() > deadline:
                raise TimeoutError(f"The web server did not answer within {seconds:g} s.")
            time.sleep(_LOOK)

    def _web_answers(self) -> bool:
        return all(self._is_ready() for _ in range(IN_A_ROW))

    def _is_ready(self) -> bool:
        url = f"{self.stage.site.url}/readyz"
        with suppress(OSError), urlopen(url, timeout=3) as response:  # nosec B310  # noqa: S310 (our own server alone)
            return bool(response.status == 200)  # noqa: PLR2004
        return False

    def _progress(self) -> Any:
        """What a worker alone changes; None while the database cannot be asked."""
        with (
            suppress(psycopg.Error),
            psycopg.connect(self.stage.postgres.url(), connect_timeout=2) as one,
        ):
            return one.execute(_PROGRESS).fetchone()
        return None

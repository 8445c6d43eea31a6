"""Child processes for work on what strangers made: without secrets, kept from one piece of work to the next."""

import atexit
import os
import shutil
import subprocess  # nosec B404  # (what is run stands at each call)
import sys
import tempfile
from pathlib import Path
from queue import LifoQueue
from typing import Any

from readerstudy.core.deadlines import within
from readerstudy.core.sandbox import bare_environment
from readerstudy.core.shared_area import new_area
from readerstudy.core.wire import LARGE, Part, receive, send

# Of the clock on the wall: a decoder that waits uses no time of the processor.
SECONDS = 120
# What an answer may hold to be handed over in memory; a larger one goes through the pipe.
SHARED_BYTES = 32 * 2**20
ROOT = Path(__file__).resolve().parents[2]
CRASHES = (EOFError, OSError, ValueError)


class Child:
    """One process that runs a module. It is used by one thread at a time."""

    def __init__(self, module: str, *arguments: str, shared_bytes: int = SHARED_BYTES) -> None:
        self._area = new_area(shared_bytes)
        # Nothing lies where it works: a file that names another one beside itself finds none.
        self._folder = tempfile.mkdtemp(prefix="child-")
        self._process = subprocess.Popen(  # nosec B603  # noqa: S603 (our own command)
            [sys.executable, "-m", module, str(self._area.descriptor), *arguments],
            pass_fds=[self._area.descriptor],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=self._folder,
            env=bare_environment(ROOT),
        )

    @property
    def lives(self) -> bool:
        return self._process.poll() is None

    def ask(
        self, header: dict[str, Any], content: Part, *, seconds: float | None = None
    ) -> tuple[dict[str, Any], list[bytes]]:
        """The answer. Raises EOFError, OSError or ValueError where the child died, or was killed after so many seconds."""
        try:
            with within(seconds or SECONDS, self._process.kill):
                return self._asked(header, content)
        except BaseException:
            self.close()
            raise

    def hand_over(self, content: Part, *, at: int) -> bool:
        """Puts content where the child can see it, for a message with `in_area`: (at, length). False where it does not fit.

        Another thread may be waiting for an answer meanwhile.
        """
        return self._area.put([content], at=at)

    def _asked(self, header: dict[str, Any], content: Part) -> tuple[dict[str, Any], list[bytes]]:
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise EOFError
        if "in_area" in header:
            send(stdin, header)
        elif len(content) >= LARGE and self._area.put([content]):
            send(stdin, {**header, "in_area": (0, len(content))})
        else:
            send(stdin, header, [content])
        answer = receive(stdout)
        if answer is None:
            raise EOFError
        header, parts = answer
        return header, parts or self._area.get(header.pop("shared", ()))

    def close(self) -> None:
        """Ends the process, whatever it does."""
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                try:
                    pipe.close()
                except OSError:
                    continue  # what was not sent yet has nobody to go to
        self._process.wait()
        self._area.close()
        shutil.rmtree(self._folder, ignore_errors=True)


class Children:
    """The children of a module that wait for work; all of them end with this process.

    A process that was forked since starts its own: a pipe has one reader.
    """

    def __init__(self, module: str) -> None:
        self._module = module
        self._begin()
        atexit.register(self.close)

    def _begin(self) -> None:
        self._waiting: LifoQueue[Child] = LifoQueue()
        self._owner = os.getpid()

    def ask(
        self, header: dict[str, Any], content: Part, *, seconds: float | None = None
    ) -> tuple[dict[str, Any], list[bytes]]:
        """The answer of a child to one message. Raises one of `CRASHES` where it died of it."""
        child = self.take()
        try:
            return child.ask(header, content, seconds=seconds)
        finally:
            self.give_back(child)

    def take(self) -> Child:
        """A child that lives."""
        if self._owner != os.getpid():
            self._begin()
        while not self._waiting.empty():
            child = self._waiting.get()
            if child.lives:
                return child
            child.close()
        return Child(self._module)

    def give_back(self, child: Child) -> None:
        if child.lives:
            self._waiting.put(child)

    def close(self) -> None:
        if self._owner == os.getpid():
            while not self._waiting.empty():
                self._waiting.get().close()

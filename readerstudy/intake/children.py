"""Child processes that decode photographs, one for a core, kept from one photograph to the next."""

import atexit
import os
import subprocess
import sys
import threading
from pathlib import Path
from queue import LifoQueue
from typing import Any

from django.conf import settings

from readerstudy.core.errors import InvalidInput
from readerstudy.core.sandbox import bare_environment
from readerstudy.images.encoded import EncodedImage
from readerstudy.intake.wire import receive, send

# Of the clock on the wall: a decoder that waits uses no time of the processor.
SECONDS = 120
ROOT = Path(__file__).resolve().parents[2]
_CRASHES = (EOFError, OSError, ValueError)


def encode_in_child(content: bytes, *, name: str) -> EncodedImage:
    """What `pixels.encode_image` gives, made in a child process.

    Raises InvalidInput with a sentence that names the file, also where the decoder died of it or took too long.
    """
    facts, parts = _asked(content, name=name, encode=True)
    return EncodedImage(content=parts[0], thumbnail=parts[1], **facts)


def inspect_in_child(content: bytes, *, name: str) -> dict[str, Any]:
    """Of `pixels.decode_image`: pixels_sha256, perceptual_hash and origin. Raises as `encode_in_child` does."""
    return _asked(content, name=name, encode=False)[0]


def _asked(content: bytes, *, name: str, encode: bool) -> tuple[dict[str, Any], list[bytes]]:
    child = _children.take()
    header = {"name": name, "encode": encode, "max_pixels": settings.IMPORT_MAX_PIXELS}
    try:
        answer, parts = child.ask(header, content)
    except _CRASHES as error:
        raise InvalidInput(
            f"{name} cannot be decoded: the decoder crashed, or needed more memory or time than a photograph does.",
            code="decoder_died",
            field="image",
        ) from error
    finally:
        _children.give_back(child)
    if "error" in answer:
        raise InvalidInput(**answer["error"])
    return answer["image"], parts


class Child:
    """One process. It is used by one thread at a time."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "readerstudy.intake.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
            env=bare_environment(),
        )

    @property
    def lives(self) -> bool:
        return self._process.poll() is None

    def ask(self, header: dict[str, Any], content: bytes) -> tuple[dict[str, Any], list[bytes]]:
        """The answer. Raises EOFError, OSError or ValueError where the child died; it is dead then."""
        timer = threading.Timer(SECONDS, self._process.kill)
        timer.start()
        try:
            return self._asked(header, content)
        except BaseException:
            self.close()
            raise
        finally:
            timer.cancel()

    def _asked(self, header: dict[str, Any], content: bytes) -> tuple[dict[str, Any], list[bytes]]:
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise EOFError
        send(stdin, header, [content])
        answer = receive(stdout)
        if answer is None:
            raise EOFError
        return answer

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


class _Children:
    """The children that wait for work. A process that was forked since starts its own: a pipe has one reader."""

    def __init__(self) -> None:
        self._waiting: LifoQueue[Child] = LifoQueue()
        self._owner = os.getpid()

    def take(self) -> Child:
        if self._owner != os.getpid():
            self.__init__()  # type: ignore[misc]
        while not self._waiting.empty():
            child = self._waiting.get()
            if child.lives:
                return child
            child.close()
        return Child()

    def give_back(self, child: Child) -> None:
        if child.lives:
            self._waiting.put(child)

    def close(self) -> None:
        if self._owner == os.getpid():
            while not self._waiting.empty():
                self._waiting.get().close()


_children = _Children()
close_children = _children.close
atexit.register(close_children)

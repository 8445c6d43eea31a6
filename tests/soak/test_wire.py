"""The wire passes on, is cut either way, and is mended."""

import socket
import socketserver
import threading
from contextlib import suppress

import pytest

from tests.site import free_port
from tools.soak.wire import Wire

SHORT = 0.2


class _Echo(socketserver.BaseRequestHandler):
    def handle(self):
        with suppress(ConnectionError):
            while said := self.request.recv(1024):
                self.request.sendall(said)


@pytest.fixture
def wire():
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Echo) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        wire = Wire(free_port(), server.server_address[1])
        wire.start()
        yield wire
        wire.stop()
        server.shutdown()


@pytest.fixture
def call(wire):
    with socket.create_connection(("127.0.0.1", wire.port), timeout=5) as line:
        yield line


def said(line, words=b"hello"):
    line.sendall(words)
    return line.recv(1024)


def is_refused(port):
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
            return said(line) == b""
    except ConnectionError:
        return True


def test_it_passes_everything_on(call):
    assert said(call) == b"hello"


def test_a_reset_ends_what_is_open_and_what_comes_until_it_is_mended(wire, call):
    assert said(call) == b"hello"
    wire.reset()
    with pytest.raises(ConnectionError):
        said(call)
    assert is_refused(wire.port)
    wire.mend()
    with socket.create_connection(("127.0.0.1", wire.port), timeout=5) as new:
        assert said(new) == b"hello"


@pytest.mark.parametrize("forget", [False, True])
def test_what_is_swallowed_comes_late_or_never(wire, call, forget):
    assert said(call) == b"hello"
    wire.swallow()
    call.settimeout(SHORT)
    with pytest.raises(TimeoutError):
        said(call)
    call.settimeout(5)
    wire.mend(forget=forget)
    if forget:
        with pytest.raises(ConnectionError):
            call.recv(1024)
    else:
        assert call.recv(1024) == b"hello"

"""A small proxy: what comes to one address and port goes to another. For servers that listen on this machine alone."""

import socket
import threading
from contextlib import contextmanager, suppress


@contextmanager
def forwarded(address, target):
    """The port at `address` from which connections are passed on to `target` (host, port)."""
    listener = socket.create_server((address, 0))
    thread = threading.Thread(target=_accept, args=(listener, target), daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(timeout=5)


def _accept(listener, target):
    while True:
        try:
            one, _ = listener.accept()
        except OSError:
            return
        other = socket.create_connection(target)
        for source, sink in ((one, other), (other, one)):
            threading.Thread(target=_pass_on, args=(source, sink), daemon=True).start()


def _pass_on(source, sink):
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    for end in (source, sink):
        with suppress(OSError):  # the other direction may have done so already
            end.shutdown(socket.SHUT_RDWR)
        end.close()

"""A wire between browser and server on which the answer of the server can be lost, after it has done its work."""

import socket
import threading
from contextlib import suppress

from tests.site import free_port

CHUNK = 65536
COMMIT = b"POST /api/v1/readings/"


class LossyWire:
    """Passes on what comes to its port; `lose_next` loses the response to the next answer of a reader."""

    def __init__(self, server_port):
        self.server_port, self.port = server_port, free_port()
        self.lost = 0
        self._lose = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", self.port), backlog=64)
        threading.Thread(target=self._accept, daemon=True).start()

    def lose_next(self):
        self._lose.set()

    def close(self):
        self._listener.close()

    def _accept(self):
        with suppress(OSError):  # closed
            while True:
                browser, _address = self._listener.accept()
                threading.Thread(target=self._pass, args=(browser,), daemon=True).start()

    def _pass(self, browser):
        losing = threading.Event()
        with suppress(OSError), browser:
            server = socket.create_connection(("127.0.0.1", self.server_port), timeout=30)
            with server:
                threading.Thread(
                    target=self._answer, args=(server, browser, losing), daemon=True
                ).start()
                while data := browser.recv(CHUNK):
                    if COMMIT in data and self._lose.is_set():
                        self._lose.clear()
                        losing.set()
                    server.sendall(data)

    def _answer(self, server, browser, losing):
        with suppress(OSError):
            while data := server.recv(CHUNK):
                if losing.is_set():
                    self.lost += 1
                    break
                browser.sendall(data)
        with suppress(OSError):
            browser.shutdown(socket.SHUT_RDWR)

"""A way to a server that, when it is told to, loses without a word all that its connections carry; new ones work."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Event, Thread
from urllib.parse import urlsplit


@dataclass
class SilentLoss:
    server: tuple[str, int]
    listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))
    lost: list[Event] = field(default_factory=list)
    open: list[socket.socket] = field(default_factory=list)

    @property
    def port(self) -> int:
        return int(self.listener.getsockname()[1])

    def lose(self) -> None:
        """Each connection that is open now carries nothing more."""
        for one in self.lost:
            one.set()

    def serve(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                far, lost = socket.create_connection(self.server), Event()
                self.lost.append(lost)
                self.open += [near, far]
                for source, sink in ((near, far), (far, near)):
                    Thread(target=self._carry, args=(source, sink, lost), daemon=True).start()

    def _carry(self, source: socket.socket, sink: socket.socket, lost: Event) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if not lost.is_set():
                    sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)


@contextmanager
def silent_loss(address: str) -> Iterator[SilentLoss]:
    """A way to the server of this address, open meanwhile."""
    server = urlsplit(address)
    way = SilentLoss((server.hostname or "127.0.0.1", server.port or 5432))
    Thread(target=way.serve, daemon=True).start()
    yield way
    for one in (way.listener, *way.open):
        with suppress(OSError):  # the other end is gone
            one.shutdown(socket.SHUT_RDWR)
        one.close()

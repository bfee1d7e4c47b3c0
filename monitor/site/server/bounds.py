"""HTTP with bounds: how long a request and its answer may take, how large they may be, how many there are at once.

uvicorn bounds the time between two requests alone. A client that sends a byte a minute, or takes none of the answer, would hold its
connection for ever.
"""

from __future__ import annotations

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

RECEIVE_SECONDS = 10.0
"""For a whole request, head and body, from the opening of the connection or the end of the answer before."""
ANSWER_SECONDS = 60.0
"""For the answer, until the client has taken it: a large page over a slow line."""
MAX_HEAD_BYTES = 16 * 1024
"""Of a request's line and headers, as large as other servers allow."""
MAX_REQUESTS = 256
"""Connections, with those that have sent nothing yet, beyond which a request is answered 503: many, for a slow client holds one for
RECEIVE_SECONDS."""
MAX_CONNECTIONS = 512
"""The next is closed at once. Half of the files that a process may usually open."""


class BoundedProtocol(H11Protocol):
    """One connection, cut off where a request or its answer takes too long."""

    receive_seconds = RECEIVE_SECONDS
    answer_seconds = ANSWER_SECONDS
    most_connections = MAX_CONNECTIONS

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > self.most_connections:
            transport.abort()
            return
        self._allow(self.receive_seconds)

    def handle_events(self) -> None:
        super().handle_events()
        whole = self.conn.their_state in (h11.DONE, h11.MUST_CLOSE, h11.CLOSED)
        cycle: RequestResponseCycle | None = self.cycle  # None before the first request, whatever its type says
        if whole and cycle and not cycle.response_complete:
            self._allow(self.answer_seconds)

    def on_response_complete(self) -> None:
        """The answer is written whole; what the client has not taken yet waits in the buffer."""
        taken = self.transport.get_write_buffer_size() == 0
        self._allow(self.receive_seconds if taken else self.answer_seconds)
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget()
        super().connection_lost(exc)

    def _allow(self, seconds: float) -> None:
        self._forget()
        self._deadline = self.loop.call_later(seconds, self.transport.abort)

    def _forget(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

"""Limits on requests at the same time: few to one host, a bounded number in all. No silent server holds up the others."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class HostLimiter:
    """Gates for the requests of one batch.

    per_host and at_once bound the requests that are being served. One that takes longer than `patience` seconds gives
    its places to the next and goes on without them, so that fifty silent feeds do not delay the good ones of their
    host; `most_open` bounds even those.
    """

    def __init__(self, *, per_host: int, at_once: int, most_open: int, patience: float) -> None:
        self._hosts: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(per_host))
        self._at_once = asyncio.Semaphore(at_once)
        self._open = asyncio.Semaphore(most_open)
        self._patience = patience

    @asynccontextmanager
    async def acquire(self, host: str) -> AsyncIterator[None]:
        """Wait for a turn to ask `host`; waiting here is not part of a request's own deadline."""
        held: set[asyncio.Semaphore] = set()

        def give_back(gate: asyncio.Semaphore) -> None:
            if gate in held:  # at the end of the patience or of the request, whichever comes first
                held.remove(gate)
                gate.release()

        gates = (self._hosts[host], self._at_once, self._open)
        timers: list[asyncio.TimerHandle] = []
        try:
            for gate in gates:
                await gate.acquire()
                held.add(gate)
            loop = asyncio.get_running_loop()
            timers = [loop.call_later(self._patience, give_back, gate) for gate in gates if gate is not self._open]
            yield
        finally:
            for timer in timers:
                timer.cancel()
            for gate in gates:
                give_back(gate)

"""Who may ask when: few at once of one host, a bounded number in all, and no silent server holds up the others."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class _Slot:
    """One place of a gate, given back once however often it is asked for."""

    def __init__(self, gate: asyncio.Semaphore) -> None:
        self._gate = gate
        self._held = False

    async def take(self) -> None:
        await self._gate.acquire()
        self._held = True

    def give_back(self) -> None:
        if self._held:
            self._held = False
            self._gate.release()


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
        passing = (_Slot(self._hosts[host]), _Slot(self._at_once))
        staying = _Slot(self._open)
        timers: list[asyncio.TimerHandle] = []
        try:
            for place in (*passing, staying):
                await place.take()
            loop = asyncio.get_running_loop()
            timers = [loop.call_later(self._patience, place.give_back) for place in passing]
            yield
        finally:
            for timer in timers:
                timer.cancel()
            for place in (*passing, staying):
                place.give_back()

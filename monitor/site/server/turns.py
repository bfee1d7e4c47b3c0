"""Work that may wait for the database, a few threads at a time: the pages never wait for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from starlette.concurrency import run_in_threadpool

Value = TypeVar("Value")


class Turns:
    """So many calls at once; the others wait their turn, without holding a thread."""

    def __init__(self, most: int) -> None:
        self._free = asyncio.Semaphore(most)

    async def run(self, function: Callable[..., Value], *arguments: object) -> Value:
        """What the function returns or raises, called in a thread."""
        async with self._free:
            return await run_in_threadpool(function, *arguments)

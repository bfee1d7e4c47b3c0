"""Reports of long work: what is being done, and how much of it. The command line shows them; the daemon ignores them.

Every layer may report, as every layer may log: `with long_work("reading rules", 31) as step`, or
`counted(stories, "reading")`.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import Protocol, TypeVar

ItemT = TypeVar("ItemT")
Step = Callable[[int], None]
"""Takes the amount done so far. It is cheap enough for every round of a loop."""


class Listener(Protocol):
    """Shows work in progress."""

    def show(self, what: str, total: int | None, unit: str) -> AbstractContextManager[Step]: ...


_LISTENER: ContextVar[Listener | None] = ContextVar("listener", default=None)
"""Set per thread, so the jobs of a running monitor have none."""


def long_work(what: str, total: int | None = None, unit: str = "") -> AbstractContextManager[Step]:
    """Reports work for as long as the context lasts, and gives the function that takes the amount done.

    what: an activity, as in "reading rules". total: the amount to do, None if unknown. unit: its plural noun.
    """
    listener = _LISTENER.get()
    return nullcontext(lambda _done: None) if listener is None else listener.show(what, total, unit)


def counted(items: Iterable[ItemT], what: str, total: int | None = None, unit: str = "") -> Iterator[ItemT]:
    """These items one by one, each counted as done when the next is requested."""
    with long_work(what, total, unit) as step:
        for number, item in enumerate(items, 1):
            yield item
            step(number)


@contextmanager
def listened_to_by(listener: Listener) -> Iterator[None]:
    """Passes the reports of this thread to a listener while the context lasts."""
    token = _LISTENER.set(listener)
    try:
        yield
    finally:
        _LISTENER.reset(token)


@contextmanager
def collector_off() -> Iterator[None]:
    """Switches the garbage collector off while many objects are built that stay: it would traverse them again and
    again.

    Objects made meanwhile count as old afterwards. The collector would otherwise traverse them at once, which takes a
    twentieth of the time of reading a rulebook.
    """
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            if not gc.get_freeze_count():  # objects that a program froze for good stay frozen
                gc.freeze()
                gc.unfreeze()
            gc.enable()

"""Long work says what it does and how far it is. The command line shows that to whoever waits; a daemon lets nobody listen.

Every layer may say so, as every layer may log: `with long_work("reading rules", 31) as step`, or `counted(stories, "reading")`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import Protocol, TypeVar

ItemT = TypeVar("ItemT")
Step = Callable[[int], None]
"""Takes how much is done by now. It costs next to nothing, so a loop may call it on every round."""


class Listener(Protocol):
    """Shows work while it goes on."""

    def show(self, what: str, total: int | None, unit: str) -> AbstractContextManager[Step]:
        """Shows work until the context ends. total: how much there is to do, None where nobody knows. unit: of what, in the plural."""
        ...


_LISTENER: ContextVar[Listener | None] = ContextVar("listener", default=None)
"""None in every thread that was not told otherwise, and so in all jobs of a running monitor."""


def _ignore(_done: int) -> None:
    pass


def long_work(what: str, total: int | None = None, unit: str = "") -> AbstractContextManager[Step]:
    """Says that work goes on inside the context, which gives the function to call with how much of it is done.

    what: what is done, as in "reading rules". total: how much there is to do; None where nobody knows. unit: of what there is so
    much, in the plural.
    """
    listener = _LISTENER.get()
    return nullcontext(_ignore) if listener is None else listener.show(what, total, unit)


def counted(items: Iterable[ItemT], what: str, total: int | None = None, unit: str = "") -> Iterator[ItemT]:
    """These items one by one, each told as done once the next is asked for."""
    with long_work(what, total, unit) as step:
        for number, item in enumerate(items, 1):
            yield item
            step(number)


@contextmanager
def listened_to_by(listener: Listener) -> Iterator[None]:
    """Lets this listener hear of all long work in this thread while the context lasts."""
    token = _LISTENER.set(listener)
    try:
        yield
    finally:
        _LISTENER.reset(token)

"""A listener that keeps what long work tells."""

from collections.abc import Iterator
from contextlib import contextmanager

from monitor.long_work import Step


class Heard(dict[str, list[int]]):
    """What was done -> how much of it by each call, for `listened_to_by`."""

    @contextmanager
    def show(self, what: str, total: int | None, unit: str) -> Iterator[Step]:
        yield self.setdefault(what, []).append

"""A file of story lines, read in the order of the replay's clock. No more than one moment's texts are in memory."""

from __future__ import annotations

import gzip
from array import array
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import BufferedIOBase
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from tempfile import TemporaryFile

from monitor.domain.matching.rules import Rulebook
from monitor.replay.story_lines import DatedEntry, as_entry, end_of_day, published, read_story, storable

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@contextmanager
def open_stories(path: Path) -> Iterator[StoryFile]:
    """A .jsonl or .jsonl.gz file. A packed one, or one that can be read only once, is copied to a temporary file."""
    packed = path.suffix == ".gz"
    with gzip.open(path) if packed else path.open("rb") as source:
        if packed or not source.seekable():
            with TemporaryFile() as copy:
                yield StoryFile(str(path), source, copy)
        else:
            yield StoryFile(str(path), source, source)


class StoryFile:
    """A file that is read twice: `lines` and `check` once from its begin to its end, then `in_order`.

    Of each story 24 bytes are held: its moment in microseconds, where its line begins, and the number of the line.
    """

    def __init__(self, name: str, source: BufferedIOBase, again: BufferedIOBase) -> None:
        """again: what is read the second time: the source, or the file that it is copied to."""
        self.name = name
        self._source, self._again = source, again
        self._begins_at = 0
        self._moments, self._places, self._numbers = array("q"), array("Q"), array("Q")

    def lines(self) -> Iterator[str]:
        """All lines as text. Raises OSError, EOFError, zlib.error or UnicodeDecodeError where the file cannot be read on."""
        place = 0
        for row in self._source:
            if self._again is not self._source:
                self._again.write(row)
            for line in row.splitlines(keepends=True) if b"\r" in row else (row,):
                self._begins_at, place = place, place + len(line)
                yield line.decode()

    def check(self, numbered: Iterable[tuple[int, str]], rulebook: Rulebook) -> None:
        """Read what `lines` gives, numbered and without blank lines. Raises ReplayError, which names the unusable line."""
        for number, line in numbered:
            story = read_story(line, number, self.name)
            moment, date_only = published(story, number, self.name)
            if date_only:
                moment = end_of_day(as_entry(story, number, self.name), rulebook)
            self._moments.append((moment - _EPOCH) // _MICROSECOND)
            self._places.append(self._begins_at)
            self._numbers.append(number)

    def __len__(self) -> int:
        """How many stories `check` has read so far."""
        return len(self._moments)

    def in_order(self) -> Iterator[DatedEntry]:
        """The stories that `check` has read, in the order of the replay's clock (see `in_replay_order`)."""
        moments = self._moments
        order: Sequence[int] = range(len(moments))
        if any(moments[at] > moments[at + 1] for at in range(len(moments) - 1)):
            order = array("Q", sorted(order, key=moments.__getitem__))
        for _, together in groupby(order, key=moments.__getitem__):
            yield from sorted(map(self._at, together), key=attrgetter("id"))

    def _at(self, each: int) -> DatedEntry:
        self._again.seek(self._places[each])
        line, number = self._again.readline().splitlines()[0].decode(), self._numbers[each]
        story, moment = read_story(line, number, self.name), _EPOCH + timedelta(microseconds=self._moments[each])
        return DatedEntry(moment, as_entry(story, number, self.name, keyed=False), storable(story["id"]))

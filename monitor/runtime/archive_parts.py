"""Files of story lines through the rules, in one process or in several, with the answers of finished files kept.

The answers come in the order of the lines, and are the same for any number of files and processes. This process reads
the files and hands out their lines in chunks; the others only match.
"""

from __future__ import annotations

import gc
import hashlib
import os
import pickle
import signal
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from pathlib import Path
from threading import Thread
from typing import Any, NamedTuple

from monitor.domain.matching.match import match
from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import Signal
from monitor.domain.reading.join import RefusedMatch
from monitor.domain.stories.identify import entry_as_story
from monitor.errors import ReplayError
from monitor.long_work import collector_off, counted
from monitor.replay import LineAnswer, RecordedReadings, as_entry, numbered_lines, read_story, text_key
from monitor.rulebook.cache import program_hash

CHUNK = 200
"""Lines that a process takes at a time: about 60 ms of work, against 1 ms to hand them over."""
AHEAD = 4
"""Chunks for each process that are read ahead, so that none waits while a slow chunk comes first."""
BLOCK = 1 << 20
"""Bytes of kept answers that are read at a time."""


class Chunk(NamedTuple):
    """Lines of one file, in order, with their numbers. last: the file ends here; problem: why it cannot be read to its
    end. kept: the place of its answers, if they are kept; finished: they are there already."""

    file: Path
    lines: Sequence[tuple[int, str]] = ()
    last: bool = False
    problem: str = ""
    kept: Path | None = None
    finished: bool = False


class Answers(NamedTuple):
    """The answers to a chunk up to its first bad line, the problem of that line, the readings that were refused, and
    the number of lines without an answer."""

    text: str
    problem: str = ""
    refused: Sequence[RefusedMatch] = ()
    silent: int = 0


@dataclass
class LineMatcher:
    """The rules, the recorded readings, and the function that answers a line by them. silent: the lines so far without
    an answer, except in files whose answers were kept."""

    rulebook: Rulebook
    recorded: RecordedReadings | None
    answer: LineAnswer
    silent: int = 0

    def answers(self, chunk: Chunk) -> Answers:
        texts, problem, refused = list[str](), chunk.problem, list[RefusedMatch]()
        try:
            for number, line in chunk.lines:
                texts.append(self.answer(line, self.rulebook, self.recorded, number, str(chunk.file)))
        except ReplayError as error:
            problem = str(error)
        if self.recorded is not None:
            refused, self.recorded.refused = self.recorded.refused, []
        return Answers("".join(texts), problem, refused, texts.count(""))


@dataclass
class KeptAnswers:
    """A folder with the answers of finished files. The name of each has a hash of all that they depend on: the content
    of the file, the rules, the program, the recorded readings and the kind of answer. So none is ever out of date."""

    folder: Path
    matcher: LineMatcher
    readings: Path | None

    @cached_property
    def _alike(self) -> tuple[str, ...]:
        """What the answers of all files depend on."""
        readings = _hash_of(self.readings) if self.readings is not None else ""
        return self.matcher.rulebook.version, program_hash(), self.matcher.answer.__name__, readings

    def path(self, file: Path) -> Path:
        """Where the answers of a file are kept."""
        parts = "\0".join((*self._alike, _hash_of(file)))
        return self.folder / f"{file.name}.{hashlib.blake2b(parts.encode(), digest_size=12).hexdigest()}"

    @cached_property
    def _unfinished(self) -> Path:
        """Where the answers of one file at a time are collected; another program may use the folder too."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f".unfinished-{os.getpid()}"
        path.unlink(missing_ok=True)
        return path

    def add(self, chunk: Chunk, text: str, *, usable: bool) -> None:
        """Keep the answers to a chunk. With the last chunk of a usable file they become those of a finished one."""
        with self._unfinished.open("a", encoding="utf-8") as stream:
            stream.write(text)
            if chunk.last:  # a file that a crash of the machine leaves empty would pass for a finished one
                stream.flush()
                os.fsync(stream.fileno())
        if chunk.last and usable and chunk.kept is not None:
            self._unfinished.replace(chunk.kept)
        elif chunk.last:
            self.close()

    def close(self) -> None:
        """Drop the answers of an unfinished file."""
        self._unfinished.unlink(missing_ok=True)


def _hash_of(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "blake2b").hexdigest()


def line_answers(
    files: Sequence[Path], matcher: LineMatcher, jobs: int = 1, kept: KeptAnswers | None = None
) -> Iterator[str]:
    """The answers to all lines of these files, in their order, as whole lines of text. jobs: the number of processes.

    Raises ReplayError at the first bad line, after all answers before it. With `kept`, the other files are answered
    first, so that only the bad ones remain, and the error names the first bad line of each.
    """
    problems = dict[Path, str]()
    # By one process, each line is answered as it comes.
    chunks = _chunks(files, 1 if jobs == 1 and kept is None else CHUNK, kept)
    pairs = ((chunk, matcher.answers(chunk)) for chunk in chunks) if jobs == 1 else _by_processes(chunks, matcher, jobs)
    try:
        for chunk, answers in pairs:
            if not problems:
                yield from _blocks(chunk.kept) if chunk.finished and chunk.kept else (answers.text,)
            if matcher.recorded is not None:
                matcher.recorded.refused += answers.refused
            matcher.silent += answers.silent
            if answers.problem:
                problems.setdefault(chunk.file, answers.problem)
                if kept is None:
                    break
            if kept is not None and not chunk.finished:
                kept.add(chunk, answers.text, usable=chunk.file not in problems)
    finally:
        if kept is not None:
            kept.close()
    if problems:
        done = "\nThe other files are finished; correct or remove these lines, and repeat the command." if kept else ""
        raise ReplayError("\n".join(problems.values()) + done, subject=str(next(iter(problems))))


def _blocks(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8", newline="\n") as stream:
        while lines := stream.readlines(BLOCK):
            yield "".join(lines)


def _chunks(files: Sequence[Path], size: int, kept: KeptAnswers | None) -> Iterator[Chunk]:
    for file in counted(files, "matching", len(files), "files") if len(files) > 1 else files:
        place = kept.path(file) if kept is not None else None
        if place is not None and place.exists():
            yield Chunk(file, kept=place, finished=True)
            continue
        lines, problem = list[tuple[int, str]](), ""
        try:
            for line in numbered_lines(file):
                lines.append(line)
                if len(lines) == size:
                    yield Chunk(file, lines, kept=place)
                    lines = []
        except ReplayError as error:
            problem = str(error)
        yield Chunk(file, lines, last=True, problem=problem, kept=place)


# ---------------------------------------------------------------- processes


def _by_processes(chunks: Iterable[Chunk], matcher: LineMatcher, jobs: int) -> Iterator[tuple[Chunk, Answers]]:
    """Each chunk with its answers, in order. The processes get the rules of this one, whatever becomes of the files."""
    from concurrent.futures import Future, ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context

    waiting = deque[tuple[Chunk, Future[Answers]]]()
    # Forked processes would inherit the locks of the thread that draws the progress.
    pool = ProcessPoolExecutor(jobs, get_context("spawn"), _begin, (pickle.dumps(matcher),))
    try:
        for chunk in chain(chunks, (None,)):
            if chunk is not None:
                waiting.append((chunk, pool.submit(_answers, chunk)))
            while waiting and (chunk is None or len(waiting) > AHEAD * jobs):
                first, answers = waiting.popleft()
                yield first, answers.result()
    except BrokenProcessPool:
        text = "a process ended in the middle of its work, perhaps for want of memory; repeat with fewer --jobs"
        raise ReplayError(text, subject="jobs") from None
    finally:
        pool.shutdown(cancel_futures=True)


_MATCHERS: list[LineMatcher] = []
"""The matcher of a process of a pool."""


def _begin(packed: bytes) -> None:
    """Prepares a process of a pool. An interrupt reaches all processes, and the first one ends the others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()
    with collector_off():
        _MATCHERS.append(pickle.loads(packed))  # noqa: S301 - from our own process
    gc.freeze()


def _end_with_parent() -> None:
    """Without it, the processes of a killed program would wait for work for ever."""
    from multiprocessing import connection, parent_process

    parent = parent_process()
    if parent is not None:
        connection.wait((parent.sentinel,))
        os._exit(1)


def _answers(chunk: Chunk) -> Answers:
    return _MATCHERS[0].answers(chunk)


# ---------------------------------------------------------------- for a replay


def signals_line(line: str, rulebook: Rulebook, recorded: RecordedReadings | None, number: int, path: str) -> str:
    """The key and the signals of the text of a story line, as a replay looks them up."""
    from monitor.store.json_codec import dump

    written = read_story(line, number, path)
    entry = as_entry(written, number, path)
    assert entry.published is not None
    story = entry_as_story(replace(entry, id=""), entry.published)
    readings = recorded.of_line(written["id"]) if recorded else ()
    signals = recorded.joined(story, rulebook, readings) if recorded else match(story, rulebook)
    return f"{text_key(story, readings)} [{','.join(map(dump, signals))}]\n"


def signals_of_texts(answers: Iterable[str]) -> dict[str, tuple[Signal, ...]]:
    """The signals of each text, by key, from the answers of `signals_line`."""
    from monitor.store.json_codec import load

    kind: Any = tuple[Signal, ...]
    pairs = (line.partition(" ") for text in answers for line in text.split("\n") if line)
    return {key: () if found == "[]" else load(kind, found) for key, _, found in pairs}

"""`read --out`: story lines read by the configured model into a file of recorded readings, which `match` and `replay` take."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import sleep
from typing import IO, TYPE_CHECKING, Any

import click

from monitor.cli.common import FILE, pluralised, session
from monitor.cli.match_replay import StoriesParam, numbered_lines
from monitor.errors import ConfigError, ReaderError, ReaderRefusedError
from monitor.long_work import Step, long_work

if TYPE_CHECKING:
    from monitor.domain.model import Story
    from monitor.domain.reading.exchange import CheckedAnswer
    from monitor.runtime.model_reader import ModelReader
    from monitor.runtime.session import Session

TRIES = 3
"""How often a request is made before the command gives up; the next call goes on where this one ended."""
PAUSE_SECONDS = 5.0
"""Before the second try, and twice as long before the third, unless the server names a time."""
MOST_PAUSE_SECONDS = 120.0
"""A server that asks for more time ends the command."""


@click.command()
@click.argument("stories", type=StoriesParam("r", encoding="utf-8"))
@click.argument("out", type=FILE)
@click.option("--all", "everything", is_flag=True, help="Also stories that do not come near the deal.")
def read(stories: IO[str], out: Path, *, everything: bool) -> None:
    """Let the configured model read the story lines of STORIES (- is standard input) and add its readings to OUT.

    `match` and `replay` take OUT as --readings. Stories that OUT contains are not read again, and the daily token budget
    applies. Exit code 1 if stories are left unread; the next call goes on from there.
    """
    read_file(out, stories, everything=everything)


def read_file(out: Path, stories: IO[str], *, everything: bool, wait: Callable[[float], object] = sleep) -> None:
    """Let the model of [reader] read story lines into a file, a line a story as match --readings and replay --readings take it.

    What the file has is not read again, and the tokens count against the day's budget. Exit code 1 if stories are left unread.
    everything: also those that do not come near the deal. wait: lets so many seconds pass.

    Raises ConfigError without a model, and ReplayError for a line that is no story.
    """
    from monitor.domain.reading.gate import is_near
    from monitor.runtime.wiring import make_reader

    with session(rules=True) as opened:
        reader = make_reader(opened.settings, opened.rulebook)
        if reader is None:
            remedy = "name its server and model in [reader] of config.toml"
            raise ConfigError(f"no model is set up to read: {remedy}", subject="reader")
        known, given = _ids_of(out), list(_stories(stories))
        near = [(line, story) for line, story in given if everything or is_near(story, opened.rulebook)]
        todo = [(line, story) for line, story in near if line not in known]
        which = "" if everything else " near the deal"
        counts = (
            f"{pluralised(len(given), 'story', 'stories')}: {len(near)}{which}, {len(near) - len(todo)} read before"
        )
        click.echo(f"{counts}; {reader.setup.place}, question {reader.setup.question.version}", err=True)
        with out.open("a", encoding="utf-8") as file:
            left, why = _Reading(opened, reader, file, wait).read(todo)
    if left:
        click.echo(f"{pluralised(left, 'story', 'stories')} left unread{why}; call again to go on", err=True)
        raise SystemExit(1)


def _ids_of(out: Path) -> frozenset[str]:
    """The stories that a file of readings has. A last line that a crash cut off is removed."""
    if not out.exists():
        return frozenset()
    whole, cut = out.read_bytes(), 0
    if not whole.endswith(b"\n"):
        cut = len(whole) - (whole.rfind(b"\n") + 1)
        with out.open("r+b") as file:
            file.truncate(len(whole) - cut)
    text = whole[: len(whole) - cut].decode("utf-8")
    rows: Iterable[Mapping[str, Any]] = (json.loads(line) for line in text.splitlines() if line.strip())
    try:
        return frozenset(row["id"] for row in rows)
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigError(f"{out} is no file of readings ({error}); name another one", subject=str(out)) from error


def _stories(stream: IO[str]) -> Iterator[tuple[str, Story]]:
    """The story lines with their ids, each text under its name."""
    from monitor.domain.stories.entry_keys import revision_hash
    from monitor.replay import as_entry, line_as_story, read_story

    for number, line in numbered_lines(stream, stream.name):
        written = read_story(line, number, stream.name)
        story = line_as_story(as_entry(written, number, stream.name))
        yield written["id"], replace(story, revision=revision_hash(story.title, story.summary))


class _GaveUpError(Exception):
    """The command ends here. waiting: the texts that are left unread."""

    def __init__(self, why: str, waiting: Sequence[Story]) -> None:
        super().__init__(why)
        self.waiting = waiting


@dataclass(slots=True)
class _Reading:
    """One call of the command. lines: by text, the story lines that show it: a text is read once."""

    opened: Session
    reader: ModelReader
    file: IO[str]
    wait: Callable[[float], object]
    lines: dict[str, list[str]] = field(default_factory=dict)
    tokens: int = 0
    done: int = 0
    """The texts that were read."""

    def read(self, todo: Sequence[tuple[str, Story]]) -> tuple[int, str]:
        """Read all of it; returns how many stories are left unread, and why. Stories left out of an answer are asked again once."""
        for line, story in todo:
            self.lines.setdefault(story.revision, []).append(line)
        waiting = list({story.revision: story for _, story in todo}.values())
        try:
            with long_work("the model reads", len(waiting), "texts") as step:
                for _ in range(2):
                    waiting = self._round(waiting, step)
        except _GaveUpError as error:
            waiting, why = list(error.waiting), f" ({error})"
        else:
            why = " (no usable answer on them)"
        click.echo(f"{pluralised(self.done, 'text')} read, {self.tokens:,} tokens", err=True)
        return sum(len(self.lines[story.revision]) for story in waiting), why

    def _round(self, texts: Sequence[Story], step: Step) -> list[Story]:
        """Ask about all of these once; returns those without a usable answer. step: is told how many are read by now."""
        batch, failed = self.reader.setup.batch, 0
        left: list[Story] = []
        for start in range(0, len(texts), batch):
            asked = texts[start : start + batch]
            try:
                answered = self._ask(asked)
            except _GaveUpError as error:
                raise _GaveUpError(str(error), [*left, *texts[start:]]) from error
            except ReaderError as error:
                failed += 1
                if not error.unusable or failed == TRIES:
                    raise _GaveUpError(str(error), [*left, *texts[start:]]) from error
                answered = frozenset()
            left += [story for story in asked if story.revision not in answered]
            self.done += len(answered)
            step(self.done)
        return left

    def _ask(self, texts: Sequence[Story]) -> frozenset[str]:
        """Ask about these, again where waiting can help; writes the readings and returns the texts that they are of."""
        for number in range(1, TRIES + 1):
            try:
                checked = self._request(texts)
                break
            except ReaderError as error:
                pause = max(PAUSE_SECONDS * number, error.retry_after or 0)
                hopeless = error.unusable or isinstance(error, ReaderRefusedError)
                if hopeless or number == TRIES or pause > MOST_PAUSE_SECONDS:
                    raise
                click.echo(f"{error}; once more in {pause:g} s", err=True)
                self.wait(pause)
        from monitor.replay import reading_line

        for text, read in checked.answered.items():
            reading = self.reader.setup.reading_of(text, read, self.opened.clock())
            for line in self.lines[text]:
                self.file.write(json.dumps(reading_line(line, reading), ensure_ascii=False) + "\n")
        self.file.flush()
        return frozenset(checked.answered)

    def _request(self, texts: Sequence[Story]) -> CheckedAnswer:
        """One request within the day's budget. Raises ReaderError, and _GaveUpError where the budget does not allow it."""
        from monitor.store import readings

        at, setup, store = self.opened.clock(), self.reader.setup, self.opened.store
        cost = setup.cost_of(texts)
        with store.begin() as conn:
            used = readings.use_of(conn, f"{at:%Y-%m-%d}").tokens
            if used + cost > setup.daily_tokens:
                spent = f"{used:,} of {setup.daily_tokens:,} tokens are used today (UTC)"
                raise _GaveUpError(f"{spent}; go on tomorrow, or raise daily_tokens in [reader]", texts)
            readings.add_use(conn, at, requests=1, texts=len(texts), tokens=cost)
        took = cost
        try:
            answer = self.reader.ask(texts)
            took = answer.tokens
            return answer.checked
        except ReaderError as error:
            took = error.tokens if error.tokens is not None else cost if error.spent else 0
            raise
        finally:
            self.tokens += took
            with store.begin() as conn:
                readings.add_use(conn, at, requests=0, texts=0, tokens=took - cost)

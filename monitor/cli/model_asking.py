"""Requests to the model for a command: within the day's budget, and outside the reading queue."""

from __future__ import annotations

import json
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING

import click

from monitor.cli.common import pluralised
from monitor.errors import ConfigError, ReaderError, ReaderRefusedError
from monitor.long_work import Step, long_work
from monitor.replay import reading_line
from monitor.runtime.wiring import make_reader
from monitor.store import reading_store

if TYPE_CHECKING:
    from monitor.domain.matching.rules import Rulebook
    from monitor.domain.model import Reading, Story
    from monitor.rulebook.testing.reader_examples import ReaderExample
    from monitor.runtime.model_reader import ModelReader
    from monitor.runtime.session import Session

TRIES = 4
"""Attempts at a request that waiting can help."""
TRIES_ALONE = 2
"""Attempts at a text alone without a usable answer."""
MOST_DOWN = 2
"""Requests in a row that fail at every attempt; then the server is down, and the command ends."""
MOST_UNUSABLE = 6
"""Requests in a row without a usable answer on a deal; then its question is at fault. Twenty texts are halved five
times."""
PATIENCE_ALONE = 4
"""A text alone gets so many times the usual time limit."""
PAUSE_SECONDS = 5.0
"""Before the second attempt; longer before each further one, unless the server names a time."""
MOST_PAUSE_SECONDS = 120.0
"""A server that asks for a longer wait ends the command."""
REPORT_SECONDS = 10.0
"""Between two reports of the tokens used and the time left."""


class SpentError(ReaderError):
    """The tokens of the day are spent."""


@dataclass(slots=True)
class Asking:
    """Requests to the model. tokens: used by this command."""

    opened: Session
    reader: ModelReader
    tokens: int = 0

    @classmethod
    def of(cls, opened: Session, rulebook: Rulebook) -> Asking:
        """Raises ConfigError without a configured model."""
        reader = make_reader(opened.settings, rulebook)
        if reader is None:
            remedy = "give base_url and model in [reader] of config.toml"
            raise ConfigError(f"no model is configured: {remedy}", subject="reader")
        return cls(opened, reader)

    def ask_examples(
        self, examples: Sequence[ReaderExample], answers: dict[str, Reading], file: Path | None
    ) -> ReaderError | None:
        """Ask about the examples without an answer, add the answers, and write each to a file at once. Returns the
        error that ended it early. Raises UsageError if the day's tokens do not suffice."""
        setup = self.reader.setup
        todo: defaultdict[str, list[Story]] = defaultdict(list)
        for example in examples:
            if example.name not in answers:
                todo[example.deal].append(example.story())
        cost = sum(setup.cost_of(deal, texts) for deal, texts in self._requests(todo))
        left, count = max(setup.daily_tokens - self.used_today(), 0), sum(map(len, todo.values()))
        price = f"{pluralised(count, 'example')}, at most about {cost:,} tokens of the {left:,} left today"
        if answers:
            price = f"{len(answers):,} answers of a check that was broken off, and {price}"
        if cost > left:
            remedy = "Raise daily_tokens in [reader], or check tomorrow"
            raise click.UsageError(f"{setup.place} is not asked: {price}. {remedy}")
        click.echo(f"asking {setup.place}: {price}", err=True)

        def keep(text: str, reading: Reading) -> None:
            answers[text] = reading
            if file is not None:
                with file.open("a", encoding="utf-8") as lines:
                    lines.write(json.dumps(reading_line(text, reading), ensure_ascii=False) + "\n")

        return self.ask(todo, keep)

    def ask(self, todo: Mapping[str, Sequence[Story]], keep: Callable[[str, Reading], object]) -> ReaderError | None:
        """Ask about these texts, by deal. A failed request is halved, or comes last. keep: receives each reading.
        Returns the error that ended it early, or the questions on a deal."""
        total, began = sum(map(len, todo.values())), monotonic()
        count, reported, down = 0, began, 0
        waiting, alone, unusable = deque(self._requests(todo)), Counter[str](), Counter[str]()
        ended = dict[str, ReaderError]()
        with long_work("the model reads", total, "texts") as step:
            while waiting:
                deal, texts = waiting.popleft()
                if deal in ended:
                    continue
                if (most := self.reader.batch) < len(texts):
                    waiting.appendleft((deal, texts[most:]))
                    texts = texts[:most]
                answered, error = self._answered(deal, texts)
                for text, reading in answered.items():
                    keep(text, reading)
                count += len(answered)
                reported = self._report(step, count, total, began, reported)
                if error is not None and _ends(error):
                    return error
                unusable[deal] = 0 if answered else unusable[deal] + 1
                down = down + 1 if error is not None and not (error.unusable or error.slow) else 0
                if error is not None and down == MOST_DOWN:
                    return error
                if error is not None and unusable[deal] == MOST_UNUSABLE:
                    ended[deal] = error
                left = [story for story in texts if story.revision not in answered]
                alone.update(story.revision for story in left if len(texts) == 1)
                again = [story for story in left if alone[story.revision] < TRIES_ALONE]
                size = len(again) if down else max(1, len(texts) // 2)
                waiting += [(deal, again[first : first + size]) for first in range(0, len(again), size)]
        return next(iter(ended.values()), None)

    def _report(self, step: Step, count: int, total: int, began: float, reported: float) -> float:
        """Show the progress; returns when tokens and time left were last shown."""
        step(count)
        if (now := monotonic()) - reported < REPORT_SECONDS or not count:
            return reported
        minutes = (now - began) / count * (total - count) / 60
        click.echo(f"{count:,} of {total:,} texts, {self.tokens:,} tokens, about {minutes:.0f} min left", err=True)
        return now

    def _requests(self, todo: Mapping[str, Sequence[Story]]) -> Iterator[tuple[str, Sequence[Story]]]:
        """Texts of one request each, with their deal."""
        batch = self.reader.setup.batch
        for deal, texts in todo.items():
            for start in range(0, len(texts), batch):
                yield deal, texts[start : start + batch]

    def used_today(self) -> int:
        with self.opened.store.read() as conn:
            return reading_store.use_of(conn, f"{self.opened.clock():%Y-%m-%d}").tokens

    def _answered(self, deal: str, texts: Sequence[Story]) -> tuple[dict[str, Reading], ReaderError | None]:
        """The readings of one request, repeated where waiting can help, and its error."""
        setup, cost = self.reader.setup, self.reader.setup.cost_of(deal, texts)
        for attempt in range(1, TRIES + 1):
            if (used := self.used_today()) + cost > setup.daily_tokens:
                spent = f"{used:,} of {setup.daily_tokens:,} tokens are used today (UTC)"
                return {}, SpentError(f"{spent}; continue tomorrow, or raise daily_tokens in [reader]")
            try:
                answer, tokens = self.reader.ask(deal, texts, patience=PATIENCE_ALONE if len(texts) == 1 else 1)
            except ReaderError as error:
                self._count(texts, error.tokens if error.tokens is not None else cost if error.spent else 0)
                pause = error.retry_after if error.retry_after is not None else PAUSE_SECONDS * attempt
                if error.unusable or error.slow or _ends(error) or attempt == TRIES:
                    return {}, error
                click.echo(f"{error}; next attempt in {pause:g} s", err=True)
                sleep(pause)
            else:
                self._count(texts, tokens)
                now = self.opened.clock()
                return {text: setup.reading_of(deal, text, read, now) for text, read in answer.answered.items()}, None
        raise AssertionError("the last attempt returns")

    def _count(self, texts: Sequence[Story], tokens: int) -> None:
        self.tokens += tokens
        with self.opened.store.begin() as conn:
            reading_store.add_use(conn, self.opened.clock(), requests=1, texts=len(texts), tokens=tokens)


def _ends(error: ReaderError) -> bool:
    """Whether an error ends the command at once."""
    return isinstance(error, (ReaderRefusedError, SpentError)) or (error.retry_after or 0) > MOST_PAUSE_SECONDS

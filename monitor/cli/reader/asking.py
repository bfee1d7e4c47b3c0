"""The configured model asked about the examples of a deal: within the day's tokens, and with nothing of it stored as news."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

import click

from monitor.cli.common import pluralised, session
from monitor.errors import ReaderError
from monitor.long_work import long_work

if TYPE_CHECKING:
    from monitor.domain.matching.rules import Rulebook
    from monitor.domain.model import Reading, Story
    from monitor.runtime.model_reader import ModelReader
    from monitor.runtime.session import Session

MOST_WAIT_SECONDS = 60.0
"""The longest wait that a server may ask of somebody who watches, an estimate: limits by the minute are common."""
MOST_WAITS = 3
"""Waits before one request, an estimate."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a model answered. readings: by the name of the text; one without a usable answer has none. question: its version."""

    model: str
    question: str
    at: datetime
    readings: dict[str, Reading] = field(default_factory=dict)


def ask_model(rulebook: Rulebook, stories: Sequence[Story]) -> Asked:
    """Ask the configured model about stories; one whose answer cannot be used is asked about once more, beside others like it.

    Prints what it costs before it asks. Raises UsageError without a model, or where the day's tokens do not reach; ReaderError if
    the server does not answer.
    """
    from monitor.runtime.wiring import make_reader

    with session() as opened:
        reader = make_reader(opened.settings, rulebook)
        if reader is None:
            raise click.UsageError(
                "no model is set up: give base_url and model under [reader] in config.toml, or recorded answers by --readings"
            )
        _announce(opened, reader, stories)
        asked = Asked(reader.setup.name, reader.setup.question.version, opened.clock())
        with long_work("the model reads", len(stories), "examples") as step:
            for _ in range(2):
                left = [story for story in stories if story.revision not in asked.readings]
                for batch in _batches(left, reader.setup.batch):
                    asked.readings.update(_answered(opened, reader, batch))
                    step(len(asked.readings))
    return asked


def _announce(opened: Session, reader: ModelReader, stories: Sequence[Story]) -> None:
    """Say what the check costs at most. Raises UsageError where the day has not as many tokens left."""
    from monitor.store import readings

    setup, day = reader.setup, f"{opened.clock():%Y-%m-%d}"
    batches = list(_batches(stories, setup.batch))
    cost = sum(map(setup.cost_of, batches))
    with opened.store.read() as conn:
        left = setup.daily_tokens - readings.use_of(conn, day).tokens
    requests = pluralised(len(batches), "request")
    price = f"{len(stories):,} examples in {requests}, at most about {cost:,} tokens of the {max(left, 0):,} left today"
    if cost > left:
        raise click.UsageError(
            f"{setup.place} is not asked: {price}. Raise daily_tokens under [reader], or check tomorrow"
        )
    click.echo(f"asking {setup.place}: {price}", err=True)


def _answered(opened: Session, reader: ModelReader, batch: Sequence[Story]) -> dict[str, Reading]:
    """The readings of one request, whose tokens are counted in the day's budget. A wait that the server asks for is kept, unless it is
    long. Raises ReaderError."""
    for last in (False,) * MOST_WAITS + (True,):
        try:
            answer = reader.ask(batch)
            break
        except ReaderError as error:
            if error.spent:
                _count(opened, batch, error.tokens if error.tokens is not None else reader.setup.cost_of(batch))
            if error.unusable:
                return {}
            if last or error.retry_after is None or error.retry_after > MOST_WAIT_SECONDS:
                raise
            time.sleep(error.retry_after)
    _count(opened, batch, answer.tokens)
    return {text: reader.setup.reading_of(text, read, opened.clock()) for text, read in answer.checked.answered.items()}


def _count(opened: Session, batch: Sequence[Story], tokens: int) -> None:
    from monitor.store import readings

    with opened.store.begin() as conn:
        readings.add_use(conn, opened.clock(), requests=1, texts=len(batch), tokens=tokens)


def _batches(stories: Sequence[Story], size: int) -> Iterator[Sequence[Story]]:
    for start in range(0, len(stories), size):
        yield stories[start : start + size]

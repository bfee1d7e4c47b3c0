"""The walk through the inbox: story by story, a key each."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import click

from monitor.cli.people.reading_lines import item_lines, labelled, match_parts
from monitor.cli.people.reading_words import ReadSoFar, parse_pairs, read_so_far
from monitor.domain.text.plain import one_line
from monitor.pipeline.people_readings import PersonReads, record_reading, take_back
from monitor.store import readings, stories

if TYPE_CHECKING:
    from monitor.domain.model import ReadMatch, Story
    from monitor.domain.reading.inbox import InboxItem
    from monitor.runtime.session import Opened

STOPPED = ("q", "\x03", "\x04", "\x1b", "")
"""Keys that end the walk: q, Ctrl-C, Ctrl-D, Escape, and the end of the input."""


@dataclass(slots=True)
class Walk:
    """One walk. key, line: the functions that wait for a key and for a line of the person. Every reading is stored at once, so
    an interrupted walk loses none; the caller reviews at the end.

    said: the stories that were read, in order. concerned: the commitments on which they said something or say it now.
    """

    app: Opened
    by: str
    key: Callable[[], str]
    line: Callable[[], str]
    said: list[str] = field(default_factory=list)
    concerned: set[str] = field(default_factory=set)

    def through(self, items: Sequence[InboxItem], names: Mapping[str, str]) -> None:
        """Show these stories and store what the person reads in them, until the last one or a key that stops."""
        for number, item in enumerate(items, 1):
            click.echo(f"\n{click.style(f'{number} of {len(items)}', dim=True)}")
            for line in item_lines(item, names[item.story.id], summary=True):
                click.echo(line)
            if not self._one(item):
                return

    def _one(self, item: InboxItem) -> bool:
        """Ask about one story until a key settles it. Returns whether to go on."""
        so_far = self._so_far(item.story)
        while True:
            click.echo(f"      {_choices(so_far)} ", nl=False)
            pressed = self.key().casefold()
            click.echo(pressed if pressed.isprintable() else "")
            if pressed in STOPPED:
                return False
            if pressed == "s":
                return True
            if pressed == "u":
                self._undo()
            elif pressed == "n":
                return self._record(item.story, ())
            elif pressed == "m" and so_far.model is not None:
                return self._record(item.story, so_far.taken_over("model"))
            elif pressed == "r" and so_far.rules:
                return self._record(item.story, so_far.rules)
            elif pressed == "e" and (typed := self._typed(so_far)):
                return self._record(item.story, typed)

    def _so_far(self, story: Story) -> ReadSoFar:
        with self.app.store.read() as conn:
            return read_so_far(story, self.app.rulebook, readings.of_text(conn, story.revision))

    def _typed(self, so_far: ReadSoFar) -> tuple[ReadMatch, ...]:
        """The pairs that the person types, as matches; none where the line is empty or cannot be used."""
        click.echo("      COMMITMENT=EFFECT …: ", nl=False)
        try:
            return so_far.matches(parse_pairs(self.line().split(), self.app.rulebook))
        except click.BadParameter as error:
            click.echo(f"      {error.message}")
            return ()

    def _record(self, story: Story, matches: tuple[ReadMatch, ...]) -> bool:
        with self.app.store.begin() as conn:
            said = PersonReads(matches, self.by)
            self.concerned |= record_reading(conn, self.app.rulebook, story, said, self.app.clock()).concerned
        self.said.append(story.id)
        for line in labelled("read", match_parts(matches) or ["about no commitment"]):
            click.secho(line, fg="green")
        return True

    def _undo(self) -> None:
        """Take the last reading of this walk back."""
        if not self.said:
            click.echo("      nothing was read yet")
            return
        last = self.said.pop()
        with self.app.store.begin() as conn:
            story = stories.by_ids(conn, [last])[last]
            take_back(conn, self.app.rulebook, story, self.by, "", self.app.clock())
        click.echo(f"      taken back: {one_line(story.title, 60)}")


def _choices(so_far: ReadSoFar) -> str:
    """The keys that can be pressed."""
    own = ["[m]odel"] if so_far.model is not None else []
    own += ["[r]ules"] if so_far.rules else []
    return " ".join((*own, "[n]one", "[e]dit", "[s]kip", "[u]ndo", "[q]uit"))


def require_terminal() -> None:
    """Raises UsageError where nobody can press a key."""
    if not sys.stdin.isatty():
        raise click.UsageError(
            "name a STORY, which deal-monitor inbox list lists; without one, the walk through the inbox needs a terminal"
        )

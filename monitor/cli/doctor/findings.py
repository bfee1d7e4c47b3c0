"""What a check finds, and what it may look at."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from monitor.errors import MonitorError, RuleError, StoreError

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.domain.matching.rules import Rulebook
    from monitor.store import Store

State = Literal["ok", "warn", "FAIL"]
MOST_LISTED = 5
"""Names in one line of text."""
MOST_ISSUES = 10
"""Lines on the errors of one part; the others are counted."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: what was looked at, what was found, and what to do about it ('' if nothing)."""

    state: State
    what: str
    text: str
    remedy: str = ""

    def line(self) -> str:
        """ "warn  route      'desk' mails to x@example.org - put your own address there"."""
        remedy = f" – {self.remedy}" if self.remedy else ""
        return f"{self.state:<5} {self.what:<10} {self.text}{remedy}"

    def lines(self, width: int | None) -> list[str]:
        """The same on a terminal of this width, where no word is broken; None: it is no terminal, and one line."""
        if width is None:
            return [self.line()]
        beside = " " * 17
        return textwrap.wrap(
            self.line(), max(40, width), subsequent_indent=beside, break_long_words=False, break_on_hyphens=False
        )


@dataclass(slots=True)
class Examination:
    """What the checks look at. whole: False where a part of the configuration had to be left out, so that what is missing says nothing;
    rulebook, store: what the checks of them could open; None if they could not, or not yet."""

    _settings: Settings | None
    now: datetime
    offline: bool
    whole: bool = True
    opened: ExitStack = field(default_factory=ExitStack)
    rulebook: Rulebook | None = None
    store: Store | None = None

    @classmethod
    def without_settings(cls, *, offline: bool) -> Examination:
        """Of a machine without any configuration."""
        return cls(None, datetime.now(UTC), offline)

    @property
    def settings(self) -> Settings:
        assert self._settings is not None, "checks that need settings are left out without any"
        return self._settings


Check = Callable[[Examination], Iterator[Finding]]


def of_error(what: str, error: MonitorError) -> Iterator[Finding]:
    """An error of our own as findings: one, or one for each issue of the rules."""
    if isinstance(error, RuleError):
        for issue in error.issues[:MOST_ISSUES]:
            place = f"{issue.path}:{issue.line}:{issue.column}: {issue.severity}[{issue.code}]: {issue.message}"
            yield Finding("FAIL", what, place, issue.hint)
        if (more := len(error.issues) - MOST_ISSUES) > 0:
            yield Finding("FAIL", what, f"and {more} more", "`deal-monitor rules check` lists them all")
        return
    yield Finding("FAIL", what, *told_apart(str(error), stored=isinstance(error, StoreError)))


def told_apart(text: str, *, stored: bool = False) -> tuple[str, str]:
    """A problem and its remedy: our errors tell the problem first, and behind a semicolon what to do. stored: behind the last colon,
    as errors of the database do. The remedy is '' where none is told."""
    if near := re.search(r" \((did you mean .*\?)\)$", text):
        return text[: near.start()], near[1]
    if stored and "refused a statement" not in text:
        said, words_of_driver = re.fullmatch(r"(.*?)( \(.*\))?", text, re.DOTALL).groups(default="")  # type: ignore[union-attr]
        problem, _, remedy = said.rpartition(": ")
        return (problem + words_of_driver, remedy) if problem else (text, "")
    problem, _, remedy = text.partition("; ")
    return (problem, remedy) if problem else (text, "")


def listed(names: list[str] | tuple[str, ...]) -> str:
    """Up to five names, and how many more there are."""
    left = len(names) - MOST_LISTED
    return ", ".join(names[:MOST_LISTED]) + (f" and {left} more" if left > 0 else "")

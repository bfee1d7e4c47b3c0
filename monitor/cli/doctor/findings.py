"""A finding of `doctor`, and the context of its checks."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from monitor.errors import MonitorError, RuleError, StoreError

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.domain.matching.rules import Rulebook
    from monitor.store import Store

State = Literal["ok", "warn", "FAIL"]
NAMES_SHOWN = 5
ISSUES_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check: its subject, the finding, and the remedy ('' if none is needed)."""

    state: State
    what: str
    text: str
    remedy: str = ""

    def line(self) -> str:
        """ "warn  route      'desk' mails to x@example.org – use your own address"."""
        remedy = f" – {self.remedy}" if self.remedy else ""
        return f"{self.state:<5} {self.what:<10} {self.text}{remedy}"

    def lines(self, width: int | None) -> list[str]:
        """The line, folded between words for a terminal of this width; None: not folded."""
        if width is None:
            return [self.line()]
        return textwrap.wrap(
            self.line(), max(40, width), subsequent_indent=" " * 17, break_long_words=False, break_on_hyphens=False
        )


@dataclass(slots=True)
class Examination:
    """The context of the checks. rulebook, store: set by the checks that open them; None if that failed."""

    settings: Settings
    now: datetime
    offline: bool
    opened: ExitStack = field(default_factory=ExitStack)
    rulebook: Rulebook | None = None
    store: Store | None = None


Check = Callable[[Examination], Iterator[Finding]]


def of_error(what: str, error: MonitorError) -> Iterator[Finding]:
    """An error as findings: one, or one for each issue of the rules."""
    if not isinstance(error, RuleError):
        yield Finding("FAIL", what, *split_remedy(str(error), stored=isinstance(error, StoreError)))
        return
    for issue in error.issues[:ISSUES_SHOWN]:
        text = f"{issue.path}:{issue.line}:{issue.column}: {issue.severity}[{issue.code}]: {issue.message}"
        yield Finding("FAIL", what, text, issue.hint)
    if (more := len(error.issues) - ISSUES_SHOWN) > 0:
        yield Finding("FAIL", what, f"and {more} more", "run `deal-monitor rules check` for all of them")


def split_remedy(text: str, *, stored: bool = False) -> tuple[str, str]:
    """The problem and the remedy of a message of ours, '' if it has none.

    The remedy follows the first semicolon, or "did you mean". stored: it follows the last colon, as in errors of the
    database; the driver's own words in brackets belong to the problem.
    """
    if near := re.search(r" \((did you mean .*\?)\)$", text):
        return text[: near.start()], near[1]
    if stored and "refused a statement" not in text:
        message, driver = re.fullmatch(r"(.*?)( \(.*\))?", text, re.DOTALL).groups(default="")  # type: ignore[union-attr]
        problem, _, remedy = message.rpartition(": ")
        return (problem + driver, remedy) if problem else (text, "")
    problem, _, remedy = text.partition("; ")
    return (problem, remedy) if problem else (text, "")


def listed(names: Sequence[str]) -> str:
    """The first names, and the number of the others."""
    more = len(names) - NAMES_SHOWN
    return ", ".join(names[:NAMES_SHOWN]) + (f" and {more} more" if more > 0 else "")


def write_problem(folder: Path) -> str:
    """The reason why a folder cannot be written, '' if it can. More than a disk block is written, to notice a full
    disk."""
    probe = folder / ".probe"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"\n" * 65_536)
        probe.unlink()
    except OSError as error:
        return error.strerror or str(error)
    return ""

"""Tables for the terminal: where each commitment stands, and how the sources do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from rich.console import Console, ConsoleDimensions, Group
from rich.table import Table

from monitor.cli.common import format_date
from monitor.domain.messages.alert import SourceHealth
from monitor.domain.model import Commitment, Outlook, Progress, Standing, Verdict
from monitor.domain.text.labels import format_percent

STATUS_COLOURS = {
    "breached": "bold red", "lapsed": "red", "at_risk": "yellow", "stalled": "yellow", "met": "green",
    "in_force": "green", "partly_met": "cyan", "in_progress": "cyan", "pledged": "blue", "unpledged": "dim",
}  # fmt: skip
SOURCE_COLOURS = {"ok": "green", "failing": "red", "frozen": "yellow", "silent": "yellow", "never": "dim"}


def status_text(verdict: Verdict) -> str:
    """ "AT RISK (in force)": the word people read, and the standing under it where they differ."""
    word = verdict.status.replace("_", " ").upper()
    if verdict.outlook is Outlook.STEADY or verdict.standing in (Standing.BREACHED, Standing.LAPSED):
        return word
    return f"{word} ({verdict.standing.value.replace('_', ' ')})"


def flags_text(verdict: Verdict) -> str:
    return ", ".join(dict.fromkeys(flag.kind.value.replace("_", " ") for flag in verdict.flags))


def next_deadline_text(verdict: Verdict, today: date) -> str:
    """The next date that hangs over the commitment, and who says so where not all do."""
    open_dates = [d for d in verdict.deadlines if d.state in ("current", "claimed")]
    ahead = sorted((d for d in open_dates if d.date >= today), key=lambda d: d.date)
    if not ahead:
        passed = max((d.date for d in open_dates), default=None)
        return f"passed {passed:%-d %b %Y}" if passed else ""
    first = ahead[0]
    said = "" if first.state == "current" else f" ({first.said_by.upper()} says)"
    return f"{first.date:%-d %b %Y}{said}"


def progress_text(progress: Progress | None) -> str:
    if progress is None or progress.share is None:
        return ""
    done = format_percent(progress.share or 0.0) if progress.counted else "nothing confirmed"
    return f"{done} of {amount_text(progress.target, progress.unit)}"


def amount_text(value: float, unit: str) -> str:
    if unit == "t" and value >= 1e6:
        return f"{value / 1e6:g} Mt"
    if unit == "usd" and value >= 1e9:
        return f"${value / 1e9:g} bn"
    return f"{value:,.0f} {unit}"


FULL_WIDTH = 130
"""Columns from which all headings fit; a narrower terminal shows fewer of them rather than broken words."""
HEADINGS = ("commitment", "status", "since", "deadline", "progress", "last evidence", "flags")


def status_table(
    commitments: Mapping[str, Commitment], verdicts: Mapping[str, Verdict], now: datetime, *, width: int = FULL_WIDTH
) -> Table:
    """One row a commitment, parts under their parent."""
    shown = HEADINGS if width >= FULL_WIDTH else HEADINGS[:4]
    table = Table(title="Commitments", title_justify="left", expand=False)
    for heading in shown:
        table.add_column(heading, overflow="fold")
    for name in sorted(verdicts):
        short = commitments[name].short if name in commitments else name
        table.add_row(*status_row(short, verdicts[name], now)[: len(shown)])
    return table


def status_row(short: str, verdict: Verdict, now: datetime) -> tuple[str, ...]:
    """One row of the table, in the order of HEADINGS."""
    since = verdict.since if verdict.outlook is Outlook.STEADY else verdict.outlook_since or verdict.since
    return (
        short, f"[{STATUS_COLOURS.get(verdict.status, '')}]{status_text(verdict)}[/]", format_date(since),
        next_deadline_text(verdict, now.date()), progress_text(verdict.progress), format_date(verdict.last_evidence),
        flags_text(verdict),
    )  # fmt: skip


def source_table(sources: Sequence[SourceHealth], *, only_bad: bool = False, most: int | None = None) -> Table:
    """One row a feed, those that cannot be relied on first; `most` rows at the most, and a word on the rest."""
    table = Table(title=f"Sources: {source_counts(sources)}", title_justify="left", expand=False)
    for heading in ("feed", "state", "since", "what is wrong"):
        table.add_column(heading, overflow="fold")
    wanted = [s for s in sorted(sources, key=lambda s: (s.state == "ok", s.name)) if not (only_bad and s.state == "ok")]
    shown = wanted if most is None or len(wanted) <= most else wanted[: max(0, most - 1)]
    for source in shown:
        colour = SOURCE_COLOURS[source.state]
        table.add_row(source.name, f"[{colour}]{source.state}[/]", format_date(source.since), source.detail)
    if len(shown) < len(wanted):
        table.add_row(f"{len(wanted) - len(shown)} more", "", "", "deal-monitor feeds list")
    return table


def source_counts(sources: Sequence[SourceHealth]) -> str:
    states = [source.state for source in sources]
    return ", ".join(f"{states.count(state)} {state}" for state in SOURCE_COLOURS if state in states) or "none"


TABLE_LINES = 5
"""Title, rules and headings of a table."""


def dashboard(
    commitments: Mapping[str, Commitment], verdicts: Mapping[str, Verdict], sources: Sequence[SourceHealth],
    now: datetime, room: ConsoleDimensions | None = None,
) -> Group:  # fmt: skip
    """Everything the live view shows, cut to the room there is: commitments first, then the sources in trouble."""
    if room is None:
        return Group(status_table(commitments, verdicts, now), source_table(sources))
    most = max(1, room.height - len(verdicts) - 2 * TABLE_LINES - 1)
    table = status_table(commitments, verdicts, now, width=room.width)
    return Group(table, source_table(sources, only_bad=len(sources) > most, most=most))


def wide_console(*, stderr: bool = False) -> Console:
    """A console that, off a terminal, is wide enough not to break words."""
    probe = Console(stderr=stderr)
    return probe if probe.is_terminal else Console(stderr=stderr, width=160, no_color=True)

"""Tables for the terminal: where each commitment stands, and how the sources do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from rich.console import Console, Group
from rich.table import Table

from monitor.cli.common import day
from monitor.domain.brief import SourceHealth
from monitor.domain.model import Commitment, Outlook, Progress, Standing, Verdict

COLOURS = {
    "breached": "bold red", "lapsed": "red", "at_risk": "yellow", "stalled": "yellow", "met": "green",
    "in_force": "green", "partly_met": "cyan", "in_progress": "cyan", "pledged": "blue", "unpledged": "dim",
}  # fmt: skip
SOURCE_COLOURS = {"ok": "green", "failing": "red", "frozen": "yellow", "silent": "yellow", "never": "dim"}


def status_words(verdict: Verdict) -> str:
    """ "AT RISK (in force)": the word people read, and the standing under it where they differ."""
    word = verdict.status.replace("_", " ").upper()
    if verdict.outlook is Outlook.STEADY or verdict.standing in (Standing.BREACHED, Standing.LAPSED):
        return word
    return f"{word} ({verdict.standing.value.replace('_', ' ')})"


def flag_words(verdict: Verdict) -> str:
    return ", ".join(dict.fromkeys(flag.kind.value.replace("_", " ") for flag in verdict.flags))


def deadline_words(verdict: Verdict, today: date) -> str:
    """The next date that hangs over the commitment, and who says so where not all do."""
    open_dates = [d for d in verdict.deadlines if d.state in ("current", "claimed")]
    ahead = sorted((d for d in open_dates if d.date >= today), key=lambda d: d.date)
    if not ahead:
        passed = max((d.date for d in open_dates), default=None)
        return f"passed {passed:%-d %b %Y}" if passed else ""
    first = ahead[0]
    said = "" if first.state == "current" else f" ({first.said_by.upper()} says)"
    return f"{first.date:%-d %b %Y}{said}"


def progress_words(progress: Progress | None) -> str:
    if progress is None or progress.share is None:
        return ""
    return f"{progress.share:.0%} of {amount(progress.target, progress.unit)}"


def amount(value: float, unit: str) -> str:
    if unit == "t" and value >= 1e6:
        return f"{value / 1e6:g} Mt"
    if unit == "usd" and value >= 1e9:
        return f"${value / 1e9:g} bn"
    return f"{value:,.0f} {unit}"


def standings(commitments: Mapping[str, Commitment], verdicts: Mapping[str, Verdict], now: datetime) -> Table:
    """One row a commitment, parts under their parent."""
    table = Table(title="Commitments", title_justify="left", expand=False)
    for heading in ("commitment", "status", "since", "last evidence", "deadline", "progress", "flags"):
        table.add_column(heading, overflow="fold")
    for name in sorted(verdicts):
        verdict = verdicts[name]
        since = verdict.since if verdict.outlook is Outlook.STEADY else verdict.outlook_since or verdict.since
        table.add_row(
            commitments[name].short if name in commitments else name,
            f"[{COLOURS.get(verdict.status, '')}]{status_words(verdict)}[/]",
            day(since), day(verdict.last_evidence), deadline_words(verdict, now.date()),
            progress_words(verdict.progress), flag_words(verdict),
        )  # fmt: skip
    return table


def source_table(sources: Sequence[SourceHealth], *, only_bad: bool = False) -> Table:
    """One row a feed, those that cannot be relied on first."""
    table = Table(title=f"Sources: {source_counts(sources)}", title_justify="left", expand=False)
    for heading in ("feed", "state", "since", "what is wrong"):
        table.add_column(heading, overflow="fold")
    for source in sorted(sources, key=lambda s: (s.state == "ok", s.name)):
        if not (only_bad and source.state == "ok"):
            colour = SOURCE_COLOURS[source.state]
            table.add_row(source.name, f"[{colour}]{source.state}[/]", day(source.since), source.detail)
    return table


def source_counts(sources: Sequence[SourceHealth]) -> str:
    states = [source.state for source in sources]
    return ", ".join(f"{states.count(state)} {state}" for state in SOURCE_COLOURS if state in states) or "none"


def overview(
    commitments: Mapping[str, Commitment],
    verdicts: Mapping[str, Verdict],
    sources: Sequence[SourceHealth],
    now: datetime,
) -> Group:
    """Everything the live view shows."""
    return Group(standings(commitments, verdicts, now), source_table(sources))


def console(*, stderr: bool = False) -> Console:
    """A console that, off a terminal, is wide enough not to break words."""
    probe = Console(stderr=stderr)
    return probe if probe.is_terminal else Console(stderr=stderr, width=160, no_color=True)

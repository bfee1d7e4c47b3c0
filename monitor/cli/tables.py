"""Verdicts and feeds for a terminal, and a verdict as values for JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from monitor.cli.common import fields_of
from monitor.domain.messages.headline import shown_status
from monitor.domain.messages.models import SourceHealth
from monitor.domain.messages.wording import detail_text, reason_text
from monitor.domain.model import Commitment, Outlook, Progress, Signal, Verdict, day_of
from monitor.domain.text.labels import FLAG_LABELS, format_percent
from monitor.domain.text.labels import format_date as format_day
from monitor.domain.text.plain import one_line

STATUS_COLOURS = {
    "breached": "bold red",
    "lapsed": "red",
    "at_risk": "yellow",
    "stalled": "yellow",
    "met": "green",
    "in_force": "green",
    "partly_met": "cyan",
    "in_progress": "cyan",
    "pledged": "blue",
    "unpledged": "dim",
}
SOURCE_COLOURS = {"ok": "green", "failing": "red", "frozen": "yellow", "silent": "yellow", "never": "dim"}
FULL_WIDTH = 130
"""Columns from which all headings fit; a narrower terminal shows fewer of them rather than broken words."""
HEADINGS = ("commitment", "status", "since", "deadline", "progress", "last evidence", "flags")


# ---------------------------------------------------------------- one verdict


def verdict_values(commitment: Commitment, verdict: Verdict) -> dict[str, Any]:
    """A verdict as JSON. progress is None for a commitment that counts nothing."""
    progress = verdict.progress
    return {
        "commitment": commitment.id,
        "name": commitment.name,
        **fields_of(verdict, "status", "standing", "outlook", "since", "outlook_since"),
        "why": reason_text(verdict.why),
        **fields_of(verdict, "last_evidence", "steps"),
        "flags": [
            {**fields_of(flag, "kind", "subject", "since"), "detail": detail_text(flag.detail)}
            for flag in verdict.flags
        ],
        "deadlines": [fields_of(d, "what", "kind", "date", "said_by", "state") for d in verdict.deadlines],
        "progress": progress and fields_of(progress, "counted", "low", "high", "target", "unit", "basis", "share"),
        "evidence": [*verdict.evidence, *verdict.outlook_evidence],
    }


def sentence_values(signal: Signal, outlet: str) -> dict[str, Any]:
    """A sentence of the evidence as JSON, with all who read it."""
    from monitor.domain.messages.who_read import read_by_values  # loads the matcher, which a table does without

    return {
        "signal": signal.id,
        "happened": signal.happened.end,
        **fields_of(signal, "effect", "says"),
        "outlet": outlet,
        **fields_of(signal, "quote", "rule"),
        "read_by": read_by_values(signal),
    }


def sentence_text(signal: Signal, outlet: str) -> str:
    """The same as a line: day, effect, outlet, the sentence, and its rule or whoever read it."""
    from monitor.domain.messages.who_read import rule_or_readers

    quoted = f"{one_line(outlet, 60)}: {one_line(signal.quote)}"
    return f"  {day_of(signal.happened.end)}  {signal.effect:<9} {quoted}  [{rule_or_readers(signal)}]"


def print_verdict(verdict: Verdict) -> None:
    """Prints status, flags, progress and dates, a line each."""
    click.echo(
        f"{shown_status(verdict)} since {format_day(day_of(verdict.since))}: {one_line(reason_text(verdict.why))}"
    )
    for label, text in (("flags", flags_text(verdict)), ("progress", progress_text(verdict.progress))):
        if text:
            click.echo(f"{label}: {text}")
    for deadline in verdict.deadlines:
        click.echo(
            f"{deadline.kind} {format_day(deadline.date)}: {deadline.what} ({deadline.said_by}, {deadline.state})"
        )


def flags_text(verdict: Verdict) -> str:
    return ", ".join(dict.fromkeys(FLAG_LABELS[flag.kind.value] for flag in verdict.flags))


def next_deadline_text(verdict: Verdict, today: date) -> str:
    """The next open deadline, with the side that names it where not both do; else the last one that passed."""
    open_dates = [d for d in verdict.deadlines if d.state in ("current", "claimed")]
    ahead = [d for d in open_dates if d.date >= today]
    if ahead:
        first = min(ahead, key=lambda d: d.date)
        said = "" if first.state == "current" else f" ({first.said_by.upper()} says)"
        return f"{first.date:%-d %b %Y}{said}"
    return f"passed {max(d.date for d in open_dates):%-d %b %Y}" if open_dates else ""


def progress_text(progress: Progress | None) -> str:
    """ "83% of 12 Mt"; '' where nothing is counted."""
    if progress is None or progress.share is None:
        return ""
    done = format_percent(progress.share) if progress.counted else "nothing confirmed"
    return f"{done} of {amount_text(progress.target, progress.unit)}"


def amount_text(value: float, unit: str) -> str:
    if unit == "t" and value >= 1e6:
        return f"{value / 1e6:g} Mt"
    if unit == "usd" and value >= 1e9:
        return f"${value / 1e9:g} bn"
    return f"{value:,.0f} {unit}"


def format_date(moment: datetime | None) -> str:
    """ "24 Dec 2026"; '' for None."""
    return f"{day_of(moment):%-d %b %Y}" if moment else ""


# ---------------------------------------------------------------- tables


def status_table(
    commitments: Mapping[str, Commitment], verdicts: Mapping[str, Verdict], now: datetime, *, width: int = FULL_WIDTH
) -> Table:
    """One row a commitment, parts under their parent."""
    shown = HEADINGS if width >= FULL_WIDTH else HEADINGS[:4]
    table = _titled_table("Commitments", shown)
    for name, verdict in sorted(verdicts.items()):
        steady = verdict.outlook is Outlook.STEADY
        row = (
            commitments[name].short if name in commitments else name,
            f"[{STATUS_COLOURS.get(verdict.status, '')}]{shown_status(verdict)}[/]",
            format_date(verdict.since if steady else verdict.outlook_since or verdict.since),
            next_deadline_text(verdict, now.date()),
            progress_text(verdict.progress),
            format_date(verdict.last_evidence),
            flags_text(verdict),
        )
        table.add_row(*row[: len(shown)])
    return table


def source_table(sources: Sequence[SourceHealth], *, only_bad: bool = False, most: int | None = None) -> Table:
    """One row a feed, those in trouble first; at most `most` rows (None: all), the last of which counts the rest."""
    states = [source.state for source in sources]
    counts = ", ".join(f"{states.count(state)} {state}" for state in SOURCE_COLOURS if state in states)
    table = _titled_table(f"Sources: {counts or 'none'}", ("feed", "state", "since", "what is wrong"))
    wanted = [s for s in sorted(sources, key=lambda s: (s.state == "ok", s.name)) if not (only_bad and s.state == "ok")]
    shown = wanted if most is None or len(wanted) <= most else wanted[: max(0, most - 1)]
    for source in shown:
        state = f"[{SOURCE_COLOURS[source.state]}]{source.state}[/]"
        table.add_row(source.name, state, format_date(source.since), source.detail)
    if len(shown) < len(wanted):
        table.add_row(f"{len(wanted) - len(shown)} more", "", "", "deal-monitor feeds list")
    return table


def _titled_table(title: str, headings: Sequence[str]) -> Table:
    table = Table(title=title, title_justify="left", expand=False)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table


def wide_console() -> Console:
    """A console that, off a terminal, is wide enough not to break words."""
    probe = Console()
    return probe if probe.is_terminal else Console(width=160, no_color=True)

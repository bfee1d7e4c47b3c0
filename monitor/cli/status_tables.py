"""Verdicts and sources as text and tables for a terminal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

from rich.console import Console, Group
from rich.markup import escape
from rich.table import Table

from monitor.cli.screen import screen_width
from monitor.domain.messages.briefs import SourceHealth
from monitor.domain.messages.subject import shown_status
from monitor.domain.messages.wording import detail_text
from monitor.domain.model import Commitment, FlagKind, Outlook, Progress, Signal, Verdict, day_of
from monitor.domain.model.sides import Parties
from monitor.domain.text.labels import FLAG_LABELS, format_amount, format_percent, status_caps
from monitor.domain.text.labels import format_date as format_day
from monitor.domain.text.plain import one_line
from monitor.domain.verdicts.decide import baseline_behind

if TYPE_CHECKING:
    from monitor.domain.matching.rules import Rulebook

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
"""Columns that all headings need. A narrower terminal shows fewer."""
HEADINGS = ("commitment", "status", "since", "deadline", "progress", "last evidence", "flags")
NARROW_HEADINGS = ("commitment", "status", "since", "flags")
UNBROKEN = ("status", "state", "since", "last evidence")
"""Columns that stay on one line; the others are folded between words."""
FILE_WIDTH = 160
"""Columns if the output is no terminal; wide enough for whole words."""


def sentence_text(signal: Signal, outlet: str) -> str:
    """A sentence of the evidence on one line: day, effect, outlet, quote, and its rule or readers."""
    from monitor.domain.messages.who_read import rule_or_readers  # loads the matcher, which a table does not need

    quoted = f"{one_line(outlet, 60)}: {one_line(signal.quote)}"
    return f"  {day_of(signal.happened.end)}  {signal.effect:<9} {quoted}  [{rule_or_readers(signal)}]"


def verdict_lines(verdict: Verdict, parties: Parties) -> Iterator[str]:
    since, why = format_day(day_of(verdict.shown_since)), one_line(detail_text(verdict.why.detail, parties))
    yield f"{shown_status(verdict)} since {since}: {why}"
    for label, text in (("flags", flags_text(verdict)), ("progress", progress_text(verdict.progress))):
        if text:
            yield f"{label}: {text}"
    for each in verdict.deadlines:
        yield f"{each.kind or 'on'} {format_day(each.date)}: {each.what} ({each.said_by}, {each.state})"


def flags_text(verdict: Verdict) -> str:
    """The kinds of flags. "unchecked" comes first, because it limits all others."""
    ordered = sorted(verdict.flags, key=lambda flag: flag.kind is not FlagKind.UNCHECKED)
    return ", ".join(dict.fromkeys(FLAG_LABELS[flag.kind.value] for flag in ordered))


def progress_text(progress: Progress | None) -> str:
    """ "83% of 12 Mt", or '' without a measured quantity."""
    if progress is None or progress.share is None:
        return ""
    done = format_percent(progress.share) if progress.counted else "no confirmed count"
    return f"{done} of {format_amount(progress.target, progress.unit)}"


def format_date(moment: datetime | None) -> str:
    """ "24 Dec 2026"; '' for None."""
    return f"{day_of(moment):%-d %b %Y}" if moment else ""


def status_table(
    rulebook: Rulebook, verdicts: Mapping[str, Verdict], now: datetime, *, width: int = FULL_WIDTH
) -> Group:
    """A table of each deal, with one row per commitment, parts below their parent; fewer columns below FULL_WIDTH."""
    deals = defaultdict[str, dict[str, Verdict]](dict)
    for name, verdict in verdicts.items():
        deals[rulebook.deal_of(name)][name] = verdict
    tables = []
    for deal, own in sorted(deals.items()):
        title = rulebook.deal_names.get(deal, deal) if len(deals) > 1 else "Commitments"
        tables.append(_deal_table(title, rulebook.commitments, own, now, width))
    return Group(*tables)


def _deal_table(
    title: str, commitments: Mapping[str, Commitment], verdicts: Mapping[str, Verdict], now: datetime, width: int
) -> Table:
    headings = HEADINGS if width >= FULL_WIDTH else NARROW_HEADINGS
    rows = []
    for name, verdict in sorted(verdicts.items()):
        commitment = commitments.get(name)
        base = baseline_behind(verdict, commitment) if commitment else None
        # The next open deadline, with its side if only one side names it; else the last one that passed.
        open_dates = sorted((d for d in verdict.deadlines if d.state in ("current", "claimed")), key=lambda d: d.date)
        deadline = f"passed {open_dates[-1].date:%-d %b %Y}" if open_dates else ""
        if ahead := [d for d in open_dates if d.date >= now.date()]:
            said = "" if ahead[0].state == "current" else f" ({ahead[0].said_by.upper()} says)"
            deadline = f"{ahead[0].date:%-d %b %Y}{said}"
        word = shown_status(verdict) if width >= FULL_WIDTH else status_caps(verdict.status)
        row = {
            "commitment": commitment.short if commitment else name,
            "status": f"[{STATUS_COLOURS.get(verdict.status, '')}]{word}[/]",
            "since": format_date(verdict.shown_since),
            "deadline": deadline,
            "progress": progress_text(verdict.progress),
            "last evidence": f"baseline {base.as_of:%-d %b %Y}" if base else format_date(verdict.last_evidence),
            "flags": ", ".join(filter(None, (flags_text(verdict), "baseline" if base and width < FULL_WIDTH else ""))),
        }
        rows.append([row[heading] for heading in headings])
    return titled_table(title, headings, rows)


def silence_since(day: date, last_read: datetime | None) -> str:
    read = last_read is not None and last_read >= datetime.combine(day, time(), UTC)
    return "no evidence since" if read else "nothing read since"


def baselines_note(
    commitments: Mapping[str, Commitment], verdicts: Mapping[str, Verdict], last_read: datetime | None
) -> str:
    """The number and the first day of the statuses that are baselines without evidence, and how many of them are AT
    RISK because a date of theirs has passed unread; '' if there are none."""
    known = ((verdict, commitments[name]) for name, verdict in verdicts.items() if name in commitments)
    found = [(verdict, base) for verdict, own in known if (base := baseline_behind(verdict, own)) is not None]
    days = [base.as_of for _, base in found]
    if not days:
        return ""
    are, first = "is a baseline" if len(days) == 1 else "are baselines", min(days)
    note = f"{len(days)} of {len(verdicts)} {are} of {first:%-d %b %Y} or later: {silence_since(first, last_read)}"
    passed = sum(v.status is Outlook.AT_RISK and base.outlook is Outlook.STEADY for v, base in found)
    only = f"{passed} {'is' if passed == 1 else 'are'} AT RISK only because a date passed while nothing was read"
    return f"{note}; {only}" if passed else note


def source_table(sources: Sequence[SourceHealth], *, only_bad: bool = False) -> Table:
    """One row per feed, feeds in trouble first, with the counts of all in the title."""
    states = [source.state for source in sources]
    counts = ", ".join(f"{states.count(state)} {state}" for state in SOURCE_COLOURS if state in states)
    ordered = sorted(sources, key=lambda source: (source.state == "ok", source.name))
    rows = [
        (s.name, f"[{SOURCE_COLOURS[s.state]}]{s.state}[/]", format_date(s.since), escape(s.detail))
        for s in ordered
        if not (only_bad and s.state == "ok")
    ]
    return titled_table(f"Sources: {counts or 'none'}", ("feed", "state", "since", "problem"), rows)


def titled_table(title: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    table = Table(title=title, title_justify="left", expand=False)
    for heading in headings:
        table.add_column(heading, overflow="fold", no_wrap=heading in UNBROKEN)
    for row in rows:
        table.add_row(*row)
    return table


def wide_console(width: int = FILE_WIDTH) -> Console:
    """A console; if the output is no terminal and COLUMNS is not set, one of this width: enough for whole words."""
    probe = Console()
    return probe if probe.is_terminal or screen_width() else Console(width=width, no_color=True)

"""Verdicts and sources as text and tables for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from monitor.domain.messages.briefs import SourceHealth
from monitor.domain.messages.subject import shown_status
from monitor.domain.messages.wording import reason_text
from monitor.domain.model import Baseline, Commitment, FlagKind, Outlook, Progress, Signal, Standing, Verdict, day_of
from monitor.domain.model.sides import Parties
from monitor.domain.text.labels import FLAG_LABELS, format_percent, status_caps
from monitor.domain.text.labels import format_date as format_day
from monitor.domain.text.plain import one_line
from monitor.domain.verdicts.decide import baseline_behind

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
"""Columns that all headings need. A narrower terminal shows fewer headings."""
MIDDLE_WIDTH = 100
"""Columns that the deadline needs in addition to the narrow headings."""
HEADINGS = ("commitment", "status", "since", "deadline", "progress", "last evidence", "flags")
SHRINKING = (
    ("progress", 9),
    ("commitment", 18),
    ("problem", 24),
    ("flags", 27),
    ("deadline", 21),
    ("last evidence", 11),
    ("deadline", 11),
    ("flags", 18),
    ("commitment", 8),
)
"""Columns that shrink, in this order, to fit a row on one line, and their least width. Status, date and the first flags stay whole."""
NARROW_HEADINGS = ("commitment", "status", "since", "flags")
MIDDLE_HEADINGS = ("commitment", "status", "since", "deadline", "flags")


# ---------------------------------------------------------------- one verdict


def sentence_text(signal: Signal, outlet: str) -> str:
    """A sentence of the evidence on one line: day, effect, outlet, quote, and its rule or readers."""
    from monitor.domain.messages.who_read import rule_or_readers  # loads the matcher, which a table does not need

    quoted = f"{one_line(outlet, 60)}: {one_line(signal.quote)}"
    return f"  {day_of(signal.happened.end)}  {signal.effect:<9} {quoted}  [{rule_or_readers(signal)}]"


def verdict_lines(verdict: Verdict, parties: Parties) -> Iterator[str]:
    """Status, flags, progress and dates, one line each."""
    since, why = format_day(day_of(verdict.shown_since)), one_line(reason_text(verdict.why, parties))
    yield f"{shown_status(verdict)} since {since}: {why}"
    for label, text in (("flags", flags_text(verdict)), ("progress", progress_text(verdict.progress))):
        if text:
            yield f"{label}: {text}"
    for deadline in verdict.deadlines:
        yield f"{deadline.kind} {format_day(deadline.date)}: {deadline.what} ({deadline.said_by}, {deadline.state})"


def flags_text(verdict: Verdict) -> str:
    """The kinds of flags. "unchecked" comes first, because it limits all others."""
    ordered = sorted(verdict.flags, key=lambda flag: flag.kind is not FlagKind.UNCHECKED)
    return ", ".join(dict.fromkeys(FLAG_LABELS[flag.kind.value] for flag in ordered))


def next_deadline_text(verdict: Verdict, today: date) -> str:
    """The next open deadline, with its side if only one side names it; else the last one that passed."""
    open_dates = [d for d in verdict.deadlines if d.state in ("current", "claimed")]
    ahead = [d for d in open_dates if d.date >= today]
    if ahead:
        first = min(ahead, key=lambda d: d.date)
        said = "" if first.state == "current" else f" ({first.said_by.upper()} says)"
        return f"{first.date:%-d %b %Y}{said}"
    return f"passed {max(d.date for d in open_dates):%-d %b %Y}" if open_dates else ""


def progress_text(progress: Progress | None) -> str:
    """ "83% of 12 Mt", or '' without a measured quantity."""
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
    commitments: Mapping[str, Commitment],
    verdicts: Mapping[str, Verdict],
    now: datetime,
    *,
    width: int = FULL_WIDTH,
    most: int | None = None,
) -> Table:
    """One row per commitment, parts below their parent; fewer columns below FULL_WIDTH.

    most: the maximum number of rows (None: no limit). With a limit each row is one line, commitments in trouble or with flags
    come first, and the last row counts the rest. In a narrow table each row is always one line.
    """
    narrow = width < FULL_WIDTH
    one_line = narrow or most is not None
    shown = HEADINGS if not narrow else MIDDLE_HEADINGS if width >= MIDDLE_WIDTH else NARROW_HEADINGS
    rows: list[tuple[str, ...]] = []
    names = sorted(verdicts)
    if most is not None and len(names) > most:
        first = sorted(names, key=lambda name: (not is_notable(verdicts[name]), name))
        names = sorted(first[: max(0, most - 1)])
    for name in names:
        verdict, commitment = verdicts[name], commitments.get(name)
        base = baseline_behind(verdict, commitment) if commitment else None
        word = status_caps(verdict.status) if one_line else shown_status(verdict)
        row = {
            "commitment": commitment.short if commitment else name,
            "status": f"[{STATUS_COLOURS.get(verdict.status, '')}]{word}[/]",
            "since": format_date(verdict.shown_since),
            "deadline": next_deadline_text(verdict, now.date()),
            "progress": progress_text(verdict.progress),
            "last evidence": f"baseline {base.as_of:%-d %b %Y}" if base else format_date(verdict.last_evidence),
            "flags": ", ".join(filter(None, (flags_text(verdict), "baseline" if base and narrow else ""))),
        }
        rows.append(tuple(row[heading] for heading in shown))
    if len(names) < len(verdicts):
        rows.append((f"{len(verdicts) - len(names)} more: deal-monitor status", *[""] * (len(shown) - 1)))
    return _titled_table("Commitments", shown, rows, width if one_line else None)


def is_notable(verdict: Verdict) -> bool:
    """Whether a short table shows the verdict first: it is in trouble or has flags."""
    ended = verdict.standing in (Standing.BREACHED, Standing.LAPSED)
    return ended or verdict.outlook is not Outlook.STEADY or bool(verdict.flags)


def baseline_text(base: Baseline, last_read: datetime | None) -> str:
    """ "baseline of 10 October 2026 (source); nothing read since". last_read: the last answer of a source, or None."""
    begins = datetime.combine(base.as_of, time(), UTC)
    since = "nothing read since" if last_read is None or last_read < begins else "no evidence since"
    return f"baseline of {base.as_of:%-d %b %Y} ({base.source}); {since}"


def baselines_note(
    commitments: Mapping[str, Commitment], verdicts: Mapping[str, Verdict], last_read: datetime | None
) -> str:
    """The number and the days of the statuses that are baselines without evidence; '' if there are none."""
    found = (baseline_behind(verdict, commitments[name]) for name, verdict in verdicts.items() if name in commitments)
    bases = [base for base in found if base is not None]
    if not bases:
        return ""
    first, last = min(base.as_of for base in bases), max(base.as_of for base in bases)
    days = f"of {last:%-d %b %Y}" if first == last else f"of {first:%-d %b %Y} to {last:%-d %b %Y}"
    read = last_read is not None and last_read >= datetime.combine(first, time(), UTC)
    are = "is a baseline" if len(bases) == 1 else "are baselines"
    sources = {base.source for base in bases}
    source = f" ({sources.pop()})" if len(sources) == 1 else ""
    return f"{len(bases)} of {len(verdicts)} {are} {days}: {'no evidence' if read else 'nothing read'} since{source}"


def source_table(
    sources: Sequence[SourceHealth], *, only_bad: bool = False, most: int | None = None, width: int | None = None
) -> Table:
    """One row per feed, feeds in trouble first; at most `most` rows, the last of which counts the rest.

    width: of the terminal, with one line per row; None: long texts are folded.
    """
    states = [source.state for source in sources]
    counts = ", ".join(f"{states.count(state)} {state}" for state in SOURCE_COLOURS if state in states)
    wanted = [s for s in sorted(sources, key=lambda s: (s.state == "ok", s.name)) if not (only_bad and s.state == "ok")]
    shown = wanted if most is None or len(wanted) <= most else wanted[: max(0, most - 1)]
    rows = [(s.name, f"[{SOURCE_COLOURS[s.state]}]{s.state}[/]", format_date(s.since), escape(s.detail)) for s in shown]
    if len(shown) < len(wanted):
        rows.append((f"{len(wanted) - len(shown)} more", "", "", "deal-monitor feeds list"))
    headings = ("feed", "state", "since", "problem")
    return _titled_table(f"Sources: {counts or 'none'}", headings, rows, width)


def _titled_table(
    title: str, headings: Sequence[str], rows: Sequence[Sequence[str]], width: int | None = None
) -> Table:
    """width: of the terminal, with one line per row and long texts cut; None: long texts are folded."""
    table = Table(title=title, title_justify="left", expand=False)
    widths = _fitted_widths(headings, rows, width) if width is not None else {}
    for heading in headings:
        if width is None:
            table.add_column(heading, overflow="fold")
        else:
            table.add_column(heading, overflow="ellipsis", no_wrap=True, width=widths[heading])
    for row in rows:
        table.add_row(*row)
    return table


def _fitted_widths(headings: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> dict[str, int]:
    """The width of each column, reduced by `SHRINKING` if the table is wider than the terminal."""
    columns = zip(*rows, strict=True) if rows else [()] * len(headings)
    widths = {
        heading: max(map(len, (heading, *(Text.from_markup(cell).plain for cell in cells))))
        for heading, cells in zip(headings, columns, strict=True)
    }
    excess = sum(widths.values()) + 3 * len(widths) + 1 - width  # each column has two spaces and a border
    for heading, least in SHRINKING:
        if heading in widths and excess > 0:
            less = max(0, min(excess, widths[heading] - least))
            widths[heading] -= less
            excess -= less
    return widths


OFF_TERMINAL = 160
"""Columns if the output is no terminal; wide enough for whole words."""


def wide_console() -> Console:
    """A console; if the output is no terminal, one that is wide enough for whole words."""
    probe = Console()
    return probe if probe.is_terminal else Console(width=OFF_TERMINAL, no_color=True)


def as_text(table: Table) -> str:
    """A table as text for a file, independent of the terminal."""
    console = Console(width=OFF_TERMINAL, no_color=True)
    with console.capture() as captured:
        console.print(table)
    return captured.get()

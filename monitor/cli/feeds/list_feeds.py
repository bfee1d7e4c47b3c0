"""`feeds list`: what is polled, and how each feed does."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.common import echo_json, fields_of, format_utc, pluralised, session
from monitor.cli.feeds.configured import publishers_of
from monitor.domain.messages.feed_health import UNKNOWN_REMEDY, FeedReport, feed_report, sources_line
from monitor.domain.model.publishers import unknown_publishers
from monitor.domain.text.labels import format_span, join_few
from monitor.domain.text.plain import one_line

if TYPE_CHECKING:
    from monitor.config import FeedSettings
    from monitor.runtime.session import Opened

RECENT = timedelta(days=28)
"""How far back the usual time between news is looked for, an estimate: many gaps, and the feed's present habit."""
IDLE = timedelta(hours=2)
"""Without an answer for so long, and for three times the shortest interval, nobody asks, whatever the state of the feeds says."""
LONG_AGO = timedelta(days=180)
"""From here on a day without its year could be taken for a coming one."""
OFF_TERMINAL = 160
"""Columns where nobody's window says how many there are."""
HEADINGS = ("last answer", "last news", "news every", "asked every")
WIDTHS = (12, 12, 10, 11)
COLOURS = {"failing": "red", "silent": "yellow", "frozen": "yellow"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object per feed.")
@click.option("--bad", is_flag=True, help="Only feeds in trouble or with an unlisted publisher.")
def list_feeds(*, as_json: bool, bad: bool) -> None:
    """List every configured feed with its state, last answer, last news, usual interval and remedy.

    Feeds that need attention are marked with '!'. "news every" is the median interval between polls with news in the last
    four weeks; if it is far longer than "asked every", poll the feed less often.
    """
    with session() as app:
        reports, summary = reports_of(app)
        feeds, now = {feed.name: feed for feed in app.feeds()}, app.clock()
    shown = [report for report in reports if not (bad and report.reliable)]
    if as_json:
        for report in shown:
            echo_json(_values(report, feeds[report.health.name]))
        return
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else OFF_TERMINAL
    for line in lines_of_table(shown, feeds, width, now):
        click.echo(line)
    if idle := idle_text(reports, feeds, now):
        click.echo("\n".join(_wrapped(idle, width, "=> ")))
    click.echo(one_line(summary, 1000))


def reports_of(app: Opened) -> tuple[list[FeedReport], str]:
    """A report on each feed, and all of them in one line."""
    from monitor.store import feeds as feed_store

    feeds, now = app.feeds(), app.clock()
    publishers = publishers_of(app.settings)
    unknown = unknown_publishers(feeds, publishers) if publishers is not None else {}
    with app.store.read() as conn:
        states, usual = feed_store.states(conn), feed_store.news_gaps(conn, now - RECENT)
    reports = [
        feed_report(feed, states.get(feed.name), now, usual=usual.get(feed.name), unknown=unknown.get(feed.name))
        for feed in feeds
    ]
    summary = sources_line(feeds, states, now)
    return reports, f"{summary}; {pluralised(len(unknown), 'publisher')} not in sources.yaml" if unknown else summary


def _values(report: FeedReport, feed: FeedSettings) -> dict[str, Any]:
    """A report for JSON. Lengths of time are seconds."""
    values = {"feed": report.health.name, "url": feed.url, **fields_of(report.health, "state", "since", "detail")}
    values |= fields_of(report, "text", "remedy")
    moments = {"last_answer": report.answered, "last_news": report.news}
    usual = report.usual.total_seconds() if report.usual is not None else None
    unknown = report.unknown
    whose = {
        "publisher": feed.publisher,
        "publisher_known": unknown is None,
        "publisher_near": unknown and unknown.near,
    }
    return {**values, **moments, "news_every": usual, "asked_every": feed.interval, **whose}


# ---------------------------------------------------------------- for a terminal


def idle_text(reports: Sequence[FeedReport], feeds: Mapping[str, FeedSettings], now: datetime) -> str:
    """That nothing has answered for so long that probably nobody asks; '' where that is not so, or a failure says why."""
    answers = [report.answered for report in reports if report.answered is not None]
    if not answers or any(report.health.state == "failing" for report in reports):
        return ""
    usual = min(timedelta(seconds=feeds[report.health.name].interval) for report in reports)
    if now - max(answers) < max(IDLE, 3 * usual):
        return ""
    return f"No feed was asked since {format_utc(max(answers))}: is a monitor running? deal-monitor health tells"


def lines_of_table(
    reports: Sequence[FeedReport], feeds: Mapping[str, FeedSettings], width: int, now: datetime
) -> Iterator[str]:
    """The table, below each feed that needs a look what is wrong, and at the end what to do, in no more columns than `width`."""
    room = max(12, width - sum(WIDTHS) - 2 * len(WIDTHS) - 2)
    name_width = min(room, max((4, *(len(report.health.name) for report in reports))))
    if reports:
        yield _row("  ", "feed", name_width, HEADINGS)
    for report in reports:
        name = report.health.name
        yield _row("  " if report.reliable else "! ", name, name_width, _cells(report, feeds[name], now))
        for text, colour in _troubles(report):
            yield from (click.style(line, fg=colour) for line in _wrapped(text, width))
    for remedy, names in _remedies(reports).items():
        yield from _wrapped(f"{join_few(names)}: {remedy}", width, "=> ")


def _wrapped(text: str, width: int, mark: str = "    ") -> list[str]:
    return textwrap.wrap(one_line(text, 1000), max(40, width), initial_indent=mark, subsequent_indent=" " * len(mark))


def _row(mark: str, name: str, name_width: int, cells: Sequence[str]) -> str:
    shown = name if len(name) <= name_width else f"{name[: name_width - 1]}…"
    padded = (cell.ljust(width) for cell, width in zip(cells, WIDTHS, strict=True))
    return "  ".join((f"{mark}{shown.ljust(name_width)}", *padded)).rstrip()


def _cells(report: FeedReport, feed: FeedSettings, now: datetime) -> tuple[str, ...]:
    usual = format_span(report.usual) if report.usual is not None else "-"
    moments = (_moment(at, now) for at in (report.answered, report.news))
    return *moments, usual, format_span(timedelta(seconds=feed.interval))


def _moment(at: datetime | None, now: datetime) -> str:
    """A time of UTC in twelve columns: the day with hour and minute, or with the year where it is long ago."""
    if at is None:
        return "none yet"
    return f"{at:%-d %b %H:%M}" if now - at < LONG_AGO else f"{at:%-d %b %Y}"


def _troubles(report: FeedReport) -> Iterator[tuple[str, str]]:
    """What is wrong with a feed that was asked, each with its colour."""
    if report.health.state not in ("ok", "never"):
        yield report.text, COLOURS[report.health.state]
    if report.unknown is not None:
        yield str(report.unknown), "yellow"


def _remedies(reports: Sequence[FeedReport]) -> dict[str, list[str]]:
    """What to do, each with the feeds that it is for."""
    found: dict[str, list[str]] = {}
    for report in reports:
        for remedy in (report.remedy, UNKNOWN_REMEDY if report.unknown is not None else ""):
            if remedy:
                found.setdefault(remedy, []).append(report.health.name)
    return found

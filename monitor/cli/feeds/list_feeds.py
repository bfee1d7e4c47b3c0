"""`feeds list`: the configured feeds with their state."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.common import echo_json, fields_of, pluralised, session
from monitor.cli.feeds.configured import publishers_of
from monitor.domain.messages.feed_health import UNKNOWN_REMEDY, FeedReport, feed_report, sources_line
from monitor.domain.model.publishers import unknown_publishers
from monitor.domain.text.labels import format_span, join_few
from monitor.domain.text.plain import one_line

if TYPE_CHECKING:
    from monitor.config import FeedSettings
    from monitor.runtime.session import Opened

RECENT = timedelta(days=28)
"""The period of the median time between news, an estimate: many gaps, and the feed's present habit."""
LONG_AGO = timedelta(days=180)
"""From this age on a date is shown with its year."""
OFF_TERMINAL = 160
"""Columns without a terminal."""
HEADINGS = ("last answer", "last news", "news every", "polled every")
WIDTHS = (12, 12, 10, 12)
COLOURS = {"failing": "red", "silent": "yellow", "frozen": "yellow"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object per feed.")
@click.option("--bad", is_flag=True, help="Only feeds with a problem or an unlisted publisher.")
def list_feeds(*, as_json: bool, bad: bool) -> None:
    """List the configured feeds with their state, and a remedy for each problem.

    Feeds with a problem are marked with '!'. "news every" is the median time between polls with news in the last four
    weeks; if it is far longer than "polled every", the feed may be polled less often.
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
    click.echo(one_line(summary, 1000))


def reports_of(app: Opened) -> tuple[list[FeedReport], str]:
    """A report on each feed, and a summary line."""
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
    """A report for JSON. Durations are in seconds."""
    return {
        "feed": report.health.name,
        "url": feed.url,
        **fields_of(report.health, "state", "since", "detail"),
        **fields_of(report, "text", "remedy"),
        "last_answer": report.answered,
        "last_news": report.news,
        "news_every": report.usual.total_seconds() if report.usual is not None else None,
        "polled_every": feed.interval,
        "publisher": feed.publisher,
        "publisher_known": report.unknown is None,
        "publisher_near": report.unknown and report.unknown.near,
    }


def lines_of_table(
    reports: Sequence[FeedReport], feeds: Mapping[str, FeedSettings], width: int, now: datetime
) -> Iterator[str]:
    """The table within `width` columns, the problems of each feed below its row, and the remedies at the end."""
    room = max(12, width - sum(WIDTHS) - 2 * len(WIDTHS) - 2)
    name_width = min(room, max((4, *(len(report.health.name) for report in reports))))

    def row(mark: str, name: str, cells: Sequence[str]) -> str:
        shown = name if len(name) <= name_width else f"{name[: name_width - 1]}…"
        padded = (cell.ljust(size) for cell, size in zip(cells, WIDTHS, strict=True))
        return "  ".join((f"{mark}{shown.ljust(name_width)}", *padded)).rstrip()

    def wrapped(text: str, mark: str) -> list[str]:
        indent = " " * len(mark)
        return textwrap.wrap(one_line(text, 1000), max(40, width), initial_indent=mark, subsequent_indent=indent)

    def moment(at: datetime | None) -> str:
        if at is None:
            return "none yet"
        return f"{at:%-d %b %H:%M}" if now - at < LONG_AGO else f"{at:%-d %b %Y}"

    remedies: dict[str, list[str]] = {}
    if reports:
        yield row("  ", "feed", HEADINGS)
    for report in reports:
        name, state = report.health.name, report.health.state
        usual = format_span(report.usual) if report.usual is not None else "-"
        interval = format_span(timedelta(seconds=feeds[name].interval))
        mark = "  " if report.reliable else "! "
        yield row(mark, name, (moment(report.answered), moment(report.news), usual, interval))
        problems = [(report.text, COLOURS[state])] if state not in ("ok", "never") else []
        problems += [(str(report.unknown), "yellow")] if report.unknown is not None else []
        for text, colour in problems:
            yield from (click.style(line, fg=colour) for line in wrapped(text, "    "))
        for remedy in filter(None, (report.remedy, UNKNOWN_REMEDY if report.unknown is not None else "")):
            remedies.setdefault(remedy, []).append(name)
    for remedy, names in remedies.items():
        yield from wrapped(f"{join_few(names)}: {remedy}", "=> ")

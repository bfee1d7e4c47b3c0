"""`feeds list`: the configured feeds with their state."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

from monitor.cli.common import echo_json, fields_of, pluralised, session
from monitor.cli.feeds.add import publishers_of
from monitor.cli.status_tables import titled_table, wide_console
from monitor.domain.messages.feed_health import MOVED_REMEDY, UNKNOWN_REMEDY, FeedReport, feed_report, sources_line
from monitor.domain.text.labels import format_span, join_few
from monitor.domain.text.plain import one_line
from monitor.store import feeds as feed_store

if TYPE_CHECKING:
    pass

RECENT = timedelta(days=28)
"""The period of the median time between news, an estimate: many gaps, and the feed's present habit."""
LONG_AGO = timedelta(days=180)
"""From this age on a date is shown with its year."""
HEADINGS = ("feed", "last answer", "last news", "news every", "polled every")
COLOURS = {"failing": "red", "silent": "yellow", "frozen": "yellow"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object per feed.")
@click.option("--bad", is_flag=True, help="Only feeds with a problem or an unlisted publisher.")
def list_feeds(*, as_json: bool, bad: bool) -> None:
    """List the configured feeds with their state, and a remedy for each problem.

    "news every" is the median time between polls with news in the last four weeks; if it is far longer than "polled
    every", you can poll the feed less often.
    """
    with session() as app:
        feeds, now, publishers = app.feeds(), app.clock(), publishers_of(app.settings)
        with app.store.read() as conn:
            states, usual = feed_store.states(conn), feed_store.news_gaps(conn, now - RECENT)
    unknown = {feed.name: publishers.unknown(feed.publisher, feed.url) for feed in feeds} if publishers else {}
    reports = [
        feed_report(feed, states.get(feed.name), now, usual=usual.get(feed.name), unknown=unknown.get(feed.name))
        for feed in feeds
    ]
    shown = [each for each in reports if not bad or each.health.state != "ok" or each.unknown is not None or each.moved]
    by_name = {feed.name: feed for feed in feeds}
    if as_json:
        for report in shown:
            feed, unlisted = by_name[report.health.name], report.unknown
            values = fields_of(feed, "feed=name", "url") | fields_of(report.health, "state", "since", "detail")
            values |= fields_of(report, "text", "remedy", "last_answer=answered", "last_news=news", "moved_to=moved")
            values["news_every"] = report.usual.total_seconds() if report.usual is not None else None
            values |= fields_of(feed, "polled_every=interval", "publisher")
            echo_json(values | {"publisher_known": unlisted is None, "publisher_near": unlisted and unlisted.near})
        return

    def moment(at: datetime | None) -> str:
        if at is None:
            return "none yet"
        return f"{at:%-d %b %H:%M}" if now - at < LONG_AGO else f"{at:%-d %b %Y}"

    rows = []
    for report in shown:
        every = format_span(report.usual) if report.usual is not None else "-"
        interval = format_span(timedelta(seconds=by_name[report.health.name].interval))
        rows.append((report.health.name, moment(report.answered), moment(report.news), every, interval))
    if shown:
        wide_console().print(titled_table("Feeds", HEADINGS, rows))
    for line in problem_lines(shown):
        click.echo(line)
    count = sum(report.unknown is not None for report in reports)
    more = f"; {pluralised(count, 'publisher')} not in sources.yaml" if count else ""
    click.echo(f"{one_line(sources_line(feeds, states, now), 1000)}{more}")


def problem_lines(reports: Sequence[FeedReport]) -> Iterator[str]:
    """The problems of each feed, then the remedies, each with the feeds that need it."""
    remedies: dict[str, list[str]] = {}
    for report in reports:
        name, state = report.health.name, report.health.state
        if state not in ("ok", "never"):
            yield click.style(one_line(f"{name}: {report.text}", 1000), fg=COLOURS[state])
        if report.moved:
            moved = f"{name}: has moved permanently, and is read at its new address: {report.moved}"
            yield click.style(one_line(moved, 1000), fg="yellow")
        if report.unknown is not None:
            yield click.style(f"{name}: {report.unknown}", fg="yellow")
        others = (MOVED_REMEDY if report.moved else "", UNKNOWN_REMEDY if report.unknown is not None else "")
        for remedy in filter(None, (report.remedy, *others)):
            remedies.setdefault(remedy, []).append(name)
    for remedy, names in remedies.items():
        yield one_line(f"=> {join_few(names)}: {remedy}", 1000)

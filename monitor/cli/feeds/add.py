"""`feeds add`: from an address to a feed in config.toml."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from monitor.cli.common import program_clock, settings_of
from monitor.cli.feeds.check import error_text, trial_lines
from monitor.cli.feeds.configured import (
    publisher_of,
    publishers_of,
    refuse_configured,
    sources_block,
    web_address,
    write_feeds,
)
from monitor.domain.text.plain import one_line
from monitor.domain.text.writing_systems import HAN_CHAR

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.runtime.feed_trials import FeedTrial

INTERVAL_S = 1800
"""Between two polls of a new feed, an estimate: news of commitments is read within the hour."""


@click.command()
@click.argument("url")
@click.option("--name", help="Name of the feed; by default made from its title.")
@click.option("--publisher", help="A name in rules/sources.yaml; by default found by address and title.")
@click.option("--dry-run", is_flag=True, help="Print the block and write nothing.")
def add(url: str, *, name: str | None, publisher: str | None, dry_run: bool) -> None:
    """Find the feed of URL (a feed or a web page), fetch it, and add it to config.toml.

    If a page announces several feeds of news, the command lists them and adds none (exit code 2).
    Exit code 1 if there is no readable feed, or it is configured already.
    """
    from monitor.config.feed_entries import FeedEntry, feed_name

    settings, address = settings_of(), web_address(url)
    if name is not None and any(feed.name == name for feed in settings.feeds):
        raise click.BadParameter(f"{name!r} is taken; choose another name", param_hint="--name")
    refuse_configured(settings, [address])
    trial = found_feed(settings, address)
    parsed, answer = trial.parsed, trial.answer
    assert parsed is not None
    assert answer is not None
    refuse_configured(settings, [trial.address, answer.final_url])
    click.echo("\n".join(trial_lines(trial)))
    for entry in parsed.entries[:3]:
        day = f"{entry.published:%Y-%m-%d}" if entry.published else "no date   "
        click.echo(f"        {day}  {one_line(entry.title, 100)}")
    # Items have their publisher's address even if another host serves the feed.
    publishers, links = publishers_of(settings), [entry.url for entry in parsed.entries[:1] if entry.url]
    host = urlsplit(links[0] if links else trial.address).hostname or ""
    listed = publisher_of(publishers, [trial.address, *links] if publisher is None else [], [publisher or parsed.title])
    owner = publisher or (listed.name if listed else parsed.title or host)
    if listed is None and publishers is not None:
        click.echo(f"warning: {one_line(str(publishers.unknown(owner, trial.address)))}", err=True)
        click.echo(f"To list it, add to rules/sources.yaml, with its tier:\n{sources_block(owner, host)}", err=True)
    zone = listed.zone if listed is not None and listed.zone != "UTC" else ""
    # Many Chinese feeds declare English.
    titles = "".join(entry.title for entry in parsed.entries)
    lang = (
        "zh" if 2 * len(HAN_CHAR.findall(titles)) > len(titles) else parsed.lang[:2] or (listed.lang if listed else "")
    )
    label = name or feed_name(parsed.title, host, {feed.name for feed in settings.feeds})
    entry_block = FeedEntry(label, trial.address, owner, INTERVAL_S, lang, zone)
    click.echo("\n".join(("", *entry_block.lines(), "")))
    if dry_run:
        click.echo("dry run: config.toml is unchanged", err=True)
    else:
        write_feeds(settings, [entry_block])


def found_feed(settings: Settings, address: str) -> FeedTrial:
    """The trial of the feed at an address, or of the feed that its page announces.

    Exit code 1 if there is none, 2 if the page announces several.
    """
    from monitor.runtime.feed_trials import FeedToTry, try_feeds

    now = program_clock()()
    (trial,) = try_feeds(settings, [FeedToTry(address, address)], now)
    if trial.announced:
        news = [feed for feed in trial.announced if not feed.of_comments] or trial.announced
        if len(news) > 1:
            listed = "".join(f"\n  {feed.format:<9}  {feed.url}  {feed.title}".rstrip() for feed in trial.announced)
            raise click.UsageError(f"{address} announces {len(trial.announced)} feeds; add one of them:{listed}")
        (trial,) = try_feeds(settings, [FeedToTry(news[0].url, news[0].url)], now)
    if trial.error is not None:
        text = error_text(trial.error)
        if trial.announced is not None:
            text = f"{one_line(str(trial.error), 500)}. The page announces no feed: look for RSS or Atom on the site"
        click.echo(f"error: {trial.feed.url}: {text}", err=True)
        raise SystemExit(1)
    return trial

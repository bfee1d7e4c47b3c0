"""`feeds add`: from an address to a feed in config.toml."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from monitor.cli.common import format_utc, pluralised, program_clock, settings_of
from monitor.cli.feeds.check import configured_feeds, error_text, newest_and_warnings, web_address
from monitor.config.feed_entries import FeedEntry, add_feed, feed_name
from monitor.domain.model import Publisher, Tier
from monitor.domain.stories.provenance import is_side
from monitor.domain.text.plain import one_line
from monitor.domain.text.writing_systems import HAN_CHAR
from monitor.errors import RuleError
from monitor.feeds.url_policy import address_key
from monitor.rulebook.publisher_file import load_publishers

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.domain.model.publishers import Publishers
    from monitor.runtime.feed_trials import FeedTrial

INTERVAL_S = 1800
"""Between two polls of a new feed, an estimate: news of commitments is read within the hour."""
NAME_PARTS = re.compile(r"\s+[-–—|·•»:]+\s+|:\s+")
"""Separates the names of publisher and section."""


@click.command()
@click.argument("url")
@click.option("--name", help="Name of the feed [made from its title].")
@click.option("--publisher", help="A name in rules/sources.yaml [found by address and title].")
@click.option("--dry-run", is_flag=True, help="Print the block and write nothing.")
def add(url: str, *, name: str | None, publisher: str | None, dry_run: bool) -> None:
    """Find the feed of URL (a feed or a web page), fetch it, and add it to config.toml.

    If a page announces several news feeds, the command lists them and adds none (exit code 2).
    Exit code 1 if there is no readable feed, or it is configured already.
    """
    settings, address = settings_of(), web_address(url)
    if name is not None and any(feed.name == name for feed in settings.feeds):
        raise click.BadParameter(f"{name!r} is taken; choose another name", param_hint="--name")
    refuse_configured(settings, [address])
    trial = found_feed(settings, address)
    parsed, answer = trial.parsed, trial.answer
    assert parsed is not None
    assert answer is not None
    refuse_configured(settings, [trial.address, answer.final_url])
    # Items have their publisher's address even if another host serves the feed.
    publishers, links = publishers_of(settings), [entry.url for entry in parsed.entries[:1] if entry.url]
    host = urlsplit(links[0] if links else trial.address).hostname or ""
    listed = publisher_of(publishers, [trial.address, *links] if publisher is None else [], [publisher or parsed.title])
    owner = publisher or (listed.name if listed else parsed.title or host)
    aggregator = listed is not None and listed.tier is Tier.AGGREGATOR
    added = trial.feed.model_copy(update={"publisher": owner, "aggregator": aggregator})
    newest, warnings = newest_and_warnings(replace(trial, feed=added), None, publishers)
    # It would report as a side, although its own address is not one of that side.
    claimed = publishers and listed and is_side(listed) and publishers.find("", trial.address) != listed
    if publisher is None and claimed:
        warnings.append(f"only its title or a link names {owner} as its publisher: make sure, or use --publisher")
    served = f"HTTP {answer.status} after {answer.elapsed:.1f} s, {trial.size / 1024:,.0f} KiB"
    holds = f"{parsed.version}, {pluralised(len(parsed.entries), 'item')}"
    holds += f", newest {format_utc(newest)}" if newest else ""
    click.echo(f"{'warn' if warnings else 'ok':<4}  {one_line(trial.feed.name, 200)}: {holds}; {served}")
    for warning in warnings:
        click.echo(f"        {one_line(warning)}")
    for entry in parsed.entries[:3]:
        day = f"{entry.published:%Y-%m-%d}" if entry.published else "no date   "
        click.echo(f"        {day}  {one_line(entry.title, 100)}")
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
    entry_block = FeedEntry(label, trial.address, owner, INTERVAL_S, lang, zone, aggregator)
    click.echo("\n".join(("", *entry_block.lines(), "")))
    if dry_run:
        click.echo("dry run: config.toml is unchanged", err=True)
        return
    assert settings.path is not None
    path, line = settings.path, add_feed(settings.path, entry_block)
    shown = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
    click.echo(f"added {label!r}: {shown}:{line}. Restart a running monitor: it reads its feeds at the start")


def found_feed(settings: Settings, address: str) -> FeedTrial:
    """The trial of the feed at an address, or of the one that its page announces. Exit code 1 without one, 2 if the
    page announces several."""
    from monitor.runtime.feed_trials import feed_at, try_feeds

    now = program_clock()()
    (trial,) = try_feeds(settings, [feed_at(address)], now)
    if trial.announced:
        news = [feed for feed in trial.announced if not feed.of_comments] or trial.announced
        if len(news) > 1:
            listed = "".join(f"\n  {feed.format:<9}  {feed.url}  {feed.title}".rstrip() for feed in trial.announced)
            raise click.UsageError(f"{address} announces {len(trial.announced)} feeds; add one of them:{listed}")
        (trial,) = try_feeds(settings, [feed_at(news[0].url)], now)
    if trial.error is not None:
        text = error_text(trial.error)
        if trial.announced is not None:
            text = f"{one_line(str(trial.error), 500)}. The page announces no feed: look for RSS or Atom on the site"
        click.echo(f"error: {trial.feed.url}: {text}", err=True)
        raise SystemExit(1)
    return trial


def refuse_configured(settings: Settings, addresses: Sequence[str]) -> None:
    """Exit with code 1 if one of these addresses is configured already."""
    known = configured_feeds(settings)
    for address in addresses:
        if (feed := known.get(address_key(address))) is not None:
            place = settings.place(("feeds", settings.feeds.index(feed)))
            state = "" if feed.enabled else ", but disabled (enabled = false)"
            click.echo(f"error: this feed is configured already as {feed.name!r} ({place}){state}", err=True)
            raise SystemExit(1)


def publishers_of(settings: Settings) -> Publishers | None:
    """The publishers of sources.yaml; None, with a warning, if that file cannot be used."""
    try:
        return load_publishers(settings.monitor.rules)
    except RuleError as error:
        first = error.issues[0] if error.issues else error
        click.echo(f"warning: publishers are not looked up: {first}", err=True)
        return None


def publisher_of(publishers: Publishers | None, addresses: Iterable[str], names: Iterable[str]) -> Publisher | None:
    """The listed publisher of one of these addresses, else of one of these names or a part of one: "Herald · World"."""
    if publishers is None:
        return None
    found = (publishers.find("", address) for address in addresses if address)
    parts = (part for name in names for part in (name, *NAME_PARTS.split(name)) if part.strip())
    named = (publishers.find(part) for part in parts)
    return next((publisher for publisher in chain(found, named) if publisher.tier is not Tier.UNKNOWN), None)


def sources_block(name: str, host: str) -> str:
    """The block for `publishers` in sources.yaml; a person decides on the tier."""
    quoted = json.dumps(name, ensure_ascii=False)  # YAML reads what JSON writes
    others = ", ".join(tier.name.lower() for tier in Tier if tier not in (Tier.UNKNOWN, Tier.TRADE))
    # A number is no domain of a publisher.
    domain = "" if host.replace(".", "").isdigit() or ":" in host or "." not in host else host.removeprefix("www.")
    lines = [f"name: {quoted}", f"domains: [{domain}]", f"tier: trade  # or {others}", f"owner: {quoted}"]
    return "\n".join(f"  {' ' if number else '-'} {line}" for number, line in enumerate(lines))

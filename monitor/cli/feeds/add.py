"""`feeds add` and `feeds import`: from an address or an OPML list to feeds in config.toml."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from monitor.cli.common import format_utc, pluralised, program_clock, settings_of
from monitor.cli.feeds.check import configured_feeds, error_text, newest_and_warnings, web_address
from monitor.config.feed_entries import FeedEntry, add_feeds, feed_name
from monitor.config.field_checks import check_feed_url, check_lang
from monitor.domain.model import Publisher, Tier
from monitor.domain.stories.provenance import is_side
from monitor.domain.text.labels import join_few
from monitor.domain.text.plain import one_line
from monitor.domain.text.writing_systems import HAN_CHAR
from monitor.errors import ConfigError, RuleError
from monitor.feeds.opml import MAX_BYTES, Outline, read_opml
from monitor.feeds.url_policy import address_key
from monitor.rulebook.publisher_file import load_publishers

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.domain.model.publishers import Publishers
    from monitor.runtime.feed_trials import FeedTrial

INTERVAL_S = 1800
"""Between two polls of a new feed, an estimate: news of commitments is read within the hour."""
MOST_NAMED = 10
"""Publishers named in one line, an estimate."""
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
    if publisher is None and is_claimed(publishers, listed, trial.address):
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
    else:
        write_feeds(settings, [entry_block])


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


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option("--dry-run", is_flag=True, help="Print the blocks and write nothing.")
def import_opml(file: str, *, dry_run: bool) -> None:
    """Add the feeds of FILE (OPML; - is standard input) to config.toml.

    Configured feeds are skipped. The others are written in one step; if one cannot be used, none is written.
    """
    settings, source = settings_of(), "standard input" if file == "-" else file
    with click.open_file(file, "rb") as stream:
        outlines = read_opml(stream.read(MAX_BYTES + 1), source)
    publishers, seen = publishers_of(settings), set(configured_feeds(settings))
    taken = {feed.name for feed in settings.feeds}
    entries, problems, unknown, claimed = list[FeedEntry](), list[str](), Counter[str](), list[str]()
    for outline in outlines:
        try:
            key = address_key(check_feed_url(outline.url))
        except ValueError as error:
            problems.append(f"{source}:{outline.line}: xmlUrl {one_line(str(error), 300)}")
            continue
        if key in seen:
            continue
        seen.add(key)
        entry, listed = entry_of(outline, publishers, taken)
        taken.add(entry.name)
        entries.append(entry)
        if listed is None:
            unknown[entry.publisher] += 1
        elif is_claimed(publishers, listed, entry.url):
            claimed.append(f"{entry.publisher} ({entry.name})")
    if problems or not outlines:
        found = problems or [f"{source}: lists no feed (no outline with an xmlUrl)"]
        raise ConfigError("\n".join((*found, "config.toml is unchanged: correct these lines")), subject=source)
    for entry in entries if dry_run else ():
        click.echo("\n".join((*entry.lines(), "")))
    if entries and not dry_run:
        write_feeds(settings, entries)
    skipped = len(outlines) - len(entries)
    click.echo(f"{pluralised(len(outlines), 'feed')} in the list, {len(entries)} new, {skipped} skipped", err=True)
    if unknown and publishers is not None:
        names = join_few([one_line(name, 60) for name, _ in unknown.most_common()], MOST_NAMED)
        effect = "their reports count for nothing until rules/sources.yaml lists them"
        click.echo(f"warning: publishers not in sources.yaml: {names}; {effect}", err=True)
    if claimed:
        which = f"only a title or a page names these as publishers: {join_few(claimed, MOST_NAMED)}"
        click.echo(f"warning: {which}; make sure, or correct `publisher` in config.toml", err=True)
    if dry_run:
        click.echo("dry run: config.toml is unchanged", err=True)


def entry_of(outline: Outline, publishers: Publishers | None, taken: set[str]) -> tuple[FeedEntry, Publisher | None]:
    """The entry of an outline under a free name, and its publisher; None if that is not listed."""
    host = urlsplit(outline.url).hostname or ""
    listed = publisher_of(publishers, [outline.url, outline.page], [outline.title])
    name, owner = feed_name(outline.title, host, taken), outline.title or host
    try:
        lang = check_lang(outline.lang[:2].lower())
    except ValueError:
        lang = ""
    if listed is None:
        return FeedEntry(name, outline.url, owner, INTERVAL_S, lang), None
    zone, aggregator = listed.zone if listed.zone != "UTC" else "", listed.tier is Tier.AGGREGATOR
    return FeedEntry(name, outline.url, listed.name, INTERVAL_S, lang or listed.lang, zone, aggregator), listed


def refuse_configured(settings: Settings, addresses: Sequence[str]) -> None:
    """Exit with code 1 if one of these addresses is configured already."""
    known = configured_feeds(settings)
    for address in addresses:
        if (feed := known.get(address_key(address))) is not None:
            place = settings.place(("feeds", settings.feeds.index(feed)))
            state = "" if feed.enabled else ", but disabled (enabled = false)"
            click.echo(f"error: this feed is configured already as {feed.name!r} ({place}){state}", err=True)
            raise SystemExit(1)


def write_feeds(settings: Settings, entries: Sequence[FeedEntry]) -> None:
    """Write the feeds into config.toml and say so. Raises ConfigError."""
    assert settings.path is not None
    path = settings.path
    lines = add_feeds(path, entries)
    shown = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
    what = f"{entries[0].name!r}" if len(entries) == 1 else pluralised(len(entries), "feed")
    click.echo(f"added {what}: {shown}:{lines[0]}. Restart a running monitor: it reads its feeds at the start")


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


def is_claimed(publishers: Publishers | None, listed: Publisher | None, address: str) -> bool:
    """Whether a feed would report as a side, although its own address is not one of that side."""
    return bool(publishers and listed and is_side(listed) and publishers.find("", address) != listed)


def sources_block(name: str, host: str) -> str:
    """The block for `publishers` in sources.yaml; a person decides on the tier."""
    quoted = json.dumps(name, ensure_ascii=False)  # YAML reads what JSON writes
    others = ", ".join(tier.name.lower() for tier in Tier if tier not in (Tier.UNKNOWN, Tier.TRADE))
    # A number is no domain of a publisher.
    domain = "" if host.replace(".", "").isdigit() or ":" in host or "." not in host else host.removeprefix("www.")
    lines = [f"name: {quoted}", f"domains: [{domain}]", f"tier: trade  # or {others}", f"owner: {quoted}"]
    return "\n".join(f"  {' ' if number else '-'} {line}" for number, line in enumerate(lines))

"""The feeds of config.toml and their publishers: look-up, and writing new feeds."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.common import pluralised, program_option
from monitor.domain.model import Publisher, Tier
from monitor.errors import RuleError

if TYPE_CHECKING:
    from monitor.config import FeedSettings, Settings
    from monitor.config.feed_entries import FeedEntry
    from monitor.domain.model.publishers import Publishers

_PARTS = re.compile(r"\s+[-–—|·•»:]+\s+|:\s+")
"""Separates the names of publisher and section."""


def web_address(given: str) -> str:
    """The address as typed, with https:// if it has no scheme. Raises BadParameter unless it is http or https."""
    from monitor.config.field_checks import check_feed_url

    url = given.strip()
    try:
        return check_feed_url(url if "://" in url else f"https://{url}")
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="URL") from None


def configured_feeds(settings: Settings) -> dict[str, FeedSettings]:
    """The feeds of config.toml, disabled ones included, by a key that is the same for every spelling of an address."""
    from monitor.feeds.url_policy import address_key

    return {address_key(feed.url): feed for feed in settings.feeds}


def refuse_configured(settings: Settings, addresses: Sequence[str]) -> None:
    """Exit with code 1 if one of these addresses is configured already."""
    from monitor.feeds.url_policy import address_key

    known = configured_feeds(settings)
    for address in addresses:
        if (feed := known.get(address_key(address))) is not None:
            place = settings.place(("feeds", settings.feeds.index(feed)))
            state = "" if feed.enabled else ", but disabled (enabled = false)"
            click.echo(f"error: this feed is configured already as {feed.name!r} ({place}){state}", err=True)
            raise SystemExit(1)


def write_feeds(settings: Settings, entries: Sequence[FeedEntry]) -> None:
    """Write the feeds into config.toml and say so. Raises ConfigError."""
    from monitor.config.feed_entries import add_feeds

    assert settings.path is not None
    database, path = program_option("database"), settings.path
    lines = add_feeds(path, entries, {"monitor.database": database} if database else None)
    shown = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
    what = f"{entries[0].name!r}" if len(entries) == 1 else pluralised(len(entries), "feed")
    click.echo(f"added {what}: {shown}:{lines[0]}. Restart a running monitor: it reads its feeds at the start")


def publishers_of(settings: Settings) -> Publishers | None:
    """The publishers of sources.yaml; None, with a warning, if that file cannot be used."""
    from monitor.rulebook.publisher_file import load_publishers

    try:
        return load_publishers(settings.rules)
    except RuleError as error:
        first = error.issues[0] if error.issues else error
        click.echo(f"warning: publishers are not looked up: {first}", err=True)
        return None


def publisher_of(publishers: Publishers | None, addresses: Iterable[str], names: Iterable[str]) -> Publisher | None:
    """The listed publisher of one of these addresses, else with one of these names or a part of one ("Herald ·
    World")."""
    if publishers is None:
        return None
    found = (publishers.find("", address) for address in addresses if address)
    parts = (part for name in names for part in (name, *_PARTS.split(name)) if part.strip())
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

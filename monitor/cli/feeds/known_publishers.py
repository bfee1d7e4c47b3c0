"""Whose a feed is: looked up in sources.yaml, and what to write there for a publisher that it lacks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from itertools import chain
from typing import TYPE_CHECKING

import click

from monitor.domain.model import Publisher, Tier
from monitor.errors import RuleError

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.domain.model.publishers import Publishers

_PARTS = re.compile(r"\s+[-–—|·•»:]+\s+|:\s+")
"""What stands between the name of a publisher and that of a section."""
TIERS = tuple(tier.name.lower() for tier in Tier if tier is not Tier.UNKNOWN)


def publishers_of(settings: Settings) -> Publishers | None:
    """The publishers of sources.yaml; None, with a warning, where that file cannot be used."""
    from monitor.rulebook.publishers import load_publishers

    try:
        return load_publishers(settings.rules)
    except RuleError as error:
        first = error.issues[0] if error.issues else error
        click.echo(f"warning: publishers are not looked up: {first}", err=True)
        return None


def publisher_behind(publishers: Publishers | None, addresses: Iterable[str], names: Iterable[str]) -> Publisher | None:
    """The listed publisher that one of these addresses is of, else one of these names or of the parts of a name ("Herald · World");
    None if nobody listed."""
    if publishers is None:
        return None
    found = (publishers.find("", address) for address in addresses if address)
    parts = (part for name in names for part in (name, *_PARTS.split(name)) if part.strip())
    named = (publishers.find(part) for part in parts)
    return next((publisher for publisher in chain(found, named) if publisher.tier is not Tier.UNKNOWN), None)


def sources_block(name: str, host: str, lang: str, zone: str) -> str:
    """What to write under `publishers` in sources.yaml; the tier is for a person to say. host: '' leaves its domains open."""
    quoted = json.dumps(name, ensure_ascii=False)  # YAML reads what JSON writes
    others = ", ".join(tier for tier in TIERS if tier != "trade")
    lines = [f"name: {quoted}", f"domains: [{host}]", f"tier: trade  # or {others}", f"owner: {quoted}"]
    lines += [f"zone: {zone}"] if zone else []
    lines += [f"lang: {lang}"] if lang else []
    return "\n".join(f"  {' ' if number else '-'} {line}" for number, line in enumerate(lines))


def site_of(host: str) -> str:
    """The host as sources.yaml lists it; '' for a number, which is nobody's domain."""
    return "" if host.replace(".", "").isdigit() or ":" in host or "." not in host else host.removeprefix("www.")

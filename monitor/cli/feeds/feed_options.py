"""Parameters of commands that write feeds, checked as config.toml checks them, and what those commands say at their end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.common import pluralised, program_option

if TYPE_CHECKING:
    from monitor.config import FeedSettings, Settings
    from monitor.config.feed_entries import FeedEntry


def checked(check: str) -> Callable[[click.Context, click.Parameter, Any], Any]:
    """The callback of an option that `monitor.config.field_checks` has a check for, by its name there."""

    def run(_context: click.Context, _parameter: click.Parameter, value: Any) -> Any:
        from monitor.config import field_checks

        if value is None:
            return None
        try:
            return getattr(field_checks, check)(value)
        except ValueError as error:
            raise click.BadParameter(str(error)) from None

    return run


def web_address(given: str) -> str:
    """The address that was typed, with https:// where no scheme was. Raises BadParameter for what is no http or https address."""
    from monitor.config.field_checks import check_feed_url

    url = given.strip()
    url = url if "://" in url else f"https://{url}"
    try:
        return check_feed_url(url)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="URL") from None


def configured_feeds(settings: Settings) -> dict[str, FeedSettings]:
    """The feeds of config.toml, those that are switched off too, by what is the same in all ways to write an address."""
    from monitor.feeds.url_policy import address_key

    return {address_key(feed.url): feed for feed in settings.feeds}


def write_feeds(settings: Settings, entries: Sequence[FeedEntry]) -> None:
    """Write the feeds into config.toml and say so. Raises ConfigError."""
    from monitor.config.feed_entries import add_feeds

    assert settings.path is not None
    database = program_option("database")
    lines = add_feeds(settings.path, entries, {"monitor.database": database} if database else None)
    where = f"{shown_path(settings.path)}:{lines[0]}"
    what = f"{entries[0].name!r}" if len(entries) == 1 else pluralised(len(entries), "feed")
    click.echo(f"added {what}: {where}. A running monitor reads its feeds at its start: restart it")


def shown_path(path: Path) -> str:
    """The path from the working folder on where it lies below it."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)

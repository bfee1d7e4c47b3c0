"""`feeds check`: fetch feeds now and show their contents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.common import echo_json, fields_of, format_utc, pluralised, program_clock, settings_of
from monitor.config.field_checks import check_feed_url, did_you_mean
from monitor.domain.messages.feed_health import OTHER_REMEDY, REMEDIES
from monitor.domain.text.labels import join_list
from monitor.domain.text.plain import one_line
from monitor.feeds.url_policy import address_key, redacted_url
from monitor.long_work import counted

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.config import FeedSettings, Settings
    from monitor.errors import FeedError
    from monitor.runtime.feed_trials import FeedToTry, FeedTrial

OLD_AFTER = timedelta(days=45)
"""Older news changes no verdict without a person."""


@click.command("check")
@click.argument("feeds", nargs=-1, metavar="[NAME|URL]...")
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each feed.")
def check(feeds: Sequence[str], *, as_json: bool) -> None:
    """Fetch feeds now, by NAME or URL (default: all), and show their contents. The database stays unchanged.

    Exit code 1 if a feed cannot be read.
    """
    from monitor.runtime.feed_trials import try_feeds

    settings, now = settings_of(), program_clock()()
    wanted = wanted_feeds(settings, feeds)
    if not wanted:
        click.echo("No feed is configured", err=True)
        return
    trials_found = counted(try_feeds(settings, wanted, now), "fetching", len(wanted), "feeds")
    by_name = {trial.feed.name: trial for trial in trials_found}
    trials = [by_name[feed.name] for feed in wanted]
    for trial in trials:
        if as_json:
            echo_json(trial_values(trial, now))
        else:
            click.echo("\n".join(trial_lines(trial, now)))
    failed = sum(trial.error is not None for trial in trials)
    click.echo(f"{pluralised(len(trials), 'feed')} checked, {failed} failed", err=True)
    if failed:
        raise SystemExit(1)


def wanted_feeds(settings: Settings, names: Sequence[str]) -> list[FeedToTry]:
    """The feeds with these names and addresses, or all polled ones. Raises BadParameter with the nearest name."""
    from monitor.runtime.feed_trials import FeedToTry

    if not names:
        return [FeedToTry.configured(feed) for feed in settings.feeds if feed.enabled]
    by_name, by_address = {feed.name: feed for feed in settings.feeds}, configured_feeds(settings)
    found: dict[str, FeedToTry] = {}
    for name in names:
        feed = by_name.get(name)
        if feed is None and "://" in name:
            url = web_address(name)
            feed = by_address.get(address_key(url))
            if feed is None:
                found[url] = FeedToTry(url, url)
                continue
        if feed is None:
            raise click.BadParameter(f"no feed is named {name!r}{did_you_mean(name, by_name)}", param_hint="NAME")
        found[feed.name] = FeedToTry.configured(feed)
    return list(found.values())


def web_address(given: str) -> str:
    """The address as typed, with https:// if it has no scheme. Raises BadParameter unless it is http or https."""
    url = given.strip()
    try:
        return check_feed_url(url if "://" in url else f"https://{url}")
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="URL") from None


def configured_feeds(settings: Settings) -> dict[str, FeedSettings]:
    """The feeds of config.toml, disabled ones included, by a key that is the same for every spelling of an address."""
    return {address_key(feed.url): feed for feed in settings.feeds}


def error_text(error: FeedError) -> str:
    """Why a feed could not be read, and the remedy, on one line."""
    text = one_line(str(error), 500)
    return f"{text}{'' if text.endswith(('.', '?')) else '.'} {REMEDIES.get(error.kind, OTHER_REMEDY)}"


def trial_lines(trial: FeedTrial, now: datetime | None = None) -> Iterator[str]:
    """The result for one feed, and its warnings below it. now: None: the age of its items is not judged."""
    name = one_line(trial.feed.name, 200)
    if trial.error is not None or trial.parsed is None or trial.answer is None:
        yield f"FAIL  {name}: {error_text(trial.error) if trial.error else ''}"
        return
    served = f"HTTP {trial.answer.status} after {trial.answer.elapsed:.1f} s, {trial.size / 1024:,.0f} KiB"
    newest, warnings = newest_and_warnings(trial, now)
    holds = f"{trial.parsed.version}, {pluralised(len(trial.parsed.entries), 'item')}"
    holds += f", newest {format_utc(newest)}" if newest else ""
    yield f"{'warn' if warnings else 'ok':<4}  {name}: {holds}; {served}"
    yield from (f"        {one_line(warning)}" for warning in warnings)


def newest_and_warnings(trial: FeedTrial, now: datetime | None) -> tuple[datetime | None, list[str]]:
    """The date of the newest item of a feed, and the warnings about a readable feed."""
    if (parsed := trial.parsed) is None:
        return None, []
    newest = max((entry.published for entry in parsed.entries if entry.published is not None), default=None)
    warnings = [f"it has moved permanently to {redacted_url(trial.moved_to)}"] if trial.moved_to else []
    if trial.zoneless:
        warnings.append('its dates name no zone and are read as UTC; set zone = "…" in config.toml')
    if undated := sum(entry.published is None for entry in parsed.entries):
        warnings.append(f"{undated} of {pluralised(len(parsed.entries), 'item')} without a readable date")
    own = ("", trial.feed.publisher.casefold())
    others = Counter(entry.source for entry in parsed.entries if entry.source.casefold() not in own)
    if others and not trial.feed.aggregator:
        named = join_list([f"{name} ({count})" for name, count in others.most_common(3)])
        warnings.append(
            f"other publishers are named by {pluralised(others.total(), 'item')} and do not count: {named}; set "
            "aggregator = true in config.toml if the feed carries reports of others"
        )
    if newest is not None and now is not None and now - newest > OLD_AFTER:
        warnings.append(f"its newest item is {(now - newest).days} days old; look for another feed of the publisher")
    return newest, [*warnings, *parsed.warnings]


def trial_values(trial: FeedTrial, now: datetime) -> dict[str, Any]:
    """A trial for JSON. Times are ISO 8601, seconds and bytes plain numbers; unknown values are null."""
    answer, parsed, error = trial.answer, trial.parsed, trial.error
    newest, warnings = newest_and_warnings(trial, now)
    return {
        **fields_of(trial.feed, "feed=name", "url"),
        "ok": parsed is not None,
        "status": answer.status if answer else error and error.status,
        "seconds": answer and round(answer.elapsed, 3),
        "final_url": answer and redacted_url(answer.final_url),
        "moved_to": trial.moved_to,
        "content_type": answer and answer.content_type,
        "bytes": trial.size if answer else None,
        "format": parsed and parsed.version,
        "title": parsed and parsed.title,
        "items": len(parsed.entries) if parsed else None,
        "newest": newest,
        "lang": parsed and parsed.lang,
        "warnings": warnings,
        "error": error and str(error),
        "kind": error and error.kind,
        "remedy": error and REMEDIES.get(error.kind, OTHER_REMEDY),
    }

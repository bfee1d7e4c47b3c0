"""`feeds check`: fetch feeds now and judge their contents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.common import echo_json, fields_of, pluralised, program_clock, settings_of
from monitor.cli.screen import wrapped
from monitor.cli.status_tables import titled_table, wide_console
from monitor.config.field_checks import check_feed_url, did_you_mean
from monitor.domain.messages.feed_health import OTHER_REMEDY, REMEDIES, UNKNOWN_REMEDY
from monitor.domain.model import Tier
from monitor.domain.model.publishers import Publishers, UnknownPublisher
from monitor.domain.stories.provenance import UNHEARD, with_publisher
from monitor.domain.text.labels import format_percent, format_span, join_few, join_list
from monitor.domain.text.plain import one_line
from monitor.errors import FeedError, RuleError
from monitor.feeds.url_policy import address_key, redacted_url
from monitor.long_work import counted
from monitor.runtime.session import rule_cache

if TYPE_CHECKING:
    from monitor.config import FeedSettings, Settings
    from monitor.domain.matching.rules import Rulebook
    from monitor.runtime.feed_trials import FeedTrial

OLD_AFTER = timedelta(days=45)
"""Older news changes no verdict without a person."""


HEADINGS = ("feed", "status", "items", "newest", "known", "near")
WIDTH = 80
"""Columns of the table, unless the terminal has more."""


@click.command("check")
@click.argument("feeds", nargs=-1, metavar="[NAME|URL]...")
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each feed.")
def check(feeds: Sequence[str], *, as_json: bool) -> None:
    """Fetch feeds now, by NAME or URL (default: all), and show what they contain. The database stays unchanged.

    newest: the age of the newest item. known: the share of items whose publisher rules/sources.yaml lists. near: the
    share of items that come near a deal. Searches of one aggregator are fetched ten seconds apart.

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
    rulebook = rules_of(settings)
    checked = [CheckedFeed.of(by_name[feed.name], rulebook, now) for feed in wanted]
    if as_json:
        for each in checked:
            echo_json(trial_values(each))
    else:
        wide_console(WIDTH).print(titled_table("Feeds", HEADINGS, [table_row(each, now) for each in checked]))
        for line in problem_lines(checked):
            click.echo(line)
    failed = sum(each.trial.error is not None for each in checked)
    click.echo(f"{pluralised(len(checked), 'feed')} checked, {failed} failed", err=True)
    if failed:
        raise SystemExit(1)


@dataclass(frozen=True, slots=True)
class CheckedFeed:
    """A fetched feed. unlisted: the problem with its publisher, None if it is listed. known, near: how many items have
    a listed publisher, and come near a deal; None without rules or items."""

    trial: FeedTrial
    newest: datetime | None
    warnings: tuple[str, ...]
    unlisted: UnknownPublisher | None = None
    known: int | None = None
    near: int | None = None

    @classmethod
    def of(cls, trial: FeedTrial, rulebook: Rulebook | None, now: datetime) -> CheckedFeed:
        """What a trial shows under a rulebook."""
        from monitor.domain.reading.question import is_near  # with the matcher, which the other commands do not need
        from monitor.domain.stories.identify import entry_as_story

        newest, warnings = newest_and_warnings(trial, now, rulebook.publishers if rulebook else None)
        checked, feed = cls(trial, newest, tuple(warnings)), trial.feed
        if rulebook is None:
            return checked
        publishers = rulebook.publishers
        unlisted = publishers.unknown(feed.publisher, feed.url) if feed.publisher else None
        if trial.parsed is None or not trial.parsed.entries:
            return replace(checked, unlisted=unlisted)
        stories = [entry_as_story(with_publisher(entry, feed, publishers), now) for entry in trial.parsed.told()]
        tiers = [publishers.find(story.source, story.url).tier for story in stories]
        known = sum(tier not in (Tier.UNKNOWN, Tier.AGGREGATOR) for tier in tiers)
        return replace(checked, unlisted=unlisted, known=known, near=sum(is_near(story, rulebook) for story in stories))


def rules_of(settings: Settings) -> Rulebook | None:
    """The rules; None, with a warning, if they cannot be used."""
    from monitor.rulebook import load_rulebook

    try:
        return load_rulebook(settings.monitor.rules, cache=rule_cache(settings))
    except RuleError as error:
        first = error.issues[0] if error.issues else error
        click.echo(f"warning: publishers and deals are not looked up: {first}", err=True)
        return None


def table_row(checked: CheckedFeed, now: datetime) -> tuple[str, ...]:
    trial = checked.trial
    name, error = one_line(trial.feed.name, 200), trial.error
    if error is not None or trial.parsed is None:
        return name, f"FAIL {(error and error.status) or ''}".rstrip(), "", "", "", ""
    items = len(trial.parsed.entries)
    state = "warn" if checked.warnings or checked.unlisted else "ok"
    newest = format_span(max(now - checked.newest, timedelta(0))) if checked.newest else "-"
    shares = ("-" if count is None else format_percent(count / items) for count in (checked.known, checked.near))
    return name, f"{state} {trial.answer.status if trial.answer else ''}".rstrip(), str(items), newest, *shares


def problem_lines(checked: Sequence[CheckedFeed]) -> Iterator[str]:
    """The problems of each feed, then the remedies, each with the feeds that need it."""
    remedies: dict[str, list[str]] = {}
    for each in checked:
        name, error = one_line(each.trial.feed.name, 200), each.trial.error
        problems = [*each.warnings, *([str(each.unlisted)] if each.unlisted else [])]
        if error is not None:
            problems = [str(error)]
            remedies.setdefault(REMEDIES.get(error.kind, OTHER_REMEDY), []).append(name)
        elif each.unlisted:
            remedies.setdefault(UNKNOWN_REMEDY, []).append(name)
        for problem in problems:
            yield from wrapped(f"{name}: {one_line(problem, 500)}", 0, 2)
    for remedy, names in remedies.items():
        yield from wrapped(f"=> {join_few(names)}: {remedy}", 0, 3)


def wanted_feeds(settings: Settings, names: Sequence[str]) -> list[FeedSettings]:
    """The feeds with these names and addresses, or all polled ones. Raises BadParameter with the nearest name."""
    from monitor.runtime.feed_trials import feed_at

    if not names:
        return [feed for feed in settings.feeds if feed.enabled]
    by_name, by_address = {feed.name: feed for feed in settings.feeds}, configured_feeds(settings)
    found: dict[str, FeedSettings] = {}
    for name in names:
        feed = by_name.get(name)
        if feed is None and "://" in name:
            url = web_address(name)
            feed = by_address.get(address_key(url))
            if feed is None:
                found[url] = feed_at(url)
                continue
        if feed is None:
            raise click.BadParameter(f"no feed is named {name!r}{did_you_mean(name, by_name)}", param_hint="NAME")
        found[feed.name] = feed
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


def newest_and_warnings(
    trial: FeedTrial, now: datetime | None, publishers: Publishers | None
) -> tuple[datetime | None, list[str]]:
    """The date of the newest item of a feed, and the warnings about a readable feed; without publishers none of them.
    now: None to leave its age out."""
    if (parsed := trial.parsed) is None:
        return None, []
    newest = max((entry.published for entry in parsed.entries if entry.published is not None), default=None)
    warnings = [f"it has moved permanently to {redacted_url(trial.moved_to)}"] if trial.moved_to else []
    if trial.zoneless:
        warnings.append('its dates name no zone and are read as UTC; set zone = "…" in config.toml')
    if not parsed.entries:
        warnings.append("it lists no item")
    if undated := sum(entry.published is None for entry in parsed.entries):
        warnings.append(f"{undated} of {pluralised(len(parsed.entries), 'item')} without a readable date")
    if publishers is not None:
        heard = [with_publisher(entry, trial.feed, publishers) for entry in parsed.entries]
        if others := Counter(each.claimed for each in heard if each.basis == UNHEARD):
            claimed = join_list([f"{name} ({count})" for name, count in others.most_common(3)])
            warnings.append(
                f"other publishers are claimed by {pluralised(others.total(), 'item')} and do not count: {claimed}; in "
                "config.toml set aggregator = true if the feed carries their reports, or publisher if it is their own"
            )
    if newest is not None and now is not None and now - newest > OLD_AFTER:
        warnings.append(f"its newest item is {(now - newest).days} days old; look for another feed of the publisher")
    return newest, [*warnings, *parsed.warnings]


def trial_values(checked: CheckedFeed) -> dict[str, Any]:
    """A checked feed for JSON. Times are ISO 8601, seconds and bytes plain numbers; unknown values are null."""
    trial = checked.trial
    answer, parsed, error = trial.answer, trial.parsed, trial.error
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
        "newest": checked.newest,
        "items_known": checked.known,
        "items_near": checked.near,
        "publisher": trial.feed.publisher or None,
        "publisher_known": checked.unlisted is None if trial.feed.publisher else None,
        "lang": parsed and parsed.lang,
        "warnings": list(checked.warnings),
        "error": error and str(error),
        "kind": error and error.kind,
        "remedy": error and REMEDIES.get(error.kind, OTHER_REMEDY),
    }

"""`feeds add`: from an address to a feed in config.toml."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

import click

from monitor.cli.common import program_clock, settings_of
from monitor.cli.feeds.feed_options import checked, configured_feeds, shown_path, web_address, write_feeds
from monitor.cli.feeds.known_publishers import publisher_behind, publishers_of, site_of, sources_block
from monitor.cli.feeds.trial_text import answer_text, contents_text, error_text, notes_of, warnings_of
from monitor.domain.text.plain import one_line

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.config.feed_entries import FeedEntry
    from monitor.domain.model.publishers import Publishers
    from monitor.feeds.discovery import AnnouncedFeed, WebPage
    from monitor.runtime.feed_trials import FeedTester, FeedTrial


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was asked for beside the address; None: as the feed and its publisher suggest. interval: seconds."""

    name: str | None = None
    publisher: str | None = None
    interval: int | None = None
    lang: str | None = None
    zone: str | None = None


NO_FEED_REMEDY = "It announces no feed, and none is where sites customarily have one: look on the site for RSS or Atom, and add that address"


class Person(Protocol):
    """Who decides what the program cannot."""

    def choose(self, feeds: Sequence[AnnouncedFeed]) -> AnnouncedFeed: ...
    def publisher(self, suggestion: str) -> str: ...
    def agrees(self, question: str) -> bool: ...


class AtTerminal:
    """Somebody who can be asked."""

    def choose(self, feeds: Sequence[AnnouncedFeed]) -> AnnouncedFeed:
        for number, feed in enumerate(feeds, 1):
            click.echo(f"  {number:>2}  {feed_line(feed)}", err=True)
        number = click.prompt("Which one", type=click.IntRange(1, len(feeds)), default=1, err=True)
        return feeds[number - 1]

    def publisher(self, suggestion: str) -> str:
        return str(click.prompt("Whose is it", default=suggestion, err=True)).strip()

    def agrees(self, question: str) -> bool:
        return click.confirm(question, default=True, err=True)


@click.command()
@click.argument("url")
@click.option("--name", help="What to call the feed; else made from its title.")
@click.option("--publisher", help="As named in rules/sources.yaml; else by the domain, or asked for.")
@click.option(
    "--interval", callback=checked("read_interval"), help="Between two polls, as 15m or 1h; else by its pace."
)
@click.option("--lang", callback=checked("check_lang"), help="Language of its items, as en or zh.")
@click.option("--zone", callback=checked("check_zone"), help="Zone of dates that name none, as Asia/Shanghai.")
@click.option("--yes", is_flag=True, help="Ask nothing and add it, as without a terminal.")
@click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")
def add(
    url: str,
    *,
    name: str | None,
    publisher: str | None,
    interval: int | None,
    lang: str | None,
    zone: str | None,
    yes: bool,
    dry_run: bool,
) -> None:
    """Find the feed of URL (a feed or a web page), try it, and write it into config.toml.

    A page names its feeds; where it names several, you choose. The block goes behind the last feed of config.toml, and every comment
    there stays. Exit code 1 if nothing can be added, 2 if the page names several feeds and nobody can be asked.
    """
    from monitor.runtime.feed_trials import feed_tester

    settings = settings_of()
    address = web_address(url)
    if name is not None and any(feed.name == name for feed in settings.feeds):
        raise click.BadParameter(f"{name!r} is taken already; choose another name", param_hint="--name")
    person = AtTerminal() if sys.stdin.isatty() and not yes else None
    refuse_configured(settings, [address])
    with feed_tester(settings, program_clock()()) as tester:
        trial = found_feed(tester, address, zone or "", person)
    refuse_configured(settings, [trial.address, trial.answer.final_url if trial.answer else ""])
    entry = proposed(trial, Wishes(name, publisher, interval, lang, zone), settings, publishers_of(settings), person)
    click.echo("\n".join(("", *entry.lines(), "")))
    if dry_run:
        click.echo("nothing was written", err=True)
    elif person is None or person.agrees(f"Add it to {shown_path(settings.path) if settings.path else 'config.toml'}?"):
        write_feeds(settings, [entry])


def refuse_configured(settings: Settings, addresses: Sequence[str]) -> None:
    """End with exit code 1 if one of these addresses is polled already, however it is written."""
    from monitor.feeds.url_policy import address_key

    known = configured_feeds(settings)
    for address in addresses:
        if (feed := known.get(address_key(address))) is not None:
            place = settings.place(("feeds", settings.feeds.index(feed)))
            state = "" if feed.enabled else ", and switched off (enabled = false)"
            click.echo(f"error: this feed is configured already as {feed.name!r} ({place}){state}", err=True)
            raise SystemExit(1)


# ---------------------------------------------------------------- finding it


def found_feed(tester: FeedTester, url: str, zone: str, person: Person | None) -> FeedTrial:
    """The trial of the feed at an address, or of that which the page there announces; by https where that works. Ends with exit code 1
    where there is none, and 2 where a page announces several and nobody can choose."""
    from monitor.runtime.feed_trials import FeedToTry

    click.echo(f"asking {url}", err=True)
    trial = tester.one(FeedToTry(url, url, zone))
    if trial.page is not None:
        trial = feed_of_page(tester, trial, trial.page, person)
    if trial.error is not None:
        told = error_text(trial.error)
        if trial.page is not None and not trial.page.feeds:  # it was asked already what it announces
            told = f"{one_line(str(trial.error), 500)}. {NO_FEED_REMEDY}"
        click.echo(f"error: {trial.feed.url}: {told}", err=True)
        raise SystemExit(1)
    if (safer := tester.by_https(trial)) is not None:
        click.echo(f"note: the same feed answers by https, so that address is taken: {safer.address}", err=True)
        return safer
    return trial


def feed_of_page(tester: FeedTester, trial: FeedTrial, page: WebPage, person: Person | None) -> FeedTrial:
    """The trial of the feed that a page announces, else of one where sites customarily have one, else the page's own."""
    if not page.feeds:
        click.echo("a web page that announces no feed; trying the customary addresses of its host", err=True)
        return tester.customary(trial) or trial
    of_news = [feed for feed in page.feeds if not feed.of_comments] or page.feeds
    if len(of_news) == 1:
        chosen = of_news[0]
    elif person is not None:
        click.echo(f"the page announces {len(page.feeds)} feeds:", err=True)
        chosen = person.choose(page.feeds)
    else:
        listed = "".join(f"\n  {feed_line(feed)}" for feed in page.feeds)
        raise click.UsageError(f"{trial.feed.url} announces {len(page.feeds)} feeds; add one of them:{listed}")
    click.echo(f"asking {chosen.url}", err=True)
    return tester.one(replace(trial.feed, url=chosen.url))


def feed_line(feed: AnnouncedFeed) -> str:
    """An announced feed on one line."""
    return f"{feed.format:<9}  {feed.url}{f'  {feed.title}' if feed.title else ''}"


# ---------------------------------------------------------------- what to write


def proposed(
    trial: FeedTrial, wishes: Wishes, settings: Settings, publishers: Publishers | None, person: Person | None
) -> FeedEntry:
    """The feed as it goes into config.toml. Prints what was found, and what is odd about it."""
    from monitor.config.feed_entries import FeedEntry, feed_name, written_interval
    from monitor.feeds.appraisal import host_of_items

    found = trial.appraisal
    assert found is not None
    assert trial.parsed is not None
    host, site = urlsplit(trial.address).hostname or "", host_of_items(trial.parsed)
    addresses = [trial.address, *([f"https://{site}/"] if site else [])]
    listed = publisher_behind(publishers, addresses, [found.title]) if wishes.publisher is None else None
    suggestion = found.title or host
    publisher = wishes.publisher or (listed.name if listed is not None else "")
    if not publisher:
        publisher = person.publisher(suggestion) if person is not None else suggestion
    known = publisher_behind(publishers, [], [publisher])
    lang = wishes.lang or found.lang or (known.lang if known is not None else "")
    zone = wishes.zone or (known.zone if known is not None and known.zone != "UTC" else "")
    interval = wishes.interval or found.interval
    name = wishes.name or feed_name(found.title, host, {feed.name for feed in settings.feeds})
    _show_found(trial, written_interval(interval))
    click.echo(f"publisher   {one_line(publisher)}{f' ({known.tier.name.lower()})' if known is not None else ''}")
    for warning in warnings_of(trial, zone):
        click.echo(f"warning: {one_line(warning)}", err=True)
    for note in notes_of(trial):
        click.echo(f"note: {one_line(note)}", err=True)
    if known is None and publishers is not None:
        _warn_of_unknown(publishers, publisher, trial.address, site_of(site or host), lang, zone)
    return FeedEntry(name, trial.address, publisher, interval, lang, zone)


def _show_found(trial: FeedTrial, interval: str) -> None:
    found = trial.appraisal
    assert found is not None
    pace = f"about {found.per_day:.1f} items a day" if found.per_day is not None else "cannot be told"
    newest = one_line(found.newest.title, 100) if found.newest is not None else "none with a date"
    rows = {"found": trial.address, "title": found.title or "(none)", "answer": answer_text(trial)}
    rows |= {"holds": contents_text(trial), "newest": newest, "language": found.lang or "not known"}
    for label, text in (rows | {"pace": f"{pace}; asked every {interval}"}).items():
        click.echo(f"{label:<11} {one_line(text, 500)}")


def _warn_of_unknown(publishers: Publishers, publisher: str, url: str, host: str, lang: str, zone: str) -> None:
    """Say that the publisher is not listed, and what to write so that its word counts."""
    unknown = publishers.unknown(publisher, url)
    click.echo(f"warning: {one_line(str(unknown))}", err=True)
    tell = (
        "To list it, add to rules/sources.yaml, with the tier that fits (the head of that file says what each means):"
    )
    click.echo(f"{tell}\n{sources_block(publisher, host, lang, zone)}", err=True)

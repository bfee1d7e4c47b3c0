"""`feeds import` and `feeds export`: lists of feeds as OPML."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from monitor.cli.common import pluralised, program_clock, settings_of
from monitor.cli.feeds.feed_options import checked, configured_feeds, write_feeds
from monitor.cli.feeds.known_publishers import publisher_behind, publishers_of
from monitor.domain.text.plain import one_line
from monitor.errors import ConfigError

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.config.feed_entries import FeedEntry
    from monitor.domain.model.publishers import Publishers
    from monitor.feeds.opml import Outline

MOST_NAMED = 10
"""Publishers named in one line; an estimate of what is read."""
IMPORT_INTERVAL = "30m"


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option(
    "--interval",
    default=IMPORT_INTERVAL,
    show_default=True,
    callback=checked("read_interval"),
    help="Between two polls of each.",
)
@click.option("--test", "try_first", is_flag=True, help="Ask each feed first, and leave out those that fail.")
@click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")
def import_(file: str, *, interval: int, try_first: bool, dry_run: bool) -> None:
    """Write the feeds of FILE (OPML; - is standard input) into config.toml.

    Feeds that are configured already are passed over. All are written in one step, or none if one of them cannot be used. Exit code 1
    if --test leaves any out.
    """
    from monitor.feeds.opml import MAX_BYTES, read_opml

    settings, name = settings_of(), "standard input" if file == "-" else file
    with click.open_file(file, "rb") as stream:
        outlines = read_opml(stream.read(MAX_BYTES + 1), name)
    if not outlines:
        raise ConfigError(f"{name}: lists no feed (no outline with an xmlUrl)", subject=name)
    publishers = publishers_of(settings)
    batch = new_feeds(outlines, settings, publishers, interval, name)
    failed = _leave_out_failing(batch, settings) if try_first and batch.entries else 0
    for entry in batch.entries if dry_run else ():
        click.echo("\n".join((*entry.lines(), "")))
    if batch.entries and not dry_run:
        write_feeds(settings, batch.entries)
    for line in _summary(batch, len(outlines), failed, listed=publishers is not None):
        click.echo(line, err=True)
    if dry_run:
        click.echo("nothing was written", err=True)
    if failed:
        raise SystemExit(1)


@dataclass(slots=True)
class ImportedFeeds:
    """What a list brings. entries: feeds that are new; known, twice: how many are configured already, or stand in the list before;
    private: how many lie in private networks, which is not allowed; unknown: publishers that are not listed, with how many feeds each
    has."""

    entries: list[FeedEntry] = field(default_factory=list)
    known: int = 0
    twice: int = 0
    private: int = 0
    unknown: Counter[str] = field(default_factory=Counter)


def new_feeds(
    outlines: Sequence[Outline], settings: Settings, publishers: Publishers | None, interval: int, name: str
) -> ImportedFeeds:
    """The feeds of a list that are not configured yet. Raises ConfigError with every line that cannot be used."""
    from monitor.config.field_checks import check_feed_url
    from monitor.feeds.url_policy import address_key, is_private_host

    batch, problems = ImportedFeeds(), []
    configured, taken = configured_feeds(settings), {feed.name for feed in settings.feeds}
    seen: set[str] = set()
    for outline in outlines:
        try:
            key = address_key(check_feed_url(outline.url))
        except ValueError as error:
            problems.append(f"{name}:{outline.line}: xmlUrl {one_line(str(error), 300)}")
            continue
        if key in configured or key in seen:
            batch.known += key in configured
            batch.twice += key not in configured
            continue
        seen.add(key)
        batch.private += is_private_host(outline.url) and not settings.poll.allow_private_addresses
        entry = _entry(outline, publishers, interval, taken, batch.unknown)
        taken.add(entry.name)
        batch.entries.append(entry)
    if problems:
        raise ConfigError("\n".join((*problems, "nothing was written: correct or remove these lines")), subject=name)
    return batch


def _entry(
    outline: Outline, publishers: Publishers | None, interval: int, taken: set[str], unknown: Counter[str]
) -> FeedEntry:
    """One feed of a list as config.toml is to hold it; counts its publisher if nobody has listed that."""
    from monitor.config.feed_entries import FeedEntry, feed_name
    from monitor.config.field_checks import check_lang

    host = urlsplit(outline.url).hostname or ""
    listed = publisher_behind(publishers, [outline.url, outline.page], [outline.title, outline.text])
    publisher = listed.name if listed is not None else outline.title or outline.text or host
    if listed is None:
        unknown[publisher] += 1
    try:
        lang = check_lang(outline.lang[:2].lower())
    except ValueError:
        lang = ""
    zone = listed.zone if listed is not None and listed.zone != "UTC" else ""
    name = feed_name(outline.text or outline.title, host, taken)
    return FeedEntry(name, outline.url, publisher, interval, lang or (listed.lang if listed else ""), zone)


def _leave_out_failing(batch: ImportedFeeds, settings: Settings) -> int:
    """Ask the feeds, and take out those that fail; how many they were. Those that have moved for good get their new address."""
    from monitor.cli.feeds.try_out import trial_lines, tried
    from monitor.feeds.url_policy import address_key
    from monitor.runtime.feed_trials import FeedToTry

    trials = tried(settings, [FeedToTry(entry.name, entry.url, entry.zone) for entry in batch.entries])
    for trial in trials:
        click.echo("\n".join(trial_lines(trial)))
    configured = configured_feeds(settings)
    kept: dict[str, FeedEntry] = {}
    for entry, trial in zip(batch.entries, trials, strict=True):
        key = address_key(trial.address)
        batch.known += key in configured
        if trial.error is None and key not in configured:
            kept.setdefault(key, replace(entry, url=trial.address))
    failing = Counter(entry.publisher for entry, trial in zip(batch.entries, trials, strict=True) if trial.error)
    batch.unknown -= failing
    batch.entries = list(kept.values())
    return sum(trial.error is not None for trial in trials)


def _summary(batch: ImportedFeeds, total: int, failed: int, *, listed: bool) -> Iterator[str]:
    counts = {"new": len(batch.entries), "configured already": batch.known, "twice in the list": batch.twice}
    counts[f"left out because {'it' if failed == 1 else 'they'} failed"] = failed
    told = ", ".join(f"{count} {what}" for what, count in counts.items() if count or what == "new")
    yield f"{pluralised(total, 'feed')} in the list: {told}"
    if batch.private:
        effect = "and will be refused: allow_private_addresses in [poll] of config.toml lets them be asked"
        yield f"warning: on this machine or in its network: {pluralised(batch.private, 'address', 'addresses')}, {effect}"
    if batch.unknown and listed:
        names = [one_line(name, 60) for name, _ in batch.unknown.most_common(MOST_NAMED)]
        more = len(batch.unknown) - len(names)
        named = f"{', '.join(names)}{f' and {more} more' if more > 0 else ''}"
        effect = "their word counts for nothing until they stand in rules/sources.yaml"
        yield f"warning: {pluralised(len(batch.unknown), 'publisher')} not in sources.yaml: {named}; {effect}"


# ---------------------------------------------------------------- export


@click.command()
def export() -> None:
    """Print the feeds that are polled as OPML 2.0, for other programs.

    They stand in a folder for each tier of their publishers.
    """
    from monitor.feeds.opml import Outline, write_opml

    settings = settings_of()
    publishers = publishers_of(settings)
    folders: dict[str, list[Outline]] = {}
    for feed in settings.feeds:
        if feed.enabled:
            tier = publishers.find(feed.publisher).tier.name.lower().replace("_", " ") if publishers is not None else ""
            outline = Outline(feed.url, feed.name, feed.publisher, lang=feed.lang)
            folders.setdefault(tier, []).append(outline)
    click.echo(write_opml("Feeds of the deal monitor", folders, program_clock()()), nl=False)

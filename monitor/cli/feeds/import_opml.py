"""`feeds import`: the feeds of an OPML list into config.toml."""

from __future__ import annotations

from collections import Counter
from urllib.parse import urlsplit

import click

from monitor.cli.common import pluralised, settings_of
from monitor.cli.feeds.add import INTERVAL_S
from monitor.cli.feeds.configured import configured_feeds, publisher_of, publishers_of, write_feeds
from monitor.domain.text.plain import one_line
from monitor.errors import ConfigError

MOST_NAMED = 10
"""Publishers named in one line, an estimate."""


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option("--dry-run", is_flag=True, help="Print the blocks and write nothing.")
def import_opml(file: str, *, dry_run: bool) -> None:
    """Add the feeds of FILE (OPML; - is standard input) to config.toml.

    Configured feeds are skipped. All others are written in one step, or none if one cannot be used.
    """
    from monitor.config.feed_entries import FeedEntry, feed_name
    from monitor.config.field_checks import check_feed_url, check_lang
    from monitor.feeds.opml import MAX_BYTES, read_opml
    from monitor.feeds.url_policy import address_key

    settings, source = settings_of(), "standard input" if file == "-" else file
    with click.open_file(file, "rb") as stream:
        outlines = read_opml(stream.read(MAX_BYTES + 1), source)
    publishers, seen = publishers_of(settings), set(configured_feeds(settings))
    taken = {feed.name for feed in settings.feeds}
    entries, problems, unknown = list[FeedEntry](), list[str](), Counter[str]()
    for outline in outlines:
        try:
            key = address_key(check_feed_url(outline.url))
        except ValueError as error:
            problems.append(f"{source}:{outline.line}: xmlUrl {one_line(str(error), 300)}")
            continue
        if key in seen:
            continue
        seen.add(key)
        try:
            lang = check_lang(outline.lang[:2].lower())
        except ValueError:
            lang = ""
        host = urlsplit(outline.url).hostname or ""
        listed = publisher_of(publishers, [outline.url, outline.page], [outline.title])
        owner = listed.name if listed else outline.title or host
        if listed is None:
            unknown[owner] += 1
        zone = listed.zone if listed is not None and listed.zone != "UTC" else ""
        name = feed_name(outline.title, host, taken)
        taken.add(name)
        entries.append(FeedEntry(name, outline.url, owner, INTERVAL_S, lang or (listed.lang if listed else ""), zone))
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
        names = [one_line(name, 60) for name, _ in unknown.most_common(MOST_NAMED)]
        more = f" and {len(unknown) - len(names)} more" if len(unknown) > len(names) else ""
        effect = "their reports count for nothing until rules/sources.yaml lists them"
        click.echo(f"warning: publishers not in sources.yaml: {', '.join(names)}{more}; {effect}", err=True)
    if dry_run:
        click.echo("dry run: config.toml is unchanged", err=True)

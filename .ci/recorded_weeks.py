"""Replay equals live on recorded stories: the ten weeks with the most news of the deal, as feeds and as an archive.

The stories that concern a commitment, and some that do not, appear in RSS and Atom feeds on loopback at the moments
that they bear: in one of everybody's, and in those of the publishers with the most of them. In the weeks between, the
feeds are read and show nothing new. The program polls, parses, identifies, matches and decides under its own clock; a
replay of the same stories must record the very same changes. So must three workers on PostgreSQL that take turns, each
with a memory of its own.
"""

# ruff: noqa: T201 - figures for whoever reads the run's output

from __future__ import annotations

import gzip
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path

from monitor.domain.matching.match import match
from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import Entry, Transition
from monitor.domain.model.changes import notation
from monitor.feeds.parse import parse
from monitor.logs import setup_logging
from monitor.replay import as_entry, line_as_story
from monitor.rulebook import load_rulebook
from tests.builders.live_feeds import Served, lived, order, replayed, rss_item
from tests.faults.load import address, binary

ROOT = Path(__file__).resolve().parents[1]
ARCHIVES, WEEKS = ("stories.jsonl.gz", "stories-spring.jsonl.gz"), 10
OWN_FEEDS = 7
NOISE = 25
"""One in so many stories that concern no commitment is played too."""
BATCH = 400


def recorded(file: Path) -> Iterator[Entry]:
    """The stories that have a page; identity without one needs a guid, which an archive does not keep."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            story = json.loads(line)
            if story["url"]:
                yield as_entry(story, number, file.name)


def chosen(entries: Iterable[Entry], rules: Rulebook) -> list[Entry]:
    """Of the busiest weeks what concerns a commitment, and some of the rest."""
    stories = ((entry, line_as_story(entry)) for entry in entries)
    found = [(story.published_at.isocalendar()[:2], entry, bool(match(story, rules))) for entry, story in stories]
    busiest = {week for week, _ in Counter(week for week, _, near in found if near).most_common(WEEKS)}
    kept = enumerate((entry, near) for week, entry, near in found if week in busiest)
    return [entry for number, (entry, near) in kept if near or number % NOISE == 0]


def as_read(entries: list[Entry]) -> list[Entry]:
    """The entries with their text as the parser gives it: without markup, and without what it leaves out of a
    summary."""
    found = []
    for begin in range(0, len(entries), BATCH):
        part = entries[begin : begin + BATCH]
        numbered = "".join(rss_item(replace(one, url=f"https://n.example/{n}")) for n, one in enumerate(part))
        document = f"<rss version='2.0'><channel><title>all</title>{numbered}</channel></rss>"
        read = {
            one.url.rpartition("/")[2]: one
            for one in parse(document.encode(), url="https://n.example", content_type=None).entries
        }
        for number, entry in enumerate(part):
            if (item := read.get(str(number))) is not None and item.source:
                found.append(replace(entry, title=item.title, summary=item.summary, source=item.source, lang=""))
    return found


def said(change: Transition) -> tuple[object, ...]:
    """A change with the sentences behind it in place of their ids: of two reports with one text and one second, which
    come from two feeds, either may be read first."""
    at, what = f"{change.at:%Y-%m-%d %H:%M}", " -> ".join(notation(change.change))
    verdict = (change.way, change.standing, change.outlook, change.cause, change.severity, change.confirms, change.late)
    reason = (change.reason.code, change.reason.detail, tuple(sentence.quote for sentence in change.cited))
    return (at, change.commitment, change.kind.value, what, *verdict, *reason)


def main() -> None:
    setup_logging(level="error")
    began = time.monotonic()
    rules, corpus = load_rulebook(ROOT / "rules"), Path(sys.argv[1]) / "corpus"
    if not binary("initdb"):
        print("PostgreSQL is not installed; three workers are left out")
    entries = as_read(chosen(chain.from_iterable(recorded(corpus / name) for name in ARCHIVES), rules))
    failed = differ(entries, rules)
    print(f"{time.monotonic() - began:.0f} s")
    if failed:
        sys.exit("live and replay differ")


def differ(entries: list[Entry], rules: Rulebook) -> bool:
    """Whether the ways of reading these entries record other changes, or none; prints them."""
    most = Counter(entry.source for entry in entries).most_common(OWN_FEEDS)
    feeds = [Served("everybody")]
    feeds += [Served(f"own-{n}", name, atom=n % 2 == 0) for n, (name, _) in enumerate(most)]
    with tempfile.TemporaryDirectory(prefix="recorded-weeks-") as folder:
        live = sorted(lived(Path(folder), rules, entries, feeds), key=order)
    ways = {"live": list(map(said, live)), "replay": list(map(said, replayed(rules, entries)))}
    if binary("initdb"):
        with tempfile.TemporaryDirectory(prefix="recorded-weeks-") as folder, address("postgresql") as server:
            database = server.replace("postgresql:", "postgresql+psycopg:")
            fleet = sorted(lived(Path(folder), rules, entries, feeds, database, workers=3), key=order)
        ways["three workers"] = list(map(said, fleet))
    for way, other in (("live", "replay"), ("replay", "live"), ("three workers", "replay")):
        for change in ways.get(way, ()):
            if change not in ways[other]:
                print(f"FAILED: only {way}: {' '.join(map(str, change[:4]))}")
    days = [line_as_story(entry).published_at for entry in entries]
    span = f"{min(days):%-d %b %Y} to {max(days):%-d %b %Y}"
    print(f"{span}: {len(entries)} stories in {len(feeds)} feeds, {len(live)} changes", flush=True)
    return any(way != ways["replay"] for way in ways.values()) or not live


if __name__ == "__main__":
    main()

"""What must be true after all recorded feeds went through the monitor: held against the documents and the stand-ins'
logs."""

# ruff: noqa: T201 - figures for whoever reads the run's output

from __future__ import annotations

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from monitor.config import FeedSettings
from monitor.domain.model import Entry
from monitor.domain.stories.entry_keys import entry_keys, revision_hash
from monitor.domain.stories.titles import normal_title
from monitor.errors import FeedError
from monitor.feeds.parse import parse
from monitor.store.column_types import unpacked_keys

START = datetime(2025, 10, 1, tzinfo=UTC)
"""The first date of a series; what is older, or has no date, is there from the beginning."""
BUSAN = (datetime(2025, 10, 29, tzinfo=UTC), datetime(2025, 11, 2, tzinfo=UTC))
"""The days of the summit, which two of the series record."""
NO_FEEDS = ("news sitemap", "unknown")
"""How the list of documents calls those that are no feeds."""
UNREADABLE = {"series/world_merged_busan_day/0001.xml": 1}
"""One item there has nothing but a picture's tag for its title, and no text."""


@dataclass(slots=True)
class Claims:
    """Those that do not hold."""

    failed: list[str] = field(default_factory=list)

    def hold(self, truth: object, claim: str) -> None:
        if not truth:
            self.failed.append(claim)


# ---------------------------------------------------------------- the documents


@dataclass(frozen=True, slots=True)
class Document:
    """One recorded document. path: its address at the feed server; at: when it is there first."""

    file: Path
    path: str
    publisher: str
    is_feed: bool
    items: int
    at: datetime

    @property
    def feed(self) -> str:
        """The name of its feed: that of its series, or its own."""
        return self.path.removesuffix("/feed.xml").strip("/").partition(".")[0].replace("/", ": ")


def recorded(folder: Path) -> list[Document]:
    """All documents by feed, each feed's versions oldest first and each at a date of its own."""
    listed = [json.loads(line) for line in (folder / "MANIFEST.jsonl").read_text("utf-8").splitlines()]
    documents: list[Document] = []
    for record in sorted(listed, key=lambda record: str(record["file"])):
        kind, name, *version = record["file"].split("/")
        path = f"/series/{name}/feed.xml" if version else f"/{kind}/{name}"
        is_feed = record["type"] not in NO_FEEDS
        at = max(START, datetime.fromisoformat(record["newest"])) if is_feed and record["newest"] else START
        if documents and documents[-1].path == path:
            at = max(at, documents[-1].at + timedelta(minutes=1))
        items = record["items"] - UNREADABLE.get(record["file"], 0)
        documents.append(Document(folder / record["file"], path, record["publisher"], is_feed, items, at))
    return documents


# ---------------------------------------------------------------- entries


@dataclass(frozen=True, slots=True)
class Listed:
    """One item of one document (by number), and the keys by which the monitor knows it."""

    document: int
    entry: Entry
    keys: tuple[str, ...]


def listed(feed: FeedSettings, documents: Sequence[Document], claims: Claims) -> list[Listed]:
    """Every item of every version of a feed."""
    found = []
    for number, document in enumerate(documents):
        name = f"{document.file.parent.name}/{document.file.name}"
        try:
            parsed = parse(document.file.read_bytes(), url=feed.url, content_type=None)
        except FeedError as error:
            claims.hold(not document.is_feed, f"{name}: a feed, but {error}")
            continue
        told = parsed.told(feed.lang)
        read = len(told)
        claims.hold(document.is_feed and read == document.items, f"{name}: {document.items} items, but {read} read")
        for entry in told:
            keys = tuple(key for key in entry_keys(entry) if not key.startswith("title:"))
            found.append(Listed(number, entry, keys))
    return found


def distinct(items: Sequence[Listed]) -> int:
    """How many entries a feed has had: its addresses; where a document gives one to several guids, those count."""
    guids: defaultdict[str, defaultdict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    for item in items:
        guids[item.entry.url][item.document].add(item.entry.id)
    return sum(max(map(len, by_document.values())) for by_document in guids.values())


@dataclass(frozen=True, slots=True)
class Stored:
    """What the database holds. rows: entry -> story, by feed; row_of: (feed, key) -> entry; texts: (story, hash)."""

    rows: Mapping[str, Mapping[str, str]]
    row_of: Mapping[tuple[str, str], str]
    texts: frozenset[tuple[str, str]]


def stored(db: sqlite3.Connection) -> Stored:
    rows: defaultdict[str, dict[str, str]] = defaultdict(dict)
    row_of: dict[tuple[str, str], str] = {}
    for entry, feed, story, keys in db.execute("SELECT id, feed, story, keys FROM entry"):
        rows[feed][entry.hex()] = story.hex()
        row_of |= {(feed, key): entry.hex() for key in unpacked_keys(keys)}
    texts = db.execute("SELECT id, revision FROM story UNION SELECT story, hash FROM revision")
    return Stored(rows, row_of, frozenset((story.hex(), text.hex()) for story, text in texts))


def check_entries(
    feeds: Sequence[FeedSettings], documents: Sequence[Document], db: sqlite3.Connection, claims: Claims
) -> None:
    """Every item of every document is in the database, in all its texts, and no entry is there twice."""
    have, items, rows, reissued = stored(db), 0, 0, 0
    for feed in feeds:
        found = listed(feed, [document for document in documents if document.feed == feed.name], claims)
        groups = by_row(feed.name, found, have, claims)
        moved = sum(len({item.entry.url for item in group}) - 1 for group in groups.values())
        here, wanted = len(have.rows.get(feed.name, ())), distinct(found) - moved
        claims.hold(
            here == wanted == len(groups), f"{feed.name}: {wanted} entries, but {here} rows ({len(groups)} known)"
        )
        items, rows, reissued = items + len(found), rows + here, reissued + moved
    print(f"entries: {items} items in all documents are {rows} entries, each stored once in all its texts; ", end="")
    print(f"{reissued} of them came back under another address")


def by_row(feed: str, items: Sequence[Listed], have: Stored, claims: Claims) -> dict[str, list[Listed]]:
    """The items of a feed under the entry that stands for them."""
    groups: defaultdict[str, list[Listed]] = defaultdict(list)
    for item in items:
        # A guid, if it has one, is the last of its keys.
        row = next((row for key in reversed(item.keys) if (row := have.row_of.get((feed, key)))), "")
        text = revision_hash(item.entry.title, item.entry.summary)
        claims.hold(row and (have.rows[feed][row], text) in have.texts, f"{feed}: not stored: {item.entry.url}")
        groups[row].append(item)
    for group in groups.values():
        claims.hold(is_one(group), f"{feed}: different entries under one row: {group[0].entry.url}")
    return groups


def is_one(group: Sequence[Listed]) -> bool:
    """Whether these are one entry: one address; or one headline that left one address before it came back under
    another."""
    titles: defaultdict[str, set[str]] = defaultdict(set)
    shown: defaultdict[int, set[str]] = defaultdict(set)
    for item in group:
        titles[item.entry.url].add(normal_title(item.entry.title))
        shown[item.document].add(item.entry.url)
    return len(titles) == 1 or (bool(set.intersection(*titles.values())) and max(map(len, shown.values())) == 1)


def check_no_feeds(
    feeds: Sequence[FeedSettings], documents: Sequence[Document], db: sqlite3.Connection, claims: Claims
) -> None:
    """What is no feed is called so, and every feed can be read."""
    named = {name: (kind, error) for name, kind, error in db.execute("SELECT name, error_kind, error FROM feed")}
    no_feeds = {document.feed for document in documents if not document.is_feed}
    for feed in feeds:
        kind, error = named[feed.name]
        claims.hold(kind == ("not_a_feed" if feed.name in no_feeds else ""), f"{feed.name}: {error or 'not named'}")
    for name in sorted(no_feeds):
        print(f"no feed: {name}: {named[name][1]}")


# ---------------------------------------------------------------- answers


@dataclass(slots=True)
class Answers:
    """What the feed server answered for real feeds, by kind. The monitor asks for the whole of each once a day."""

    kinds: Counter[str] = field(default_factory=Counter)
    unchanged: set[str] = field(default_factory=set)
    given: dict[str, str] = field(default_factory=dict)
    whole: dict[str, datetime] = field(default_factory=dict)

    def note(self, path: str, code: int, etag: str, at: datetime, *, conditional: bool) -> None:
        self.kinds[self._kind(path, code, etag, at, conditional=conditional)] += 1
        if code == 304:
            self.unchanged.add(path)

    def _kind(self, path: str, code: int, etag: str, at: datetime, *, conditional: bool) -> str:
        if code != 200:
            return {304: "unchanged", 404: "not there yet"}.get(code, f"status {code}")
        if self.given.get(path) != etag:
            self.given[path] = etag
            return "new"
        if conditional or (path in self.whole and at - self.whole[path] < timedelta(days=1)):
            return "needless"
        self.whole[path] = at
        return "whole"


def check_answers(answers: Answers, documents: Sequence[Document], claims: Claims) -> None:
    """Unchanged documents were answered by 304, but for one whole answer a day."""
    real = {document.path for document in documents if document.is_feed}
    versions = sum(document.is_feed for document in documents)
    claims.hold(
        answers.kinds["new"] == versions, f"{versions} versions of feeds, but {answers.kinds['new']} were fetched"
    )
    claims.hold(answers.unchanged == real, f"never answered by 304: {sorted(real - answers.unchanged)}")
    odd = set(answers.kinds) - {"new", "unchanged", "not there yet", "whole"}
    claims.hold(not odd, f"answers that should not be: {answers.kinds}")
    print(f"answers: {answers.kinds['new']} new, {answers.kinds['unchanged']} by 304, ", end="")
    print(f"{answers.kinds['whole']} whole as asked once a day, {answers.kinds['not there yet']} before the feed began")


# ---------------------------------------------------------------- messages

Row = Mapping[str, Any]


def check_messages(
    db: sqlite3.Connection,
    slack: Sequence[Row],
    mails: Sequence[Row],
    stats: Mapping[str, Mapping[str, Any]],
    claims: Claims,
) -> None:
    """Everything queued arrived once at its far end, which had nothing to complain of, and no change was told twice.
    What waited and was joined with other messages never left."""
    db.row_factory = sqlite3.Row
    rows = db.execute(
        'SELECT channel, kind, commitment, created_at, state, attempts, transitions, ref FROM "outbox" '
        "WHERE NOT (state = 'expired' AND attempts = 0)"
    ).fetchall()
    claims.hold(
        all((row["state"], row["attempts"]) == ("sent", 1) for row in rows), "a message is unsent, or was sent twice"
    )
    arrived = {
        # A thread's first message that was rewritten is no message more.
        "slack": [message["ts"] for message in slack if message["via"] != "chat.update"],
        "email": [mail["headers"]["Message-ID"] for mail in mails],
    }
    busan = {}
    for channel, ids in arrived.items():
        own = [row for row in rows if row["channel"] == channel]
        claims.hold(sorted(ids) == sorted(row["ref"] for row in own), f"{channel}: {len(own)} sent, {len(ids)} arrived")
        told = Counter(change for row in own for change in json.loads(row["transitions"]))
        claims.hold(not told or max(told.values()) == 1, f"{channel}: a change was told twice")
        kinds = Counter(row["kind"] for row in own)
        print(f"messages: {len(ids)} at {channel} ({', '.join(f'{n} {kind}' for kind, n in kinds.items())})")
        busan[channel] = [row["commitment"] for row in own if row["kind"] != "digest" and in_busan(row["created_at"])]
    claims.hold(busan["slack"] and busan["slack"] == busan["email"], f"alerts of the Busan days: {busan}")
    print(f"the Busan days, at both: {', '.join(busan['slack'])}")
    check_complaints(stats, claims)


def in_busan(moment: str) -> bool:
    return BUSAN[0] <= datetime.fromisoformat(moment).replace(tzinfo=UTC) < BUSAN[1]


def check_complaints(stats: Mapping[str, Mapping[str, Any]], claims: Claims) -> None:
    """The stand-ins' own counts of what they refused, frowned upon or got twice."""
    bad = {
        f"{name} {key}": own.get(key)
        for name, own in stats.items()
        for key in ("rejected", "warnings", "duplicates", "errors")
    }
    claims.hold(not any(bad.values()), f"the far ends complain: {bad}")
    print(f"complaints and duplicates at the far ends: {sum(bool(value) for value in bad.values())}")

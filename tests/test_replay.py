"""A replay tells what a running monitor would have told: the same changes, at the same moments, in the same words."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from monitor.app import App, make_renderer
from monitor.config import load_settings
from monitor.domain.brief import Receipt
from monitor.domain.model import Cause, Entry, Transition
from monitor.domain.rules import Rulebook
from monitor.ingest import FeedSpec
from monitor.rehearsal import Clock, rehearse
from monitor.replay import Replay, Told, as_entry
from monitor.store import cases, open_store, queue
from tests import shipped
from tests.store.rules import SHIPS, SOY, rulebook

FEED = FeedSpec("archive", "https://example.org/archive", "archive", 3600)
CONFIG = """
[monitor]
data = "."
templates = {templates}
[[routes]]
name = "desk"
channel = "file"
to = "desk@deals.example"
zone = "America/New_York"
digest = "sun 18:00"
"""


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of one way to play the stories: every change, and the ids of those that were told."""

    changes: list[Transition]
    told: set[str]


def order(transition: Transition) -> tuple[datetime, str, str, str]:
    return transition.at, transition.commitment, transition.kind, transition.id


def by_replay(rules: Rulebook, entries: Sequence[Entry]) -> Heard:
    replay = Replay(rules)
    told = {told.transition.id for told in replay.run(entries)}
    return Heard(sorted(replay.transitions, key=order), told)


def by_rehearsal(rules: Rulebook, entries: Sequence[Entry], folder: Path) -> Heard:
    """Through the database, the reviews and the outbox, as `demo` does it."""
    config = folder / "config.toml"
    config.write_text(CONFIG.format(templates=json.dumps(str(shipped.ROOT / "templates"))), encoding="utf-8")
    settings, clock = load_settings(config, environ={}), Clock()
    store = open_store(f"sqlite:///{folder / 'monitor.db'}", exclusive=True)
    senders = {"file": lambda parcel: Receipt(parcel.message_id)}
    app = App(settings, store, rules, settings.domain_routes(), make_renderer(settings), senders, clock)
    rehearse(app, clock, entries, FEED, progress=lambda done, of: None)
    with store.read() as conn:
        changes = cases.transitions(conn, datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
        alerts = [item for item in queue.items(conn) if item.kind != "digest"]
    assert {item.state for item in alerts} <= {"sent"}
    app.close()
    return Heard(sorted(changes, key=order), {i for item in alerts for i in item.transitions})


def same(rules: Rulebook, entries: Sequence[Entry], folder: Path) -> Heard:
    """Both ways, which must not differ."""
    replayed, rehearsed = by_replay(rules, entries), by_rehearsal(rules, entries, folder)
    assert replayed.changes == rehearsed.changes
    assert replayed.told == rehearsed.told
    return replayed


# ---------------------------------------------------------------- the shipped rules

TURNS = (
    ("2025-10-09", "MOFCOM", "China tightens export controls on rare earths and magnets"),
    ("2025-10-10T18:00:00Z", "Reuters", "Trump threatens 100% tariff on Chinese goods from November 1"),
    ("2025-10-26T09:00:00Z", "Reuters", "US and China reach framework to extend tariff truce, Bessent says"),
    ("2025-10-30T06:00:00Z", "Reuters", "China agrees to suspend October rare-earth export controls for a year"),
    ("2025-10-30T06:20:00Z", "Bloomberg", "China agrees to suspend October rare-earth export controls for a year"),
    ("2025-10-30T07:00:00Z", "Xinhua", "China and US agree to extend tariff truce for one year"),
    ("2025-10-30T08:00:00Z", "Reuters", "China to buy 12 million tonnes of US soybeans this year, Bessent says"),
    ("2025-11-01", "White House", "China will purchase at least 12 million metric tons of US soybeans by the end of 2025"),
    ("2025-11-05T08:00:00Z", "Reuters", "COFCO books two cargoes of US soybeans"),
    ("2025-11-05T10:00:00Z", "Reuters", "Correction: COFCO books three cargoes of US soybeans"),
    ("2025-11-07", "MOFCOM", "商务部公告：暂停实施10月9日稀土出口管制措施"),
    ("2025-11-10", "White House", "Tariff truce with China takes effect, tariffs cut to 10%"),
    ("2025-11-12T09:00:00Z", "The Herald of Nowhere", "China scraps its soybean pledge, says a man in a pub"),
    ("2025-12-18T10:00:00Z", "Reuters", "TikTok signs binding agreement to form US joint venture"),
    ("2025-12-19T10:00:00Z", "Reuters", "Withdrawn: TikTok signs binding agreement to form US joint venture"),
    ("2026-01-20T10:00:00Z", "Reuters", "China has bought 12 million tonnes of US soybeans, Bessent says"),
    ("2026-01-20T12:00:00Z", "Bloomberg", "China meets pledge of 12 million tonnes of US soybeans, traders say"),
    ("2026-02-20T16:00:00Z", "AP", "Supreme Court strikes down IEEPA tariffs"),
    ("2026-09-23T20:00:00Z", "Reuters", "Trump says tariff truce with China extended to 10 January 2027"),
)  # fmt: skip
"""Our own words, with what makes a replay hard: bare dates, two languages, echoes, corrections, long silences."""


def entry(at: str, source: str, title: str, url: str = "", summary: str = "") -> Entry:
    story = {"id": f"{at} {title}", "published": at, "source": source, "url": url, "title": title, "summary": summary}
    return as_entry(story, 1, "stories")


def test_our_own_turning_points_are_told_alike_by_replay_and_rehearsal(tmp_path: Path) -> None:
    numbered = enumerate(TURNS)
    entries = [
        entry(at, source, title, f"https://{source[:3].lower()}.example/{n}") for n, (at, source, title) in numbered
    ]
    heard = same(shipped.rulebook(), entries, tmp_path)
    assert len(heard.told) >= 8
    assert {change.cause for change in heard.changes} >= {Cause.NEWS, Cause.CLOCK, Cause.CORRECTION}


def test_the_sample_year_begins_alike_in_replay_and_rehearsal(tmp_path: Path) -> None:
    lines = shipped.YEAR.read_text(encoding="utf-8").splitlines()[:120]
    entries = [as_entry(json.loads(line), number, "year") for number, line in enumerate(lines, 1)]
    heard = same(shipped.rulebook(), entries, tmp_path)
    assert len(heard.told) >= 20
    assert len(heard.changes) > len(heard.told), "some changes are for the digest only"


# ---------------------------------------------------------------- any stories at all

SOON = """baselines:
  - as_of: 2026-01-05
    standing: pledged
    outlook: steady
    source: "https://ministry.example/pledge"
    note: made up
    deadlines:
      - {what: delivery, kind: due, date: 2026-01-20, said_by: both, state: current}
      - {what: order, kind: expiry, date: 2026-03-01, said_by: both, state: current}
grace: 10 days
criteria:"""
DUE_SOON = SHIPS[: SHIPS.index("baselines:")] + SOON + SHIPS[SHIPS.index("criteria:") + len("criteria:") :]

SOURCES = ("Herald Wire", "Second Wire", "Ministry", "Aggregator")
TITLES = (
    "China buys two cargoes of soybeans from the United States", "China buys six tankers from the United States",
    "China cancels three orders of soybeans from the United States", "China plans to cancel its orders of tankers this year",
    "Argentina sells some wheat to Egypt and Algeria", "China cancels orders of tankers and buys soybeans in Iowa",
)  # fmt: skip
MARKS = ("", "", "", "WITHDRAWN: ", "Correction: ")
WAITS = (
    timedelta(0),
    timedelta(seconds=45),
    timedelta(seconds=90),
    timedelta(hours=5),
    timedelta(days=2),
    timedelta(days=30),
)


@st.composite
def archives(draw: st.DrawFn) -> list[Entry]:
    """Stories that echo, edit, correct and withdraw one another, some under a bare date, over weeks and months."""
    count = draw(st.integers(10, 16))
    waits = accumulate(draw(st.lists(st.sampled_from(WAITS), min_size=count, max_size=count)))
    entries = []
    for number, wait in enumerate(waits):
        moment = datetime(2026, 1, 8, 23, 59, 15, tzinfo=UTC) + wait
        at = f"{moment:%Y-%m-%d}" if draw(st.integers(0, 4)) == 0 else moment.isoformat()
        source, page = draw(st.sampled_from(SOURCES)), draw(st.integers(0, 4))
        title = draw(st.sampled_from(MARKS)) + draw(st.sampled_from(TITLES))
        made = entry(at, source, title, f"https://{source[:4].lower()}.example/{page}" if page else "")
        entries.append(replace(made, key=f"{number:02}"))
    return entries


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    return rulebook(tmp_path_factory.mktemp("rules"), soy=SOY, ships=DUE_SOON)


@hypothesis_settings(max_examples=12)
@given(entries=archives())
def test_any_archive_is_told_alike_by_replay_and_rehearsal(rules: Rulebook, entries: list[Entry]) -> None:
    with TemporaryDirectory() as folder:
        same(rules, entries, Path(folder))

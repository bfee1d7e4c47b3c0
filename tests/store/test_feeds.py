"""What is known of feeds: when sources were read, their troubles, and how long a feed usually is without news."""

from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import blake2b

from sqlalchemy import select, text

from monitor.domain.intake import KnownEntry
from monitor.domain.model import Outlet, Policy, ReadSpan, Story
from monitor.store import Store, feeds, stories, verdict_records
from monitor.store.rows import read, save_rows, upsert
from monitor.store.tables import READ_SPAN, SourceTrouble
from tests.builders.databases import NOW, ask, do, later

SOURCES = ("wire",)


def answers(store: Store, *moments: datetime) -> tuple[ReadSpan, ...]:
    for moment in moments:
        do(store, feeds.note_read, (), Policy(), moment)
    return ask(store, read, ReadSpan, select(READ_SPAN).order_by(READ_SPAN.c.since))


def test_answers_within_an_hour_of_each_other_are_one_time_of_reading_and_the_last_is_known(store: Store) -> None:
    assert ask(store, feeds.last_read) is None
    found = answers(store, NOW, later(minutes=50), later(minutes=110), later(hours=9))
    assert found == (ReadSpan(NOW, later(minutes=110)), ReadSpan(later(hours=9), later(hours=9)))
    assert answers(store, later(hours=5)) == found, "an answer of before changes nothing"
    assert ask(store, feeds.last_read) == later(hours=9)


def test_a_trouble_is_kept_in_one_row_a_subject(store: Store) -> None:
    trouble = SourceTrouble(subject="wire", state="failing", since=NOW, told_at=later(hours=18))
    for each in (trouble, trouble.changed(well_since=later(hours=20))):
        do(store, save_rows, each)
    assert ask(store, feeds.troubles) == {"wire": trouble.changed(well_since=later(hours=20))}


def test_every_verdict_falls_due_when_somebody_reads_again_and_when_long_enough_and_not_between(store: Store) -> None:
    def due(moment: datetime) -> bool:
        """Whether an answer at this moment makes verdicts due."""
        versions = text("SELECT sum(version) FROM verdict")
        with store.begin() as conn:
            before = conn.scalar(versions)
            feeds.note_read(conn, SOURCES, Policy(), moment)
            return bool(conn.scalar(versions) != before)

    with store.begin() as conn:
        upsert(conn, READ_SPAN, [{"since": later(days=-9), "until": later(days=-8)}])
        row = {"published": "{}", "folded": "{}", "folded_to": NOW.isoformat(), "decided_at": NOW.isoformat()}
        names = ", ".join(row)
        marks = ", ".join(f":{name}" for name in row)
        conn.execute(text(f"INSERT INTO verdict (commitment, version, {names}) VALUES ('soy', 1, {marks})"), row)
    assert due(NOW)
    assert not due(later(minutes=20))
    assert not due(later(hours=12))
    assert not due(later(hours=23))
    assert due(later(hours=24))
    assert not due(later(hours=25))
    assert ask(store, verdict_records.undecided_or_due, ["soy"], later(hours=24)) == {"soy"}


OWN = Outlet("Wire", "https://wire.example/1", NOW, NOW)
STORY = Story("00" * 8, NOW, NOW, "Wire", OWN.url, "China buys soybeans", "", "en", "01" * 8, outlets=(OWN,))


def heard(store: Store, feed: str, *moments: datetime, backfill: bool = False) -> None:
    """A story of this feed at each moment."""
    with store.begin() as conn:
        for moment in moments:
            name = blake2b(f"{feed} {moment}".encode(), digest_size=8).hexdigest()
            story = replace(STORY, id=name, seen_at=moment, backfill=backfill)
            stories.save(conn, {name: story}, ())
            stories.save_entries(conn, [KnownEntry(name, feed, name, "01" * 8, moment, frozenset())])


def gaps(store: Store) -> dict[str, timedelta]:
    return ask(store, feeds.news_gaps, later(days=-28))


def test_the_usual_time_without_news_is_the_median_between_polls_that_brought_some(store: Store) -> None:
    heard(store, "wire", *(later(hours=hour) for hour in (0, 2, 4, 6, 30, 32)))
    heard(store, "paper", *(later(days=day) for day in range(5)))
    assert gaps(store) == {"wire": timedelta(hours=2), "paper": timedelta(days=1)}


def test_few_news_tell_nothing_and_neither_do_old_ones_or_a_first_poll(store: Store) -> None:
    heard(store, "young", NOW, later(hours=1), later(hours=2), later(hours=3))
    heard(store, "old", *(later(days=-60, hours=hour) for hour in range(9)))
    heard(store, "new", *(later(hours=hour) for hour in range(9)), backfill=True)
    assert gaps(store) == {}

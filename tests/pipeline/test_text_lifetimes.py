"""A text lives as long as an outlet shows it, on the word of who shows it: in the database and in a replay alike."""

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.config import FeedSettings
from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import Cause, Effect, Entry, Signal
from monitor.pipeline.ingest import FetchedDocument, ingest
from monitor.replay import DatedEntry, Replay
from monitor.rulebook import load_rulebook
from monitor.store import Store, rematch, signals, verdict_records
from tests.builders.databases import NOW, ask, do, later, polled_feed
from tests.builders.small_rulebook import BUYS, SOURCES, write

BLOG = "  - {name: Harbour Blog, domains: [blog.example], tier: unknown, owner: Harbour Blog}\n"
DENIES = "China denies that it bought any soybeans from the United States"
SAILS = "A training ship with two masts sails into the old harbour"
HOSTS = {"herald": "Herald Wire", "second": "Second Wire", "blog": "Harbour Blog", "ministry": "Ministry"}

Shown = tuple[str, str]
"""Who shows which headline, at a page of its own."""


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    folder = write(tmp_path_factory.mktemp("rules"))
    (folder / "sources.yaml").write_text(SOURCES + BLOG, encoding="utf-8")
    return load_rulebook(folder)


def entry(host: str, title: str, page: str = "1") -> Entry:
    return Entry(f"guid-{host}-{page}", title, f"https://{host}.example/{page}", NOW, "", HOSTS[host])


def by_ingest(store: Store, rules: Rulebook, shown: tuple[Shown, ...]) -> tuple[list[Signal], Cause | None]:
    """The live signals after each was shown, an hour apart, and the cause of the last mark."""
    for host in HOSTS:
        ingest(store, rules, feed(host), FetchedDocument(()), later(hours=-1))
    for hours, (host, title) in enumerate(shown):
        with store.begin() as conn:
            verdict_records.clear_review_requests(conn, verdict_records.review_requests(conn).values())
        ingest(store, rules, feed(host), FetchedDocument((entry(host, title),)), later(hours=hours))
    live = ask(store, signals.by_commitment_after, {"soy": NOW - timedelta(days=1)})["soy"]
    mark = ask(store, verdict_records.review_requests).get("soy")
    return [signal for signal in live if signal.effect is not Effect.NONE], mark.cause if mark else None


def feed(host: str) -> FeedSettings:
    return polled_feed(host, f"https://{host}.example/rss", HOSTS[host], 600)


def by_replay(rules: Rulebook, shown: tuple[Shown, ...]) -> tuple[list[Signal], Cause | None]:
    replay = Replay(rules)
    replay.begin(later(hours=-1))
    for hours, (host, title) in enumerate(shown):
        replay.shelf.requests.clear()
        replay.take(DatedEntry(later(hours=hours), replace(entry(host, title), id=""), f"{host} {hours}"))
    live = sorted(replay.shelf.live["soy"].values(), key=lambda s: (s.happened.end, s.id))
    mark = replay.shelf.requests.get("soy")
    return [signal for signal in live if signal.effect is not Effect.NONE], mark.cause if mark else None


def heard(store: Store, rules: Rulebook, *shown: Shown) -> tuple[list[tuple[str, Effect]], Cause | None]:
    """Whose word says what at the end, and why soybeans are weighed again: both ways, which must not differ."""
    live, cause = by_ingest(store, rules, shown)
    replayed, why = by_replay(rules, shown)
    assert (live, cause) == (replayed, why)
    return [(signal.origin, signal.effect) for signal in live], cause


def test_an_edit_takes_nothing_back_for_the_outlet_that_says_it_still(store: Store, rules: Rulebook) -> None:
    said, cause = heard(store, rules, ("herald", BUYS), ("second", BUYS), ("herald", DENIES))
    assert ("Second", Effect.PROGRESS) in said
    assert cause is Cause.NEWS


def test_what_the_last_outlet_edits_away_is_gone(store: Store, rules: Rulebook) -> None:
    said, cause = heard(store, rules, ("herald", BUYS), ("second", BUYS), ("herald", DENIES), ("second", SAILS))
    assert Effect.PROGRESS not in {effect for _, effect in said}
    assert cause is Cause.CORRECTION


def test_a_copy_by_nobody_known_does_not_keep_a_wire_from_correcting_itself(store: Store, rules: Rulebook) -> None:
    said, cause = heard(store, rules, ("herald", BUYS), ("blog", BUYS), ("herald", DENIES))
    assert ("Harbour Blog", Effect.PROGRESS) in said, "on its own word, which moves nothing"
    assert cause is Cause.CORRECTION


def test_an_echo_in_words_of_its_own_speaks_once_what_it_echoed_is_gone(store: Store, rules: Rulebook) -> None:
    echoed = (("herald", BUYS), ("second", f"{BUYS}, sources say"))
    assert by_ingest(store, rules, echoed)[0][0].origin == "Herald"
    assert len(by_replay(rules, echoed)[0]) == 1, "a copy is no second voice"
    said, _ = heard(store, rules, *echoed, ("herald", DENIES))
    assert ("Second", Effect.PROGRESS) in said


def test_a_notice_that_a_report_is_withdrawn_says_nothing_of_what_it_reported(store: Store, rules: Rulebook) -> None:
    said, _ = heard(store, rules, ("herald", BUYS), ("blog", f"WITHDRAWN: {BUYS}"), ("herald", DENIES))
    assert Effect.PROGRESS not in {effect for _, effect in said}


def test_a_story_back_after_its_withdrawal_does_not_bring_back_its_old_text(store: Store, rules: Rulebook) -> None:
    said, _ = heard(store, rules, ("herald", BUYS), ("herald", f"WITHDRAWN: {BUYS}"), ("herald", DENIES))
    assert Effect.PROGRESS not in {effect for _, effect in said}
    do(store, rematch.activate_rulebook, rules, later(hours=9))
    again = ask(
        store, rematch.preview_activation, replace(rules, version="the same under another name"), later(hours=9)
    )
    assert again.changed == ()


def test_outlets_that_edit_in_one_document_leave_nothing_behind(store: Store, rules: Rulebook) -> None:
    aggregator = feed("blog")
    for at, titles in ((NOW, (BUYS, BUYS)), (later(hours=1), (DENIES, SAILS))):
        both = [entry(host, title) for host, title in zip(("herald", "second"), titles, strict=True)]
        ingest(store, rules, aggregator, FetchedDocument(tuple(both)), at)
    live = ask(store, signals.by_commitment_after, {"soy": NOW - timedelta(days=1)})["soy"]
    assert Effect.PROGRESS not in {signal.effect for signal in live}


def test_reading_all_texts_again_finds_what_ingest_has_found(store: Store, rules: Rulebook) -> None:
    by_ingest(store, rules, (("herald", BUYS), ("blog", BUYS), ("second", BUYS), ("herald", DENIES)))
    other = replace(rules, version="the same under another name")
    do(store, rematch.activate_rulebook, rules, later(hours=9))
    foreseen = ask(store, rematch.preview_activation, other, later(hours=9))
    assert (foreseen.gone, foreseen.changed, foreseen.touched) == (frozenset(), (), frozenset())

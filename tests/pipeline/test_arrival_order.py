"""The same stories give the same verdicts in whatever order, and in however many polls, they arrive.

The texts of one page come in their own order: an edit follows what it edits. One exception is honest: a report that
many carry is one story, told and dated by the outlet that was seen first; of two wires with one report, that is the
voice that counts. So copies here are published at one moment, and each publisher has one page.
"""

from collections.abc import Iterable
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.domain.intake import Intake, IntakePorts
from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import DecisionInput, Entry, Outlook, Standing, Transition, Verdict
from monitor.domain.verdicts.decide import decide, initial_verdict
from monitor.pipeline import review
from monitor.pipeline.ingest import FetchedDocument, ingest
from monitor.replay.memory_store import MemoryShelf
from monitor.store import verdict_records
from monitor.store.intake_shelf import SqlShelf, StoryCache
from tests.builders.databases import ask, polled_feed, stores
from tests.builders.example_counts import examples
from tests.builders.tables import table

DAWN = datetime(2026, 3, 2, 9, tzinfo=UTC)
POLLED = DAWN + timedelta(days=6)
LATE = DAWN + timedelta(days=18)
PUBLISHERS = ("Herald Wire", "Second Wire", "Ministry", "Aggregator", "a blog")
COPIERS = ("Herald Wire", "Second Wire", "Aggregator", "a blog", "one blog", "two blogs", "the pier blog")
REPORTS = table("arrival_order", "reports")
ENDS = ("", "", ", sources say")
FEED = polled_feed("all", "https://all.example/rss", "all", 600)


@st.composite
def moments(draw: st.DrawFn) -> tuple[datetime, bool]:
    """When a text was published, and whether only the day is given; now and then long before it is seen."""
    at = DAWN + timedelta(minutes=draw(st.integers(0, 5 * 24 * 60)))
    at -= timedelta(days=46) if draw(st.integers(0, 9)) == 0 else timedelta(0)
    bare = draw(st.integers(0, 4)) == 0
    return (datetime.combine(at.date(), time(), UTC), True) if bare else (at, False)


def entry(page: int, source: str, title: str, at: datetime, *, bare: bool) -> Entry:
    return Entry("", title, f"https://{source[:4].strip().lower()}.example/{page}", at, "", source, "", bare)


@st.composite
def reports(draw: st.DrawFn) -> list[list[Entry]]:
    """Pages, each with its texts in order: edited, corrected and withdrawn here and there; no two pages tell the
    same."""
    titles = draw(st.permutations(REPORTS))
    cuts = sorted(draw(st.sets(st.integers(1, len(titles) - 1), min_size=2, max_size=5)))
    pages = []
    for page, (begin, end) in enumerate(pairwise([0, *cuts])):
        source, (at, bare) = draw(st.sampled_from(PUBLISHERS)), draw(moments())
        shown = [entry(page, source, title, at, bare=bare) for title in titles[begin:end]]
        if draw(st.integers(0, 3)) == 0:
            mark = draw(st.sampled_from(("WITHDRAWN: ", "Correction: ")))
            shown.append(replace(shown[-1], title=mark + shown[-1].title))
        pages.append(shown)
    return pages


@st.composite
def copies(draw: st.DrawFn) -> list[list[Entry]]:
    """Pages, each of another publisher, that carry a few reports in the same words or nearly."""
    told = [(title, draw(moments())) for title in draw(st.permutations(REPORTS))[:3]]
    pages = []
    for page, source in enumerate(draw(st.permutations(COPIERS))[: draw(st.integers(2, 7))]):
        title, (at, bare) = draw(st.sampled_from(told))
        pages.append([entry(page, source, title + draw(st.sampled_from(ENDS)), at, bare=bare)])
    return pages


def mingled(pages: list[list[Entry]], random: Random) -> list[Entry]:
    """The entries of all pages in a random order that keeps that of each page."""
    order = [number for number, shown in enumerate(pages) for _ in shown]
    random.shuffle(order)
    left = [list(shown) for shown in pages]
    return [left[number].pop(0) for number in order]


def verdicts(rules: Rulebook, entries: Iterable[Entry]) -> dict[str, Verdict]:
    """Identified, matched and decided, each entry a minute after the one before."""
    shelf = MemoryShelf()
    for minutes, one in enumerate(entries):
        shelf.put(Intake(rules, IntakePorts(shelf), POLLED + timedelta(minutes=minutes)).take((one,)))
    found = {}
    for name, commitment in rules.commitments.items():
        start = initial_verdict(commitment, DAWN - timedelta(days=60))
        case = DecisionInput(commitment, start, tuple(shelf.live[name].values()), (), start)
        found[name] = decide(case, shelf.stories, rules, LATE).verdict
    return found


def gist(verdict: Verdict) -> tuple[object, ...]:
    """Where it stands, without the names of the signals behind it."""
    doubts = sorted((flag.kind.value, flag.subject) for flag in verdict.flags)
    return verdict.standing, verdict.outlook, verdict.since, verdict.outlook_since, doubts, verdict.last_evidence


def test_the_same_stories_in_any_order_give_the_very_same_verdicts(rules: Rulebook) -> None:
    met: set[object] = set()
    ripening = replace(rules, policy=replace(rules.policy, kept_days=7))

    def is_alike(pages: list[list[Entry]], random: Random, by: Rulebook) -> None:
        found = verdicts(by, mingled(pages, random))
        assert verdicts(by, mingled(pages, random)) == found
        met.update(word for verdict in found.values() for word in (verdict.standing, verdict.outlook))
        met.update(flag.kind.value for verdict in found.values() for flag in verdict.flags)

    @given(reports(), st.randoms(use_true_random=False), st.sampled_from([rules, ripening]))
    @settings(max_examples=examples(40))
    def holds(pages: list[list[Entry]], random: Random, by: Rulebook) -> None:
        is_alike(pages, random, by)

    for title in REPORTS:  # what few draws would find
        is_alike([[entry(0, "Herald Wire", title, DAWN, bare=False)]], Random(0), rules)
    holds()
    standings = {Standing.PLEDGED, Standing.IN_PROGRESS, Standing.IN_FORCE}
    assert met >= {*standings, Outlook.AT_RISK, Outlook.STEADY, "stale", "unconfirmed"}


@given(pages=copies(), random=st.randoms(use_true_random=False))
@settings(max_examples=examples(40))
def test_whoever_is_seen_first_with_a_report_it_weighs_the_same(
    rules: Rulebook, pages: list[list[Entry]], random: Random
) -> None:
    one, other = (verdicts(rules, mingled(pages, random)) for _ in range(2))
    assert {name: gist(v) for name, v in one.items()} == {name: gist(v) for name, v in other.items()}


def recorded(rules: Rulebook, polls: Iterable[tuple[Entry, ...]]) -> list[Transition]:
    """What a review records after these polls, all of them at one time, of a feed that was read before."""
    with TemporaryDirectory() as folder, contextmanager(stores)("sqlite", Path(folder)) as store:
        ingest(store, rules, FEED, FetchedDocument(()), POLLED - timedelta(hours=1))
        review.review(store, rules, (), POLLED - timedelta(hours=1))
        for entries in polls:
            ingest(store, rules, FEED, FetchedDocument(entries), POLLED)
        review.review(store, rules, (), POLLED + timedelta(minutes=2))
        return list(ask(store, verdict_records.transitions))


@given(pages=st.one_of(reports(), copies()), random=st.randoms(use_true_random=False))
@settings(max_examples=examples(5))
def test_a_database_and_a_replay_hold_the_very_same_of_every_story(
    rules: Rulebook, pages: list[list[Entry]], random: Random
) -> None:
    memory = MemoryShelf()
    with TemporaryDirectory() as folder, contextmanager(stores)("sqlite", Path(folder)) as store:
        ingest(store, rules, FEED, FetchedDocument(()), POLLED - timedelta(hours=1))
        for minutes, one in enumerate(mingled(pages, random)):
            now = POLLED + timedelta(minutes=minutes)
            memory.put(Intake(rules, IntakePorts(memory), now, FEED.name).take((one,)))
            ingest(store, rules, FEED, FetchedDocument((one,)), now)
        with store.read() as conn:
            assert SqlShelf(conn, StoryCache()).stored(memory.stories) == memory.stored(memory.stories)
            assert verdict_records.review_requests(conn) == memory.requests


@given(pages=reports(), random=st.randoms(use_true_random=False), cuts=st.sets(st.integers(1, 9), max_size=4))
@settings(max_examples=examples(5))
def test_one_order_of_arrival_gives_the_same_changes_however_it_is_cut_into_polls(
    rules: Rulebook, pages: list[list[Entry]], random: Random, cuts: set[int]
) -> None:
    line = mingled(pages, random)
    edges = [0, *sorted(cut for cut in cuts if cut < len(line)), len(line)]
    parts = [tuple(line[begin:end]) for begin, end in pairwise(edges)]
    assert recorded(rules, parts) == recorded(rules, [tuple(line)])

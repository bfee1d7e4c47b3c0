"""The same stories and readings give the same verdicts, whenever each reading comes, and a replay says what the live
monitor says."""

from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import DecisionInput, Entry, ReaderMode, Reading, Signal, Verdict
from monitor.domain.stories.entry_keys import revision_hash
from monitor.domain.verdicts.decide import decide, initial_verdict
from monitor.pipeline.apply_readings import ReadText, record_readings
from monitor.pipeline.ingest import FetchedDocument, ingest
from monitor.replay import DatedEntry, RecordedReadings, Replay
from monitor.store import Connection, signals, stories
from tests.builders.databases import stores
from tests.builders.example_counts import examples
from tests.builders.reading_values import person, read, reading
from tests.pipeline.test_arrival_order import DAWN, FEED, LATE, POLLED, copies, gist, mingled, reports

EFFECTS = ("pledge", "progress", "setback", "breach", "none")


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[Entry], dict[str, Reading]]:
    """Entries in the order of their arrival, and what was read of some of their texts."""
    line = mingled(draw(st.one_of(reports(), copies())), Random(draw(st.integers(0, 99))))
    found: dict[str, Reading] = {}
    for entry in line:
        text = revision_hash(entry.title, entry.summary)
        if text in found or draw(st.booleans()):
            continue
        named = draw(st.lists(st.sampled_from(("soy", "ships")), unique=True))
        matches = [read(name, draw(st.sampled_from(EFFECTS)), entry.title[:20]) for name in named]
        made = person if draw(st.integers(0, 4)) == 0 else reading
        found[text] = made(*matches, text=text)
    return line, found


class Live:
    """A monitor on a database of its own that is given texts and readings as they come."""

    def __init__(self, conn: Connection, rules: Rulebook) -> None:
        self.conn, self.rules, self.now = conn, rules, POLLED

    def give(self, readings: Sequence[Reading]) -> None:
        """Readings come in: of each text that some story shows."""
        known = {
            text.hash: text.story for text in stories.revisions(self.conn, stories.first_seen_since(self.conn, DAWN))
        }
        read = [ReadText(known[each.text], each, self.now) for each in readings if each.text in known]
        record_readings(self.conn, self.rules, read, self.now)

    def signals_of(self, commitment: str) -> tuple[Signal, ...]:
        return signals.by_commitment_after(self.conn, {commitment: DAWN - timedelta(days=99)})[commitment]


def verdicts(rules: Rulebook, live: Live) -> dict[str, Verdict]:
    """What is decided on the live signals."""
    found = {}
    known = {story.id: story for story in stories.first_seen_since(live.conn, DAWN)}
    for name, commitment in rules.commitments.items():
        start = initial_verdict(commitment, DAWN - timedelta(days=60))
        case = DecisionInput(commitment, start, live.signals_of(name), (), start)
        found[name] = decide(case, known, rules, LATE).verdict
    return found


def told(rules: Rulebook, line: Sequence[Entry], batches: Mapping[int, Sequence[Reading]]) -> dict[str, Verdict]:
    """The verdicts once all entries have come, one a minute, and each batch of readings after so many of them."""
    with TemporaryDirectory() as folder, contextmanager(stores)("sqlite", Path(folder)) as store:
        ingest(store, rules, FEED, FetchedDocument(()), POLLED - timedelta(hours=1))
        for number in range(len(line) + 1):
            if number in batches:
                with store.begin() as conn:
                    Live(conn, rules).give(batches[number])
            if number < len(line):
                ingest(store, rules, FEED, FetchedDocument((line[number],)), POLLED + timedelta(minutes=number))
        with store.read() as conn:
            return verdicts(rules, Live(conn, rules))


def under(rules: Rulebook, mode: ReaderMode) -> Rulebook:
    return replace(rules, policy=replace(rules.policy, reader=mode))


@given(case=cases(), mode=st.sampled_from(ReaderMode), data=st.data())
@settings(max_examples=examples(6))
def test_whenever_and_in_whatever_parts_readings_come_the_verdicts_are_the_same(
    rules: Rulebook, case: tuple[list[Entry], dict[str, Reading]], mode: ReaderMode, data: st.DataObject
) -> None:
    line, found = case
    own = under(rules, mode)
    at_the_end = told(own, line, {len(line): list(found.values())})
    order = data.draw(st.permutations(list(found.values())))
    edges = [0, *sorted(data.draw(st.sets(st.integers(0, len(order)), max_size=3))), len(order)]
    parts = [order[begin:end] for begin, end in pairwise(edges)]
    moments = data.draw(st.lists(st.integers(0, len(line)), min_size=len(parts), max_size=len(parts), unique=False))
    batches: dict[int, list[Reading]] = {}
    for moment, part in zip(moments, parts, strict=True):
        batches.setdefault(moment, []).extend(part)
    # What had not come when its reading did is read at the end, as the queue of unread texts does it.
    batches[len(line)] = list(found.values())
    assert {n: gist(v) for n, v in told(own, line, batches).items()} == {n: gist(v) for n, v in at_the_end.items()}


@given(case=cases(), mode=st.sampled_from(ReaderMode))
@settings(max_examples=examples(6))
def test_a_replay_with_recorded_readings_holds_the_signals_of_the_live_monitor(
    rules: Rulebook, case: tuple[list[Entry], dict[str, Reading]], mode: ReaderMode
) -> None:
    line, found = case
    own = under(rules, mode)
    by_line = {
        str(n): found[revision_hash(e.title, e.summary)]
        for n, e in enumerate(line)
        if revision_hash(e.title, e.summary) in found
    }
    replay = Replay(own, readings=RecordedReadings(by_line))
    for number, entry in enumerate(line):
        replay.take(DatedEntry(POLLED + timedelta(minutes=number), entry, str(number)))
    with TemporaryDirectory() as folder, contextmanager(stores)("sqlite", Path(folder)) as store:
        ingest(store, own, FEED, FetchedDocument(()), POLLED - timedelta(hours=1))
        for number, entry in enumerate(line):
            with store.begin() as conn:
                text = revision_hash(entry.title, entry.summary)
                if text in found:
                    # A reading is stored before its text comes.
                    read_before = [ReadText("0" * 16, found[text], POLLED + timedelta(minutes=number))]
                    record_readings(conn, own, read_before, POLLED + timedelta(minutes=number))
            ingest(store, own, FEED, FetchedDocument((entry,)), POLLED + timedelta(minutes=number))
        with store.read() as conn:
            live = Live(conn, own)
            for name in own.commitments:
                assert {s.id: s for s in live.signals_of(name)} == dict(replay.shelf.live[name])

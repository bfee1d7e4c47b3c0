"""A replay tells what a running monitor would have told: the same changes, at the same moments, in the same words."""

import json
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from itertools import accumulate
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from monitor.cli.status import status_at_values, statuses_at
from monitor.config import load_settings
from monitor.domain.matching.match import match
from monitor.domain.matching.rules import Rulebook
from monitor.domain.messages.briefs import DeliveryReceipt
from monitor.domain.messages.subject import shown_status
from monitor.domain.model import Cause, Entry, Signal, Story, Transition
from monitor.domain.model.changes import notation
from monitor.domain.pages.commitment_page import as_of_pages
from monitor.domain.pages.material import OwnMaterial
from monitor.pipeline.site_material import read_material
from monitor.replay import Replay, ReplayedChange, VerdictLine, as_entry
from monitor.runtime.app import App
from monitor.runtime.simulation import SimulatedClock, simulate
from monitor.runtime.wiring import make_renderer
from monitor.store import open_store, verdict_records
from monitor.store import outbox as outbox_store
from tests.builders import shipped_rules
from tests.builders.databases import ask, empty_database, polled_feed
from tests.builders.example_counts import examples
from tests.builders.small_rulebook import OF_PARTS, SHIPS, SOY, rulebook
from tests.builders.tables import table

FEED = polled_feed("archive", "https://example.org/archive", "archive", 3600)
CONFIG = """
[monitor]
data = "."
templates = {templates}
[[routes]]
name = "desk"
channel = "file"
to = "desk@deals.example"
zone = "America/New_York"
"""
WITH_DIGEST = f"{CONFIG}digest = 'sun 18:00'\n"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one way to play the stories: every change, and the ids of those that were told."""

    changes: list[Transition]
    told: set[str]


def order(transition: Transition) -> tuple[datetime, str, str, str]:
    return transition.at, transition.commitment, transition.kind, transition.id


def by_replay(rules: Rulebook, entries: Sequence[Entry]) -> Outcome:
    replay = Replay(rules)
    told = {told.transition.id for told in replay.run(entries)}
    return Outcome(sorted(replay.transitions.values(), key=order), told)


def rehearsed(rules: Rulebook, entries: Sequence[Entry], folder: Path, text: str = CONFIG) -> App:
    """The program after it has played the entries through the database, the reviews and the outbox, as `demo` does."""
    config = folder / "config.toml"
    config.write_text(text.format(templates=json.dumps(str(shipped_rules.ROOT / "templates"))), encoding="utf-8")
    settings, clock = load_settings(config, environ={}), SimulatedClock()
    (folder / "monitor.db").write_bytes(empty_database())
    store = open_store(f"sqlite:///{folder / 'monitor.db'}", exclusive=True)
    senders = {"file": lambda parcel: DeliveryReceipt(parcel.message_id)}
    app = App(settings, store, clock, renderer=make_renderer(settings), senders=senders)
    app.rulebook = rules
    simulate(app, clock, entries, FEED)
    return app


def by_rehearsal(rules: Rulebook, entries: Sequence[Entry], folder: Path, text: str = CONFIG) -> Outcome:
    app = rehearsed(rules, entries, folder, text)
    changes = ask(app.store, verdict_records.transitions)
    alerts = [item for item in ask(app.store, outbox_store.items) if item.kind != "digest"]
    assert {item.state for item in alerts} <= {"sent", "expired"}  # those that waited became one
    app.close()
    replies = {change.id for change in changes if change.confirms and not change.continues}
    return Outcome(sorted(changes, key=order), {i for item in alerts for i in item.transitions} - replies)


def same(rules: Rulebook, entries: Sequence[Entry], folder: Path, config: str = CONFIG) -> Outcome:
    """Both ways, which must not differ."""
    replayed, rehearsed = by_replay(rules, entries), by_rehearsal(rules, entries, folder, config)
    assert replayed.changes == rehearsed.changes
    assert replayed.told == rehearsed.told
    return replayed


TURNS = table("replay", "turns")
"""Our own words, with what makes a replay hard: bare dates, two languages, echoes, corrections, long silences."""


def entry(at: str, source: str, title: str, url: str = "", summary: str = "") -> Entry:
    story = {"id": f"{at} {title}", "published": at, "source": source, "url": url, "title": title, "summary": summary}
    return as_entry(story, 1, "stories")


def turns() -> list[Entry]:
    return [
        entry(at, source, title, f"https://{source[:3].lower()}.example/{number}")
        for number, (at, source, title) in enumerate(TURNS)
    ]


@pytest.mark.slow
def test_our_own_turning_points_are_told_alike_by_replay_and_rehearsal(tmp_path: Path) -> None:
    outcome = same(shipped_rules.rulebook(), turns(), tmp_path)
    assert len(outcome.told) >= 8
    assert {change.cause for change in outcome.changes} >= {Cause.NEWS, Cause.CLOCK, Cause.CORRECTION}


@pytest.mark.slow
def test_the_verdict_lines_status_at_and_the_as_of_pages_agree_on_every_day(tmp_path: Path) -> None:
    rules, entries, lines = shipped_rules.rulebook(), turns()[:-4], list[VerdictLine]()
    for _ in Replay(rules, on_verdict=lines.append).run(entries):
        pass
    assert [line.verdict.commitment for line in lines[: len(rules.commitments)]] == [*rules.commitments]
    with closing(rehearsed(rules, entries, tmp_path)) as app:
        with app.store.read() as conn:
            material = read_material(conn, rules, (), app.clock(), title="deals")
        pages = {name: list(as_of_pages(OwnMaterial.of(material, name))) for name in rules.commitments}
        end = lines[0].at.replace(hour=23, minute=59, second=59)
        while end < app.clock():
            for view in statuses_at(app, sorted(rules.commitments), end):
                shown = status_at_values(app, view, end, as_known_now=False)["published"]
                line = [line for line in lines if line.verdict.commitment == view.name and line.at <= end][-1].as_json()
                assert [line["standing"], line["outlook"]] == [shown["standing"], shown["outlook"]], (view.name, end)
                assert line["flags"] == [flag["kind"] for flag in shown["flags"]], (view.name, end)
                page = [page for page in pages[view.name] if page.day <= end.date()][-1]
                assert view.then is not None
                assert page.standing.shown == shown_status(view.then.verdict), (view.name, end)
            end += timedelta(days=1)


@pytest.mark.slow
def test_the_sample_year_begins_alike_in_replay_and_rehearsal(tmp_path: Path) -> None:
    lines = shipped_rules.YEAR.read_text(encoding="utf-8").splitlines()[:75]
    entries = [as_entry(json.loads(line), number, "year") for number, line in enumerate(lines, 1)]
    outcome = same(shipped_rules.rulebook(), entries, tmp_path, WITH_DIGEST)
    assert len(outcome.told) >= 10
    assert len(outcome.changes) > len(outcome.told), "some changes are for the digest only"


LINES = shipped_rules.YEAR.read_text(encoding="utf-8").splitlines()[240:]
"""The second half of the sample year."""


@pytest.fixture(scope="module")
def played() -> tuple[list[ReplayedChange], list[tuple[Signal, ...]]]:
    """All that these texts tell, and what the rules found in each of them."""
    found: list[tuple[Signal, ...]] = []

    def reads(story: Story, rules: Rulebook) -> tuple[Signal, ...]:
        found.append(match(story, rules))
        return found[-1]

    replay = Replay(shipped_rules.rulebook(), read=reads)
    return list(replay.run(as_entry(json.loads(line), 1, "year") for line in LINES)), found


@pytest.fixture
def year(played: tuple[list[ReplayedChange], list[tuple[Signal, ...]]]) -> list[ReplayedChange]:
    return played[0]


def test_each_told_change_shows_its_evidence_way_and_moment(year: list[ReplayedChange]) -> None:
    bare = [told for told in year if not told.evidence]
    assert {told.transition.cause for told in bare} == {Cause.CLOCK}
    assert len(bare) < len(year) / 4
    lines = [told.as_json() for told in year]
    assert {line["way"] for line in lines} == {"up", "down", "other"}
    assert all(datetime.fromisoformat(line["at"]).utcoffset() == timedelta(0) for line in lines)
    assert [line["at"] for line in lines] == sorted(line["at"] for line in lines)
    stories = {line["id"]: line for line in map(json.loads, LINES)}
    shown = [evidence for told in year if told.evidence for evidence in told.as_json()["evidence"]]
    assert shown
    for evidence in shown:
        story = stories[evidence["story"]]
        assert evidence["quote"] in f"{story['title']}\n{story['summary']}"
    begun = datetime.fromisoformat(json.loads(LINES[0])["published"]).date()
    alone = [told for told in year if not told.evidence]
    assert alone
    for told in alone:
        name = told.transition.commitment
        known = [base for base in shipped_rules.rulebook().commitments[name].baselines if base.as_of <= begun]
        base = max(known, key=lambda base: base.as_of)
        written = {"story": base.source, "rule": f"{name}/baseline", "quote": base.note}
        assert told.as_json()["evidence"] == [written]


def test_the_same_stories_are_told_alike_every_time_whatever_follows_them(year: list[ReplayedChange]) -> None:
    third = LINES[: len(LINES) // 3]
    end = datetime.fromisoformat(json.loads(third[-1])["published"])
    again = Replay(shipped_rules.rulebook()).run(as_entry(json.loads(line), 1, "year") for line in reversed(third))
    told = [told.as_json() for told in again if told.transition.at < end]
    assert told == [told.as_json() for told in year if told.transition.at < end]
    assert len(told) > len(year) / 5


def test_a_story_has_one_effect_a_commitment(played: tuple[list[ReplayedChange], list[tuple[Signal, ...]]]) -> None:
    found = played[1]
    assert sum(map(len, found)) > 100
    assert all(len({signal.commitment for signal in matches}) == len(matches) for matches in found)


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


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    return rulebook(tmp_path_factory.mktemp("rules"), soy=SOY, ships=DUE_SOON)


def test_news_and_time_at_one_moment_are_evaluated_together(rules: Rulebook, tmp_path: Path) -> None:
    tankers = entry("2026-01-20T23:59:30+00:00", "Herald Wire", "China buys six tankers from the United States")
    outcome = same(rules, [tankers], tmp_path)
    assert {change.at for change in outcome.changes if change.cause is not Cause.BACKFILL} == {
        datetime(2026, 1, 21, 0, 1, tzinfo=UTC)
    }
    titles = ("China buys soybeans from the United States", "China cancels orders of soybeans from the United States")
    day = [entry("2026-01-09", "Ministry", title, f"https://ministry.example/{n}") for n, title in enumerate(titles)]
    outcome = same(rules, day, tmp_path)
    assert len({change.at for change in outcome.changes if change.cause is Cause.NEWS}) == 1


def test_what_time_alone_moves_is_told_at_its_own_moment(rules: Rulebook, tmp_path: Path) -> None:
    first = entry("2026-01-06T10:00:00Z", "Herald Wire", "Argentina sells some wheat to Egypt and Algeria")
    last = entry("2026-04-01T10:00:00Z", "Herald Wire", "Argentina sells no wheat to Egypt and Algeria")
    outcome = same(rules, [first, last], tmp_path)
    moments = {change.at for change in outcome.changes if change.cause is Cause.CLOCK}
    assert datetime(2026, 1, 21, tzinfo=UTC) in moments, "due, and not delivered"
    assert datetime(2026, 1, 31, tzinfo=UTC) in moments, "and no grace is left"
    assert all(moment.time() == time() for moment in moments)


def test_a_baseline_whose_day_comes_on_the_way_is_passed_over_by_both(tmp_path: Path) -> None:
    later = (
        '  - {as_of: 2026-02-01, standing: in_force, outlook: steady, source: "https://ministry.example/2", note: x}'
    )
    rules = rulebook(tmp_path / "rules", soy=SOY.replace("criteria:", f"{later}\ncriteria:"), ships=SHIPS)
    first = entry("2026-01-09T10:00:00Z", "Herald Wire", "China cancels three orders of soybeans from Iowa")
    last = entry("2026-02-09T10:00:00Z", "Herald Wire", "China buys two cargoes of soybeans from the United States")
    outcome = same(rules, [first, last], tmp_path)
    assert [notation(change.change)[1] for change in outcome.changes if change.commitment == "soy"] == [
        "at_risk",
        "in_progress",
    ]


def test_parts_that_ripen_put_their_whole_in_force_alike_and_alert_nobody(tmp_path: Path) -> None:
    rules = rulebook(tmp_path / "rules", **OF_PARTS)
    rules = replace(rules, policy=replace(rules.policy, kept_days=7))
    titles = (
        "China buys six tankers from the United States",
        "China buys nine wagons from the United States",
        "Argentina sells some wheat to Egypt and Algeria",
    )
    days = ("2026-01-09", "2026-01-12", "2026-02-09")
    outcome = same(
        rules, [entry(f"{d}T10:00:00Z", "Herald Wire", t) for d, t in zip(days, titles, strict=True)], tmp_path
    )
    ripened = [change for change in outcome.changes if notation(change.change)[1] == "in_force"]
    assert [(change.commitment, change.at.day) for change in ripened] == [
        ("soy-ships", 16),
        ("soy", 19),
        ("soy-trains", 19),
    ]
    assert {change.cause for change in ripened} == {Cause.CLOCK}
    assert not outcome.told & {change.id for change in ripened}


SOURCES = ("Herald Wire", "Second Wire", "Ministry", "Aggregator")
TITLES = table("replay", "titles")
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
        entries.append(replace(made, id=f"{number:02}"))
    return entries


@pytest.mark.slow
@hypothesis_settings(max_examples=examples(3))
@given(entries=archives())
def test_any_archive_is_told_alike_by_replay_and_rehearsal(rules: Rulebook, entries: list[Entry]) -> None:
    with TemporaryDirectory() as folder:
        same(rules, entries, Path(folder))

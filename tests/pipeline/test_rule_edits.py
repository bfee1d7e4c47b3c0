"""A rule edit on a database with history: what was recorded stays, what differs is held, and nothing is sent by itself.

The database is that of the sample year's first weeks. Edits that need no other words are made to the loaded rules, for
loading them takes longer than all these tests; edits of the files are tried in tests/cli/rules/test_diff.py.
"""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from monitor.cli.evidence_commands import export_rows
from monitor.config import load_settings
from monitor.domain.matching.rules import Rulebook
from monitor.domain.messages.briefs import DeliveryReceipt, OutboundMessage
from monitor.domain.model import Cause, Tier
from monitor.domain.model.publishers import Publishers
from monitor.pipeline import review
from monitor.replay import as_entry
from monitor.runtime.app import App, deliver_due, drain_outbox, run_reviews
from monitor.runtime.simulation import SimulatedClock, run_until, simulate
from monitor.runtime.wiring import make_renderer
from monitor.store import open_store, verdict_records
from monitor.store import outbox as outbox_store
from monitor.workbench.diff import restricted_to
from tests.builders import shipped_rules
from tests.builders.databases import ask, polled_feed

pytestmark = pytest.mark.slow
"""The shipped rules are edited, and a year decided again: five seconds before the first claim."""

ARCHIVE = polled_feed("archive", "https://example.org/archive", "archive", 3600)
STORIES = 75
NEW_PART = "dialogue"
FORGOTTEN = ("tariff-truce", "soybean-purchases", "rare-earth-licenses")
CONFIG = """
routes = [
  {{name = "desk", channel = "file", to = "desk@deals.example", least_severity = "routine"}},
  {{name = "boss", channel = "file", to = "boss@deals.example"}},
]
monitor = {{data = ".", templates = {templates}}}
"""


@dataclass(slots=True)
class Channel:
    """Counts what it is given."""

    parcels: list[OutboundMessage] = field(default_factory=list)

    def send(self, parcel: OutboundMessage) -> DeliveryReceipt:
        self.parcels.append(parcel)
        return DeliveryReceipt(parcel.message_id)


@dataclass(slots=True)
class Office:
    """The program on a copy of the database, hours after its last story."""

    app: App
    clock: SimulatedClock
    channel: Channel

    def adopts(self, rules: Rulebook) -> review.ReviewReport:
        """The edited rules are taken into use and all that is due is decided and delivered."""
        self.app.rulebook = rules
        report = run_reviews(self.app, settled=True)
        drain_outbox(self.app, self.clock.move)
        return report

    def foresees(self, rules: Rulebook) -> review.ReviewReport:
        return review.preview_activation(self.app.store, rules, self.app.routes, self.clock())

    def recorded(self) -> dict[str, str]:
        """Every recorded change as it stands in the database, by id."""
        with self.app.store.read() as conn:
            return {row.id: f"{row}" for row in conn.execute(text("SELECT * FROM transition"))}

    def states(self, since: datetime) -> list[str]:
        return sorted(row.state for row in ask(self.app.store, outbox_store.items) if row.created_at >= since)


def opened(folder: Path, rules: Rulebook, clock: SimulatedClock) -> Office:
    config = folder / "config.toml"
    config.write_text(CONFIG.format(templates=json.dumps(str(shipped_rules.ROOT / "templates"))), encoding="utf-8")
    settings, channel = load_settings(config, environ={}), Channel()
    store, renderer = open_store(f"sqlite:///{folder / 'monitor.db'}"), make_renderer(settings)
    app = App(settings, store, clock, renderer=renderer, senders={"file": channel.send})
    app.rulebook = rules
    return Office(app, clock, channel)


def before() -> Rulebook:
    """The shipped rules, before a part was added to them."""
    whole = shipped_rules.rulebook()
    made = restricted_to(whole, frozenset(whole.commitments) - {NEW_PART})
    topics = tuple(topic for topic in made.matcher.topics if topic.commitment != NEW_PART)
    commitments = {name: one for name, one in made.commitments.items() if name != NEW_PART}
    matcher = replace(made.matcher, topics=topics)
    return replace(made, version="before", commitments=commitments, matcher=matcher)


def forgetful() -> Rulebook:
    """Some commitments have lost all acts, and what were wires are known to nobody any more: a changed tier."""
    rules = before()
    entries = (
        replace(one, publisher=replace(one.publisher, tier=Tier.UNKNOWN)) if one.publisher.tier is Tier.WIRE else one
        for one in rules.publishers.entries
    )
    topics = tuple(
        replace(topic, acts=()) if topic.commitment in FORGOTTEN else topic for topic in rules.matcher.topics
    )
    matcher = replace(rules.matcher, topics=topics)
    return replace(rules, version="forgetful", publishers=Publishers(entries), matcher=matcher)


def with_part() -> Rulebook:
    return replace(shipped_rules.rulebook(), version="with a part")


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, datetime]:
    """A database of the sample year's first stories, and the moment after them."""
    folder, clock = tmp_path_factory.mktemp("history"), SimulatedClock()
    office = opened(folder, before(), clock)
    lines = shipped_rules.YEAR.read_text(encoding="utf-8").splitlines()[:STORIES]
    entries = [as_entry(json.loads(line), number, "year") for number, line in enumerate(lines, 1)]
    simulate(office.app, clock, entries, ARCHIVE)
    run_until(office.app, clock, clock.now + timedelta(hours=1))
    assert len(office.channel.parcels) >= 10
    office.app.close()
    return folder, clock.now


@pytest.fixture
def office(history: tuple[Path, datetime], tmp_path: Path) -> Iterator[Office]:
    folder, now = history
    shutil.copy(folder / "monitor.db", tmp_path)
    found = opened(tmp_path, before(), SimulatedClock(now))
    yield found
    found.app.close()


def test_an_edit_leaves_what_was_recorded_and_holds_what_differs_as_was_foreseen(office: Office) -> None:
    now, old = office.clock(), office.recorded()
    foreseen = office.foresees(forgetful())
    assert office.recorded() == old, "to foresee writes nothing"
    done = office.adopts(forgetful())
    assert done.transitions
    assert done.transitions == foreseen.transitions
    assert done.messages == foreseen.messages
    assert {change.cause for change in done.transitions} == {Cause.RULES}
    assert office.recorded().items() >= old.items(), "byte for byte"
    assert office.recorded().keys() - old.keys() == {change.id for change in done.transitions}
    assert done.messages
    assert office.states(now) == ["held"] * len(done.messages)
    assert office.channel.parcels == []


def test_the_evidence_of_a_recorded_change_is_cited_as_it_was_read_then(office: Office) -> None:
    """Every act is renamed by the edit; what was told before goes on naming the acts of its time."""
    before_, after = exported(office.app), _relabelled(before())
    office.adopts(after)
    told = {row["change"] for row in before_}
    assert [row for row in exported(office.app) if row["change"] in told] == before_
    assert any(row["rule_version"] != "relabelled" for row in before_)


def exported(app: App) -> list[dict[str, str]]:
    """The changes with their evidence as they would be cited, without what became of the signals since."""
    rows = export_rows(app, sorted(before().commitments), None, None, with_signals=False)
    named = ("change", "effect", "quotation", "rule", "rule_version", "title", "url")
    return [{name: getattr(row, name) for name in named} for row in rows]


def _relabelled(rules: Rulebook) -> Rulebook:
    topics = tuple(
        replace(topic, acts=tuple(replace(act, version="relabelled") for act in topic.acts))
        for topic in rules.matcher.topics
    )
    return replace(rules, version="relabelled", matcher=replace(rules.matcher, topics=topics))


def test_held_messages_expire_unsent_after_three_days(office: Office) -> None:
    now = office.clock()
    office.adopts(forgetful())
    office.clock.move(now + timedelta(hours=71))
    deliver_due(office.app)
    assert set(office.states(now)) == {"held"}
    office.clock.move(now + timedelta(hours=72, minutes=1))
    deliver_due(office.app)
    assert set(office.states(now)) == {"expired"}
    assert office.channel.parcels == []


def test_an_edit_and_back_again_ends_where_it_began(office: Office) -> None:
    stood = {
        name: record.published.status for name, record in ask(office.app.store, verdict_records.verdict_records).items()
    }
    office.adopts(forgetful())
    office.adopts(replace(before(), version="and back"))
    assert {
        name: record.published.status for name, record in ask(office.app.store, verdict_records.verdict_records).items()
    } == stood
    assert office.channel.parcels == []


def test_a_new_part_is_filled_from_the_stories_at_hand_and_nobody_is_told(office: Office) -> None:
    now, old = office.clock(), office.recorded()
    foreseen = office.foresees(with_part())
    done = office.adopts(with_part())
    assert done.transitions == foreseen.transitions
    assert {(change.commitment, change.cause) for change in done.transitions} == {(NEW_PART, Cause.BACKFILL)}
    assert (done.messages, office.states(now), office.channel.parcels) == ((), [], [])
    assert office.recorded().items() >= old.items()

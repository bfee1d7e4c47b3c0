"""Reviews, the as-of view and what the program would say without a pin: none of them lets time move what nobody was
reading for."""

from datetime import datetime, timedelta

import pytest

from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import Cause, FlagKind, Standing
from monitor.domain.model.changes import notation
from monitor.pipeline.review import review
from monitor.store import Store, as_of, verdict_records
from monitor.store.feeds import note_read
from tests.builders import small_rulebook
from tests.builders.databases import ask, do, later
from tests.builders.small_rulebook import SOY

TRUCE = SOY.replace("note: made up", "deadlines: [{what: truce, kind: expiry, date: 2026-03-05, said_by: cn}]").replace(
    "standing: pledged", "standing: in_force"
)
SOURCES = ("herald",)
DARK, PASSED, AGAIN = later(days=1), later(days=4), later(days=10)


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    return small_rulebook.rulebook(tmp_path_factory.mktemp("rules"), soy=TRUCE)


def read_from(store: Store, rules: Rulebook, since: datetime, until: datetime) -> None:
    """A source answers each hour."""
    while since <= until:
        do(store, note_read, SOURCES, rules.policy, since)
        since += timedelta(hours=1)


def reviewed(store: Store, rules: Rulebook, now: datetime) -> list[tuple[str, str, Cause]]:
    """What a review records."""
    return [(*notation(t.change), t.cause) for t in review(store, rules, (), now, sources=SOURCES).transitions]


def known(store: Store, rules: Rulebook, at: datetime, now: datetime) -> Standing:
    return ask(store, as_of.view_as_of, rules, at, ["soy"], SOURCES, now).verdicts["soy"].standing


def test_a_review_leaves_an_unread_expiry_open_until_sources_were_read_for_a_day(store: Store, rules: Rulebook) -> None:
    read_from(store, rules, later(days=-2), DARK)
    reviewed(store, rules, DARK)
    assert reviewed(store, rules, PASSED) == [("in_force", "at_risk", Cause.CLOCK)]
    published = ask(store, verdict_records.verdict_records)["soy"].published
    assert ask(store, as_of.unpinned, rules, "soy", PASSED, SOURCES) == published
    assert FlagKind.UNCHECKED in {flag.kind for flag in published.flags}
    read_from(store, rules, AGAIN, AGAIN + timedelta(hours=23))
    assert reviewed(store, rules, AGAIN + timedelta(hours=23)) == []
    read_from(store, rules, AGAIN + timedelta(hours=24), AGAIN + timedelta(hours=24))
    assert ask(store, verdict_records.undecided_or_due, ["soy"], AGAIN + timedelta(hours=24)) == {"soy"}
    assert reviewed(store, rules, AGAIN + timedelta(hours=24)) == [("at_risk", "lapsed", Cause.CLOCK)]
    assert reviewed(store, rules, AGAIN + timedelta(days=3)) == []


def test_as_known_now_the_past_counts_as_read_once_it_was_made_up_for(store: Store, rules: Rulebook) -> None:
    read_from(store, rules, later(days=-2), DARK)
    assert known(store, rules, PASSED, PASSED) is Standing.IN_FORCE
    read_from(store, rules, AGAIN, AGAIN + timedelta(hours=24))
    assert known(store, rules, PASSED, AGAIN + timedelta(hours=24)) is Standing.LAPSED


def test_where_no_feed_is_polled_a_review_lets_time_move_what_it_does(store: Store, rules: Rulebook) -> None:
    review(store, rules, (), DARK)
    assert [notation(t.change) for t in review(store, rules, (), PASSED).transitions] == [("in_force", "lapsed")]

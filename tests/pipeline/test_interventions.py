"""Acts of people on either database: weighed at once, beside other writers, and however long ago the evidence was."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest

from monitor.domain.matching.rules import Rulebook
from monitor.domain.messages.wording import detail_text
from monitor.domain.model import Cause, Intervention, Standing
from monitor.domain.model.changes import notation
from monitor.domain.verdicts.interventions import suppression_payload
from monitor.domain.verdicts.review_requests import ReviewRequest
from monitor.store import Store, as_of, verdict_records
from monitor.store import outbox as outbox_store
from tests.builders.databases import NOW, ask, do, later
from tests.builders.domain_values import PARTIES
from tests.builders.pipeline_steps import Monitor
from tests.builders.small_rulebook import BUYS, CANCELS


@pytest.fixture
def monitor(store: Store, rules: Rulebook) -> Monitor:
    """A monitor that has heard of a purchase and told of it."""
    made = Monitor(store, rules)
    made.begin()
    made.news(BUYS, NOW)
    made.review(later(seconds=90))
    return made


def act(monitor: Monitor, done: Intervention, *names: str) -> None:
    do(monitor.store, verdict_records.add_intervention, done, done.at, names or None)


def mute(at: datetime, until: datetime) -> Intervention:
    return Intervention("m", "mute", "", "soy", "noise", "", at, until)


def reject(monitor: Monitor, at: datetime) -> Intervention:
    signal = next(
        e.signal
        for e in ask(monitor.store, as_of.evidence, ["soy"], monitor.rules.policy)
        if e.signal.effect == "progress"
    )
    return Intervention("r", "reject", "soy", signal.id, "barley", "", at, payload=suppression_payload(signal))


def kinds(monitor: Monitor) -> list[str]:
    return [item.kind for item in ask(monitor.store, outbox_store.items)]


def test_the_end_of_a_mute_is_told_though_another_review_was_decided_after_it_was_meant(monitor: Monitor) -> None:
    act(monitor, mute(later(hours=1), later(days=1)), "soy")
    monitor.news(CANCELS, later(hours=2))
    monitor.review(later(hours=3))
    do(monitor.store, verdict_records.request_reviews, [ReviewRequest("soy", later(hours=3))])
    monitor.review(later(hours=4, seconds=1))
    assert kinds(monitor) == ["alert"]
    act(monitor, Intervention("u", "unmute", "", "m", "out", "", later(hours=4)), "soy")
    monitor.review(later(hours=4, seconds=2))
    assert kinds(monitor) == ["alert", "summary"]
    monitor.review(later(days=1))
    assert kinds(monitor) == ["alert", "summary"], "the end that no longer counts tells nothing"


def test_an_act_and_a_daemon_at_the_same_time_record_and_tell_a_change_once(monitor: Monitor) -> None:
    pin = Intervention("p", "pin", "soy", "", "decree", "s", later(hours=1), later(days=9), "in_force")
    act(monitor, pin)
    with ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(lambda _: monitor.review(later(hours=1)), range(4)))
    assert [
        (notation(t.change)[1], t.cause) for report in reports for t in report.transitions if t.kind == "status"
    ] == [("in_force", Cause.PERSON)]
    assert kinds(monitor) == ["alert", "alert"]


def test_what_is_folded_is_weighed_again_without_what_a_person_rejects(monitor: Monitor) -> None:
    monitor.news(CANCELS, later(days=60))
    monitor.review(later(days=60, hours=1))
    assert monitor.published().folded.standing is Standing.IN_PROGRESS
    act(monitor, reject(monitor, later(days=61)))
    monitor.review(later(days=61))
    assert monitor.published().folded.standing is Standing.PLEDGED
    assert monitor.published().published.status == "at_risk"
    change = monitor.transitions()[-1]
    assert (*notation(change.change), change.cause) == ("in_progress", "pledged", Cause.CORRECTION)
    assert "(rejected by a person: barley)" in detail_text(change.reason.detail, PARTIES)


def test_what_is_known_now_counts_what_was_rejected_since_and_what_came_late(monitor: Monitor) -> None:
    assert (
        ask(monitor.store, as_of.view_as_of, monitor.rules, NOW, ["soy"]).verdicts["soy"]
        == monitor.published().published
    )
    act(monitor, reject(monitor, later(days=3)))
    monitor.review(later(days=3))
    known = ask(monitor.store, as_of.view_as_of, monitor.rules, NOW, ["soy", "ships"])
    (evidence,) = ask(monitor.store, as_of.evidence, ["soy"], monitor.rules.policy)
    assert known.verdicts["soy"].standing is Standing.PLEDGED
    assert (evidence.state, evidence.since, evidence.retired) == ("rejected", later(days=3), False)


def test_the_program_without_its_pin_says_what_it_always_said(monitor: Monitor) -> None:
    before = monitor.published().published
    act(monitor, Intervention("p", "pin", "soy", "", "decree", "s", later(hours=1), later(days=9), "in_force"))
    monitor.review(later(hours=1))
    assert ask(monitor.store, as_of.unpinned, monitor.rules, "soy", later(hours=1)) == before

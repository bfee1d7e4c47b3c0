"""The first message of a Slack thread shows the status that is published, told in the thread or not."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pytest

from monitor.domain.matching.rules import Rulebook
from monitor.domain.messages.thread_card import NOT_YET_REPORTED
from monitor.domain.model import Intervention, Route, Severity
from monitor.pipeline import delivery, thread_cards
from monitor.render.slack_blocks import payload, status_card
from monitor.store import Store, verdict_records
from tests.builders.databases import do, later, polled_feed
from tests.builders.golden_wording import GoldenWording
from tests.builders.pipeline_steps import Monitor
from tests.builders.slack_workspace import Workspace, workspace
from tests.builders.small_rulebook import BOTH, BUYS, CANCELS, SHIPS, rulebook

AGAIN = "China cancels orders of soybeans again, says a new report from the port"
URGENT = Route("desk", "slack", "C1", least_severity=Severity.URGENT)
"""Hears that soybeans are at risk, and not that they are in progress again."""


@pytest.fixture
def slack() -> Iterator[Workspace]:
    with workspace() as running:
        running.names["C2"] = "all"
        yield running


@dataclass(slots=True)
class Desk:
    """News, verdicts, and what of it stands in Slack."""

    monitor: Monitor
    slack: Workspace
    approval: tuple[str, ...] = ()

    def news(self, title: str, hours: float) -> None:
        """A report is decided, told and shown."""
        self.monitor.news(title, later(hours=hours))
        self.review(later(hours=hours, minutes=5))
        self.deliver(later(hours=hours, minutes=6))

    def review(self, now: datetime) -> None:
        assert self.monitor.review(now).problems == ()

    def deliver(self, now: datetime) -> None:
        channel = self.slack.channel()
        senders: dict[str, delivery.Sender] = {"slack": lambda parcel: channel.send(payload(parcel))}
        delivery.deliver(self.monitor.store, senders, now, owner="worker", rng=lambda: 0.5)
        self.refresh(now + delivery.MIN_SEND_INTERVAL["slack"])

    def refresh(self, now: datetime) -> None:
        channel = self.slack.channel()
        trouble = thread_cards.update_stale_threads(
            self.monitor.store,
            self.monitor.rules,
            "slack",
            lambda card: channel.update(status_card(card)),
            now,
            rng=lambda: 0.5,
            approval=self.approval,
        )
        assert trouble == ""

    def act(self, act: Intervention) -> None:
        do(self.monitor.store, verdict_records.add_intervention, act, act.at, ["soy"])

    def first(self, to: str = "C1", about: str = "Soybeans") -> str:
        """The first line of the first message about it in a place."""
        return next(str(one["text"]) for one in self.slack.parents if one["channel"] == to and about in one["text"])

    def card(self) -> str:
        return json.dumps(self.slack.parents[0]["blocks"], ensure_ascii=False).replace("\u200b", "")


@pytest.fixture
def desk(store: Store, rules: Rulebook, slack: Workspace) -> Desk:
    monitor = Monitor(store, rules, (URGENT,))
    monitor.begin()
    return Desk(monitor, slack)


def test_a_change_told_to_nobody_is_shown_on_the_card_with_since_when(desk: Desk, wording: GoldenWording) -> None:
    desk.news(CANCELS, 0)
    assert desk.slack.calls["chat.update"] == 0, "one message alone tells all"
    desk.news(BUYS, 50)
    wording(desk.first())
    card = desk.card()
    wording(card)
    assert NOT_YET_REPORTED in card
    assert "Soybeans now AT RISK: China cancels three orders" in card, "the first message stays as it was"
    assert len(desk.slack.messages) == 1, "and nobody is pinged"


def test_a_card_goes_back_to_the_status_that_was_told_once_it_holds_again(desk: Desk, wording: GoldenWording) -> None:
    for hours, title in ((0, CANCELS), (50, BUYS), (52, AGAIN)):
        desk.news(title, hours)
    wording(desk.first())
    card = desk.card()
    wording(card)
    assert NOT_YET_REPORTED not in card
    assert len(desk.slack.replies(desk.slack.parents[0]["ts"])) == 1


def test_a_muted_card_stays_as_it_is_until_the_mute_has_ended(desk: Desk, wording: GoldenWording) -> None:
    desk.news(CANCELS, 0)
    desk.act(Intervention("m1", "mute", "", "soy", "revised", "", later(hours=40), until=later(hours=60)))
    desk.review(later(hours=40))
    desk.news(BUYS, 50)
    wording(desk.first())
    assert desk.slack.calls["chat.update"] == 0
    desk.review(later(hours=60, minutes=1))
    desk.deliver(later(hours=60, minutes=2))
    wording(desk.first())


def test_where_an_editor_approves_a_card_shows_only_what_was_sent(desk: Desk) -> None:
    desk.approval = ("C1",)
    desk.news(CANCELS, 0)
    desk.news(BUYS, 50)
    assert desk.slack.calls["chat.update"] == 0


def test_a_commitment_gone_from_the_rules_keeps_its_card(desk: Desk, tmp_path: Path, wording: GoldenWording) -> None:
    desk.news(CANCELS, 0)
    desk.monitor.news(BUYS, later(hours=50))
    desk.review(later(hours=50, minutes=5))
    desk.monitor.rules = rulebook(tmp_path / "other", ships=SHIPS)
    desk.refresh(later(hours=51))
    wording(desk.first())


@pytest.fixture
def several(desk: Desk) -> Desk:
    """A desk that is told of everything."""
    desk.monitor.routes = (Route("desk", "slack", "C1", least_severity=Severity.ROUTINE),)
    return desk


def test_the_others_of_the_first_message_are_shown_as_they_stand_now(several: Desk, wording: GoldenWording) -> None:
    several.news(BOTH, 0)
    assert several.slack.calls["chat.update"] == 0
    several.news(CANCELS, 50)
    card = several.card()
    wording(several.first(about="Tankers"))
    assert (
        ":warning: China buys soybeans: IN PROGRESS, AT RISK, since 4 Mar 2026"
        in card.partition("How this thread began")[0]
    )
    assert "Also in this thread" in card
    assert NOT_YET_REPORTED not in card, "nothing has moved of what leads the thread"


def test_a_status_that_another_message_has_told_has_not_moved_untold(several: Desk, wording: GoldenWording) -> None:
    several.news(CANCELS, 0)
    several.news(BOTH, 50)
    subjects = [one["text"].split(":")[0] for one in several.slack.parents]
    assert subjects == ["Soybeans", "Tankers now IN PROGRESS"]
    wording(several.first())
    assert NOT_YET_REPORTED not in several.card()


def test_a_later_source_is_named_on_the_first_message_and_sends_none(several: Desk, wording: GoldenWording) -> None:
    several.monitor.routes = (replace(several.monitor.routes[0], least_severity=Severity.NOTABLE),)
    second = polled_feed("second", "https://second.example/rss", "Second Wire", 600)
    several.monitor.poll(later(days=-1), feed=second)
    several.news(BUYS, 0)
    several.monitor.news("Traders report that China buys soybeans, three cargoes of them", later(hours=9), second)
    several.review(later(hours=9, minutes=5))
    several.deliver(later(hours=9, minutes=6))
    assert len(several.slack.messages) == 1
    wording(several.card().partition("How this thread began")[0])

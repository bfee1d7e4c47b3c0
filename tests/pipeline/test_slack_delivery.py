"""The outbox and Slack together: threads, look-ups and the message that is kept up to date, in a workspace that
remembers."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from monitor.channels.slack import LOOKUP_PAGES
from monitor.domain.matching.rules import Rulebook
from monitor.domain.messages.thread_card import StatusCard
from monitor.pipeline import delivery, thread_cards
from monitor.pipeline.delivery import DeliveryReport, Sender
from monitor.pipeline.thread_cards import MessageEditor
from monitor.render.slack_blocks import payload, status_card
from monitor.store import Store
from monitor.store import outbox as outbox_store
from monitor.store.json_codec import dump
from monitor.store.outbox import NewOutboxItem
from tests.builders.databases import NOW, ask, do, later
from tests.builders.sample_messages import ALERT, ALERT_PARCEL
from tests.builders.slack_workspace import Workspace, workspace
from tests.builders.small_rulebook import rulebook


@pytest.fixture
def slack() -> Iterator[Workspace]:
    with workspace() as running:
        yield running


@cache
def rules() -> Rulebook:
    with TemporaryDirectory() as folder:
        return rulebook(Path(folder))


def enqueue(store: Store, name: str, **changed: str) -> None:
    """An alert about soybeans whose first line is its name."""
    brief = dump(replace(ALERT, message_id=name, headline=replace(ALERT.headline, text=name)))
    made = NewOutboxItem(name, "alert", "desk", "slack", "C1", "soy", brief)
    do(store, outbox_store.enqueue, [replace(made, **changed)], NOW)  # type: ignore[arg-type]


def deliver(store: Store, slack: Workspace, now: datetime) -> DeliveryReport:
    """One delivery by a program that was started for it."""
    channel = slack.channel()
    senders: dict[str, Sender] = {"slack": lambda parcel: channel.send(payload(parcel))}
    return delivery.deliver(store, senders, now, owner="worker", rng=lambda: 0.5, finders={"slack": channel.find})


def tell(store: Store, slack: Workspace, name: str, now: datetime, **changed: str) -> None:
    """One more alert goes out."""
    enqueue(store, name, **changed)
    deliver(store, slack, now)


def shape(slack: Workspace) -> list[tuple[str, list[str]]]:
    """The first messages in the channel, each with the replies to it."""
    return [(title(one["text"]), [title(reply["text"]) for reply in slack.replies(one["ts"])]) for one in slack.parents]


def title(text: str) -> str:
    """The topic of a message, which the tests use as its name."""
    return text.partition(":")[0]


def test_a_deleted_thread_is_replaced_once_and_the_conversation_goes_on_there(store: Store, slack: Workspace) -> None:
    tell(store, slack, "first", NOW)
    slack.delete(slack.messages[0]["ts"])
    for minutes, name in enumerate(("second", "third", "fourth"), 1):
        tell(store, slack, name, later(minutes=minutes))
    assert shape(slack) == [("second", ["third", "fourth"])]
    assert slack.calls["chat.postMessage"] == 5, "only the second message met the thread that is gone"


def test_a_correction_goes_into_its_thread_however_old_that_is(store: Store, slack: Workspace) -> None:
    tell(store, slack, "first", NOW)
    tell(store, slack, "taken back", later(days=90), kind="correction")
    tell(store, slack, "next", later(days=91))
    assert shape(slack) == [("first", ["taken back"]), ("next", [])]


@pytest.mark.parametrize("to", ["C1", "#deals"])
def test_a_message_whose_answer_was_lost_is_found_and_not_sent_again(store: Store, slack: Workspace, to: str) -> None:
    slack.lost = 1
    tell(store, slack, "first", NOW, to=to)
    deliver(store, slack, later(minutes=1))
    tell(store, slack, "second", later(minutes=2), to=to)
    assert shape(slack) == [("first", ["second"])], "and the thread goes on under it"
    assert ask(store, outbox_store.state_counts)["sent"] == 2


def test_a_message_that_never_arrived_is_sent_again_however_much_was_said_since(store: Store, slack: Workspace) -> None:
    slack.lost = 1
    tell(store, slack, "first", NOW)
    slack.messages.clear()
    for number in range(30):
        slack.clock += 1
        slack.messages.append({"channel": "C1", "ts": f"{slack.clock:.6f}", "text": f"chat {number}"})
    slack.page = 3
    deliver(store, slack, later(minutes=1))
    assert title(slack.parents[-1]["text"]) == "first"
    assert slack.calls["conversations.history"] == LOOKUP_PAGES, "a look-up ends"


def test_nobody_elses_message_is_taken_for_ours(slack: Workspace) -> None:
    said: list[dict[str, Any]] = [
        {},
        {"metadata": None},
        {"metadata": {"event_type": "other", "event_payload": {"message_id": "first"}}},
    ]
    for one in said:
        slack.clock += 1
        slack.messages.append({"channel": "C1", "ts": f"{slack.clock:.6f}", "text": "first", **one})
    parcel = replace(ALERT_PARCEL, message_id="first", to="C1", thread=None)
    assert slack.channel().find(parcel, NOW - timedelta(days=9)) is None


def refresh(store: Store, slack: Workspace, now: datetime) -> str:
    channel = slack.channel()
    return refreshed(store, lambda card: channel.update(status_card(card)), now)


def refreshed(store: Store, update: MessageEditor, now: datetime) -> str:
    return thread_cards.update_stale_threads(store, rules(), "slack", update, now, rng=lambda: 0.5)


def words(message: dict[str, Any]) -> str:
    return json.dumps(message["blocks"], ensure_ascii=False)


@pytest.mark.parametrize("to", ["C1", "#deals"])
def test_after_each_change_the_first_message_tells_how_it_stands_now(store: Store, slack: Workspace, to: str) -> None:
    tell(store, slack, "first", NOW, to=to)
    posted = dict(slack.messages[0])
    for minutes, name in ((1, "second"), (2, "third")):
        tell(store, slack, name, later(minutes=minutes), to=to)
        assert refresh(store, slack, later(minutes=minutes, seconds=2)) == ""
        assert title(slack.parents[0]["text"]) == name
    assert shape(slack) == [("third", ["second", "third"])], "each change is a reply of its own"
    (card,) = slack.parents
    assert all(f"· {name}" in words(card) for name in ("first", "second", "third"))
    assert ALERT.evidence.lines[0].quote[:40] in words(card), "what the message was posted for stays on it"
    assert card["metadata"] == posted["metadata"], "it can still be looked up"


def test_a_message_is_rewritten_once_a_change_and_not_while_its_place_must_wait(store: Store, slack: Workspace) -> None:
    tell(store, slack, "first", NOW)
    tell(store, slack, "second", later(minutes=1))
    refresh(store, slack, later(minutes=1))
    assert slack.calls["chat.update"] == 0, "a message went there within this second"
    for seconds in (2, 4, 600):
        refresh(store, slack, later(minutes=1, seconds=seconds))
    assert slack.calls["chat.update"] == 1


def test_a_rewrite_that_failed_is_tried_again_and_says_why(store: Store, slack: Workspace) -> None:
    tell(store, slack, "first", NOW)
    tell(store, slack, "second", later(minutes=1))
    slack.down = {"chat.update"}
    trouble = refresh(store, slack, later(minutes=2))
    assert trouble.startswith("slack C1, soy: Slack answered 503")
    assert refresh(store, slack, later(minutes=2)) == "", "not at once"
    slack.down = set()
    refresh(store, slack, later(minutes=3))
    assert title(slack.parents[0]["text"]) == "second"


@pytest.mark.parametrize("code", ["message_not_found", "cant_update_message", "missing_scope", "is_archived"])
def test_a_message_that_cannot_be_rewritten_costs_one_warning_a_change_and_no_alert(
    store: Store, slack: Workspace, code: str
) -> None:
    slack.refuses = {"chat.update": code}
    tell(store, slack, "first", NOW)
    troubles = []
    for hours, name in ((1, "second"), (2, "third")):
        tell(store, slack, name, later(hours=hours))
        troubles += [refresh(store, slack, later(hours=hours, minutes=minutes)) for minutes in range(1, 50, 3)]
    assert [code in trouble for trouble in troubles if trouble] == [True, True]
    assert shape(slack) == [("first", ["second", "third"])]
    assert ask(store, outbox_store.state_counts)["sent"] == 3


def test_a_change_told_while_a_message_is_rewritten_is_not_forgotten(store: Store, slack: Workspace) -> None:
    tell(store, slack, "first", NOW)
    tell(store, slack, "second", later(minutes=1))
    shown = []

    def update(card: StatusCard) -> None:
        shown.append(card.now.subject)
        if len(shown) == 1:
            tell(store, slack, "third", later(minutes=2))

    for minutes in (2, 3, 4):
        refreshed(store, update, later(minutes=minutes))
    assert shown == ["second", "third"]


def test_a_program_that_ends_in_the_middle_of_a_rewrite_does_it_again(store: Store, slack: Workspace) -> None:
    tell(store, slack, "first", NOW)
    tell(store, slack, "second", later(minutes=1))

    def die(card: StatusCard) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        refreshed(store, die, later(minutes=2))
    refresh(store, slack, later(minutes=3))
    assert title(slack.parents[0]["text"]) == "second"

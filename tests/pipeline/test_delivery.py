"""Nothing queued is lost, order is kept in each place, and trouble in one place stays there."""

import random
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import event

from monitor.domain.messages.briefs import AlertBrief, DeliveryReceipt, OutboundMessage
from monitor.domain.model import Route
from monitor.errors import ChannelError, RenderError, StoreError
from monitor.pipeline import delivery
from monitor.pipeline.delivery import DeliveryLookup, DeliveryReport, Sender
from monitor.runtime.simulation import SimulatedClock
from monitor.store import Connection, Store, open_store
from monitor.store import outbox as outbox_store
from monitor.store.json_codec import dump
from monitor.store.outbox import NewOutboxItem
from monitor.store.tables import Item
from tests.builders.databases import NOW, ask, do, later
from tests.builders.golden_wording import GoldenWording
from tests.builders.sample_messages import ALERT

DESK = Route("desk", "slack", "C1")


class PowerCut(BaseException):
    """The process ends here: nothing in it gets a chance to react."""


def item(name: str, channel: str = "slack", to: str = "C1", **changed: object) -> NewOutboxItem:
    made = NewOutboxItem(name, "alert", "desk", channel, to, "soy", dump(replace(ALERT, message_id=name)))
    return replace(made, **changed)  # type: ignore[arg-type]


def enqueue(store: Store, *items: NewOutboxItem) -> None:
    do(store, outbox_store.enqueue, items, NOW)


@dataclass(slots=True)
class Channel:
    """The far side of the network: keeps what it accepted, and fails as told before or after accepting."""

    before: list[BaseException | None] = field(default_factory=list)
    after: list[BaseException | None] = field(default_factory=list)
    accepted: list[OutboundMessage] = field(default_factory=list)
    asked: int = 0

    def __call__(self, parcel: OutboundMessage) -> DeliveryReceipt:
        self.asked += 1
        _raise_next(self.before)
        self.accepted.append(parcel)
        _raise_next(self.after)
        return DeliveryReceipt(f"ref-{parcel.message_id}", thread=parcel.thread or f"thread-{parcel.message_id}")

    @property
    def names(self) -> list[str]:
        return [parcel.message_id for parcel in self.accepted]


def _raise_next(faults: list[BaseException | None]) -> None:
    fault = faults.pop(0) if faults else None
    if fault is not None:
        raise fault


def deliver(
    store: Store, now: datetime = NOW, owner: str = "worker", find: DeliveryLookup | None = None, **senders: Sender
) -> DeliveryReport:
    """One delivery; find: how Slack is asked for a message."""
    return delivery.deliver(store, senders, now, owner=owner, rng=lambda: 0.5, finders={"slack": find} if find else {})


def deliver_all(store: Store, now: datetime = NOW, hours: int = 12, **senders: Sender) -> datetime:
    """Deliver as often as the outbox asks for, for so many hours; returns the last moment."""
    end = now + timedelta(hours=hours)
    while (due := delivery.deliver(store, senders, now, owner="w", rng=lambda: 0.5).next_at) and due <= end:
        now = max(due, now + timedelta(milliseconds=1))
    return now


def row(store: Store, name: str) -> Item:
    return next(row for row in ask(store, outbox_store.items) if row.message_id == name)


def test_messages_go_out_once_and_in_order(store: Store) -> None:
    enqueue(store, *(item(f"m{n}") for n in range(5)))
    slack = Channel()
    deliver_all(store, slack=slack)
    deliver(store, later(days=1), slack=slack)
    assert slack.names == [f"m{n}" for n in range(5)]
    assert ask(store, outbox_store.state_counts)["sent"] == 5


def test_where_every_message_is_settled_a_delivery_writes_nothing(store: Store) -> None:
    enqueue(store, item("a"))
    deliver(store, slack=Channel())
    writes: list[object] = []

    def note(conn: Connection) -> None:
        if conn.get_execution_options().get("begin_mode") == "IMMEDIATE":
            writes.append(conn)

    event.listen(store.engine, "begin", note)
    assert deliver(store, later(minutes=1), slack=Channel()) == DeliveryReport()
    assert writes == []
    enqueue(store, item("b"))
    assert deliver(store, later(minutes=1), slack=Channel()).sent == [2]


def test_slack_gets_one_message_a_second_to_a_place(store: Store) -> None:
    enqueue(store, item("a"), item("b"), item("other", to="C2"))
    slack = Channel()
    report = deliver(store, slack=slack)
    assert slack.names == ["a", "other"]
    assert report.next_at == later(seconds=1)


def test_later_messages_about_a_commitment_go_into_its_first_thread(store: Store) -> None:
    enqueue(store, item("a"), item("b"), item("c", commitment="fentanyl"))
    slack = Channel()
    deliver_all(store, slack=slack)
    assert [parcel.thread for parcel in slack.accepted] == [None, "thread-a", None]


def test_a_quiet_message_waits_and_lets_others_pass(store: Store) -> None:
    enqueue(store, item("night", not_before=later(hours=8)), item("urgent"))
    slack = Channel()
    report = deliver(store, slack=slack)
    assert slack.names == ["urgent"]
    assert report.next_at == later(hours=8)
    deliver(store, later(hours=8), slack=slack)
    assert slack.names == ["urgent", "night"]


def test_in_a_long_delivery_each_lease_attempt_and_pace_counts_from_its_own_moment(store: Store) -> None:
    enqueue(store, *(item(f"m{n}", to=f"C{n}") for n in range(4)))
    clock, leases = SimulatedClock(NOW), []

    def slow(parcel: OutboundMessage) -> DeliveryReceipt:
        (leased,) = ask(store, outbox_store.items, ["leased"])
        leases.append((clock.now - NOW, leased.lease_until))
        clock.move(clock.now + timedelta(minutes=4))
        return DeliveryReceipt("ref")

    delivery.deliver(store, {"slack": slow}, NOW, owner="w", rng=lambda: 0.5, clock=clock)
    assert [wait for wait, _ in leases] == [timedelta(minutes=4) * n for n in range(4)]
    assert [until for _, until in leases] == [NOW + wait + delivery.LEASE for wait, _ in leases]
    tries = [ask(store, outbox_store.attempts, number)[0] for number in range(1, 5)]
    assert [(one.started_at, one.ended_at) for one in tries] == [
        (later(minutes=n), later(minutes=n + 4)) for n in (0, 4, 8, 12)
    ]


def test_a_sender_that_stood_still_after_its_claim_sends_nothing_until_it_has_claimed_again(store: Store) -> None:
    enqueue(store, item("m"))
    moments, slack = [NOW, later(minutes=1)], Channel()

    def clock() -> datetime:
        return moments.pop(0) if moments else later(minutes=1)

    report = delivery.deliver(store, {"slack": slack}, NOW, owner="w", rng=lambda: 0.5, clock=clock)
    assert (report.failed, report.sent, slack.names) == ([1], [1], ["m"])
    assert not row(store, "m").repeat


def test_a_crash_between_send_and_mark_repeats_once_under_the_same_id(store: Store) -> None:
    enqueue(store, item("m"))
    slack = Channel(after=[PowerCut()])
    with pytest.raises(PowerCut):
        deliver(store, slack=slack)
    deliver(store, later(hours=1), slack=slack)
    assert slack.names == ["m", "m"]
    assert [parcel.repeat for parcel in slack.accepted] == [False, True]
    assert len({parcel.number for parcel in slack.accepted}) == 1


def test_a_lease_whose_commit_was_not_answered_delays_no_message(store: Store) -> None:
    enqueue(store, item("m"))
    do(store, outbox_store.claim, ["slack"], "worker", NOW, NOW + delivery.LEASE)
    slack = Channel()
    deliver(store, later(seconds=2), "another", slack=slack)
    assert slack.names == []
    deliver(store, later(seconds=2), "worker", slack=slack)
    assert slack.names == ["m"]


def test_a_channel_that_can_be_asked_is_asked_before_a_repeat(store: Store) -> None:
    enqueue(store, item("m"))
    slack = Channel(after=[ChannelError("the answer was lost", uncertain=True)])
    deliver(store, slack=slack)
    assert row(store, "m").state == "uncertain"
    found = deliver(store, later(hours=1), find=lambda *_: DeliveryReceipt("there"), slack=slack)
    assert found.sent == [1]
    assert slack.names == ["m"]
    assert row(store, "m").ref == "there"


@pytest.mark.parametrize(
    ("before", "after", "finds", "double"),
    [
        ([], [], False, False),
        ([ChannelError("503")], [], False, False),
        ([], [ChannelError("lost", uncertain=True)], False, True),
        ([], [ChannelError("lost", uncertain=True)], True, False),
        ([], [ChannelError("lost", uncertain=True), ChannelError("lost", uncertain=True)], False, True),
        ([ChannelError("503")], [RuntimeError("bug")], False, True),
    ],
)
def test_only_a_message_that_was_sent_after_one_in_doubt_may_be_double(
    store: Store, before: list[BaseException | None], after: list[BaseException | None], finds: bool, double: bool
) -> None:
    enqueue(store, item("m"))
    slack = Channel(before=[*before], after=[*after])
    for hours in range(6):
        deliver(store, later(hours=hours), find=lambda *_: DeliveryReceipt("there") if finds else None, slack=slack)
    assert row(store, "m").state == "sent"
    assert ask(store, outbox_store.possible_duplicates, [1]) == ({1} if double else set())


def test_a_channel_is_asked_for_what_came_since_the_first_attempt_in_doubt(store: Store) -> None:
    enqueue(store, item("m"))
    slack, asked = Channel(before=[ChannelError("503")], after=[ChannelError("lost", uncertain=True)]), []

    def find(parcel: OutboundMessage, since: datetime) -> DeliveryReceipt:
        asked.append((parcel.message_id, since))
        return DeliveryReceipt("there")

    for hours in (0, 1, 2):
        deliver(store, later(hours=hours), find=find, slack=slack)
    assert asked == [("m", later(hours=1))]
    assert [one.outcome for one in ask(store, outbox_store.attempts, 1)] == ["failed", "uncertain", "found"]


def test_a_channel_that_cannot_be_asked_is_asked_some_times_and_then_the_message_is_repeated(store: Store) -> None:
    enqueue(store, item("m"))
    slack, asked = Channel(after=[ChannelError("lost", uncertain=True)]), []

    def find(parcel: OutboundMessage, since: datetime) -> None:
        asked.append(since)
        raise ChannelError("503")

    for hours in range(8):
        deliver(store, later(hours=hours), find=find, slack=slack)
    assert slack.names == ["m", "m"]
    assert len(asked) == delivery.LOOKUP_ATTEMPTS + 1
    assert [one.outcome for one in ask(store, outbox_store.attempts, 1)] == [
        "uncertain",
        *["failed"] * delivery.LOOKUP_ATTEMPTS,
        "sent",
    ]


def test_a_late_success_of_a_lost_lease_still_counts(store: Store) -> None:
    enqueue(store, item("m"))
    mine = do(store, outbox_store.claim, ["slack"], "slow", NOW, NOW + delivery.LEASE)
    assert mine is not None
    with store.begin() as conn:
        outbox_store.expire_leases(conn, later(hours=1))
        assert outbox_store.settle(conn, mine, outbox_store.Settlement("sent", "sent", ref="ref"), later(hours=1))
    slack = Channel()
    deliver(store, later(hours=2), slack=slack)
    assert slack.names == []


def test_a_failed_send_is_tried_again_with_growing_waits(store: Store) -> None:
    enqueue(store, item("m"))
    slack = Channel(before=[ChannelError("503")] * 3)
    now, waits = NOW, []
    for _ in range(3):
        next_at = deliver(store, now, slack=slack).next_at
        assert next_at is not None
        waits.append(next_at - now)
        now = next_at
    deliver(store, now, slack=slack)
    assert waits == sorted(set(waits))
    assert slack.names == ["m"]


@pytest.mark.parametrize(("asked", "waited"), [(30, 30), (999_999, 3600), (0, 1), (-5, 1)])
def test_the_wait_that_a_provider_asks_for_is_kept_within_bounds(store: Store, asked: float, waited: float) -> None:
    enqueue(store, item("m"), item("other", to="C2"), item("mail", "email"))
    slack, mail = Channel(before=[ChannelError("429", retry_after=asked)]), Channel()
    deliver(store, slack=slack, email=mail)
    assert (slack.names, mail.names) == (["other"], ["mail"])
    deliver(store, later(seconds=waited - 0.1), slack=slack)
    assert slack.names == ["other"]
    deliver(store, later(seconds=waited), slack=slack)
    assert slack.names == ["other", "m"]


def test_back_off_is_jittered_and_bounded() -> None:
    cases = [0, 3, 9, 500]
    for failures in cases:
        least, most = (delivery.backoff(failures, None, chance) for chance in (0.0, 0.999))
        assert timedelta(seconds=1) <= least < most <= delivery.MAX_BACKOFF, failures


def test_a_fault_of_a_minute_keeps_no_message_for_another_minute() -> None:
    waits = [delivery.backoff(failures, None, 1.0) for failures in range(8)]
    assert sum(waits[:6], timedelta()) < timedelta(minutes=1)
    assert max(waits) == delivery.SHORT_BACKOFF


def test_a_permanent_refusal_is_a_dead_letter_and_the_next_goes_out(store: Store) -> None:
    enqueue(store, item("a"), item("b"))
    slack = Channel(before=[ChannelError("channel_not_found", permanent=True)])
    report = deliver(store, slack=slack)
    assert report.dead == [1]
    assert slack.names == ["b"]
    assert row(store, "a").error == "channel_not_found"


def test_a_message_is_given_up_after_a_week(store: Store, wording: GoldenWording) -> None:
    enqueue(store, item("m"))
    slack = Channel(before=[ChannelError("503")] * 2)
    deliver(store, later(days=6), slack=slack)
    assert row(store, "m").state == "waiting"
    deliver(store, later(days=8), slack=slack)
    assert row(store, "m").state == "dead"
    wording(row(store, "m").error)


@pytest.mark.parametrize("last", [ChannelError("lost", uncertain=True), ChannelError("503")], ids=str)
def test_a_message_whose_answers_are_lost_for_a_week_is_given_up_as_one_that_may_have_arrived(
    store: Store, last: ChannelError, wording: GoldenWording
) -> None:
    enqueue(store, item("m"))
    slack = Channel(before=[ChannelError("lost", uncertain=True), last])
    deliver(store, later(days=6), slack=slack)
    assert row(store, "m").state == "uncertain"
    assert deliver(store, later(days=8), slack=slack).dead == [1]
    wording(row(store, "m").error)
    assert [one.outcome for one in ask(store, outbox_store.attempts, 1)] == [
        "uncertain",
        "uncertain" if last.uncertain else "failed",
    ]
    do(store, outbox_store.requeue, later(days=9))
    deliver(store, later(days=9), slack=slack)
    assert [parcel.repeat for parcel in slack.accepted] == [True]


def test_a_broken_channel_waits_tells_the_owner_once_and_catches_up_in_order(store: Store) -> None:
    enqueue(store, *(item(f"m{n}", to=f"C{n % 2}") for n in range(4)))
    slack, mail = Channel(before=[ChannelError("token_revoked", broken=True)] * 30), Channel()
    owner = (Route("slack too", "slack", "C9"), Route("owner", "email", "owner@example.org"))
    for minute in range(30):
        for second in (0, 20, 40):
            now = later(minutes=minute, seconds=second)
            delivery.deliver(store, {"slack": slack, "email": mail}, now, owner="w", rng=lambda: 0.5, notify=owner)
    assert slack.asked == 30, "at most one attempt a minute, whatever the number of places"
    assert len(mail.accepted) == 1
    told = mail.accepted[0].brief
    assert isinstance(told, AlertBrief)
    assert "token_revoked" in told.note
    assert told.headline.status == "trouble", "no status of a promise"
    assert ask(store, outbox_store.state_counts)["waiting"] == 4
    deliver_all(store, later(hours=1), slack=slack)
    assert sorted(slack.names) == ["m0", "m1", "m2", "m3"]
    assert ask(store, outbox_store.open_circuits) == {}


OWNER = Route("owner", "email", "owner@example.org")


def given_up(store: Store, now: datetime, slack: Sender, mail: Sender, *routes: Route) -> list[str]:
    """One delivery by Slack and mail; returns the places that were reported."""
    senders = {"slack": slack, "email": mail}
    return delivery.deliver(store, senders, now, owner="w", rng=lambda: 0.5, notify=routes or (OWNER,)).lost_places


def refuses(*places: str) -> Callable[[OutboundMessage], DeliveryReceipt]:
    """A channel that knows all places but these."""

    def send(parcel: OutboundMessage) -> DeliveryReceipt:
        if parcel.to in places:
            raise ChannelError("channel_not_found", permanent=True)
        return DeliveryReceipt("ref")

    return send


def test_the_owner_is_told_once_of_a_place_where_messages_are_given_up(store: Store, wording: GoldenWording) -> None:
    enqueue(store, *(item(f"m{n}", to=f"C{n % 3}") for n in range(12)))
    mail = Channel()
    told = [place for minutes in range(12) for place in given_up(store, later(minutes=minutes), refuses("C2"), mail)]
    assert told == ["slack C2: channel_not_found"]
    (notice,) = mail.accepted
    assert (notice.kind, notice.to) == ("notice", "owner@example.org")
    assert isinstance(notice.brief, AlertBrief)
    wording(notice.brief.subject)
    assert (ask(store, outbox_store.state_counts)["dead"], ask(store, outbox_store.state_counts)["sent"]) == (4, 8 + 1)


def test_a_notice_that_cannot_be_delivered_either_makes_no_end_of_notices(store: Store) -> None:
    enqueue(store, item("a", to="C1"))
    gone = refuses("C1", "C9", "owner@example.org")
    for hours in range(40):
        given_up(store, later(hours=hours), gone, gone, Route("boss", "slack", "C9"), OWNER)
    assert [(row.kind, row.to) for row in ask(store, outbox_store.items)] == [
        ("alert", "C1"),
        ("notice", "C9"),
        ("notice", "owner@example.org"),
    ]


def test_a_message_that_our_own_code_cannot_make_is_told_to_the_owner_even_in_the_same_place(store: Store) -> None:
    enqueue(store, item("poison", payload="{"))
    slack = Channel()
    for minutes in range(60):
        given_up(store, later(minutes=minutes), slack, Channel(), DESK)
    (notice,) = slack.accepted
    assert (notice.kind, notice.to) == ("notice", "C1")


def test_a_row_that_our_own_code_cannot_send_steps_aside_and_is_given_up(store: Store) -> None:
    enqueue(store, item("poison"), item("b"), item("c"))
    faults: Callable[[OutboundMessage], DeliveryReceipt] = Channel()

    def send(parcel: OutboundMessage) -> DeliveryReceipt:
        if parcel.message_id == "poison":
            raise RenderError("undefined: mood", subject="alert.html.j2")
        return faults(parcel)

    deliver(store, slack=send)
    deliver(store, later(seconds=2), slack=send)
    assert isinstance(faults, Channel)
    assert faults.names == ["b", "c"]
    deliver_all(store, slack=send)
    assert row(store, "poison").state == "dead"
    assert "template: undefined: mood" in row(store, "poison").error


def test_the_text_of_a_foreign_error_is_not_kept(store: Store) -> None:
    enqueue(store, item("m"))
    deliver(store, slack=Channel(before=[ValueError("https://hooks.example.org/T0/canary")]))
    assert "canary" not in row(store, "m").error
    assert row(store, "m").error.startswith("ValueError at test_delivery.py:")
    assert row(store, "m").repeat, "it may have been raised after the channel took the message"


def test_a_dead_letter_can_be_sent_again_by_hand(store: Store) -> None:
    enqueue(store, item("a"), item("b"))
    slack = Channel(before=[ChannelError("not_in_channel", permanent=True)] * 2)
    deliver(store, slack=slack)
    assert do(store, outbox_store.requeue, later(minutes=1), [1]) == 1
    deliver(store, later(minutes=1), slack=slack)
    assert slack.names == ["a"]
    assert row(store, "b").state == "dead"


def by_eight(
    store: Store, send: Sender, owner: str = "worker", clock: Callable[[], datetime] = later
) -> DeliveryReport:
    """One delivery of mail by eight senders."""
    return delivery.deliver(store, {"email": send}, clock(), owner=owner, rng=lambda: 0.5, clock=clock, hands=8)


def mails(count: int, lanes: int) -> list[NewOutboxItem]:
    return [item(f"m{n}", "email", f"{n % lanes}@example.org") for n in range(count)]


def test_two_workers_of_eight_senders_send_each_message_once(store: Store) -> None:
    enqueue(store, *mails(60, 15))
    mail = Channel()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda n: by_eight(store, mail, f"w{n}"), range(2)))
    deliver_all(store, later(minutes=1), email=mail)
    assert Counter(mail.names) == Counter(f"m{n}" for n in range(60))


def test_eight_senders_keep_the_order_of_each_address_and_thread(store: Store) -> None:
    enqueue(store, *mails(48, 6))
    mail, together, being_sent = Channel(), threading.Barrier(6), set[str]()

    def send(parcel: OutboundMessage) -> DeliveryReceipt:
        assert parcel.to not in being_sent, "two at once to one address"
        being_sent.add(parcel.to)
        together.wait(20)
        receipt = mail(parcel)
        being_sent.remove(parcel.to)
        return receipt

    by_eight(store, send)
    for lane in range(6):
        own = [parcel for parcel in mail.accepted if parcel.to == f"{lane}@example.org"]
        assert [parcel.message_id for parcel in own] == [f"m{n}" for n in range(lane, 48, 6)]
        assert [parcel.thread for parcel in own] == [None] + [f"thread-m{lane}"] * 7


def test_a_recipient_that_hangs_or_fails_holds_up_no_other_and_no_message_that_is_queued_meanwhile(
    store: Store,
) -> None:
    enqueue(store, *mails(20, 10))
    mail, others = Channel(), threading.Event()

    def send(parcel: OutboundMessage) -> DeliveryReceipt:
        if parcel.to == "0@example.org":
            assert others.wait(20), "all others were sent meanwhile"
        if parcel.to == "1@example.org":
            raise ChannelError("451 come again")
        receipt = mail(parcel)
        if len(mail.accepted) == 16:
            enqueue(store, item("news", "email", "2@example.org"))
        if parcel.message_id == "news":
            others.set()
        return receipt

    report = by_eight(store, send)
    assert len(mail.accepted) == 19
    assert report.next_at is not None
    assert report.next_at > NOW, "the address that failed waits"


def test_each_address_keeps_its_pace_under_eight_senders(store: Store) -> None:
    enqueue(store, *(item(f"m{n}", to=f"C{n % 3}") for n in range(9)))
    clock, slack = SimulatedClock(NOW), Channel()
    for seconds in range(3):
        clock.move(later(seconds=seconds))
        report = delivery.deliver(store, {"slack": slack}, clock(), owner="w", rng=lambda: 0.5, clock=clock, hands=8)
        assert sorted(slack.names) == [f"m{n}" for n in range(3 * seconds + 3)]
        assert report.next_at in (later(seconds=seconds + 1), None)


def test_a_server_that_refuses_gets_fewer_senders_but_more_than_one(store: Store) -> None:
    enqueue(store, *mails(11, 11))
    first, at_once, sends, lock = threading.Barrier(8), list[int](), Counter[str](), threading.Lock()

    def send(parcel: OutboundMessage) -> DeliveryReceipt:
        with lock:
            sends["begun"] += 1
            refused = sends["begun"] <= 8
            at_once.append(sends["begun"] - sends["ended"])
        if refused:
            first.wait(20)
        with lock:
            sends["ended"] += 1
        if refused:
            raise ChannelError("421 too many connections")
        return DeliveryReceipt("ref")

    by_eight(store, send)
    assert max(at_once[:8]) == 8
    assert at_once[8] <= 2


def test_a_broken_channel_is_tried_by_one_of_its_senders(store: Store) -> None:
    enqueue(store, *mails(20, 20))
    do(store, outbox_store.open_circuit, "email", "revoked", NOW, NOW)
    mail = Channel(before=[ChannelError("revoked", broken=True)] * 20)
    by_eight(store, mail)
    assert mail.asked == 1


def test_a_message_is_announced_once_it_is_committed(store: Store) -> None:
    told = list[str]()
    store.queued = lambda: told.append(row(store, "m").state)
    with suppress(PowerCut), store.begin() as conn:
        outbox_store.enqueue(conn, [item("lost")], NOW)
        raise PowerCut
    assert told == []
    enqueue(store, item("m"))
    assert told == ["waiting"]


BEFORE = (
    None,
    PowerCut(),
    ChannelError("503"),
    ChannelError("lost", uncertain=True),
    ChannelError("429", retry_after=3),
    ChannelError("revoked", broken=True),
    RuntimeError("bug"),
)
AFTER = (None, PowerCut(), ChannelError("lost", uncertain=True), RuntimeError("bug"))


@pytest.mark.slow
def test_random_interleavings_lose_nothing(store: Store) -> None:
    now = NOW
    for seed in range(20):
        now = _one_interleaving(store, random.Random(seed), seed, now)


def _one_interleaving(store: Store, dice: random.Random, seed: int, now: datetime) -> datetime:
    """Three messages through three deliveries with faults anywhere, by two workers that may die; then the fault is
    over."""
    names = {f"{seed}-m{n}" for n in range(3)}
    enqueue(store, *(item(name, dice.choice(["slack", "email"]), dice.choice("ab")) for name in sorted(names)))
    slack, mail = Channel(), Channel()
    for _ in range(3):
        for channel in (slack, mail):
            channel.before, channel.after = [dice.choice(BEFORE)], [None, dice.choice(AFTER)]
        with suppress(PowerCut):
            deliver(store, now, owner=dice.choice(["one", "two"]), slack=slack, email=mail)
        now += timedelta(seconds=dice.choice([1, 30, 400]))
    slack.before, slack.after, mail.before, mail.after = [], [], [], []
    now = deliver_all(store, now + delivery.LEASE, slack=slack, email=mail)
    do(store, outbox_store.requeue, now)
    now = deliver_all(store, now + timedelta(minutes=1), slack=slack, email=mail)
    accepted = slack.accepted + mail.accepted
    assert {parcel.message_id for parcel in accepted} == names
    assert {row.message_id for row in ask(store, outbox_store.items) if row.state == "sent"} >= names
    seen: set[str] = set()
    for parcel in accepted:
        assert parcel.repeat or parcel.message_id not in seen, "a second copy says that it may be one"
        seen.add(parcel.message_id)
    return now + timedelta(minutes=1)


@dataclass(slots=True)
class LockedDatabase:
    """Another program that holds the write lock from the moment of a send, for so many further attempts."""

    store: Store
    attempts: int
    _held: Connection | None = None

    def take(self) -> None:
        self._held = self.store.engine.connect().execution_options(begin_mode="IMMEDIATE")
        self._held.begin()

    def give_up(self, seconds: float) -> bool:
        self.attempts -= 1
        if self.attempts == 0 and self._held is not None:
            self._held.close()
        return self.attempts < 0


def test_a_result_that_cannot_be_recorded_is_recorded_by_the_sender_as_soon_as_it_can_be(tmp_path: Path) -> None:
    with closing(open_store(f"sqlite:///{tmp_path / 'monitor.db'}", patience=0.05)) as store:
        enqueue(store, item("a"), item("b"))
        other, slack = LockedDatabase(store, attempts=2), Channel()

        def send(parcel: OutboundMessage) -> DeliveryReceipt:
            if parcel.message_id == "a":
                other.take()
            return slack(parcel)

        report = delivery.deliver(store, {"slack": send}, NOW, owner="w", rng=lambda: 0.5, give_up=other.give_up)
        assert report.sent == [1]
        deliver_all(store, slack=slack)
        assert slack.names == ["a", "b"], "neither is repeated, and the second does not wait for a lease"


def test_a_stopping_sender_leaves_an_unrecorded_result_to_its_lease(tmp_path: Path) -> None:
    with closing(open_store(f"sqlite:///{tmp_path / 'monitor.db'}", patience=0.05)) as store:
        enqueue(store, item("a"))
        other = LockedDatabase(store, attempts=0)

        def send(parcel: OutboundMessage) -> DeliveryReceipt:
            other.take()
            return DeliveryReceipt("ref")

        with pytest.raises(StoreError):
            delivery.deliver(store, {"slack": send}, NOW, owner="w", rng=lambda: 0.5, give_up=other.give_up)
        other.attempts = 1
        other.give_up(0)
        assert row(store, "a").state == "leased"


def test_a_channel_is_overdue_if_it_tries_nothing_of_what_is_due(store: Store) -> None:
    enqueue(store, item("a"), item("b", to="C2"))
    overdue = partial(outbox_store.overdue_channels, patience=timedelta(minutes=2))
    assert ask(store, overdue, later(minutes=1)) == {}
    assert ask(store, overdue, later(minutes=3)) == {"slack": NOW}
    deliver(store, later(minutes=3), slack=Channel(before=[ChannelError("busy")]))
    assert ask(store, overdue, later(minutes=4)) == {}, "it works, and its waiting message has a time"

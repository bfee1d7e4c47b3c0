"""Signed links on a real database: each acts once, for the recipient of its own message only, and never on a
verdict."""

import shlex
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from monitor.domain.messages.action_links import LinkAction, SignedFields, token_of
from monitor.domain.messages.briefs import AlertBrief
from monitor.domain.model import Intervention, Route, Severity
from monitor.domain.pages.link_page import PRESS, LinkPage, Press
from monitor.domain.verdicts.interventions import open_reports
from monitor.pipeline import link_actions
from monitor.pipeline.delivery import deliver
from monitor.store import outbox as outbox_store
from monitor.store import verdict_records
from monitor.store.json_codec import from_json
from monitor.store.outbox import Settlement
from monitor.store.tables import Item
from tests.builders.databases import ask, do, later, polled_feed
from tests.builders.golden_wording import GoldenWording
from tests.builders.pipeline_steps import Monitor
from tests.builders.small_rulebook import BUYS, CANCELS

KEY = b"k" * 40
SECOND = polled_feed("second", "https://second.example/rss", "Second Wire", 600)
ANN = Route("desk", "email", "Ann@deals.example", least_severity=Severity.ROUTINE)
BOB = replace(ANN, name="desk/bob@deals.example", to="bob@deals.example")
OWNER = Route("owner", "email", "owner@deals.example", commitments=("tiktok",))
LAST_DAY = later(days=60).date()
HEARD, PRESSED = later(hours=1), later(hours=2)
UNSUBSCRIBE, WRONG = LinkAction.UNSUBSCRIBE, LinkAction.WRONG


@pytest.fixture
def sent(monitor: Monitor) -> Monitor:
    """A monitor with an alert for Ann and one for Bob in its outbox."""
    monitor.routes = (ANN, BOB, OWNER)
    monitor.begin()
    monitor.news(CANCELS, HEARD - timedelta(minutes=5))
    monitor.review(HEARD)
    assert [row.to for row in rows(monitor)] == [ANN.to, BOB.to]
    return monitor


def rows(monitor: Monitor) -> tuple[Item, ...]:
    return ask(monitor.store, outbox_store.items)


def states(monitor: Monitor, to: str) -> list[str]:
    return [row.state for row in rows(monitor) if row.to == to]


def recorded(monitor: Monitor) -> list[Intervention]:
    return [each for group in ask(monitor.store, verdict_records.interventions).values() for each in group]


def token(monitor: Monitor, action: LinkAction, to: str = ANN.to, number: int = 0) -> str:
    item = next(row for row in rows(monitor) if row.to == to and number in (0, row.number))
    return token_of(action, signed(item), LAST_DAY, KEY)


def signed(item: Item) -> SignedFields:
    return SignedFields(item.number, item.message_id, item.channel, item.to, item.commitment)


def press(
    monitor: Monitor, link: str, now: datetime = PRESSED, *, one_click: bool = False, comment: str = ""
) -> LinkPage:
    routes = (OWNER, ANN, BOB)
    pressed = Press("" if one_click else PRESS, one_click, comment)
    return link_actions.press(monitor.store, link, (KEY,), now, pressed, notify=routes, text=lambda item: item.payload)


def show(monitor: Monitor, link: str, now: datetime = PRESSED, keys: tuple[bytes, ...] = (KEY,)) -> LinkPage:
    return ask(monitor.store, link_actions.show, link, keys, now, lambda item: item.payload)


def notices(monitor: Monitor) -> list[AlertBrief]:
    found = [from_json(row.payload) for row in rows(monitor) if row.kind == "notice"]
    return [brief for brief in found if isinstance(brief, AlertBrief)]


def news_for(monitor: Monitor, now: datetime) -> list[str]:
    """The routes that get the next change."""
    before = len(rows(monitor))
    monitor.news(BUYS, now - timedelta(minutes=5))
    monitor.review(now)
    return [row.route for row in rows(monitor)[before:]]


@pytest.mark.parametrize("action", [UNSUBSCRIBE, WRONG])
def test_showing_a_link_explains_it_and_changes_nothing(sent: Monitor, action: LinkAction) -> None:
    page = show(sent, token(sent, action))
    assert (page.state, page.quoted.startswith("Soy")) == ("offer", True)
    assert recorded(sent) == []


def test_an_unsigned_expired_or_foreign_link_does_nothing(sent: Monitor) -> None:
    good, bob = token(sent, UNSUBSCRIBE), next(row for row in rows(sent) if row.to == BOB.to)
    foreign = token_of(UNSUBSCRIBE, signed(bob), LAST_DAY, b"o" * 40)
    unknown = token_of(UNSUBSCRIBE, signed(bob)._replace(number=999), LAST_DAY, KEY)
    elsewhere = token_of(UNSUBSCRIBE, signed(bob)._replace(message_id="of another database"), LAST_DAY, KEY)
    for bad in ("", good[:-1], "A" * 31, foreign, unknown, elsewhere, good[::-1]):
        assert press(sent, bad).state == press(sent, bad, one_click=True).state == show(sent, bad).state == "unknown"
    assert press(sent, good, later(days=61)).state == show(sent, good, later(days=61)).state == "expired"
    assert show(sent, good, keys=(b"n" * 40,)).state == "unknown"
    assert show(sent, good, keys=(b"n" * 40, KEY)).state == "offer", "an older key is still accepted"
    assert press(sent, token(sent, WRONG), one_click=True).state == "mismatch"
    assert recorded(sent) == []
    assert states(sent, ANN.to) == ["waiting"]


def test_an_invalid_link_takes_no_write_lock(sent: Monitor) -> None:
    with sent.store.begin():
        assert press(sent, token_of(UNSUBSCRIBE, signed(rows(sent)[0]), LAST_DAY, b"o" * 40)).state == "unknown"


@pytest.mark.parametrize("action", [UNSUBSCRIBE, WRONG])
def test_a_link_that_is_pressed_many_times_at_once_acts_once(sent: Monitor, action: LinkAction) -> None:
    link = token(sent, action)
    with ThreadPoolExecutor(4) as pool:
        pages = list(pool.map(lambda _: press(sent, link), range(8)))
    assert {page.state for page in pages} == {"done"}
    assert len(recorded(sent)) == 1


def test_an_unreadable_stored_message_can_still_be_unsubscribed(sent: Monitor) -> None:
    with sent.store.begin() as conn:
        row = outbox_store.NewOutboxItem("old", "alert", "desk", "email", ANN.to, "soy", "{broken")
        outbox_store.enqueue(conn, [row], PRESSED)
    link = token(sent, UNSUBSCRIBE, number=rows(sent)[-1].number)
    assert show(sent, link).state == "offer"
    assert press(sent, link).state == "done"


def test_an_unsubscribed_address_gets_no_more_messages_and_others_do(sent: Monitor) -> None:
    assert press(sent, token(sent, UNSUBSCRIBE)).state == "done"
    assert states(sent, ANN.to) == ["expired"], "waiting messages expire"
    assert states(sent, BOB.to) == ["waiting"]
    assert news_for(sent, later(hours=4)) == ["desk/bob@deals.example"]
    (entry,) = recorded(sent)
    assert (entry.kind, entry.subject, entry.by) == ("unsubscribe", "desk/ann@deals.example", "a reader of desk")


def test_the_owner_is_notified_with_the_command_to_undo_it(sent: Monitor, wording: GoldenWording) -> None:
    press(sent, token(sent, UNSUBSCRIBE))
    do(
        sent.store,
        link_actions.unsubscribe,
        "desk",
        "o'neil@x.example",
        PRESSED,
        by="Kim",
        reason="she asked.",
        notify=(OWNER,),
    )
    for notice, to in zip(notices(sent), (ANN.to, "o'neil@x.example"), strict=True):
        text = [notice.headline.text, *(line.quote for line in notice.evidence.lines), notice.confidence, notice.next]
        command = next(part for part in text if "deal-monitor " in part and "--undo" in part).partition(
            "deal-monitor "
        )[2]
        assert shlex.split(command) == ["routes", "unsubscribe", "desk", to, "WHY", "--undo"]
        wording(text)
    assert states(sent, OWNER.to) == ["waiting", "waiting"]


def test_an_unsubscribed_owner_gets_no_notices_and_another_route_does(sent: Monitor) -> None:
    press(sent, token(sent, UNSUBSCRIBE))
    press(sent, token(sent, UNSUBSCRIBE, OWNER.to))
    assert states(sent, OWNER.to) == ["expired"]
    assert [row.to for row in rows(sent) if row.kind == "notice" and row.state == "waiting"] == [BOB.to]


def test_a_message_prepared_before_the_address_left_is_not_queued_after(sent: Monitor) -> None:
    row = outbox_store.NewOutboxItem("late", "alert", "desk", "email", "ANN@deals.example", "soy", "{}")
    press(sent, token(sent, UNSUBSCRIBE))
    do(sent.store, outbox_store.enqueue, [row, replace(row, message_id="other", route="owner")], PRESSED)
    assert [item.message_id for item in rows(sent)][-1] == "other", "the same address on another route is not affected"


def test_no_step_prepares_messages_for_an_address_that_left_again_and_again(sent: Monitor) -> None:
    for to in (ANN.to, BOB.to):
        press(sent, token(sent, UNSUBSCRIBE, to))
    sent.news(CANCELS.replace("three orders", "all its orders"), later(hours=3), SECOND)
    assert sent.review(later(hours=4)).messages == ()


def test_a_message_that_is_being_sent_is_not_retried(sent: Monitor) -> None:
    link = token(sent, UNSUBSCRIBE)
    item = do(sent.store, outbox_store.claim, ["email"], "worker", PRESSED, later(hours=3))
    assert item is not None
    assert item.to == ANN.to
    press(sent, link)
    do(sent.store, outbox_store.settle, item, Settlement("waiting", "failed", "timeout"), PRESSED)
    assert states(sent, ANN.to) == ["expired"]
    delivered = list[str]()
    senders = {"email": lambda message: delivered.append(message.to)}
    deliver(sent.store, senders, PRESSED, owner="w", rng=lambda: 0.5)  # type: ignore[arg-type]
    assert ANN.to not in delivered


def test_a_resubscribed_address_gets_messages_and_its_link_works_again(sent: Monitor) -> None:
    link = token(sent, UNSUBSCRIBE)
    press(sent, link)
    do(sent.store, link_actions.resubscribe, recorded(sent)[0], later(hours=3), by="Kim", reason="by mistake")
    assert show(sent, link).state == "offer"
    assert news_for(sent, later(hours=4)) == ["desk", "desk/bob@deals.example"]


def test_a_report_reaches_the_owner_with_evidence_and_changes_nothing(sent: Monitor, wording: GoldenWording) -> None:
    before = sent.published()
    item = next(row for row in rows(sent) if row.to == ANN.to)
    for _ in range(3):
        assert press(sent, token(sent, WRONG), comment="it is about\nbarley").state == "done"
    sent.review(later(hours=4))
    assert sent.published().published == before.published
    (notice,) = notices(sent)
    text = [notice.headline.text, *(line.quote for line in notice.evidence.lines), notice.confidence, notice.next]
    assert f"deal-monitor evidence reject {item.evidence[0][:12]} WHY" in "\n".join(text)
    wording(text, hide={key[:12]: f"SIGNAL-{number}" for number, key in enumerate(item.evidence)})
    (report,) = recorded(sent)
    assert (report.kind, report.commitment, report.subject) == ("report", "soy", str(item.number))
    assert report.reason == "it is about barley"
    assert len(open_reports([report], later(days=30))) == 1
    assert open_reports([report], later(days=31)) == ()
    assert show(sent, token(sent, WRONG, BOB.to)).state == "offer", "each recipient has links of its own"

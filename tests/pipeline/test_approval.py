"""On a route with approval nothing leaves without a decision, and what is decided leaves as it was shown."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from monitor.domain.messages.action_links import LinkAction, LinkMaker, SignedFields, token_of
from monitor.domain.messages.briefs import AlertBrief, DeliveryReceipt, OutboundMessage
from monitor.domain.model import Route, Severity
from monitor.domain.model.routes import Cadence
from monitor.domain.pages.link_page import LinkPage, Press
from monitor.pipeline import approvals, delivery, digests, link_actions
from monitor.store import outbox as outbox_store
from monitor.store import verdict_records
from monitor.store.json_codec import from_json
from monitor.store.tables import Item
from tests.builders.databases import ask, do, later
from tests.builders.golden_wording import GoldenWording
from tests.builders.pipeline_steps import HERALD, Monitor
from tests.builders.small_rulebook import BUYS, CANCELS, TANKERS

KEY = b"k" * 40
PRESS = Route("press", "email", "ann@deals.example", least_severity=Severity.ROUTINE, approval=True)
OWNER = Route("owner", "email", "kim@deals.example", commitments=("none",), digest=Cadence("day", 0, "08:00"))
HEARD = later(hours=1)


@pytest.fixture
def edited(monitor: Monitor) -> Monitor:
    """A monitor whose press route waits for an editor, with one alert on soybeans."""
    monitor.routes = (PRESS, OWNER)
    monitor.begin()
    tells(monitor, BUYS, HEARD)
    return monitor


def tells(monitor: Monitor, title: str, now: datetime) -> None:
    monitor.news(title, now - timedelta(minutes=5))
    monitor.review(now)


def rows(monitor: Monitor, *states: str) -> tuple[Item, ...]:
    found = ask(monitor.store, outbox_store.items, states or None)
    return tuple(row for row in found if row.route == PRESS.name)


def sent(monitor: Monitor, now: datetime) -> list[OutboundMessage]:
    taken: list[OutboundMessage] = []

    def send(message: OutboundMessage) -> DeliveryReceipt:
        taken.append(message)
        return DeliveryReceipt(message.message_id)

    delivery.deliver(monitor.store, {"email": send}, now, owner="test", rng=lambda: 0.5)
    return taken


def decide(monitor: Monitor, to: outbox_store.Decided, now: datetime) -> None:
    held = [row.number for row in rows(monitor, "held")]
    assert do(monitor.store, outbox_store.decide, held, to=to, by="Ann", why="", now=now) == len(held) > 0


def correct(monitor: Monitor, now: datetime) -> None:
    """The outlet withdraws its report on soybeans."""
    withdrawn = replace(monitor.entry(BUYS, 1, HEARD - timedelta(minutes=5)), title="No trade today")
    monitor.poll(now - timedelta(minutes=5), withdrawn, feed=HERALD)
    monitor.review(now)


def test_a_released_message_leaves_once_as_it_was_and_a_dropped_one_never(edited: Monitor) -> None:
    (held,) = rows(edited)
    tells(edited, TANKERS, later(hours=2))
    assert sent(edited, later(hours=3)) == []
    assert do(edited.store, outbox_store.decide, [held.number], to="waiting", by="Ann", why="", now=HEARD) == 1
    assert do(edited.store, outbox_store.decide, [held.number], to="dropped", by="Bob", why="", now=HEARD) == 0
    (message,) = sent(edited, later(hours=4))
    assert (message.number, message.brief) == (held.number, from_json(held.payload))
    decide(edited, "dropped", later(hours=5))
    assert sent(edited, later(days=9)) == []
    assert [(row.state, row.decided_by) for row in rows(edited)] == [("sent", "Ann"), ("dropped", "Ann")]


def test_what_waited_before_the_route_had_approval_is_held_too(monitor: Monitor) -> None:
    monitor.routes = (replace(PRESS, name="press/ann@deals.example", approval=False), OWNER)
    monitor.begin()
    tells(monitor, BUYS, HEARD)
    do(monitor.store, outbox_store.hold_undecided, ["press"], later(days=3))
    assert [row.state for row in ask(monitor.store, outbox_store.items)] == ["held"]
    assert sent(monitor, later(hours=2)) == []


def test_one_message_on_a_commitment_waits_and_a_withdrawn_report_leaves_none(edited: Monitor) -> None:
    tells(edited, CANCELS, later(hours=2))
    tells(edited, TANKERS, later(hours=3))
    assert [(row.commitment, row.state) for row in rows(edited)] == [
        ("soy", "expired"),
        ("soy", "held"),
        ("ships", "held"),
    ]
    assert rows(edited)[0].error == outbox_store.REPLACED


@pytest.mark.parametrize(
    ("decision", "expected"),
    [(None, ["expired"]), ("dropped", ["dropped"]), ("waiting", ["waiting", "held"])],
    ids=["undecided", "rejected", "approved"],
)
def test_only_the_correction_of_an_approved_message_is_sent_and_waits_itself(
    edited: Monitor, decision: outbox_store.Decided | None, expected: list[str]
) -> None:
    if decision is not None:
        decide(edited, decision, later(hours=2))
    correct(edited, later(hours=3))
    assert [row.state for row in rows(edited)] == expected
    assert {row.kind for row in rows(edited)[1:]} <= {"correction"}


def test_a_decision_before_the_replacement_is_written_keeps_the_message(edited: Monitor) -> None:
    (held,) = rows(edited)
    decide(edited, "waiting", later(hours=2))
    assert do(edited.store, outbox_store.supersede, [held.number], later(hours=2)) == 0
    tells(edited, CANCELS, later(hours=3))
    assert [row.state for row in rows(edited)] == ["waiting", "held"]


def asked(monitor: Monitor, now: datetime) -> int:
    routes = ([PRESS.name], (OWNER,), now)
    return approvals.ask_owner(monitor.store, *routes, lambda item: f"Text of {item.number}\nin full\n")


def test_the_owner_is_asked_once_about_each_message_in_one_notice_for_several(
    edited: Monitor, wording: GoldenWording
) -> None:
    tells(edited, TANKERS, later(hours=2))
    assert [asked(edited, later(hours=2)), asked(edited, later(hours=3))] == [2, 0]
    (notice,) = (row for row in ask(edited.store, outbox_store.items) if row.route == OWNER.name)
    brief = from_json(notice.payload)
    assert isinstance(brief, AlertBrief)
    assert (notice.state, [held.lines for held in brief.held]) == (
        "waiting",
        [(f"Text of {row.number}", "in full") for row in rows(edited)],
    )
    wording([brief.subject, brief.note, brief.confidence, *(line.quote for line in brief.evidence.lines), brief.next])
    message = OutboundMessage(notice.message_id, notice.number, "email", OWNER.to, "notice", "", brief)
    links = LinkMaker("https://deals.example", KEY).links(message).decide
    assert [link.rpartition("/")[2] for link in links] == [token(row) for row in rows(edited)]


def token(row: Item) -> str:
    assert row.held_until is not None
    fields = SignedFields(row.number, row.message_id, row.channel, row.to, row.commitment)
    return token_of(LinkAction.DECIDE, fields, row.held_until.date(), KEY)


def press(monitor: Monitor, link: str, pressed: Press, now: datetime = HEARD) -> LinkPage:
    shown = "The whole message".format
    return link_actions.press(monitor.store, link, (KEY,), now, pressed, notify=(OWNER,), text=shown)


def test_a_link_shows_the_message_and_one_press_with_a_name_decides(edited: Monitor, wording: GoldenWording) -> None:
    (row,) = rows(edited)
    link = token(row)
    page = ask(edited.store, link_actions.show, link, (KEY,), HEARD, "The whole message".format)
    assert page.text == ("The whole message",)
    wording([page.heading, *page.lines, *(label for _, label in page.buttons)])
    for scanner in (Press("", one_click=True), Press("yes"), Press("", name="x"), Press("approve", name=" ")):
        press(edited, link, scanner)
    assert rows(edited) == (row,)
    with ThreadPoolExecutor(4) as pool:
        choices = [Press(choice, name="Ann Lee", comment="old") for choice in ("mute", "approve", "reject") * 2]
        pages = [page.lines for page in pool.map(lambda choice: press(edited, link, choice), choices)]
    (decided,) = rows(edited)
    assert (len(set(pages)), decided.decided_by, decided.decided_why) == (1, "Ann Lee (by a signed link)", "old")


def test_a_press_on_mute_drops_the_message_and_mutes_its_commitment(edited: Monitor) -> None:
    press(edited, token(rows(edited)[0]), Press("mute", name="Ann"))
    tells(edited, CANCELS, later(hours=2))
    assert [row.state for row in rows(edited)] == ["dropped"]
    (mute,) = ask(edited.store, verdict_records.interventions)[""]
    assert (mute.kind, mute.subject, mute.by) == ("mute", "soy", "Ann (by a signed link)")


def test_an_undecided_message_expires_and_the_owner_reads_of_it_in_the_digest(
    edited: Monitor, wording: GoldenWording
) -> None:
    (row,) = rows(edited)
    end = later(hours=74)
    assert press(edited, token(row), Press("approve", name="Ann"), end).heading == "Not sent"
    assert sent(edited, end) == []
    digest = ask(edited.store, digests.build_digest, edited.rules, OWNER, (), HEARD, later(hours=75), owner="owner")
    wording(digest.counts)


def test_a_digest_waits_too_and_has_no_page_before(edited: Monitor) -> None:
    route = replace(PRESS, digest=Cadence("day", 0, "08:00"))
    assert digests.enqueue_due_digests(
        edited.store, edited.rules, [route], lambda: (), later(days=1), lambda *_: "digests/page.html"
    ) == ["press"]
    made = rows(edited)[-1]
    assert (made.kind, made.state, from_json(made.payload).page) == ("digest", "held", "")  # type: ignore[union-attr]

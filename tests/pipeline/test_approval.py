"""On a route with approval nothing leaves without a decision, and what is released leaves as it was shown."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from monitor.domain.messages.action_links import LinkAction, LinkMaker, SignedFields, token_of
from monitor.domain.messages.briefs import AlertBrief, Brief, DeliveryReceipt, OutboundMessage
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
DAILY = Cadence("day", 0, "08:00")
PRESS = Route("press", "email", "ann@deals.example", ("*",), Severity.ROUTINE, digest=DAILY, approval=True)
OWNER = Route("owner", "email", "kim@deals.example", commitments=("none",), digest=DAILY)
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


def rows(monitor: Monitor) -> tuple[Item, ...]:
    return tuple(row for row in ask(monitor.store, outbox_store.items) if row.route == PRESS.name)


def states(monitor: Monitor) -> list[str]:
    return [f"{row.commitment} {row.state}" for row in rows(monitor)]


def sent(monitor: Monitor, now: datetime) -> list[Brief]:
    taken: list[Brief] = []

    def send(message: OutboundMessage) -> DeliveryReceipt:
        taken.append(message.brief)
        return DeliveryReceipt(message.message_id)

    delivery.deliver(monitor.store, {"email": send}, now, owner="test", rng=lambda: 0.5)
    return taken


def decide(monitor: Monitor, number: int, to: outbox_store.Decided, by: str = "Ann") -> int:
    return do(monitor.store, outbox_store.decide, [number], to=to, by=by, why="", now=HEARD)


def test_a_released_message_leaves_once_as_it_was_and_a_dropped_one_never(edited: Monitor) -> None:
    tells(edited, TANKERS, later(hours=2))
    digests.enqueue_due_digests(edited.store, edited.rules, [PRESS], lambda: (), later(days=1))
    first, _, digest = rows(edited)
    assert '"page":""' in digest.payload, "a page would be public"
    assert sent(edited, later(days=1)) == []
    decisions = [decide(edited, 1, "waiting"), decide(edited, 1, "dropped", "Bob"), decide(edited, 2, "dropped")]
    assert (decisions, sent(edited, later(days=1))) == ([1, 0, 1], [from_json(first.payload)])
    assert sent(edited, later(days=9)) == []
    assert states(edited) == ["soy sent", "ships dropped", " expired"]


def test_a_decision_holds_for_every_address_of_the_route_and_the_owner_is_asked_once(edited: Monitor) -> None:
    edited.routes = (PRESS, replace(PRESS, name="press/bob@deals.example", to="bob@deals.example"))
    tells(edited, TANKERS, later(hours=2))
    names = [route.name for route in edited.routes]
    assert [approvals.ask_owner(edited.store, names, (OWNER,), HEARD, "Text".format) for _ in "12"] == [2, 0]
    assert decide(edited, 2, "waiting") == 2
    assert edited.rows() == ["soy held", "ships waiting", "ships waiting", " waiting"]


def test_a_further_change_replaces_an_undecided_message_and_no_decided_one(edited: Monitor) -> None:
    tells(edited, CANCELS, later(hours=2))
    tells(edited, TANKERS, later(hours=3))
    assert states(edited) == ["soy expired", "soy held", "ships held"]
    decide(edited, 2, "waiting")
    assert do(edited.store, outbox_store.supersede, [2], later(hours=3)) == 0
    tells(edited, BUYS.replace("two", "nine"), later(hours=30))
    assert states(edited) == ["soy expired", "soy waiting", "ships held", "soy held"]


@pytest.mark.parametrize(
    ("decision", "expected"),
    [(None, ["expired"]), ("dropped", ["dropped"]), ("waiting", ["waiting", "held"])],
    ids=["undecided", "rejected", "approved"],
)
def test_only_an_approved_message_is_corrected_and_the_correction_waits_too(
    edited: Monitor, decision: outbox_store.Decided | None, expected: list[str]
) -> None:
    if decision is not None:
        decide(edited, 1, decision)
    withdrawn = replace(edited.entry(BUYS, 1, HEARD - timedelta(minutes=5)), title="No trade today")
    edited.poll(later(hours=2), withdrawn, feed=HERALD)
    edited.review(later(hours=3))
    assert [row.state for row in rows(edited)] == expected
    assert {row.kind for row in rows(edited)[1:]} <= {"correction"}


def token(row: Item) -> str:
    assert row.held_until is not None
    fields = SignedFields(row.number, row.message_id, row.channel, row.to, row.commitment)
    return token_of(LinkAction.DECIDE, fields, row.held_until.date(), KEY)


def press(monitor: Monitor, link: str, pressed: Press, now: datetime = HEARD) -> LinkPage:
    return link_actions.press(monitor.store, link, (KEY,), now, pressed, notify=(OWNER,), text="The text".format)


def test_the_owner_is_asked_once_in_one_notice_with_texts_and_links(edited: Monitor, wording: GoldenWording) -> None:
    tells(edited, TANKERS, later(hours=2))
    ask_owner = [approvals.ask_owner(edited.store, ["press"], (OWNER,), HEARD, "Text\nin full".format) for _ in "12"]
    notice, *others = (row for row in ask(edited.store, outbox_store.items) if row.route == OWNER.name)
    brief = from_json(notice.payload)
    assert isinstance(brief, AlertBrief)
    assert (ask_owner, others, notice.state) == ([2, 0], [], "waiting")
    assert [held.lines for held in brief.held] == [("Text", "in full")] * 2
    wording([brief.subject, brief.note, brief.confidence, *(line.quote for line in brief.evidence.lines), brief.next])
    message = OutboundMessage(notice.message_id, notice.number, "email", OWNER.to, "notice", "", brief)
    links = LinkMaker("https://deals.example", KEY).links(message).decide
    assert [link.rpartition("/")[2] for link in links] == [token(row) for row in rows(edited)]


def test_a_link_shows_the_message_and_one_press_with_a_name_decides(edited: Monitor, wording: GoldenWording) -> None:
    (row,) = rows(edited)
    page = ask(edited.store, link_actions.show, token(row), (KEY,), HEARD, "The text".format)
    wording([page.heading, *page.lines, *page.text, *(label for _, label in page.buttons)])
    for scanner in (Press("", one_click=True), Press("yes"), Press("", name="x"), Press("approve", name=" ")):
        press(edited, token(row), scanner)
    assert rows(edited) == (row,)
    with ThreadPoolExecutor(4) as pool:
        choices = [Press(choice, name="Ann Lee", comment="old") for choice in ("mute", "mute", "approve", "reject")]
        pages = {page.lines for page in pool.map(lambda choice: press(edited, token(row), choice), choices)}
    (decided,) = rows(edited)
    assert (len(pages), decided.decided_by, decided.decided_why) == (1, "Ann Lee (by a signed link)", "old")
    tells(edited, TANKERS, HEARD)
    press(edited, token(rows(edited)[1]), Press("mute", name="Ann"))
    mutes = {(mute.subject, mute.by) for mute in ask(edited.store, verdict_records.interventions)[""]}
    assert (states(edited)[1], ("ships", "Ann (by a signed link)") in mutes) == ("ships dropped", True)


def test_an_undecided_message_expires_and_the_owner_reads_of_it(edited: Monitor, wording: GoldenWording) -> None:
    assert press(edited, token(rows(edited)[0]), Press("approve", name="Ann"), later(hours=74)).heading == "Not sent"
    digest = ask(edited.store, digests.build_digest, edited.rules, OWNER, (), HEARD, later(hours=75), owner="owner")
    wording(digest.remarks)

"""What signed links do to a real database: once, for the place of their message alone, and never to a verdict."""

from __future__ import annotations

import shlex
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from monitor.pipeline.site import link_actions
from monitor.pipeline.site.link_actions import Pressed

from monitor.domain.messages.action_links import Deed, token_of
from monitor.domain.messages.briefs import AlertBrief
from monitor.domain.model import Intervention, Route, Severity
from monitor.domain.pages.link_page import LinkPage
from monitor.domain.verdicts.interventions import open_reports
from monitor.pipeline import further_evidence
from monitor.pipeline.delivery import deliver
from monitor.store import outbox as outbox_store
from monitor.store import verdict_records
from monitor.store.codec.json_codec import from_json
from monitor.store.outbox import Settlement
from monitor.store.tables import Item
from tests.builders.databases import later, polled_feed
from tests.builders.pipeline_steps import Monitor
from tests.builders.small_rulebook import BUYS, CANCELS

KEY = b"k" * 40
SECOND = polled_feed("second", "https://second.example/rss", "Second Wire", 600)
DO, UNDO, ONE_CLICK = Pressed(), Pressed(undo=True), Pressed(one_click=True)
ANN = Route("desk", "email", "Ann@deals.example", least_severity=Severity.ROUTINE, further=True)
BOB = replace(ANN, name="desk/bob@deals.example", to="bob@deals.example")
OWNER = Route("owner", "email", "owner@deals.example", commitments=("tiktok",))
LAST_DAY = later(days=60).date()
HEARD, PRESSED = later(hours=1), later(hours=2)


@pytest.fixture
def told(monitor: Monitor) -> Monitor:
    """A monitor that has an alert for Ann and one for Bob in its outbox."""
    monitor.routes = (ANN, BOB, OWNER)
    monitor.begin()
    monitor.news(CANCELS, HEARD - timedelta(minutes=5))
    monitor.review(HEARD)
    assert [row.to for row in rows(monitor)] == [ANN.to, BOB.to]
    return monitor


def rows(monitor: Monitor) -> tuple[Item, ...]:
    with monitor.store.read() as conn:
        return outbox_store.items(conn)


def states(monitor: Monitor, to: str) -> list[str]:
    return [row.state for row in rows(monitor) if row.to == to]


def acts(monitor: Monitor) -> list[Intervention]:
    with monitor.store.read() as conn:
        return [act for group in verdict_records.interventions(conn).values() for act in group]


def token(monitor: Monitor, deed: Deed, to: str = ANN.to, number: int = 0) -> str:
    item = next(row for row in rows(monitor) if row.to == to and number in (0, row.number))
    return token_of(deed, item, LAST_DAY, KEY)


def press(monitor: Monitor, link: str, pressed: Pressed = DO, now: datetime = PRESSED) -> LinkPage:
    return link_actions.press(monitor.store, link, (KEY,), now, pressed, (OWNER, ANN, BOB))


def look(monitor: Monitor, link: str, now: datetime = PRESSED, keys: tuple[bytes, ...] = (KEY,)) -> LinkPage:
    with monitor.store.read() as conn:
        return link_actions.look(conn, link, keys, now)


def notices(monitor: Monitor) -> list[AlertBrief]:
    found = [from_json(row.payload) for row in rows(monitor) if row.kind == "notice"]
    return [brief for brief in found if isinstance(brief, AlertBrief)]


def news_for(monitor: Monitor, now: datetime) -> list[str]:
    """The routes that hear of the next change."""
    before = len(rows(monitor))
    monitor.news(BUYS, now - timedelta(minutes=5))
    monitor.review(now)
    return [row.route for row in rows(monitor)[before:]]


# ---------------------------------------------------------------- looking, and links that open nothing


def test_looking_shows_what_will_happen_and_changes_nothing(told: Monitor) -> None:
    for deed in Deed:
        page = look(told, token(told, deed))
        assert (page.state, page.undo) == ("offer", "")
        assert page.said.startswith("Soy")
    assert acts(told) == []


@pytest.mark.parametrize("pressed", [DO, UNDO, ONE_CLICK])
def test_what_is_not_signed_expired_or_for_another_message_does_nothing(told: Monitor, pressed: Pressed) -> None:
    good, bob = token(told, Deed.UNSUBSCRIBE), next(row for row in rows(told) if row.to == BOB.to)
    foreign = token_of(Deed.UNSUBSCRIBE, bob, LAST_DAY, b"o" * 40)
    unknown = token_of(Deed.UNSUBSCRIBE, bob.changed(number=999), LAST_DAY, KEY)
    for bad in ("", good[:-1], "A" * 31, foreign, unknown, good[::-1]):
        assert press(told, bad, pressed).state == "unknown"
        assert look(told, bad).state == "unknown"
    assert press(told, good, pressed, later(days=61)).state == "expired"
    assert look(told, good, later(days=61)).state == "expired"
    assert look(told, good, keys=(b"n" * 40,)).state == "unknown"
    assert look(told, good, keys=(b"n" * 40, KEY)).state == "offer", "the key of before is still accepted"
    assert acts(told) == []
    assert states(told, ANN.to) == ["waiting"]


def test_whoever_guesses_at_links_waits_for_no_writer(told: Monitor) -> None:
    foreign = token_of(Deed.UNSUBSCRIBE, rows(told)[0], LAST_DAY, b"o" * 40)
    with told.store.begin():
        assert press(told, foreign).state == "unknown"


def test_a_link_of_another_database_fits_no_message_of_this_one(told: Monitor) -> None:
    elsewhere = rows(told)[0].changed(message_id="another")
    assert look(told, token_of(Deed.UNSUBSCRIBE, elsewhere, LAST_DAY, KEY)).state == "unknown"


# ---------------------------------------------------------------- unsubscribe


def test_who_unsubscribes_gets_nothing_more_and_nobody_else_notices(told: Monitor) -> None:
    assert press(told, token(told, Deed.UNSUBSCRIBE)).state == "done"
    assert states(told, ANN.to) == ["expired"], "what waited"
    assert states(told, BOB.to) == ["waiting"]
    assert news_for(told, later(hours=4)) == ["desk/bob@deals.example"]
    (act,) = acts(told)
    assert (act.kind, act.subject, act.by) == ("unsubscribe", "desk/ann@deals.example", "a reader of desk")


def test_the_owner_is_told_who_left_and_how_to_undo_it(told: Monitor) -> None:
    press(told, token(told, Deed.UNSUBSCRIBE))
    (notice,) = notices(told)
    assert notice.first_line == "UNSUBSCRIBED · desk · a reader has left"
    assert (
        notice.why
        == "Ann@deals.example gets nothing more of the route desk; a reader unsubscribed it by the link in message 1."
    )
    assert "deal-monitor routes unsubscribe --undo desk Ann@deals.example WHY" in notice.back
    assert states(told, OWNER.to) == ["waiting"]


def test_who_is_unsubscribed_by_a_command_is_told_of_in_its_words(told: Monitor) -> None:
    with told.store.begin() as conn:
        link_actions.leave(conn, "desk", "o'neil@x.example", PRESSED, by="Kim", reason="she asked.", notify=(OWNER,))
    (notice,) = notices(told)
    assert notice.why == "o'neil@x.example gets nothing more of the route desk; Kim unsubscribed it: she asked."
    assert "link" not in notice.sure
    assert notice.evidence[0].outlet == "Kim"
    command = notice.back.partition("deal-monitor ")[2]
    assert shlex.split(command) == ["routes", "unsubscribe", "--undo", "desk", "o'neil@x.example", "WHY"]


def test_an_owner_who_unsubscribes_is_told_nothing_more_and_another_route_is(told: Monitor) -> None:
    press(told, token(told, Deed.UNSUBSCRIBE))
    owners = token(told, Deed.UNSUBSCRIBE, OWNER.to)
    press(told, owners)
    assert states(told, OWNER.to) == ["expired"]
    assert [row.to for row in rows(told) if row.kind == "notice" and row.state == "waiting"] == [BOB.to]


def test_what_a_program_made_before_the_address_left_is_not_queued_after(told: Monitor) -> None:
    row = outbox_store.NewOutboxItem("late", "alert", "desk", "email", "ANN@deals.example", "soy", "{}")
    press(told, token(told, Deed.UNSUBSCRIBE))
    with told.store.begin() as conn:
        outbox_store.enqueue(conn, [row, replace(row, message_id="other", route="owner")], PRESSED)
    assert [item.message_id for item in rows(told)][-1] == "other", "the same address in another route is not concerned"


def test_no_step_works_again_and_again_for_who_has_left(told: Monitor) -> None:
    """What is dropped at the door is in no sent log: a step that did not ask first would make the same message each minute."""
    for to in (ANN.to, BOB.to):
        press(told, token(told, Deed.UNSUBSCRIBE, to))
    told.news(CANCELS.replace("three orders", "all its orders"), later(hours=3), SECOND)
    told.review(later(hours=4))
    follow = further_evidence.enqueue_follow_ups(told.store, told.rules, told.routes, later(hours=6))
    assert (follow.queued, follow.problems) == (0, ())


def test_what_is_being_sent_is_not_tried_again(told: Monitor) -> None:
    link = token(told, Deed.UNSUBSCRIBE)
    with told.store.begin() as conn:
        item = outbox_store.claim(conn, ["email"], "worker", PRESSED, later(hours=3))
    assert item is not None
    assert item.to == ANN.to
    press(told, link)
    with told.store.begin() as conn:
        outbox_store.settle(conn, item, Settlement("waiting", "failed", "timeout"), PRESSED)
    assert states(told, ANN.to) == ["expired"]
    sent = list[str]()
    senders = {"email": lambda message: sent.append(message.to)}
    deliver(told.store, senders, PRESSED, owner="w", rng=lambda: 0.5)  # type: ignore[arg-type]
    assert ANN.to not in sent


def test_unsubscribing_twice_is_unsubscribing_once(told: Monitor) -> None:
    link = token(told, Deed.UNSUBSCRIBE)
    for pressed in (ONE_CLICK, ONE_CLICK, DO):
        assert press(told, link, pressed).state == "done"
    assert len(acts(told)) == 1
    assert len(notices(told)) == 1


def test_a_slip_can_be_undone_for_a_day_and_the_link_then_works_again(told: Monitor) -> None:
    link = token(told, Deed.UNSUBSCRIBE)
    press(told, link)
    assert look(told, link, later(hours=25)).undo != ""
    assert look(told, link, later(hours=26)).undo == ""
    assert press(told, link, UNDO, later(hours=26)).state == "done", "too late"
    assert press(told, link, UNDO, later(hours=3)).state == "undone"
    assert news_for(told, later(hours=4)) == ["desk", "desk/bob@deals.example"]
    assert press(told, link, ONE_CLICK, later(hours=5)).state == "done"
    assert len(acts(told)) == 3


def test_who_presses_to_and_fro_is_told_of_twice_at_most(told: Monitor) -> None:
    link = token(told, Deed.UNSUBSCRIBE)
    for _ in range(5):
        press(told, link)
        press(told, link, UNDO)
    assert (look(told, link).state, look(told, link).undo) == ("done", "")
    assert len(notices(told)) == 2


def test_the_link_of_another_message_does_not_undo_it(told: Monitor) -> None:
    old = token(told, Deed.UNSUBSCRIBE)
    news_for(told, later(hours=1, minutes=30))
    newer = token(told, Deed.UNSUBSCRIBE, number=max(row.number for row in rows(told) if row.to == ANN.to))
    press(told, newer)
    assert look(told, old).undo == ""
    assert press(told, old, UNDO).state == "done"


def test_a_mail_programs_unsubscribe_means_nothing_else(told: Monitor) -> None:
    for deed in (Deed.MUTE, Deed.WRONG):
        assert press(told, token(told, deed), ONE_CLICK).state == "mismatch"
    assert acts(told) == []


# ---------------------------------------------------------------- mute


def test_a_mute_silences_the_commitment_for_the_place_of_its_message_alone(told: Monitor) -> None:
    page = press(told, token(told, Deed.MUTE))
    assert (page.state, page.heading) == ("done", "Muted")
    assert news_for(told, later(hours=4)) == ["desk/bob@deals.example"]
    (act,) = acts(told)
    assert (act.kind, act.subject, act.payload, act.until) == ("mute", "soy", "desk", PRESSED + timedelta(days=7))
    assert notices(told) == []


def test_the_end_of_a_mute_is_told_to_that_place_once(told: Monitor) -> None:
    press(told, token(told, Deed.MUTE))
    news_for(told, later(hours=4))
    before = len(rows(told))
    for hour in (0, 1):
        told.review(PRESSED + timedelta(days=7, hours=hour))
    (summary,) = [row for row in rows(told)[before:] if row.commitment == "soy"]
    assert (summary.route, summary.kind) == ("desk", "summary")
    brief = from_json(summary.payload)
    assert isinstance(brief, AlertBrief)
    assert brief.was_and_is == "Was AT RISK, now IN PROGRESS"
    assert brief.changes[0].cause == "news", "that a reader muted it is not why it changed"


def test_a_used_mute_says_when_and_does_nothing_again(told: Monitor) -> None:
    link = token(told, Deed.MUTE)
    first = press(told, link)
    again = press(told, link, now=later(days=3))
    assert again.lines == first.lines
    assert press(told, link, now=later(days=9)).heading == "The mute is over"
    assert len(acts(told)) == 1


def test_a_mute_can_be_ended_by_its_link_and_not_begun_again(told: Monitor) -> None:
    link = token(told, Deed.MUTE)
    press(told, link)
    assert press(told, link, UNDO, later(hours=3)).state == "undone"
    assert press(told, link).state == "undone"
    assert look(told, link).button == ""
    assert [act.kind for act in acts(told)] == ["commitment", "mute", "unmute"]
    assert news_for(told, later(hours=4)) == ["desk", "desk/bob@deals.example"]


# ---------------------------------------------------------------- this is wrong


def test_a_report_reaches_the_owner_with_the_evidence_and_moves_nothing(told: Monitor) -> None:
    before = told.published()
    page = press(told, token(told, Deed.WRONG), Pressed(reason="it is about\nbarley"))
    assert (page.state, page.heading) == ("done", "Reported as wrong")
    told.review(later(hours=4))
    assert told.published().published == before.published
    (notice,) = notices(told)
    item = next(row for row in rows(told) if row.to == ANN.to)
    assert notice.first_line == f"REPORTED AS WRONG · soy · message {item.number}"
    assert notice.evidence[0].quote == "A reader wrote: “it is about barley”"
    assert f"deal-monitor evidence reject {item.evidence[0][:12]}" in notice.back
    (act,) = acts(told)
    assert (act.kind, act.commitment, act.subject, act.reason) == (
        "report",
        "soy",
        str(item.number),
        "it is about barley",
    )


def test_a_report_is_made_once_listed_for_a_month_and_can_be_taken_back(told: Monitor) -> None:
    link = token(told, Deed.WRONG)
    for _ in range(3):
        press(told, link, Pressed(reason="again"))
    assert len(notices(told)) == 1
    assert len(open_reports(acts(told), later(days=30))) == 1
    assert open_reports(acts(told), later(days=31)) == ()
    assert press(told, link, UNDO).state == "undone"
    assert open_reports(acts(told), PRESSED) == ()


def test_each_place_has_links_of_its_own(told: Monitor) -> None:
    press(told, token(told, Deed.WRONG))
    assert look(told, token(told, Deed.WRONG, BOB.to)).state == "offer"
    assert look(told, token(told, Deed.MUTE)).state == "offer"


# ---------------------------------------------------------------- many at once


@pytest.mark.parametrize("deed", Deed)
def test_a_link_pressed_many_times_at_once_is_done_once(told: Monitor, deed: Deed) -> None:
    link = token(told, deed)
    with ThreadPoolExecutor(4) as pool:
        pages = list(pool.map(lambda _: press(told, link), range(8)))
    assert {page.state for page in pages} == {"done"}
    assert len(acts(told)) == 1


def test_a_stored_message_that_cannot_be_read_can_still_be_left(told: Monitor) -> None:
    with told.store.begin() as conn:
        outbox_store.enqueue(
            conn, [outbox_store.NewOutboxItem("old", "alert", "desk", "email", ANN.to, "soy", "{broken")], PRESSED
        )
    link = token(told, Deed.UNSUBSCRIBE, number=rows(told)[-1].number)
    assert look(told, link).state == "offer"
    assert press(told, link).state == "done"

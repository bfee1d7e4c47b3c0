"""`outbox` lists and shows messages and sends them again; `poll` does one round."""

from datetime import datetime, timedelta
from threading import Event

import pytest

from monitor.cli.run_commands import MAX_ROUND, round_summary, run_round
from monitor.domain.messages.briefs import DeliveryReceipt, OutboundMessage
from monitor.errors import ChannelError
from monitor.pipeline import delivery
from monitor.pipeline.delivery import Sender
from monitor.runtime.app import recover_and_catch_up
from monitor.runtime.simulation import SimulatedClock
from monitor.store import open_store
from monitor.store import outbox as outbox_store
from monitor.store.json_codec import dump, from_json
from monitor.store.outbox import NewOutboxItem
from tests.builders.databases import later
from tests.builders.golden_wording import GoldenWording
from tests.builders.sample_messages import PARCELS
from tests.builders.small_rulebook import BUYS, CANCELS, TANKERS
from tests.builders.working_folder import Desk, objects


def states(desk: Desk) -> list[str]:
    return [row["state"] for row in objects(desk.run("outbox", "list", "--json").stdout)]


def deliver(desk: Desk, sender: Sender, days: int = 1) -> None:
    with desk.opened() as app:
        delivery.deliver(app.store, {"file": sender}, later(days=days), owner="test", rng=lambda: 0.5)


def refuse(parcel: OutboundMessage) -> DeliveryReceipt:
    raise ChannelError("no such address", permanent=True)


def accept(parcel: OutboundMessage) -> DeliveryReceipt:
    return DeliveryReceipt(parcel.message_id)


def test_what_waits_is_listed_with_route_place_and_commitment(desk: Desk) -> None:
    desk.hear(BUYS)
    (row,) = objects(desk.run("outbox", "list", "--json").stdout)
    assert (row["number"], row["route"], row["to"], row["commitment"]) == (1, "desk", "desk@deals.example", "soy")
    assert row["created"] == "2026-03-02T10:01:30+00:00"
    result = desk.run("outbox", "list")
    assert "waiting" in result.stdout
    assert result.stderr.startswith("1 waiting, 0 leased")


def test_a_route_of_two_addresses_is_called_as_config_toml_calls_it(desk: Desk) -> None:
    desk.edit(
        'channel = "file"\nto = "desk@deals.example"',
        'channel = "email"\nto = "desk@deals.example, boss@deals.example"',
    )
    desk.hear(BUYS)
    for number, place in (("1", "desk@deals.example"), ("2", "boss@deals.example")):
        assert f"to          email {place}, route desk\n" in desk.run("outbox", "show", number).stdout
    rows = [line.split()[:4] for line in desk.run("routes", "try", "soy").stdout.splitlines()]
    assert rows == [["desk", "email", f"{name}@deals.example", "now"] for name in ("desk", "boss")]
    assert "routes: desk" in desk.run("digest", "send", "dsek").stderr
    muted = desk.run("evidence", "reject", "1", "no such sale").stdout
    assert "to desk, boss@deals.example: waiting" in muted
    with desk.reading() as conn:
        assert all(
            "because the list “desk” " in from_json(row.payload).footer.route  # type: ignore[union-attr]
            for row in outbox_store.items(conn)
        )


def test_a_dead_message_is_listed_with_its_error_and_sent_again_on_demand(desk: Desk, wording: GoldenWording) -> None:
    desk.hear(BUYS, CANCELS)
    deliver(desk, refuse)
    assert states(desk) == ["dead", "dead"]
    assert "no such address" in desk.run("outbox", "list", "--state", "dead").stdout
    wording(desk.run("outbox", "retry", "2", "99").stderr)
    wording(desk.run("outbox", "retry", "2").stdout)
    assert states(desk) == ["dead", "waiting"]
    assert desk.run("outbox", "retry").exit_code == 0
    deliver(desk, accept)
    assert states(desk) == ["sent", "sent"]


def test_held_messages_go_out_only_when_a_person_releases_them(desk: Desk, wording: GoldenWording) -> None:
    desk.hear(BUYS, TANKERS)
    with desk.opened() as app, app.store.begin() as conn:
        outbox_store.hold_undecided(conn, ["desk"], later(days=9999))
    deliver(desk, accept)
    assert states(desk) == ["held", "held"]
    wording(desk.run("outbox", "list").stdout)
    for arguments in (["release"], ["release", "7", "1"], ["drop", "1"], ["drop", "1", "--reason", " "]):
        assert desk.run("outbox", *arguments).exit_code == 2
    assert desk.run("outbox", "release", "1", "--by", "Ann").stdout == "1 released\n"
    assert desk.run("outbox", "drop", "2", "--reason", "old news", "--by", "Bob").stdout == "1 dropped\n"
    deliver(desk, accept)
    assert states(desk) == ["sent", "dropped"]
    shown, (values,) = desk.run("outbox", "show", "2").stdout, objects(desk.run("outbox", "show", "2", "--json").stdout)
    wording(shown.partition("decision")[2].partition(" on ")[0])
    assert shown.endswith(f"\n\n{values['text']}")
    assert (values["decision"]["by"], values["decision"]["reason"]) == ("Bob", "old news")
    wording(desk.run("outbox", "drop", "2", "--reason", "again").stderr)


def lose(parcel: OutboundMessage) -> DeliveryReceipt:
    raise ChannelError("the answer was lost", uncertain=True)


def test_a_message_that_was_sent_again_is_marked_so(desk: Desk) -> None:
    desk.hear(BUYS)
    deliver(desk, lose)
    (doubted,) = objects(desk.run("outbox", "list", "--json").stdout)
    assert (doubted["state"], doubted["repeat"], doubted["double"]) == ("uncertain", True, False)
    deliver(desk, accept, days=2)
    (again,) = objects(desk.run("outbox", "list", "--json").stdout)
    assert (again["state"], again["attempts"], again["repeat"], again["double"]) == ("sent", 2, True, True)
    assert desk.run("outbox", "list").stdout.split("  soy")[1].strip()


def test_only_the_states_asked_for_are_listed_and_an_ordinary_message_is_not_marked(desk: Desk) -> None:
    desk.hear(BUYS)
    assert desk.run("outbox", "list", "--state", "sent").stdout == ""
    assert desk.run("outbox", "list", "--state", "lost").exit_code == 2
    deliver(desk, accept)
    assert "duplicate" not in desk.run("outbox", "list").stdout + desk.run("outbox", "show", "1").stdout


def test_one_message_is_shown_with_all_its_attempts(desk: Desk, wording: GoldenWording) -> None:
    desk.hear(BUYS)
    deliver(desk, lose)
    deliver(desk, accept, days=2)
    (row,) = objects(desk.run("outbox", "list", "--json").stdout)
    wording(desk.run("outbox", "show", "1").stdout, hide={row["message"]: "MESSAGE"})
    (shown,) = objects(desk.run("outbox", "show", "1", "--json").stdout)
    assert row.items() <= shown.items()
    assert [one["outcome"] for one in shown["tries"]] == ["uncertain", "sent"]


def test_a_message_to_a_webhook_is_shown_without_a_place_and_a_missing_one_is_refused(desk: Desk) -> None:
    round_of(desk, message(1, to=""))
    assert "\nto          slack, route desk\n" in desk.run("outbox", "show", "1").stdout
    result = desk.run("outbox", "show", "7")
    assert (result.exit_code, "there is no message 7" in result.stderr) == (2, True)


def test_a_message_in_the_middle_of_being_sent_says_so(desk: Desk) -> None:
    desk.hear(BUYS)
    with desk.opened() as app, app.store.begin() as conn:
        outbox_store.claim(conn, ["file"], "worker", later(days=1), later(days=2))
    assert "attempt 1   3 Mar 2026 09:00:00 UTC  still running" in desk.run("outbox", "show", "1").stdout


def test_a_round_tells_in_json_what_each_feed_brought_and_what_came_of_it(desk: Desk) -> None:
    result = desk.run("--now", "2026-03-02T09:00Z", "poll", "--json")
    (told,) = objects(result.stdout)
    assert list(told) == ["feeds", "transitions", "messages", "digests", "sent", "waiting", "dead", "next_at"]
    assert [(feed["feed"], feed["new"]) for feed in told["feeds"]] == [("herald", 0), ("ministry", 0)]
    assert all("refused" in feed["error"] for feed in told["feeds"])


def test_a_round_delivers_what_waited(desk: Desk) -> None:
    desk.hear(BUYS)
    moment = f"{later(days=1):%Y-%m-%dT%H:%MZ}"
    assert "1 message sent, 0 waiting\n" in desk.run("--now", moment, "poll").stdout
    assert states(desk) == ["sent"]
    assert {path.suffix for path in (desk.folder / "outbox").iterdir()} == {".eml", ".json"}


def test_a_rehearsed_round_goes_on_until_a_place_that_keeps_a_pace_has_everything(desk: Desk) -> None:
    desk.edit('channel = "file"\nto = "desk@deals.example"', 'channel = "slack"\nto = "C1"')
    desk.hear(BUYS, CANCELS)
    result = desk.run("--now", f"{later(days=1):%Y-%m-%dT%H:%MZ}", "poll", "--json")
    (values,) = objects(result.stdout)
    assert (values["sent"], values["waiting"]) == (2, 0)


class Passing(Event):
    """Time that passes only while somebody waits."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = SimulatedClock(later(hours=2))

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout is not None
        self.clock.move(self.clock.now + timedelta(seconds=timeout))
        return False


def round_of(desk: Desk, *items: NewOutboxItem) -> tuple[str, datetime]:
    """What a round says at its end that finds these messages in the outbox, and when that is."""
    passing = Passing()
    with desk.opened(passing.clock) as app:
        app.stop, app.clock = passing, lambda: passing.clock.now
        recover_and_catch_up(app)
        with app.store.begin() as conn:
            outbox_store.enqueue(conn, items, passing.clock.now)
        return round_summary(run_round(app), app.clock()).rpartition("; ")[2], passing.clock.now


def message(number: int, to: str = "C1", not_before: datetime | None = None) -> NewOutboxItem:
    brief = dump(PARCELS["alert"].brief)
    return NewOutboxItem(f"m{number}", "alert", "desk", "slack", to, "soy", brief, not_before=not_before)


def test_a_round_waits_while_a_place_keeps_its_pace(desk: Desk) -> None:
    told, end = round_of(desk, *(message(number) for number in range(7)))
    assert told == "7 messages sent, 0 waiting"
    assert timedelta(seconds=6) <= end - later(hours=2) < timedelta(seconds=8)


@pytest.mark.slow
def test_a_round_ends_before_the_next_one_begins_and_tells_what_is_left(desk: Desk) -> None:
    told, end = round_of(desk, *(message(number) for number in range(100)))
    assert MAX_ROUND <= end - later(hours=2) < MAX_ROUND + timedelta(seconds=2)
    assert told.startswith("46 messages sent, 54 waiting (the next until ")


def test_a_round_does_not_wait_for_the_end_of_quiet_hours_and_names_it(desk: Desk) -> None:
    told, end = round_of(desk, message(1), message(2, not_before=later(hours=9)))
    assert told == f"1 message sent, 1 waiting (the next until {later(hours=9):%-d %b %Y %H:%M} UTC)"
    assert end == later(hours=2)


def test_a_round_names_what_is_dead_and_how_to_see_it(desk: Desk) -> None:
    desk.hear(BUYS)
    deliver(desk, refuse)
    assert "0 waiting, 1 dead: deal-monitor outbox list --state dead\n" in desk.run("poll").stdout


@pytest.mark.parametrize("arguments", [["poll"], ["run"]], ids=" ".join)
def test_a_second_instance_is_refused_and_told_who_is_running(desk: Desk, arguments: list[str]) -> None:
    store = open_store(f"sqlite:///{desk.folder / 'monitor.db'}", exclusive=True)
    try:
        result = desk.run(*arguments)
    finally:
        store.close()
    assert result.exit_code == 2
    assert "is in use by a running instance (process " in result.stderr
    assert "stop that one first, give this one its own database" in result.stderr
    assert desk.run("status").exit_code == 0, "looking is always allowed"

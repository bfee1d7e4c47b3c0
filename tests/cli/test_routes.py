"""`routes try` predicts who is notified, and the prediction comes true. `routes unsubscribe` stops messages."""

from collections.abc import Callable

import pytest

from monitor.store import outbox as outbox_store
from tests.builders.golden_wording import GoldenWording
from tests.builders.people_over_days import SETTLED, People, day
from tests.builders.small_rulebook import BUYS, CANCELS
from tests.builders.working_folder import Desk

NIGHT_ROUTE = """
[[routes]]
name = "night"
channel = "slack"
to = "#night"
commitments = ["soy"]
zone = "America/New_York"
quiet_hours = "00:00-06:30"

[[feeds]]
name = "herald"
"""
QUIET = day(0.05)
"""Twelve minutes past ten in the morning in UTC: twelve past five in New York."""


@pytest.fixture
def people(desk: Desk) -> People:
    desk.edit('\n[[feeds]]\nname = "herald"\n', NIGHT_ROUTE)
    desk.hear()
    return People(desk)


def test_each_route_has_a_row_with_its_place_and_outcome(people: People, wording: GoldenWording) -> None:
    wording(people.did(QUIET, "routes", "try", "soy"))
    people.did(day(0.1), "commitment", "mute", "soy", "revised", "--by", "ann")
    assert [row["outcome"] for row in people.asked(day(0.5), "routes", "try", "soy")] == ["muted", "muted"]


def test_what_it_says_is_what_happens(people: People) -> None:
    seen = QUIET
    said = {row["route"]: row for row in people.asked(seen + SETTLED, "routes", "try", "soy")}
    people.news(BUYS, seen)
    with people.desk.reading() as conn:
        rows = {row.route: row for row in outbox_store.items(conn)}
    assert rows.keys() == said.keys() == {"desk", "night"}
    held = rows["night"].not_before
    assert held is not None
    assert (said["night"]["outcome"], said["night"]["until"]) == ("held", held.isoformat())
    assert (said["desk"]["outcome"], rows["desk"].not_before) == ("now", None)


def test_severity_kind_and_moment_are_taken_from_the_command_line(people: People) -> None:
    row = people.asked(day(0.5), "routes", "try", "soy", "--severity", "routine", "--at", "2026-03-02T05:00-05:00")[1]
    assert row["outcome"] == "nothing"
    row = people.asked(day(0.5), "routes", "try", "soy", "--at", "2026-03-02T05:00-05:00")[1]
    assert (row["outcome"], row["until"]) == ("held", "2026-03-02T11:30:00+00:00")
    assert people.asked(day(0.5), "routes", "try", "soy", "--kind", "rules")[0]["outcome"] == "review"


def test_of_a_moment_in_the_past_only_what_was_told_by_then_counts(people: People) -> None:
    people.news(BUYS, day(1))
    people.news(CANCELS, day(1.05))
    people.did(day(1.1), "commitment", "pin", "soy", "in_progress", "read by hand", "https://a.example")
    assert len(people.messages()) == 6, "three to each route"
    ask = ("routes", "try", "soy", "--kind", "outlook", "--severity", "urgent")
    assert people.asked(day(1.2), *ask)[0]["why"].startswith("cool-down: ")
    assert people.asked(day(1.2), *ask, "--at", "2026-03-03T08:00Z")[0]["outcome"] == "now"


def test_a_channel_out_of_order_is_named_and_nothing_is_sent_or_stored(people: People) -> None:
    with people.desk.opened() as app, app.store.begin() as conn:
        outbox_store.open_circuit(conn, "slack", "the token was revoked", day(0), day(1))
    night = people.asked(day(0.5), "routes", "try", "soy", "--severity", "urgent")[1]
    assert night["channel_note"].endswith(": the token was revoked")
    with people.desk.reading() as conn:
        assert outbox_store.items(conn) == ()
    result = people.does(QUIET, "routes", "try", "soi")
    assert (result.exit_code, "did you mean 'soy'?" in result.stderr) == (2, True)


def test_a_configuration_without_routes_is_told_what_to_add(desk: Desk) -> None:
    text = desk.config.read_text(encoding="utf-8")
    start, end = text.index("[[routes]]"), text.index("[[feeds]]")
    desk.config.write_text(text[:start] + text[end:], encoding="utf-8")
    result = desk.run("routes", "try", "soy")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "[[routes]]" in result.stderr


MAILS = """
[[routes]]
name = "mails"
channel = "email"
to = "Ann@deals.example, bob@deals.example"
least_severity = "routine"

[[feeds]]
name = "herald"
"""


@pytest.fixture
def mails(desk: Desk) -> People:
    desk.edit('\n[[feeds]]\nname = "herald"\n', MAILS)
    desk.hear()
    return People(desk)


def places(people: People) -> list[str]:
    with people.desk.reading() as conn:
        return [row.to for row in outbox_store.items(conn) if row.commitment == "soy" and row.state == "waiting"]


def test_an_unsubscribed_address_receives_nothing_until_that_is_undone(mails: People, wording: GoldenWording) -> None:
    mails.news(BUYS, day(1))
    asked = ("she asked for it", "--by", "kim")
    said = mails.did(day(1.1), "routes", "unsubscribe", "mails", "ann@deals.example", *asked)
    wording(said)
    assert places(mails) == ["desk@deals.example", "bob@deals.example"]
    row = next(r for r in mails.asked(day(1.2), "routes", "try", "soy") if r["to"] == "Ann@deals.example")
    assert row["outcome"] == "nothing"
    wording(row["why"])
    wording(mails.did(day(1.2), "commitment", "log"))
    mails.news(CANCELS, day(2))
    assert places(mails).count("Ann@deals.example") == 0
    mails.did(day(3), "routes", "unsubscribe", "--undo", "mails", "ann@deals.example", "she is back")
    mails.news(BUYS, day(4))
    assert places(mails).count("Ann@deals.example") == 1
    assert "unsubscribe" not in mails.did(day(5), "commitment", "log")
    assert "resubscribe mails/ann@deals.example" in mails.did(day(5), "commitment", "log", "--all")


def test_an_unknown_route_or_address_is_refused_with_known_ones(mails: People, refused: Callable[..., None]) -> None:
    mails.did(day(1), "routes", "unsubscribe", "mails", "ann@deals.example", "x")
    calls = """
        mail ann@deals.example x; mails eve@deals.example x; mails ANN@deals.example x
        mails bob@deals.example x --undo; mails bob@deals.example ' '
    """
    refused(mails.does, day(1), "routes", "unsubscribe", calls=calls)

"""What Slack may answer, and what becomes of the messages then."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from tests.faults.ends import Slack, mail, marker, slack, until
from tests.faults.program import GOODS, SLACK, SMTP, Program, check, route

PLAIN = 'security = "plain"'
OWNER = '[owner]\nroute = "desk"\n'


def attempts(program: Program) -> list[datetime]:
    """When each attempt began."""
    return [moment(text) for (text,) in program.rows("SELECT started_at FROM attempt ORDER BY started_at")]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_place_that_is_asked_to_slow_down_waits_so_long_and_holds_up_neither_another_place_nor_mail(
    program: Program, tmp_path: Path
) -> None:
    with slack(tmp_path, "429:first=1:retry=4:chan=C1") as chat, mail(tmp_path) as post:
        routes = (route("chat", "slack", "C1"), route("else", "slack", "C2"), route("desk", "email", "desk@deals.test"))
        program.configure(SLACK.format(url=chat.url), SMTP.format(port=post.end.port, more=PLAIN), *routes)
        program.hears(GOODS[:3])
        program.delivers()
        check(program, "slack", chat.copies())
        check(program, "email", post.copies())
    refused = attempts(program)[0].timestamp()
    first = {place: min(p["at"] for p in chat.posts() if p["channel"] == place) for place in ("C1", "C2")}
    assert chat.end.records()
    assert first["C1"] - refused >= 4
    assert first["C2"] - refused < 4
    assert max(record["at"] for record in post.end.records()) < first["C1"]


@pytest.mark.parametrize(
    ("fault", "seconds"),
    [
        ("429:first=1:retry=999999", 3600),
        ("429:first=1:retry=0", 1),
        ("429:first=1:retry=-5", 30),
        ("429:first=1:retry=soon", 30),
        ("ratelimited:first=1", 30),
    ],
)
def test_how_long_slack_may_ask_us_to_wait_is_bounded_and_has_a_sensible_value_where_it_says_nothing(
    program: Program, tmp_path: Path, fault: str, seconds: int
) -> None:
    with slack(tmp_path, fault) as chat:
        program.configure(SLACK.format(url=chat.url), route("chat", "slack", "C1"))
        now = program.hears(GOODS[:1])
        with program.rounds() as monitor:
            monitor.at(now)
            ((until_text,),) = program.rows("SELECT not_before FROM lane")
            assert moment(until_text) - now == timedelta(seconds=seconds)
            monitor.at(now + timedelta(seconds=seconds - 0.5))
            assert chat.stats()["sends"] == 1, "too early"
            monitor.at(now + timedelta(seconds=seconds))
        check(program, "slack", chat.copies())


@pytest.mark.parametrize(
    "fault", ["502:first=1", "garbage:first=1", "half:first=1", "reset:first=1", "hang:first=1", "reset:p=0.3"]
)
def test_a_message_arrives_once_whatever_slack_answers_it(program: Program, tmp_path: Path, fault: str) -> None:
    with slack(tmp_path, fault) as chat:
        program.configure(SLACK.format(url=chat.url), route("chat", "slack", "C1"))
        program.hears(GOODS[:3])
        program.delivers()
        check(program, "slack", chat.copies())
        assert chat.stats()["faults"]


def test_after_each_failure_slack_is_left_alone_for_longer(program: Program, tmp_path: Path) -> None:
    with slack(tmp_path, "500:first=3") as chat:
        program.configure(SLACK.format(url=chat.url), route("chat", "slack", "C1"))
        program.hears(GOODS[:1])
        program.delivers()
        check(program, "slack", chat.copies())
    tries = attempts(program)
    waits = [(later - earlier).total_seconds() for earlier, later in pairwise(tries)]
    assert [wait >= least for wait, least in zip(waits, (1, 2, 4), strict=True)] == [True] * 3


@pytest.mark.parametrize("error", ["invalid_auth", "token_revoked", "account_inactive"])
def test_a_token_that_is_refused_is_tried_once_a_minute_told_once_by_mail_and_all_that_waits_goes_out_in_order(
    program: Program, tmp_path: Path, error: str
) -> None:
    with slack(tmp_path, f"err={error}") as chat, mail(tmp_path) as post:
        ends = (SLACK.format(url=chat.url), SMTP.format(port=post.end.port, more=PLAIN), OWNER)
        program.configure(*ends, route("chat", "slack", "C1"), route("desk", "email", "desk@deals.test", ["sugar"]))
        now = program.hears(GOODS[:5])
        with program.rounds() as monitor:
            for seconds in (0, 20, 59):
                monitor.at(now + timedelta(seconds=seconds))
            assert chat.stats()["sends"] == 1
            monitor.at(now + timedelta(seconds=61))
            assert chat.stats()["sends"] == 2
            assert len(post.subjects()) == 1
            assert "slack" in post.subjects()[0].lower()
            chat.faults()
            for step in range(5):
                monitor.at(now + timedelta(minutes=5, seconds=2 * step))
        check(program, "slack", chat.copies())
    assert [about(chat, name) for name in dict.fromkeys(map(first_id, chat.posts()))] == list(GOODS[:5]), "in order"
    assert len(post.subjects()) == 1


def first_id(post: dict[str, object]) -> str:
    return str(marker(post)["message_id"])


def about(chat: Slack, message: str) -> str:
    """The commitment that a message is about."""
    return next(str(marker(post)["commitment"]) for post in chat.posts() if first_id(post) == message)


@pytest.mark.parametrize("error", ["channel_not_found", "is_archived", "not_in_channel"])
def test_a_conversation_that_cannot_be_posted_to_stops_only_itself_and_names_what_it_did_not_get(
    program: Program, tmp_path: Path, error: str
) -> None:
    with slack(tmp_path, f"err={error}:chan=C2") as chat:
        program.configure(SLACK.format(url=chat.url), route("chat", "slack", "C1"), route("gone", "slack", "C2"))
        program.hears(GOODS[:3])
        program.delivers()
        check(program, "slack", chat.copies())
    dead = [row for row in program.outbox() if row["to"] == "C2"]
    assert [(row["state"], row["attempts"]) for row in dead] == [("dead", 1)] * 3
    assert all(error in row["error"] for row in dead)


def test_of_a_place_that_gets_nothing_any_more_the_owner_is_warned_once(program: Program, tmp_path: Path) -> None:
    with slack(tmp_path, options=("--channels", "C1")) as chat, mail(tmp_path) as post:
        ends = (SLACK.format(url=chat.url), SMTP.format(port=post.end.port, more=PLAIN), OWNER)
        routes = (route("chat", "slack", "C1"), route("gone", "slack", "C2"))
        program.configure(*ends, *routes, route("desk", "email", "desk@deals.test", ["sugar"]))
        program.hears(GOODS[:3])
        with program.running():
            until(lambda: program.settled() and post.subjects(), 20)
    assert len(post.subjects()) == 1
    assert "C2" in post.files[0].read_text(encoding="utf-8")

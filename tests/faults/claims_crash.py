"""kill -9 amid a send, and answers that get lost: nothing is missing, and what came twice says so."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.builders.feed_publisher import Item, publisher, rss
from tests.faults.ends import mail, slack, until
from tests.faults.program import FEED, GOODS, SLACK, SMTP, Program, check, item, route

PLAIN = 'security = "plain"'


def test_news_whose_send_hung_at_a_kill_arrives_once_after_the_restart(program: Program, tmp_path: Path) -> None:
    old = Item("w1", "A museum opens a wing", "https://herald.example/wing", "Fri, 30 Jan 2026 04:00:00 GMT")
    with slack(tmp_path, "hang:first=1") as chat, publisher({"/wire": rss(old)}) as feed:
        program.configure(SLACK.format(url=chat.url), route("chat", "slack", "C1"), FEED.format(url=feed.url("/wire")))
        with program.running() as run:
            until(lambda: feed.answers["/wire", 200])
            feed.documents["/wire"] = rss(item("barley", datetime.now(UTC) - timedelta(seconds=5)), old)
            until(lambda: chat.stats()["sends"])
            run.kill()
        assert chat.copies() == {}
        chat.faults()
        program.delivers()
        (row,) = check(program, "slack", chat.copies())
    assert (row["state"], row["repeat"], row["commitment"]) == ("sent", True, "barley")


def test_a_slack_message_that_was_taken_as_the_program_was_killed_comes_at_most_twice_and_is_shown_as_uncertain(
    program: Program, tmp_path: Path
) -> None:
    shown = [("uncertain", True), ("waiting", False), ("waiting", False)]
    with slack(tmp_path, "slow=6:first=1") as chat:
        program.configure(SLACK.format(url=chat.url), route("chat", "slack", "C1"))
        program.hears(GOODS[:3])
        with program.running() as run:
            until(chat.posts)
            run.kill()
        chat.faults("503")
        with program.running():
            until(lambda: program.rows("SELECT 1 FROM lane WHERE failures > 0"))
            # Between two tries: while one is made, its row is leased.
            until(lambda: [(row["state"], row["repeat"]) for row in program.outbox()] == shown)
        chat.faults()
        program.does("outbox", "retry")
        program.delivers()
        rows = check(program, "slack", chat.copies(), lost_answers=1)
    assert [row["repeat"] for row in rows] == [True, False, False]


def test_a_mail_taken_at_a_kill_comes_again_with_the_same_message_id(program: Program, tmp_path: Path) -> None:
    with mail(tmp_path, "slow=6:first=1") as post:
        program.configure(SMTP.format(port=post.end.port, more=PLAIN), route("desk", "email", "desk@deals.test"))
        program.hears(GOODS[:3])
        with program.running() as run:
            until(post.end.records)
            run.kill()
        program.delivers()
        rows = check(program, "email", post.copies(), lost_answers=1)
    assert [row["repeat"] for row in rows] == [True, False, False]
    assert len(post.copies()) == 3, "the copy bears the Message-ID of the first"


def test_a_mail_that_hung_in_its_last_dot_at_a_kill_arrives_once(program: Program, tmp_path: Path) -> None:
    with mail(tmp_path, "hangdata=3:first=1") as post:
        program.configure(SMTP.format(port=post.end.port, more=PLAIN), route("desk", "email", "desk@deals.test"))
        program.hears(GOODS[:3])
        with program.running() as run:
            until(lambda: program.states()["leased"])
            run.kill()
        program.delivers()
        check(program, "email", post.copies())
    assert list(post.copies().values()) == [1, 1, 1]


def test_a_lost_answer_of_slack_repeats_its_message_once_and_no_attempt_twice(program: Program, tmp_path: Path) -> None:
    with slack(tmp_path, "lost:every=2") as chat:
        program.configure(SLACK.format(url=chat.url), route("chat", "slack", "C1"))
        program.hears(GOODS[:4])
        program.delivers()
        lost = chat.stats()["faults"]
        check(program, "slack", chat.copies(), lost_answers=lost)
    assert lost
    assert max(chat.copies().values()) == 2


@pytest.mark.parametrize("fault", ["lost:every=4", "slow=4:every=4"])
def test_a_receipt_of_a_mail_that_is_lost_or_late_repeats_it_under_the_same_message_id(
    program: Program, tmp_path: Path, fault: str
) -> None:
    with mail(tmp_path, fault) as post:
        program.configure(SMTP.format(port=post.end.port, more=PLAIN), route("desk", "email", "desk@deals.test"))
        program.hears(GOODS[:8])
        program.delivers()
        copies, files = post.copies(), len(post.files)
        lost = post.counts()["faults_hit"][fault]
        check(program, "email", copies, lost_answers=lost)
    assert (len(copies), files) == (8, sum(copies.values()))
    assert 1 <= files - 8 <= lost


def test_nothing_leaves_a_route_with_approval_without_a_decision_however_often_the_program_is_killed(
    program: Program, tmp_path: Path
) -> None:
    owner = route("owner", "file", "kim", GOODS[-1:]) + '[owner]\nroute = "owner"\n'
    with slack(tmp_path) as chat:
        program.configure(SLACK.format(url=chat.url), route("chat", "slack", "C1", more="approval = true"), owner)
        program.hears(GOODS[:3])
        for _ in range(2):
            with program.running() as run:
                until(lambda: program.states() == {"held": 3, "sent": 1})
                run.kill()
        assert chat.copies() == {}, "the owner was asked once, and nobody else was sent anything"
        program.does("outbox", "release", "1", "--by", "Ann")
        program.does("outbox", "drop", "2", "--reason", "no news", "--by", "Bob")
        chat.faults("hang:first=1")
        with program.running() as run:
            until(lambda: chat.stats()["sends"])
            run.kill()
        chat.faults()
        with program.running():
            until(lambda: program.states() == {"held": 1, "dropped": 1, "sent": 2})
        first, second, *_ = program.outbox()
        assert chat.copies() == {first["message"]: 1}
    assert [row["decision"] and row["decision"]["by"] for row in (first, second)] == ["Ann", "Bob"]

"""What a mail server may answer, and what becomes of the mails then."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.builders.feed_publisher import Item, publisher, rss
from tests.builders.tables import table
from tests.faults.ends import mail, slack, until
from tests.faults.program import FEED, GOODS, PASSWORD, SLACK, SMTP, Program, check, route

PLAIN = 'security = "plain"'
DESK = route("desk", "email", "desk@deals.test")


@pytest.mark.parametrize("fault", table("claims_mail", "a_mail_that_is_refused_for_now_or_cut_off_arrives_once"))
def test_a_mail_that_is_refused_for_now_or_cut_off_arrives_once(program: Program, tmp_path: Path, fault: str) -> None:
    with mail(tmp_path, fault) as post:
        program.configure(SMTP.format(port=post.end.port, more=PLAIN), DESK)
        program.hears(GOODS[:4])
        program.delivers()
        check(program, "email", post.copies())
        assert len(post.files) == 4
        assert post.counts()["faults_hit"][fault]


@pytest.mark.parametrize("fault", ["rcpt=550:to=bob@deals.test", "data=554:to=bob@deals.test"])
def test_a_recipient_who_is_refused_for_good_is_not_tried_again_and_all_others_get_theirs(
    program: Program, tmp_path: Path, fault: str
) -> None:
    with mail(tmp_path, fault) as post:
        program.configure(
            SMTP.format(port=post.end.port, more=PLAIN), route("desk", "email", "ann@deals.test, bob@deals.test")
        )
        program.hears(GOODS[:3])
        program.delivers()
        rows = [row for row in program.outbox() if row["kind"] == "alert"]
    assert [(r["state"], r["attempts"]) for r in rows if r["to"] == "bob@deals.test"] == [("dead", 1)] * 3
    assert [(r["state"], r["attempts"]) for r in rows if r["to"] == "ann@deals.test"] == [("sent", 1)] * 3
    copies = post.copies("ann@deals.test")
    assert sum(copies.values()) == len(copies) == 4, "three alerts, and one notice that a place takes nothing"
    assert not post.copies("bob@deals.test")


def test_a_mail_server_that_hangs_holds_up_neither_slack_nor_the_feeds(program: Program, tmp_path: Path) -> None:
    old = Item("w1", "A museum opens a wing", "https://herald.example/wing", "Fri, 30 Jan 2026 04:00:00 GMT")
    with mail(tmp_path, "hangconnect=60") as post, slack(tmp_path) as chat, publisher({"/wire": rss(old)}) as feed:
        smtp = SMTP.format(port=post.end.port, more=PLAIN).replace("timeout_seconds = 2", "timeout_seconds = 25")
        chats = [route(f"chat-{number}", "slack", f"C{number}") for number in range(3)]
        other = FEED.format(url=feed.url("/wire")).replace('"wire"', '"other wire"')
        program.configure(smtp, SLACK.format(url=chat.url), DESK, *chats, other)
        program.hears(GOODS[:1])
        with program.running() as run:
            until(lambda: program.rows("SELECT 1 FROM outbox WHERE channel = 'email' AND state = 'leased'"))
            began = sum(feed.answers.values())
            until(lambda: len(chat.posts()) == 3, 20)
            until(lambda: sum(feed.answers.values()) >= began + 2, 20)
            assert program.rows("SELECT state FROM outbox WHERE channel = 'email'") == [("leased",)]
            run.kill()
    check(program, "slack", chat.copies())


# ---------------------------------------------------------------- TLS and passwords


def with_password(program: Program, port: int, ca_file: str, *more: str) -> None:
    """Configured for a server that wants STARTTLS and a password; `more` are further sections."""
    program.secrets["DEAL_MONITOR_SMTP__PASSWORD"] = PASSWORD
    account = f'security = "starttls"\nusername = "monitor"\n{ca_file}'
    program.configure(SMTP.format(port=port, more=account), *more, DESK)


def tls(folder: Path, *, offered: bool = True) -> tuple[str, ...]:
    account = ("--auth", f"monitor:{PASSWORD}")
    return ("--starttls", "--certdir", str(folder / "tls"), *account) if offered else account


TRUSTED = 'ca_file = "tls/cert.pem"'


@pytest.mark.parametrize("trouble", ["refused", "not offered", "not trusted"])
def test_a_password_is_never_sent_without_tls_and_the_mails_arrive_once_it_is_there(
    program: Program, tmp_path: Path, trouble: str
) -> None:
    faults = ("nostarttls",) if trouble == "refused" else ()
    options = tls(tmp_path, offered=trouble != "not offered")
    with mail(tmp_path, options=tls(tmp_path)) as first:
        port = first.end.port
    with mail(tmp_path, *faults, options=options, port=port) as post:
        with_password(program, port, "" if trouble == "not trusted" else TRUSTED)
        now = program.hears(GOODS[:3])
        with program.rounds() as monitor:
            monitor.at(now)
        counts = post.counts()
    assert (counts["auths"], counts["mails"], post.files) == (0, 0, [])
    assert counts["connects"]
    with mail(tmp_path, options=tls(tmp_path), port=port) as post:
        with_password(program, port, TRUSTED)
        with program.rounds() as monitor:
            monitor.at(now + timedelta(minutes=2))
        check(program, "email", post.copies())
        assert {record["tls"] for record in post.end.records()} == {True}


@pytest.mark.parametrize(("fault", "wait"), [("auth=454:first=2", 30), ("auth=535:first=1", 61)])
def test_a_log_in_that_fails_once_or_on_loses_no_mail(program: Program, tmp_path: Path, fault: str, wait: int) -> None:
    with mail(tmp_path, fault, options=tls(tmp_path)) as post:
        with_password(program, post.end.port, TRUSTED)
        now = program.hears(GOODS[:3])
        with program.rounds() as monitor:
            for step in range(4):
                monitor.at(now + timedelta(seconds=wait * step))
        check(program, "email", post.copies())
        assert post.counts()["faults_hit"][fault]


def test_a_refused_password_is_told_once_through_slack_and_stands_nowhere(program: Program, tmp_path: Path) -> None:
    with mail(tmp_path, "auth=535", options=tls(tmp_path)) as post, slack(tmp_path) as chat:
        through_slack = (SLACK.format(url=chat.url), route("chat", "slack", "C1", ["sugar"]))
        with_password(program, post.end.port, TRUSTED, *through_slack)
        now = program.hears(GOODS[:3])
        with program.rounds() as monitor:
            for seconds in (0, 20, 61, 122):
                monitor.at(now + timedelta(seconds=seconds))
        assert post.counts()["auths"] <= 2 * 3, "one attempt a minute, by at most two ways to log in"
        assert len(chat.posts()) == 1
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert PASSWORD.encode() not in kept

"""Messages that are too long, too many, or cannot be made: none of it loses another one."""

import json
import shutil
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from monitor.domain.messages.subject import MAX_SUBJECT
from tests.builders.feed_publisher import Item, publisher, rss
from tests.builders.shipped_rules import ROOT
from tests.faults.ends import Mail, Slack, mail, marker, slack, until
from tests.faults.program import FEED, GOODS, SLACK, SMTP, Program, check, item, route

PLAIN = 'security = "plain"'
CHAT, DESK = route("chat", "slack", "C1"), route("desk", "email", "desk@deals.test")
OLD = Item("w1", "A museum opens a wing", "https://herald.example/wing", "Fri, 30 Jan 2026 04:00:00 GMT")
MEGABYTE = 1_000_000


def ends(chat: Slack, post: Mail) -> tuple[str, str]:
    return SLACK.format(url=chat.url), SMTP.format(port=post.end.port, more=PLAIN)


def hears_from_feed(program: Program, feed: Any, document: bytes, signals: int) -> None:
    """The running program sees the feed for the first time, and then this document in it."""
    until(lambda: feed.answers["/wire", 200])
    feed.documents["/wire"] = document
    until(lambda: program.rows(f"SELECT 1 FROM signal GROUP BY 1 HAVING count(*) >= {signals}"))
    until(lambda: program.rows("SELECT 1 FROM outbox") and program.settled())


def test_titles_of_a_megabyte_are_cut_and_neither_slack_nor_mail_refuse(program: Program, tmp_path: Path) -> None:
    long = [item(good, datetime.now(UTC) - timedelta(seconds=9)) for good in GOODS[:3]]
    long = [Item(one.guid, f"{one.title} {'and more ' * (MEGABYTE // 9)}", one.url, one.published) for one in long]
    with slack(tmp_path) as chat, mail(tmp_path) as post, publisher({"/wire": rss(OLD)}) as feed:
        program.configure(*ends(chat, post), CHAT, DESK, FEED.format(url=feed.url("/wire")))
        with program.running():
            hears_from_feed(program, feed, rss(*long, OLD), 3)
        check(program, "slack", chat.copies())
        check(program, "email", post.copies())
        assert (chat.stats()["errors"], chat.stats()["warnings"]) == ({}, 0)
    assert not [record["warnings"] for record in post.end.records() if record["warnings"]]
    firsts = [sent["text"].splitlines()[0] for sent in chat.posts()]
    assert firsts
    assert all(len(first) <= MAX_SUBJECT for first in firsts), firsts


def test_a_flood_of_reports_is_one_message_a_commitment_one_a_second_and_every_report_stays_evidence(
    program: Program, tmp_path: Path
) -> None:
    goods, when = GOODS[:5], datetime.now(UTC) - timedelta(seconds=9)
    reports = [item(good, when, number) for number in range(100) for good in goods]
    with slack(tmp_path) as chat, mail(tmp_path) as post, publisher({"/wire": rss(OLD)}) as feed:
        program.configure(*ends(chat, post), CHAT, DESK, FEED.format(url=feed.url("/wire")))
        with program.running():
            hears_from_feed(program, feed, rss(*reports, OLD), 500)
        rows = check(program, "slack", chat.copies())
        check(program, "email", post.copies())
        assert chat.stats()["errors"] == {}
    assert sorted(row["commitment"] for row in rows) == sorted(goods)
    sent = sorted(one["at"] for one in chat.posts())
    assert all(later - earlier >= 0.99 for earlier, later in pairwise(sent))
    kept = [json.loads(line) for line in program.does("evidence", "list", "--json").splitlines()]
    assert Counter(one["commitment"] for one in kept) == dict.fromkeys(goods, 100)


def test_a_digest_of_a_week_with_200_reports_is_taken_by_slack_and_mail(program: Program, tmp_path: Path) -> None:
    weekly = 'digest = "mon 08:00"'
    with slack(tmp_path) as chat, mail(tmp_path) as post:
        urgent = [
            route("chat", "slack", "C1", more=weekly).replace("routine", "urgent"),
            route("desk", "email", "desk@deals.test", more=weekly).replace("routine", "urgent"),
        ]
        program.configure(*ends(chat, post), *urgent, CHAT.replace("chat", "all").replace("C1", "C2"))
        now = program.hears(GOODS, each=10)
        monday = now.replace(hour=8, minute=1) + timedelta(days=7 - now.weekday())
        with program.rounds() as monitor:
            monitor.at(now)
            assert sorted(monitor.at(monday)["digests"]) == ["chat", "desk"]
        digests = [sent for sent in chat.posts() if marker(sent)["kind"] == "digest"]
        assert (chat.stats()["errors"], chat.stats()["warnings"]) == ({}, 0)
    assert len(digests) == 1
    assert len(digests[0]["blocks"]) <= 50
    assert [record["warnings"] for record in post.end.records()] == [[]]


def test_half_a_character_in_a_title_reaches_every_channel_readable(program: Program, tmp_path: Path) -> None:
    when = (datetime.now(UTC) - timedelta(seconds=9)).isoformat()
    entry = {"id": "s1", "url": "https://herald.example/s1", "date_published": when}
    broken = {**entry, "title": "China buys barley \ud83d from the \udc00 United States\u0000"}
    whole = {**entry, "id": "s2", "url": "https://herald.example/s2", "title": "China buys beef from the United States"}
    feed_text = {"version": "https://jsonfeed.org/version/1.1", "title": "wire", "items": [broken, whole]}
    with slack(tmp_path) as chat, mail(tmp_path) as post, publisher({"/wire": rss(OLD)}) as feed:
        program.configure(*ends(chat, post), CHAT, DESK, FEED.format(url=feed.url("/wire")))
        with program.running():
            hears_from_feed(program, feed, json.dumps(feed_text).encode(), 2)
        assert len(check(program, "slack", chat.copies())) == 2
        assert len(check(program, "email", post.copies())) == 2
        assert (chat.stats()["errors"], chat.stats()["warnings"]) == ({}, 0)
    assert not [record["warnings"] for record in post.end.records() if record["warnings"]]


def test_a_mail_that_cannot_be_made_steps_aside_and_is_named_in_the_end(program: Program, tmp_path: Path) -> None:
    templates = tmp_path / "templates"
    shutil.copytree(ROOT / "templates", templates)
    alert = templates / "alert.txt.j2"
    poison = '{% if brief.commitment == "beef" %}{{ brief.no_such_thing.at_all }}{% endif %}'
    alert.write_text(poison + alert.read_text(encoding="utf-8"), encoding="utf-8")
    with slack(tmp_path) as chat, mail(tmp_path) as post:
        program.configure(*ends(chat, post), DESK, templates=templates)
        now = program.hears(GOODS[:4])
        with program.rounds() as monitor:
            assert len(monitor.at(now)["sent"]) == 3, "the rows behind it go out at once"
            found = [monitor.at(now + timedelta(hours=hour)) for hour in range(1, 5)]
        assert [len(one["dead"]) for one in found] == [0, 0, 0, 1]
        assert len(check(program, "email", post.copies())) == 4, "three alerts, and the notice about the fourth"
    (dead,) = [row for row in program.outbox() if row["state"] == "dead"]
    assert dead["commitment"] == "beef"
    assert "alert.txt.j2" in dead["error"]
    assert program.does("outbox", "retry", str(dead["number"])).startswith("1 dead message ")

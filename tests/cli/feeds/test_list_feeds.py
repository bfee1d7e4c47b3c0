"""`feeds list` says of each feed how it does, in plain words, and what to do."""

from __future__ import annotations

import re

import click

from monitor.cli.feeds.list_feeds import lines_of_table, reports_of
from monitor.store import feeds
from monitor.store.tables import FeedState
from tests.builders.databases import NOW, later
from tests.builders.small_rulebook import BUYS
from tests.builders.working_folder import Desk, objects


def remember(desk: Desk, *states: FeedState) -> None:
    """What polls have stored of these feeds."""
    with desk.opened() as app, app.store.begin() as conn:
        feeds.save(conn, *states)


def herald(**changes: object) -> FeedState:
    state = FeedState(name="herald", url="http://127.0.0.1:9/herald", first_ok_at=NOW, ok_at=NOW, new_at=NOW)
    return state.changed(**changes)


def test_feeds_that_were_never_asked_are_listed_so_with_what_to_do(desk: Desk) -> None:
    assert [feed["state"] for feed in objects(desk.run("feeds", "list", "--json").stdout)] == ["never", "never"]
    lines = desk.run("feeds", "list").stdout.splitlines()
    assert [line.split()[:2] for line in lines[1:3]] == [["!", "herald"], ["!", "ministry"]]
    remedy = "=> herald and ministry: A monitor reads its feeds at its start: restart one that runs; where none runs, deal-monitor poll asks it now"
    assert lines[3:] == [remedy, "2 sources: 2 not read yet"]


def test_a_feed_that_cannot_be_reached_is_listed_with_its_error_and_a_remedy(desk: Desk) -> None:
    desk.run("poll")
    text = desk.run("feeds", "list").stdout
    assert (
        len(re.findall(r"failing since \d+ \w+ \d{4}: never read: 127\.0\.0\.1: the connection was refused", text)) == 2
    )
    assert text.count("=> herald and ministry: Is there a network?") == 1
    assert "failing: failing" not in text
    assert text.splitlines()[-1].startswith("NO SOURCE ANSWERS since ")


def test_the_last_answer_the_last_news_and_both_intervals_stand_beside_each_other(desk: Desk) -> None:
    remember(desk, herald(ok_at=later(minutes=5), new_at=later(minutes=-90)))
    heading, line, *_ = desk.run("--now", "2026-03-02T09:10Z", "feeds", "list").stdout.splitlines()
    assert heading.split("  ")[-1].strip() == "asked every"
    assert line == "  herald    2 Mar 09:05   2 Mar 07:30   -           5 min"


def test_a_list_that_nobody_keeps_up_to_date_says_so_and_names_the_year(desk: Desk) -> None:
    remember(desk, herald(), herald(name="ministry"))
    idle = "=> No feed was asked since 2 Mar 2026 09:00 UTC: is a monitor running? deal-monitor health tells\n"
    fresh, stale = (desk.run("--now", at, "feeds", "list").stdout for at in ("2026-03-02T10:30Z", "2027-03-02T09:00Z"))
    assert "=>" not in fresh
    assert idle in stale
    assert "herald    2 Mar 2026    2 Mar 2026    -" in stale


def test_only_what_cannot_be_relied_on_is_listed_if_so_wished(desk: Desk) -> None:
    desk.hear(BUYS)
    everything, bad = (objects(desk.run("feeds", "list", "--json", *more).stdout) for more in ((), ("--bad",)))
    assert [(feed["feed"], feed["state"]) for feed in everything] == [("herald", "ok"), ("ministry", "never")]
    assert [feed["feed"] for feed in bad] == ["ministry"]
    assert "herald" not in desk.run("feeds", "list", "--bad").stdout


def test_a_misspelt_publisher_is_named_with_the_near_one(desk: Desk) -> None:
    desk.edit('publisher = "Herald Wire"', 'publisher = "Herold Wire"')
    remember(desk, herald())
    text = desk.run("--now", "2026-03-02T09:10Z", "feeds", "list", "--bad").stdout
    wrong = "publisher 'Herold Wire' is not in sources.yaml (did you mean 'Herald Wire'?); its word counts for nothing"
    assert f"    {wrong}\n" in text
    assert "=> herald: Correct publisher in config.toml" in text
    assert text.splitlines()[-1] == "2 sources: 1 ok, 1 not read yet; 1 publisher not in sources.yaml"
    (feed, _) = objects(desk.run("feeds", "list", "--json").stdout)
    assert (feed["publisher"], feed["publisher_known"], feed["publisher_near"]) == ("Herold Wire", False, "Herald Wire")


def test_feeds_are_listed_where_the_publishers_cannot_be_read(desk: Desk) -> None:
    (desk.folder / "rules" / "sources.yaml").write_text("publishers: [", encoding="utf-8")
    result = desk.run("feeds", "list")
    assert result.exit_code == 0
    assert "warning: publishers are not looked up: rules/sources.yaml:1:" in result.stderr
    assert result.stdout.splitlines()[-1] == "2 sources: 2 not read yet"


def test_no_line_is_wider_than_eighty_columns_where_names_are_short(desk: Desk) -> None:
    remember(desk, herald(failures=2, failing_since=NOW, error="HTTP 404: not found", error_kind="http", ok_at=None))
    with desk.opened() as app:
        reports, _ = reports_of(app)
        lines = list(map(click.unstyle, lines_of_table(reports, {feed.name: feed for feed in app.feeds()}, 80, NOW)))
    assert max(map(len, lines)) <= 80
    assert "    failing since 2 Mar 2026: HTTP 404: not found" in lines


def test_the_heading_is_whole_where_names_are_shorter(desk: Desk) -> None:
    desk.edit('name = "herald"', 'name = "a"')
    desk.edit('name = "ministry"', 'name = "b"')
    heading, first, *_ = desk.run("feeds", "list").stdout.splitlines()
    assert heading.startswith("  feed  last answer")
    assert first.startswith("! a     none yet")


def test_a_feed_that_is_switched_off_is_not_listed(desk: Desk) -> None:
    desk.edit('name = "ministry"', 'name = "ministry"\nenabled = false')
    assert [feed["feed"] for feed in objects(desk.run("feeds", "list", "--json").stdout)] == ["herald"]

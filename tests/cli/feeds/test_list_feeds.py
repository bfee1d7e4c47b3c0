"""`feeds list` shows the state of each feed and the remedies."""

from monitor.store.rows import save_rows
from monitor.store.tables import FeedState
from tests.builders.databases import NOW, later
from tests.builders.golden_wording import GoldenWording
from tests.builders.small_rulebook import BUYS
from tests.builders.working_folder import Desk, objects

BROKEN = {"failures": 2, "failing_since": NOW, "error": "HTTP 404: not found", "error_kind": "http", "ok_at": None}


def remember(desk: Desk, *states: FeedState) -> None:
    """Store the states of these feeds."""
    with desk.opened() as app, app.store.begin() as conn:
        save_rows(conn, *states)


def herald(**changes: object) -> FeedState:
    state = FeedState(
        name="herald", url="http://127.0.0.1:9/herald", polled_at=NOW, first_ok_at=NOW, ok_at=NOW, new_at=NOW
    )
    return state.changed(**changes)


def listed(desk: Desk, *options: str, at: str = "2026-03-02T09:10Z") -> str:
    return desk.run("--now", at, "feeds", "list", *options).stdout


def test_feeds_are_shown_with_their_state_and_remedy(desk: Desk, wording: GoldenWording) -> None:
    assert [feed["state"] for feed in objects(listed(desk, "--json"))] == ["never", "never"]
    wording(listed(desk))
    remember(desk, herald(**BROKEN))
    assert [feed["state"] for feed in objects(listed(desk, "--json"))] == ["failing", "never"]
    wording(listed(desk))


def test_the_last_answer_the_last_news_and_both_intervals_are_columns(desk: Desk) -> None:
    remember(desk, herald(ok_at=later(minutes=5), new_at=later(minutes=-90)))
    assert row_of_herald(listed(desk)) == ["herald", "2 Mar 09:05", "2 Mar 07:30", "-", "5 min"]
    assert row_of_herald(listed(desk, at="2027-03-02T09:00Z"))[1:3] == ["2 Mar 2026", "2 Mar 2026"], "an old date"


def row_of_herald(table: str) -> list[str]:
    (line,) = (line for line in table.splitlines() if line.startswith("│ herald"))
    return [cell.strip() for cell in line.strip("│").split("│")]


def test_only_feeds_with_a_problem_are_listed_on_request(desk: Desk) -> None:
    desk.hear(BUYS)
    everything, bad = (objects(desk.run("feeds", "list", "--json", *more).stdout) for more in ((), ("--bad",)))
    assert [(feed["feed"], feed["state"]) for feed in everything] == [("herald", "ok"), ("ministry", "never")]
    assert [feed["feed"] for feed in bad] == ["ministry"]
    desk.edit('name = "ministry"', 'name = "ministry"\nenabled = false')
    assert [feed["feed"] for feed in objects(listed(desk, "--json"))] == ["herald"], "a disabled one is never listed"


def test_a_misspelt_publisher_is_reported_with_the_nearest_one(desk: Desk, wording: GoldenWording) -> None:
    desk.edit('publisher = "Herald Wire"', 'publisher = "Herold Wire"')
    remember(desk, herald())
    wording(listed(desk, "--bad"))
    (feed, _) = objects(listed(desk, "--json"))
    assert (feed["publisher"], feed["publisher_known"], feed["publisher_near"]) == ("Herold Wire", False, "Herald Wire")


def test_feeds_are_listed_without_a_readable_list_of_publishers(desk: Desk) -> None:
    (desk.folder / "rules" / "sources.yaml").write_text("publishers: [", encoding="utf-8")
    result = desk.run("feeds", "list")
    assert result.exit_code == 0
    assert "rules/sources.yaml:1:" in result.stderr

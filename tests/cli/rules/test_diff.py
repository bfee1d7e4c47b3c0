"""`rules diff` shows what an edit does before it is taken into use, and does none of it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from monitor.domain.model import Entry
from monitor.domain.model.changes import notation
from monitor.pipeline.ingest import FetchedDocument, ingest
from monitor.pipeline.outbox_admin import list_rows
from monitor.store import problems_and_runs, signals, verdict_records
from tests.builders.databases import later
from tests.builders.small_rulebook import BUYS, CANCELS
from tests.builders.story_lines import saved, story
from tests.builders.working_folder import HERALD, Desk, command, objects

SNAPS = "China snaps up two cargoes of soybeans from the United States"
NOW = "2026-03-03T00:00Z"


def edited(desk_or_rules: Path, into: Path, old: str, new: str, name: str = "deal/soy.yaml") -> Path:
    """A copy of the rules with one text replaced."""
    folder = into / "edited"
    shutil.copytree(desk_or_rules, folder)
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new), encoding="utf-8")
    return folder


@pytest.fixture
def wider(desk: Desk, tmp_path: Path) -> Path:
    return edited(desk.folder / "rules", tmp_path, "any: [buys]", "any: [buys, snaps up]")


def lines(result: Result, what: str) -> list[dict[str, Any]]:
    return [line for line in objects(result.stdout) if line["what"] == what]


# ---------------------------------------------------------------- given stories


@pytest.fixture
def told(tmp_path: Path) -> Path:
    return saved(
        tmp_path,
        story("a", "2026-02-02T09:00:00Z", SNAPS),
        story("b", "2026-02-09T09:00:00Z", CANCELS),
        story("c", "2026-02-10T09:00:00Z", "Argentina sells wheat to Egypt"),
    )


def test_the_same_rules_differ_in_nothing(small_rules: Path, told: Path) -> None:
    result = command("rules", "diff", small_rules, small_rules, "--stories", told)
    assert result.exit_code == 0
    assert "nothing differs" in result.stdout


def test_a_story_read_otherwise_is_shown_with_both_effects_and_what_follows(
    small_rules: Path, wider: Path, told: Path
) -> None:
    result = command("rules", "diff", small_rules, wider, "--stories", told)
    assert result.exit_code == 3
    assert "rules/deal/soy.yaml:11" not in result.stdout.splitlines()[0]
    assert "edited/deal/soy.yaml:" in result.stdout
    assert "3 stories, 1 could be concerned, 1 is read otherwise" in result.stdout
    assert "soy: 1 effect changed" in result.stdout
    assert f"none -> progress         {SNAPS}  (Herald Wire)" in result.stdout
    assert "soy/about -> soy/bought" in result.stdout
    assert "+ 2026-02-02 09:01  soy: pledged -> in progress  (status, news)" in result.stdout


def test_as_json_every_difference_is_a_line_and_the_last_one_counts_them(
    small_rules: Path, wider: Path, told: Path
) -> None:
    result = command("rules", "diff", small_rules, wider, "--stories", told, "--json")
    assert result.exit_code == 3
    (rule,), (one,) = lines(result, "rule"), lines(result, "story")
    assert (rule["rule"], rule["how"]) == ("soy/bought", "changed")
    assert (one["id"], one["how"]) == ("a", "effect changed")
    assert (one["old"]["effect"], one["new"]["effect"]) == ("none", "progress")
    *_, summary = objects(result.stdout)
    assert (summary["what"], summary["stories"], summary["differs"]) == ("summary", 3, True)
    assert summary["changes"]["soy"]["effect changed"] == 1
    assert summary["transitions"] == len(lines(result, "transition")) > 0


def test_more_stories_than_the_limit_are_counted(small_rules: Path, wider: Path, tmp_path: Path) -> None:
    many = saved(tmp_path, *(story(f"s{n}", f"2026-02-{n:02}T09:00:00Z", f"{SNAPS} number {n}") for n in range(1, 7)))
    result = command("rules", "diff", small_rules, wider, "--stories", many, "--limit", "2")
    assert "… and 4 more stories" in result.stdout
    assert "number 6" in result.stdout.split("number 5")[0], "the newest first"


def test_only_stories_since_a_moment_are_read(small_rules: Path, wider: Path, told: Path) -> None:
    result = command("rules", "diff", small_rules, wider, "--stories", told, "--since", "3d")
    assert "2 stories" in result.stdout
    assert SNAPS not in result.stdout


def test_a_broken_folder_is_a_located_error(small_rules: Path, desk: Desk, tmp_path: Path, told: Path) -> None:
    broken = edited(desk.folder / "rules", tmp_path, "polarity: good", "polarity: splendid")
    result = command("rules", "diff", small_rules, broken, "--stories", told)
    assert result.exit_code == 2
    assert "edited/deal/soy.yaml:13:15" in result.stderr


def test_three_folders_are_too_many(small_rules: Path) -> None:
    result = command("rules", "diff", small_rules, small_rules, small_rules)
    assert result.exit_code == 2
    assert "[OLD] NEW" in result.stderr


# ---------------------------------------------------------------- the database


def test_what_only_the_rules_change_would_be_held(desk: Desk, wider: Path) -> None:
    desk.hear(SNAPS)
    result = desk.run("rules", "diff", wider, "--now", NOW)
    assert result.exit_code == 3
    assert "soy: 1 effect changed" in result.stdout
    assert "0 SENT" in result.stdout
    assert "1 HELD" in result.stdout
    assert "soy: pledged -> in progress  (status, rules)" in result.stdout


def test_news_that_waits_would_be_sent_under_the_new_rules(desk: Desk, wider: Path) -> None:
    desk.hear()
    with desk.opened() as app:
        entry = Entry("a", SNAPS, "https://herald.example/a", later(hours=1), "", HERALD.publisher)
        ingest(app.store, app.rulebook, HERALD, FetchedDocument((entry,)), later(hours=1))
        entry = Entry("b", CANCELS, "https://herald.example/b", later(hours=1), "", HERALD.publisher)
        ingest(app.store, app.rulebook, HERALD, FetchedDocument((entry,)), later(hours=1))
    result = desk.run("rules", "diff", wider, "--now", NOW, "--json")
    assert {line["fate"] for line in lines(result, "message")} == {"sent"}


def test_a_dry_run_writes_nothing(desk: Desk, wider: Path) -> None:
    desk.hear(SNAPS, BUYS)

    def state() -> str:
        with desk.opened() as app, app.store.read() as conn:
            held = (
                verdict_records.verdict_records(conn),
                verdict_records.review_requests(conn),
                problems_and_runs.adopted(conn),
                signals.latest(conn, "soy", 9),
            )
            return repr((held, list_rows(app.store), problems_and_runs.problems(conn)))

    before = state()
    assert desk.run("rules", "diff", wider, "--now", NOW).exit_code == 3
    assert state() == before


def test_what_was_foreseen_is_what_happens(desk: Desk, wider: Path) -> None:
    from monitor.pipeline import review

    desk.hear(SNAPS, CANCELS)
    foreseen = lines(desk.run("rules", "diff", wider, "--now", NOW, "--json"), "transition")
    shutil.rmtree(desk.folder / "rules")
    shutil.copytree(wider, desk.folder / "rules")
    with desk.opened() as app:
        done = review.review(app.store, app.rulebook, app.routes, later(hours=15), settled=True)
    assert foreseen
    assert [(t["commitment"], t["kind"], t["to"], t["cause"]) for t in foreseen] == [
        (t.commitment, t.kind.value, notation(t.change)[1], t.cause.value) for t in done.transitions
    ]


def test_rules_that_change_nothing_found_differ_only_as_rules(desk: Desk, tmp_path: Path) -> None:
    desk.hear(BUYS)
    other = edited(desk.folder / "rules", tmp_path, "any: [buys]", "any: [buys, hoards]")
    result = desk.run("rules", "diff", other, "--now", NOW)
    assert result.exit_code == 3
    assert "0 changes of verdicts recorded" in result.stdout
    assert desk.run("rules", "diff", desk.folder / "rules", "--now", NOW).exit_code == 0


def test_rules_that_leave_a_route_empty_are_refused_before_anything_is_read(desk: Desk, tmp_path: Path) -> None:
    desk.edit('least_severity = "routine"', 'least_severity = "routine"\ncommitments = ["ships"]')
    folder = tmp_path / "edited"
    shutil.copytree(desk.folder / "rules", folder)
    (folder / "deal" / "ships.yaml").unlink()
    result = desk.run("rules", "diff", folder, "--now", NOW)
    assert result.exit_code == 2
    assert "route .desk." in result.stderr.replace("'", ".")

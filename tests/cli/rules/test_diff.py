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
from monitor.store import outbox as outbox_store
from monitor.store import problems_and_runs, signals, verdict_records
from tests.builders.databases import ask, later
from tests.builders.golden_wording import GoldenWording
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


def test_the_same_rules_differ_in_nothing_and_broken_ones_are_an_error(
    small_rules: Path, told: Path, desk: Desk, tmp_path: Path
) -> None:
    assert command("rules", "diff", small_rules, small_rules, "--stories", told).exit_code == 0
    assert command("rules", "diff", small_rules, small_rules, small_rules).exit_code == 2
    broken = edited(desk.folder / "rules", tmp_path, "polarity: good", "polarity: splendid")
    result = command("rules", "diff", small_rules, broken, "--stories", told)
    assert result.exit_code == 2
    assert "edited/deal/soy.yaml:13:15" in result.stderr


def test_a_story_that_is_read_differently_is_shown_and_counted(
    small_rules: Path, wider: Path, told: Path, wording: GoldenWording
) -> None:
    result = command("rules", "diff", small_rules, wider, "--stories", told)
    assert result.exit_code == 3
    wording(result.stdout)
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


def test_only_stories_since_a_moment_are_read(small_rules: Path, wider: Path, told: Path) -> None:
    result = command("rules", "diff", small_rules, wider, "--stories", told, "--since", "3d")
    assert "2 stories" in result.stdout
    assert SNAPS not in result.stdout
    assert command("rules", "diff", small_rules, wider, "--stories", told, "--since", "30").exit_code == 2


# ---------------------------------------------------------------- the database


def test_changes_by_the_rules_alone_would_be_held(desk: Desk, wider: Path, wording: GoldenWording) -> None:
    desk.hear(SNAPS)
    result = desk.run("--now", NOW, "rules", "diff", wider)
    assert result.exit_code == 3
    wording(result.stdout)


def test_news_that_waits_would_be_sent_under_the_new_rules(desk: Desk, wider: Path) -> None:
    desk.hear()
    with desk.opened() as app:
        entry = Entry("a", SNAPS, "https://herald.example/a", later(hours=1), "", HERALD.publisher)
        ingest(app.store, app.rulebook, HERALD, FetchedDocument((entry,)), later(hours=1))
        entry = Entry("b", CANCELS, "https://herald.example/b", later(hours=1), "", HERALD.publisher)
        ingest(app.store, app.rulebook, HERALD, FetchedDocument((entry,)), later(hours=1))
    result = desk.run("--now", NOW, "rules", "diff", wider, "--json")
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
            return repr((held, ask(app.store, outbox_store.items), problems_and_runs.problems(conn)))

    before = state()
    assert desk.run("--now", NOW, "rules", "diff", wider).exit_code == 3
    assert state() == before


@pytest.mark.slow
def test_what_was_foreseen_is_what_happens(desk: Desk, wider: Path) -> None:
    from monitor.pipeline import review

    desk.hear(SNAPS, CANCELS)
    foreseen = lines(desk.run("--now", NOW, "rules", "diff", wider, "--json"), "transition")
    shutil.rmtree(desk.folder / "rules")
    shutil.copytree(wider, desk.folder / "rules")
    with desk.opened() as app:
        done = review.review(app.store, app.rulebook, app.routes, later(hours=15), settled=True)
    assert foreseen
    assert [(t["commitment"], t["kind"], t["to"], t["cause"]) for t in foreseen] == [
        (t.commitment, t.kind.value, notation(t.change)[1], t.cause.value) for t in done.transitions
    ]


def test_rules_that_leave_a_route_empty_are_refused_before_anything_is_read(desk: Desk, tmp_path: Path) -> None:
    desk.edit('least_severity = "routine"', 'least_severity = "routine"\ncommitments = ["ships"]')
    folder = tmp_path / "edited"
    shutil.copytree(desk.folder / "rules", folder)
    (folder / "deal" / "ships.yaml").unlink()
    result = desk.run("--now", NOW, "rules", "diff", folder)
    assert result.exit_code == 2
    assert "desk" in result.stderr

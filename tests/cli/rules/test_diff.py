"""`rules diff` shows what an edit does before it is taken into use, and does none of it."""

from __future__ import annotations

import gzip
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from monitor.cli.rules.story_text import WIDTH, display_width
from monitor.domain.model import Entry
from monitor.domain.model.changes import notation
from monitor.pipeline.ingest import FetchedDocument, ingest
from monitor.store import outbox as outbox_store
from monitor.store import problems_and_runs, signals, verdict_records
from tests.builders import rules_folder
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


# ---------------------------------------------------------------- one file on trial

LINE = {"id": "n1", "published": "2026-02-03T09:00:00Z", "source": "Grain Daily", "title": "China buys US soybeans"}


@pytest.fixture
def beans(tmp_path: Path) -> Path:
    return rules_folder.write(tmp_path / "beans")


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    titles = ("China buys soybeans", "China buys soybean oil", "China buys soybeans from Brazil", "Brazil wins the cup")
    path = tmp_path / "archive.jsonl.gz"
    with gzip.open(path, "wt", encoding="utf-8") as stream:
        for number, title in enumerate(titles, 1):
            line = LINE | {"id": f"n{number}", "title": title, "published": f"2026-02-0{number}"}
            stream.write(json.dumps(line) + "\n")
    return path


def tried(file: Path, *arguments: str | Path) -> Result:
    return command("rules", "diff", "--file", file, *arguments)


def test_a_trial_shows_matches_and_near_misses_by_clause(beans: Path, archive: Path, wording: GoldenWording) -> None:
    result = tried(beans / "deal" / "beans.yaml", "--stories", archive)
    assert result.exit_code == 0, result.stderr
    assert max(display_width(line) for line in result.stdout.splitlines()) <= WIDTH
    wording(result.stdout)
    wording(tried(beans / "deal" / "beans.yaml", "--stories", archive, "--limit", "1").stdout)


def test_a_trial_as_json_has_a_line_each_and_a_count(beans: Path, archive: Path) -> None:
    lines = objects(tried(beans / "deal" / "beans.yaml", "--stories", archive, "--json").stdout)
    assert [line["kind"] for line in lines] == ["match", "match", "near_miss", "near_miss", "summary"]
    near = lines[2]
    assert (near["rule"], near["fault"], near["now"], near["effect"]) == ("beans/bought", "not", "none", "progress")
    assert near["words"] == ["soybean oil"]
    assert lines[-1]["clauses"][0]["count"] == 1


def test_a_draft_outside_the_rules_uses_the_folder_given(beans: Path, archive: Path, tmp_path: Path) -> None:
    draft = tmp_path / "beans.yaml"
    draft.write_text(rules_folder.COMMITMENT.replace("    not: {oil: 'soybean oil'}\n", ""), encoding="utf-8")
    matches = [
        one for one in objects(tried(draft, beans, "--stories", archive, "--json").stdout) if one["kind"] == "match"
    ]
    assert [one["effect"] for one in matches] == ["progress", "progress"]
    draft.write_text(rules_folder.COMMITMENT.replace("{takes} ..8 {beans}", "{take} ..8 {beans}"), encoding="utf-8")
    broken = tried(draft, beans, "--stories", archive)
    assert (broken.exit_code, f"{draft}:" in broken.stderr) == (2, True)


def test_a_span_of_a_file_counts_back_from_its_newest_story(beans: Path, archive: Path, wording: GoldenWording) -> None:
    file = beans / "deal" / "beans.yaml"
    assert objects(tried(file, "--stories", archive, "--since", "1d", "--json").stdout)[-1]["stories"] == 2
    wrong = tried(file, "--stories", archive, "--since", "30")
    assert wrong.exit_code == 2
    wording(wrong.stderr)


def test_a_trial_without_stories_reads_the_last_thirty_days_of_the_database(desk: Desk) -> None:
    desk.hear(BUYS, CANCELS)
    file = desk.folder / "rules" / "deal" / "soy.yaml"
    for days, effects in ((29, ["progress", "setback"]), (31, [])):
        lines = objects(
            desk.run("--now", later(days=days).isoformat(), "rules", "diff", "--file", file, "--json").stdout
        )
        assert sorted(line["effect"] for line in lines if line["kind"] == "match") == effects

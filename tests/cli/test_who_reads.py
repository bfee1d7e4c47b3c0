"""Whoever looks at evidence is told who read each sentence so, and who reads it otherwise."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.domain.model import Reading, ReadMatch, Story
from monitor.pipeline.apply_readings import ReadText, record_readings
from monitor.runtime.simulation import SimulatedClock
from monitor.store import stories
from tests.builders.people_over_days import SETTLED, People, day
from tests.builders.reading_values import person, read, reading
from tests.builders.shipped_rules import ROOT
from tests.builders.small_rulebook import BUYS, CANCELS, rulebook
from tests.builders.working_folder import CONFIG, Desk

WAITS = "China lets US tankers wait in the ports"
MODEL = {"name": "qwen3:8b", "version": "1a2b3c4d5e6f"}
QUESTION = "(question 1a2b3c4d5e6f)"


def story_of(people: People, title: str) -> Story:
    with people.desk.reading() as conn:
        return next(story for story in stories.first_seen_since(conn, day(-1)) if story.title == title)


def record(people: People, title: str, said: Reading, moment: datetime) -> None:
    """The reading of the text with this title comes in, and what it changes is decided once it has settled."""
    story = story_of(people, title)
    with people.desk.opened(SimulatedClock(moment)) as app, app.store.begin() as conn:
        own = replace(said, text=story.revision, at=moment)
        record_readings(conn, app.rulebook, [ReadText(story.id, own, story.seen_at)], moment)
    people.daemon(moment + SETTLED)


def model(*matches: ReadMatch) -> Reading:
    return reading(*matches, **MODEL)


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> People:
    """A purchase that rule and model read, a cancellation that Ann reads as a threat, and a wait that the model reads
    alone."""
    folder = tmp_path_factory.mktemp("desk")
    rulebook(folder / "rules")
    templates = json.dumps(str(ROOT / "templates"))
    (folder / "config.toml").write_text(CONFIG.format(templates=templates), encoding="utf-8")
    made = People(Desk(folder))
    made.desk.listen([BUYS, CANCELS])
    record(made, BUYS, model(read("soy", "progress", "buys two cargoes", "cn")), day(1))
    record(made, CANCELS, person(read("soy", "threat", "cancels three orders"), name="Ann Lee"), day(1.1))
    made.news(WAITS, day(2))
    record(made, WAITS, model(read("ships", "setback", "wait in the ports")), day(2.1))
    return made


def signals(people: People, *options: str) -> dict[str, dict[str, Any]]:
    """What `evidence list` says, by the sentence."""
    return {one["quote"]: one for one in people.asked(day(3), "evidence", "list", *options)}


def test_an_alert_on_what_a_model_reads_alone_says_so(people: People) -> None:
    lines = {
        line.quote: line
        for name in ("soy", "ships")
        for _, brief in people.messages(name)
        for line in brief.evidence.lines
    }
    assert lines[WAITS].read_by == "read by qwen3:8b (question 1a2b3c4d); no rule finds a change in it"
    assert (lines[WAITS].rule, lines[WAITS].version) == ("", "")
    assert lines[BUYS].read_by == "", "it was sent before the model had read it"
    assert lines[BUYS].rule == "soy/bought"


def test_the_list_of_evidence_says_who_reads_each_sentence(people: People) -> None:
    found = signals(people)
    rule, reader = found[BUYS]["read_by"]
    assert (rule["kind"], rule["name"], rule["effect"]) == ("rule", "soy/bought", "progress")
    assert reader == MODEL | {"kind": "model", "effect": "progress", "says": "cn"}
    assert [one["kind"] for one in found[WAITS]["read_by"]] == ["rule", "model"]
    text = people.did(day(3), "evidence", "list")
    assert f"and by qwen3:8b {QUESTION}; " in text
    assert "[read by Ann Lee; the rule soy/cancelled (version" in text
    assert f"[read by qwen3:8b {QUESTION}; no rule finds a change in it]" in text


def test_an_export_cites_who_reads_each_sentence_and_who_had_read_it_at_a_change(people: People) -> None:
    whole = json.loads(people.did(day(3), "evidence", "export", "--format", "json", "--signals"))
    (row,) = (
        row
        for row in whole["rows"]
        if row["quotation"] == WAITS and row["record"] == "signal" and row["state"] == "live"
    )
    assert row["who_read"] == f"read by qwen3:8b {QUESTION}; no rule finds a change in it"
    assert [reader["name"] for reader in row["read_by"]] == ["ships/about", "qwen3:8b"]
    text = people.did(day(3), "evidence", "export", "--format", "md", "--signals")
    assert "Read by Ann Lee; the rule soy/cancelled (version" in text
    assert f"Read by qwen3:8b {QUESTION}; no rule finds a change in it." in text
    row = next(row for row in whole["rows"] if row["quotation"] == BUYS and row["kind"] == "status")
    assert row["who_read"].startswith("read by the rule soy/bought (version ")
    assert [reader["kind"] for reader in row["read_by"]] == ["rule"]


def test_the_latest_evidence_of_a_status_says_who_reads_it(people: People) -> None:
    text = people.did(day(3), "status", "ships")
    assert f"{WAITS}  [read by qwen3:8b (question 1a2b3c4d); no rule finds a change in it]" in text
    (ships,) = people.asked(day(3), "status", "ships")
    (newest,) = ships["latest_evidence"]
    assert (newest["quote"], newest["outlet"], newest["effect"]) == (WAITS, "Herald Wire", "setback")
    assert newest["read_by"] == signals(people)[WAITS]["read_by"]


def test_a_look_back_says_who_had_read_the_sentences_then_and_who_reads_them_now(people: People) -> None:
    then = people.did(day(3), "status", "soy", "--at", day(0.5).isoformat())
    assert f"Herald Wire: {BUYS}  [soy/bought]" in then
    assert f"Herald Wire: {CANCELS}  [soy/cancelled]" in then
    known = people.did(day(3), "status", "soy", "--at", day(0.5).isoformat(), "--as-known-now")
    assert f"{BUYS}  [read by the rule soy/bought and by qwen3:8b (question 1a2b3c4d)]" in known
    assert f"{CANCELS}  [read by Ann Lee; the rule soy/cancelled finds a setback in it]" in known
    (soy,) = people.asked(day(3), "status", "soy", "--at", day(0.5).isoformat())
    assert [len(one["read_by"]) for one in soy["sentences"]["published"]] == [1, 1]
    assert [len(one["read_by"]) for one in soy["sentences"]["known_now"]] == [2, 2]


def test_a_stored_story_is_explained_with_its_readings_and_what_they_and_the_rules_make(people: People) -> None:
    name, rules = story_of(people, CANCELS).id, people.desk.folder / "rules"
    (found,) = people.asked(day(3), "rules", "explain", name, str(rules))
    (ann,) = found["readers"]["readings"]
    assert (ann["who"], ann["counts"], ann["matches"][0]["effect"]) == ("Ann Lee", True, "threat")
    (signal,) = found["readers"]["signals"]
    assert (signal["effect"], signal["rule"]) == ("threat", "soy/person")
    assert [each["kind"] for each in signal["read_by"]] == ["rule", "person"]
    text = " ".join(people.did(day(3), "rules", "explain", name, rules).split())
    assert "Ann Lee, 3 Mar 2026 11:24 UTC: counts" in text
    assert "reads soy: threat, says press: “cancels three orders”" in text
    assert "finds a setback in it; Ann Lee finds a threat in it" in text


@pytest.fixture
def copied(people: People, tmp_path: Path) -> People:
    return People(Desk(Path(shutil.copytree(people.desk.folder, tmp_path / "desk"))))


def test_rejecting_offers_a_reading_and_a_near_miss_only_for_what_a_rule_reads(copied: People) -> None:
    found = signals(copied)[WAITS]
    said = copied.did(day(3), "evidence", "reject", found["id"], "a storm")
    assert f"qwen3:8b {QUESTION}" in said
    assert f"deal-monitor inbox record {found['story']} ships=EFFECT" in said
    assert "near miss" not in said
    found = signals(copied)[BUYS]
    said = copied.did(day(3), "evidence", "reject", found["id"], "last year's")
    assert f"[bought]\n  none | 2026-03-02 | {BUYS}" in said
    assert f"deal-monitor inbox record {found['story']}" in said


def test_match_with_readings_prints_who_reads_it_and_its_json_lines_keep_their_shape(
    people: People, tmp_path: Path
) -> None:
    stories, said = tmp_path / "stories.jsonl", tmp_path / "readings.jsonl"
    stories.write_text(json.dumps({"id": "n1", "published": "2026-03-02", "title": BUYS}) + "\n", encoding="utf-8")
    match = {"commitment": "soy", "effect": "progress", "says": "press", "quote": "buys two cargoes"}
    said.write_text(json.dumps({"id": "n1", "matches": [match]}) + "\n", encoding="utf-8")
    options = ("match", "--rules", people.desk.folder / "rules", "--readings", said, stories)
    assert "[read by the rule soy/bought and by a recorded reading]" in people.did(day(3), *options)
    (line,) = people.asked(day(3), *map(str, options))
    assert [*line["matches"][0]] == ["commitment", "effect", "by", "says", "rule", "quote"]

"""`evidence export`: every change with its sources, ready to cite, whatever a headline holds."""

import csv
import dataclasses
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from monitor.cli.export_formats import as_csv
from monitor.domain.messages.citations import COLUMNS, CitationRow
from monitor.runtime.app import deliver_due
from monitor.runtime.simulation import SimulatedClock
from tests.builders.people_over_days import People, day
from tests.builders.shipped_rules import ROOT
from tests.builders.small_rulebook import BUYS
from tests.builders.working_folder import Desk

BASELINE = "https://ministry.example/pledge"
HOSTILE = (
    "=HYPERLINK(1) | China cancels *three* [orders](https://evil.example) of soybeans `now` <b>x</b> "
    "www.evil.example [^1] \u202egnp \u05e9\u05dc\u05d5\u05dd, says \"a\" & 'b'"
)
READER = ("kind", "name", "version", "effect", "says")
HOSTILE_LINES = "China cancels nine orders of soybeans\n- @desk #7\n\n## and more"


def two_months(desk: Desk) -> None:
    """A sober report that was sent, then two with headlines nobody should paste."""
    desk.hear(BUYS)
    with desk.opened(SimulatedClock(day(0.1))) as app:
        deliver_due(app)
    People(desk).news(HOSTILE, day(1))
    People(desk).news(HOSTILE_LINES, day(50))


@pytest.fixture
def people(desk: Desk) -> People:
    desk.live(two_months)
    return People(desk)


def export(people: People, shape: str, *options: str | Path) -> str:
    """What a program behind a pipe would read, byte for byte."""
    result = people.does(day(60), "evidence", "export", *options, "--format", shape)
    assert result.exit_code == 0, result.stderr
    return result.stdout_bytes.decode()


def read_csv(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def read_json(text: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(text)["rows"]
    return rows


def test_a_row_holds_the_change_its_sentence_its_source_and_the_message_if_it_was_sent(people: People) -> None:
    row = read_json(export(people, "json", "soy", "--until", "2026-03-02"))[0]
    assert (row["record"], row["commitment"], row["commitment_name"]) == ("change", "soy", "China buys soybeans")
    assert (row["kind"], row["before"], row["after"], row["cause"]) == ("status", "pledged", "in_progress", "news")
    assert (row["quotation"], row["title"], row["outlet"]) == (BUYS, BUYS, "Herald Wire")
    assert row["url"] == "https://herald.example/1"
    assert (row["published"], row["first_seen"], row["retrieved"]) == ("2026-03-02T10:00:00Z",) * 3
    assert (row["acts"], row["says"], row["origin"], row["rule"]) == ("cn", "press", "Herald", "soy/bought")
    assert (row["messages"], row["state"]) == ("1", "live")
    assert read_json(export(people, "json", "soy", "--since", "2026-03-03"))[0]["messages"] == ""


def test_a_change_that_no_sentence_brought_about_is_there_too(people: People) -> None:
    people.did(day(55), "commitment", "pin", "soy", "in_force", "decree", "s", "--by", "ann")
    row = read_json(export(people, "json", "soy"))[-1]
    assert (row["cause"], row["signal"], row["quotation"]) == ("person", "", "")
    assert row["reason"].startswith("pinned by ann")


def test_signals_that_no_change_cites_come_on_request_with_their_state(people: People) -> None:
    people.did(day(52), "evidence", "reject", people.signal(day(52)), "barley", "--by", "ann")
    rows = read_json(export(people, "json", "soy", "--signals"))
    apart = [row for row in rows if row["record"] == "signal"]
    assert [row["state"] for row in apart] == ["rejected", "live", "live"]
    assert apart[0]["state_reason"] == "rejected by ann: barley"
    assert {row["change"] for row in apart} == {""}


def test_the_period_is_of_the_recording(people: People) -> None:
    assert len({row["change"] for row in read_json(export(people, "json", "--until", "2026-03-02"))}) == 1
    assert read_json(export(people, "json", "ships", "--until", "2026-03-02")) == []


def test_csv_keeps_every_text_and_runs_nothing(people: People) -> None:
    text = export(people, "csv", "--signals")
    assert text.splitlines()[0] == ",".join(COLUMNS)
    rows, plain = read_csv(text), read_json(export(people, "json", "--signals"))
    assert len(rows) == len(plain) == text.count("\r\n") - 1, "records end with CRLF, as RFC 4180 has it"
    for row, whole in zip(rows, plain, strict=True):
        assert {key: value.removeprefix("'") for key, value in row.items()} == {key: whole[key] for key in COLUMNS}
        assert not [value for value in row.values() if value.lstrip().startswith(tuple("=+-@＝＋－＠"))]
    assert any(row["title"].startswith("'=HYPERLINK") for row in rows)
    assert any(row["title"] == HOSTILE_LINES for row in rows), "also one of several lines"


def test_csv_defuses_a_formula_behind_spaces_too() -> None:
    row = CitationRow("change", "soy", "  =1+1", reason="\t@x", quotation="1 - 1")
    (cells,) = read_csv(as_csv([row], None, None))
    assert (cells["commitment_name"], cells["reason"], cells["quotation"]) == ("'  =1+1", "'\t@x", "1 - 1")


def test_json_has_the_documented_shape_and_every_column_is_documented(people: People) -> None:
    whole = json.loads(export(people, "json", "--since", "2026-03-01"))
    assert (list(whole), whole["format"], whole["version"]) == (
        ["format", "version", "since", "until", "rows"],
        "deal-monitor evidence",
        1,
    )
    assert (whole["since"], whole["until"]) == ("2026-03-01T00:00:00Z", None)
    for row in whole["rows"]:
        assert tuple(row) == (*COLUMNS, "read_by")
        assert {type(row[name]) for name in COLUMNS} == {str}
        (reader,) = row["read_by"] if row["signal"] else [dict.fromkeys(READER)]
        assert tuple(reader) == READER
    guide = (ROOT / "docs" / "people.md").read_text(encoding="utf-8")
    table = guide.partition("| column |")[2].partition("\n\n")[0]
    assert tuple(re.findall(r"^\| `(\w+)`", table, re.MULTILINE)) == COLUMNS
    assert (*COLUMNS, "read_by") == tuple(field.name for field in dataclasses.fields(CitationRow))


def test_markdown_shows_hostile_titles_as_text_and_nothing_else(people: People) -> None:
    text = export(people, "md", "--signals")
    assert "\u202e" not in text
    html = MarkdownIt("gfm-like", {"linkify": False}).render(text)
    links = re.findall(r'<a href="([^"]+)"', html)
    stories = [link for link in links if link != BASELINE]
    assert len(stories) == 3, "the address of each source"
    assert {link.rpartition("/")[0] for link in stories} == {"https://herald.example"}
    assert BASELINE in links, "the source of what no story has told"
    assert not re.findall("<(?:b|code|em)>", html)
    assert html.count("<h2>") == 2, "one for each commitment"
    assert "=HYPERLINK(1) | China cancels *three* [orders](https://evil.example) of soybeans `now` &lt;b&gt;x" in html
    assert "\u2068" in text, "text from right to left is kept apart"


def test_every_footnote_is_defined_once_on_one_line_under_a_name_of_its_own(people: People) -> None:
    text = export(people, "md", "--signals")
    used = set(re.findall(r"(?<!\\)\[\^(dm-[0-9a-f]{16})\](?!:)", text))
    defined = re.findall(r"^\[\^(dm-[0-9a-f]{16})\]: .+$", text, re.MULTILINE)
    assert sorted(used) == sorted(defined)
    assert len(defined) == 3
    assert "Published 2026-03-02T10:00:00Z, first seen 2026-03-02T10:00:00Z, retrieved 2026-03-02T10:00:00Z" in text
    assert "Sent in message 1." in text


def test_the_same_database_gives_the_same_bytes_and_an_unknown_commitment_is_refused(people: People) -> None:
    for shape in ("md", "csv", "json"):
        later = people.does(day(90), "evidence", "export", "--signals", "--format", shape).stdout_bytes.decode()
        assert later == export(people, shape, "--signals"), shape
    unknown = people.does(day(60), "evidence", "export", "syo")
    assert (unknown.exit_code, "'soy'" in unknown.stderr) == (2, True)

"""`status` and `digest preview` show what is stored and send nothing; `digest send` sends and stores nothing."""

import email
import email.policy
import html
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from email.message import EmailMessage

import pytest
from sqlalchemy import select

from monitor.cli.status_tables import baselines_note
from monitor.domain.model import Outlook
from monitor.domain.verdicts.decide import initial_verdict
from monitor.store import feeds
from monitor.store import outbox as outbox_store
from monitor.store.tables import THREAD
from tests.builders.channel_servers import smtp
from tests.builders.domain_values import at, due, in_force
from tests.builders.golden_wording import GoldenWording
from tests.builders.small_rulebook import BUYS, CANCELS
from tests.builders.working_folder import Desk, objects

STATUS_KEYS = [
    *("commitment", "name", "status", "standing", "outlook", "since", "outlook_since", "why", "last_evidence"),
    *("steps", "flags", "deadlines", "progress", "evidence", "baseline", "pinned", "muted_until"),
    "latest_evidence",
]


def parsed(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


@pytest.fixture
def told(desk: Desk) -> Desk:
    """A desk where soybeans were bought, then orders cancelled."""
    desk.hear(BUYS, CANCELS)
    return desk


def test_a_status_without_evidence_is_shown_as_its_baseline_with_day_and_source(desk: Desk) -> None:
    shown = desk.run("status").stdout
    assert shown.startswith("2 of 2 are baselines of 5 Jan 2026 or later: nothing read since")
    assert shown.count("baseline 5 Jan 2026") == 2
    line = "baseline of 5 Jan 2026 (https://ministry.example/pledge); nothing read since"
    assert line in desk.run("status", "soy").stdout.splitlines()
    with desk.opened() as app, app.store.begin() as conn:
        feeds.note_read(conn, (), app.rulebook.policy, app.clock())
    assert line.replace("nothing read", "no evidence") in desk.run("status", "soy").stdout.splitlines()


def test_status_has_one_row_a_commitment(told: Desk) -> None:
    rows = [line for line in told.run("status").stdout.splitlines() if line.startswith("│")]
    assert [row.split("│")[1].strip() for row in rows] == ["Tankers", "Soybeans"]
    assert "IN PROGRESS, AT RISK" in rows[1]
    assert "unconfirmed" in rows[1]


def test_status_of_one_commitment_tells_its_criteria_changes_and_evidence(told: Desk) -> None:
    told_text = told.run("status", "soy").stdout
    assert told_text.splitlines()[0] == "China buys soybeans (soy)"
    assert "criteria for in force: it buys" in told_text
    assert told_text.index("pledged -> in progress") < told_text.index("in progress -> at risk"), "newest last"
    assert f"Herald Wire: {CANCELS}  [soy/cancelled]" in told_text


def test_status_of_one_commitment_dates_the_word_that_it_shows(told: Desk) -> None:
    (soy,) = objects(told.run("status", "soy", "--json").stdout)
    assert soy["outlook_since"] > soy["since"]
    day = f"{datetime.fromisoformat(soy['outlook_since']):%-d %b %Y}"
    line = told.run("status", "soy").stdout.splitlines()[1]
    assert line.startswith(f"IN PROGRESS, AT RISK since {day}: ")


def test_a_narrow_terminal_has_fewer_columns_and_breaks_no_word(told: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    shown = re.sub(r"\x1b\[[0-9;]*m", "", told.run("status").stdout)
    rows = [line for line in shown.splitlines() if line.startswith("│")]
    assert len(rows) == 2, "a line each"
    assert "AT RISK" in rows[1]
    assert "unconfirmed" in rows[1]
    assert all(len(row) <= 80 for row in rows)


@pytest.mark.parametrize("call", ["status soy", "status --at 2026-03-03", "evidence list", "commitment log", "status"])
def test_no_line_is_wider_than_columns_says_and_a_file_has_whole_lines(
    told: Desk, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    reason = "the customs office has announced that it will revise all its figures of the last quarter in a few days"
    assert told.run("commitment", "mute", "soy", reason).exit_code == 0
    whole = told.run(*call.split()).stdout
    assert max(map(len, whole.splitlines())) > 60
    monkeypatch.setenv("COLUMNS", "60")
    folded = told.run(*call.split()).stdout
    assert max(map(len, folded.splitlines())) <= 60
    if "│" not in whole:
        assert [*filter(str.isalnum, folded)] == [*filter(str.isalnum, whole)], "only the breaks differ"


def test_an_intervention_is_told_within_the_screen(told: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    reason = "customs data reached the desk before the papers had it, and the ministry has confirmed the figures"
    result = told.run("commitment", "pin", "soy", "in_force", reason, "https://customs.example/2026-03")
    assert result.exit_code == 0, result.stderr
    assert max(map(len, result.stdout.splitlines())) <= 60


def test_baselines_whose_date_has_passed_unread_are_counted_apart() -> None:
    promise = in_force(due("2025-11-01"))
    start = initial_verdict(promise, at("2025-10-02"))
    passed = replace(start, outlook=Outlook.AT_RISK)
    note = baselines_note({promise.id: promise}, {promise.id: passed}, None)
    assert note.endswith("nothing read since; 1 is AT RISK only because a date passed while nothing was read")
    assert baselines_note({promise.id: promise}, {promise.id: start}, None).endswith("nothing read since")


def test_status_in_json_is_one_object_a_commitment_with_iso_times(told: Desk) -> None:
    ships, soy = objects(told.run("status", "--json").stdout)
    assert list(ships) == list(soy) == STATUS_KEYS
    assert (soy["status"], soy["standing"], soy["outlook"]) == ("at_risk", "in_progress", "at_risk")
    assert soy["since"] == "2026-03-02T10:00:00Z"
    assert [flag["kind"] for flag in soy["flags"]] == ["unconfirmed"]
    assert soy["evidence"]
    assert objects(told.run("status", "soy", "--json").stdout) == [soy]
    assert ships["baseline"] == {"as_of": "2026-01-05", "source": "https://ministry.example/pledge"}
    assert soy["baseline"] is None, "it rests on evidence"


def test_a_preview_shows_what_changed_and_where_each_commitment_stands(told: Desk) -> None:
    text = told.run("digest", "preview", "--since", "2026-03-01").stdout
    assert "Up from PLEDGED to IN PROGRESS, then down to AT RISK." in " ".join(text.split()), text
    assert CANCELS in " ".join(text.split())
    (brief,) = objects(told.run("digest", "preview", "--json", "--since", "2026-03-01").stdout)
    events = [event for event in brief["events"] if event["commitment"] == "soy"]
    assert [event["text"] for event in events if event["moved"]] == [CANCELS]
    assert BUYS in events[0]["further"], events


@pytest.mark.parametrize(
    ("cadence", "period"),
    [
        ("daily 08:00", "9 Mar 2026"),
        ("tue 08:00", "3 to 9 Mar 2026"),
        ("fortnightly mon 08:00", "24 Feb to 9 Mar 2026"),
        ("monthly 1 08:00", "10 Feb to 9 Mar 2026"),
    ],
)
def test_a_preview_reaches_back_as_far_as_a_digest_of_the_route_does(told: Desk, cadence: str, period: str) -> None:
    told.edit("mon 08:00", cadence)
    assert told.run("--now", "2026-03-10T09:00Z", "digest", "preview").stdout.startswith(f"DEAL DIGEST, {period}\n")


def test_a_preview_before_anything_ran_says_that_nothing_was_read(desk: Desk) -> None:
    text = desk.run("digest", "preview").stdout
    assert "No status changed" in text
    assert "2 sources have never answered: herald and ministry." in text


@pytest.fixture
def mails(told: Desk) -> Iterator[list[bytes]]:
    """What a mail server takes from the desk, whose route has two readers."""
    with smtp() as server:
        told.edit('channel = "file"', 'channel = "email"')
        told.edit('to = "desk@deals.example"', 'to = "desk@deals.example, boss@deals.example"')
        extra = (
            f'[smtp]\nhost = "127.0.0.1"\nport = {server.port}\nsecurity = "plain"\nsender = '
            f'"monitor@deals.example"\n\n'
        )
        told.edit("[poll]", f"{extra}[poll]")
        yield server.accepted


def test_a_test_goes_out_by_the_routes_own_channel_to_each_of_its_readers(told: Desk, mails: list[bytes]) -> None:
    result = told.run("digest", "send", "desk", "--since", "2026-03-01")
    assert result.exit_code == 0, result.stderr
    assert result.stderr.splitlines() == [
        "test digest sent to desk@deals.example by email",
        "test digest sent to boss@deals.example by email",
    ]
    assert [parsed(raw)["To"] for raw in mails] == ["desk@deals.example", "boss@deals.example"]


def test_a_test_is_marked_in_its_subject_and_in_its_first_line(told: Desk) -> None:
    result = told.run("digest", "send", "desk", "--since", "2026-03-01")
    assert result.exit_code == 0, result.stderr
    (eml,) = (told.folder / "outbox").glob("*.eml")
    mail = parsed(eml.read_bytes())
    text, page = (part.get_content() for kind in ("plain", "html") if (part := mail.get_body((kind,))))
    assert str(mail["Subject"]).startswith("TEST · Digest, 1 Mar - ")
    assert text.startswith("DEAL DIGEST, TEST · 1 Mar to ")
    assert "DEAL DIGEST · TEST · 1 Mar to " in html.unescape(page)
    (slack,) = objects(next((told.folder / "outbox").glob("*.json")).read_text(encoding="utf-8").replace("\n", ""))
    assert slack["text"].startswith("TEST · Digest, ")
    assert slack["blocks"][0]["text"]["text"].startswith("Deal digest · TEST · ")


def test_a_test_takes_no_slot_and_leaves_no_trace_in_outbox_pages_or_threads(told: Desk) -> None:
    def left() -> list[object]:
        with told.reading() as conn:
            threads = conn.execute(select(THREAD)).all()
            return [outbox_store.items(conn, limit=None), outbox_store.digests_made(conn, "desk"), threads]

    before = left()
    told.run("digest", "preview")
    told.run("digest", "send", "desk")
    assert left() == before
    (eml,) = (told.folder / "outbox").glob("*.eml")
    digest_root = f"<digest@{parsed(eml.read_bytes())['References'].partition('@')[2]}"
    assert parsed(eml.read_bytes())["References"] != digest_root


def test_a_digest_that_cannot_be_made_is_refused_with_a_remedy(told: Desk, refused: Callable[..., None]) -> None:
    at, calls = (
        ("--now", "2026-03-09T09:00Z", "digest"),
        """
        send; send boss; preview boss; send desk --since 2026-03-10; preview --since 2026-03-09T09:00Z
        preview --since yesterday; preview --since 2026-13-01
    """,
    )
    refused(told.run, *at, calls=calls)
    assert not (told.folder / "outbox").exists()


def test_a_test_to_a_route_without_a_digest_is_sent_with_a_warning(told: Desk, wording: GoldenWording) -> None:
    told.edit('digest = "mon 08:00"', "")
    result = told.run("digest", "send", "desk")
    assert result.exit_code == 0, result.stderr
    wording(result.stderr)
    assert list((told.folder / "outbox").glob("*.eml"))


def test_a_test_that_a_channel_refuses_is_an_error_with_the_channels_words(told: Desk) -> None:
    (told.folder / "outbox").write_text("no folder", encoding="utf-8")
    result = told.run("digest", "send", "desk")
    assert result.exit_code == 1
    assert "error: cannot write" in result.stderr


@pytest.mark.parametrize("typed", ["soy", "Soybeans", "SOYBEANS", "soyb", "so"])
def test_a_commitment_goes_by_its_id_its_short_name_or_how_one_alone_begins(desk: Desk, typed: str) -> None:
    desk.lay_database()
    result = desk.run("status", typed, "--json")
    assert [one["commitment"] for one in objects(result.stdout)] == ["soy"]


def test_an_unknown_or_ambiguous_commitment_is_refused_with_near_ones(desk: Desk, refused: Callable[..., None]) -> None:
    desk.lay_database()
    refused(desk.run, "status", calls="syo; Soybaens; s")


def test_what_changes_a_verdict_wants_the_whole_name(desk: Desk) -> None:
    desk.lay_database()
    why = ("seen it", "https://customs.example/1")
    assert desk.run("commitment", "pin", "soyb", "met", *why).exit_code == 2
    assert "pinned soy as " in desk.run("commitment", "pin", "soybeans", "pledged", *why).stdout

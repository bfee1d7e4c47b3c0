"""`init` lays out what the other commands accept, and `doctor` finds what is not in order."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.domain.messages.models import DeliveryReceipt, OutboundMessage
from monitor.errors import ChannelError
from monitor.pipeline import delivery
from monitor.runtime.session import utc_now
from monitor.store import outbox as outbox_store
from monitor.store import problems_and_runs
from monitor.store.tables import Run
from tests.builders.channel_servers import certificate, smtp
from tests.builders.databases import NOW, later
from tests.builders.feed_publisher import publisher, rss
from tests.builders.shipped_rules import ROOT
from tests.builders.slack_workspace import Workspace, workspace
from tests.builders.small_rulebook import BUYS, SOY
from tests.builders.working_folder import Desk, command, objects


def test_init_lays_out_the_shipped_rules_and_templates_as_they_are(tmp_path: Path) -> None:
    assert command("init", tmp_path).exit_code == 0
    for name in ("rules", "templates"):
        assert contents(tmp_path / name) == contents(ROOT / name)


def contents(folder: Path) -> dict[str, str]:
    """What the files of a folder hold, apart from the line for an editor that `init` puts first."""
    texts = {path: path.read_text(encoding="utf-8") for path in folder.rglob("*") if path.is_file()}
    return {
        path.relative_to(folder).as_posix(): re.sub(r"\A# yaml-language-server:.*\n", "", text)
        for path, text in texts.items()
        if path.parent.name != ".schema"
    }


def test_init_lays_out_a_folder_that_doctor_accepts_rules_and_all(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    assert command("init", folder).exit_code == 0
    # That all the shipped rules are sound is tested elsewhere: those of one promise do here.
    for path in (folder / "rules" / "us-china-busan").iterdir():
        if path.name not in ("deal.yaml", "soybean-purchases-annual.yaml"):
            path.unlink()
    result = command("--config", folder / "config.toml", "doctor", "--offline")
    assert result.exit_code == 0, result.stdout
    assert re.search(r"^ok +rules +1 commitments?, \d+ rules", result.stdout, re.MULTILINE)
    assert not re.search(r"^FAIL|^warn +rules", result.stdout, re.MULTILINE)
    assert (folder / "var" / "monitor.db").exists()


def test_init_lays_what_an_editor_needs_for_the_rules(tmp_path: Path) -> None:
    command("init", tmp_path)
    assert {path.name for path in (tmp_path / ".vscode").iterdir()} == {"settings.json", "extensions.json"}
    for path in (tmp_path / "rules").rglob("*.yaml"):
        first = path.read_text(encoding="utf-8").splitlines()[0]
        assert (path.parent / first.removeprefix("# yaml-language-server: $schema=")).is_file(), path


def test_init_keeps_what_is_there(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    command("init", folder)
    (folder / "config.toml").write_text("# mine\n", encoding="utf-8")
    (folder / "rules" / "policy.yaml").unlink()
    result = command("init", folder)
    assert result.exit_code == 0
    assert result.stdout.count("kept") == 4
    assert (folder / "config.toml").read_text(encoding="utf-8") == "# mine\n"
    assert not (folder / "rules" / "policy.yaml").exists()


def test_init_refuses_a_file_in_the_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("", encoding="utf-8")
    assert command("init", tmp_path / "mine").exit_code == 2


# ---------------------------------------------------------------- doctor


READER = '[reader]\nbase_url = "http://127.0.0.1:9/v1"\nmodel = "small"\n'
"""A model whose server is not asked offline."""


@dataclass(frozen=True, slots=True)
class Examined:
    """What doctor found: its exit code, and 'STATE text' by what it looked at."""

    exit_code: int
    found: dict[str, list[str]]

    def failing(self) -> list[str]:
        return [what for what, texts in self.found.items() if any(text.startswith("FAIL") for text in texts)]


def examined(desk: Desk) -> Examined:
    desk.lay_database()
    result = desk.run("doctor", "--offline", "--json")
    found: dict[str, list[str]] = {}
    for finding in objects(result.stdout):
        assert list(finding) == ["state", "what", "text"]
        found.setdefault(finding["what"], []).append(f"{finding['state']} {finding['text']}")
    return Examined(result.exit_code, found)


def test_doctor_of_a_sound_folder_finds_nothing_wrong(desk: Desk) -> None:
    result = desk.run("doctor", "--offline")
    assert result.exit_code == 0
    assert [line.split()[:2] for line in result.stdout.splitlines()] == [
        ["ok", what] for what in ("config", "rules", "templates", "pages", "outbox", "reader", "database", "messages")
    ]


def test_doctor_names_the_line_of_a_broken_template(desk: Desk) -> None:
    shutil.copytree(ROOT / "templates", desk.folder / "copy")
    desk.edit('templates = "', 'templates = "copy" # ')
    broken = desk.folder / "copy" / "alert.txt.j2"
    broken.write_text("{{ brief.first_line }}\n{{ brief.frist_line }}\n", encoding="utf-8")
    told = examined(desk)
    assert (told.exit_code, told.failing()) == (1, ["templates"])
    assert "alert.txt.j2:2:" in told.found["templates"][0]


def test_doctor_names_the_line_of_a_broken_template_of_the_pages(desk: Desk) -> None:
    shutil.copytree(ROOT / "templates", desk.folder / "copy")
    desk.edit('templates = "', 'templates = "copy" # ')
    (desk.folder / "copy" / "site" / "how.html.j2").write_text("\n\n{{ page.orrigins }}\n", encoding="utf-8")
    told = examined(desk)
    assert (told.exit_code, told.failing()) == (1, ["pages"])
    assert "how.html.j2:3:" in told.found["pages"][0]


def test_doctor_says_that_a_folder_of_templates_without_pages_gets_the_shipped_ones(desk: Desk) -> None:
    shutil.copytree(ROOT / "templates", desk.folder / "copy", ignore=shutil.ignore_patterns("site"))
    desk.edit('templates = "', 'templates = "copy" # ')
    told = examined(desk)
    assert (told.exit_code, told.failing()) == (0, [])
    assert f"ok {desk.folder / 'copy'} has no folder site: the shipped templates are used" in told.found["pages"][0]


@pytest.mark.parametrize(("reader", "failing"), [("", []), (READER, ["templates", "reader"])])
def test_doctor_misses_the_template_of_the_question_only_where_a_reader_is_set_up(
    desk: Desk, reader: str, failing: list[str]
) -> None:
    shutil.copytree(ROOT / "templates", desk.folder / "copy")
    (desk.folder / "copy" / "reader.txt.j2").unlink()
    desk.edit("[monitor]", f"{reader}[monitor]")
    desk.edit('templates = "', 'templates = "copy" # ')
    assert examined(desk).failing() == failing


def test_doctor_fails_on_an_outbox_that_cannot_be_written(desk: Desk) -> None:
    (desk.folder / "outbox").write_text("a file in the way", encoding="utf-8")
    told = examined(desk)
    assert (told.exit_code, told.failing()) == (1, ["outbox"])
    assert str(desk.folder / "outbox") in told.found["outbox"][0]


def test_doctor_goes_on_after_a_failure_and_tells_it_once(desk: Desk) -> None:
    (desk.folder / "rules" / "deal" / "soy.yaml").write_text(SOY.replace("kind: s", "kind: z"), encoding="utf-8")
    told = examined(desk)
    assert (told.exit_code, told.failing()) == (1, ["rules"])
    assert told.found["database"][0].startswith("ok")


def test_doctor_names_a_damaged_database(desk: Desk) -> None:
    (desk.folder / "monitor.db").write_bytes(b"not a database at all" * 300)
    told = examined(desk)
    assert (told.exit_code, told.failing()) == (1, ["database"])


def test_doctor_fails_when_no_source_answers_and_tells_many_that_fail_alike_in_one_line(desk: Desk) -> None:
    desk.run("poll", "--once")
    told = examined(desk)
    assert (told.exit_code, told.failing()) == (1, ["source"])
    (line,) = told.found["source"]
    assert re.match(r"FAIL no source answers since \d+ \w+ \d{4}", line)
    assert "2 feeds fail alike since" in line
    assert line.endswith(
        "the connection was refused (herald, ministry). Is there a network? Check the connection of this machine, its "
        "proxy and its firewall"
    )


def test_doctor_warns_of_one_source_that_fails_beside_others(desk: Desk) -> None:
    with publisher({"/herald": rss()}) as running:
        desk.edit("http://127.0.0.1:9/herald", running.url("/herald"))
        assert desk.run("poll", "--once").exit_code == 0
    told = examined(desk)
    assert (told.exit_code, told.failing()) == (0, [])
    assert [text.split(":")[0] for text in told.found["source"]] == ["warn ministry"]


def test_doctor_only_warns_of_failing_examples_and_channels_that_are_not_set_up(desk: Desk) -> None:
    path = desk.folder / "rules" / "deal" / "soy.yaml"
    path.write_text(SOY.replace("effect: progress", "effect: setback"), encoding="utf-8")
    desk.edit('channel = "file"\nto = "desk@deals.example"', 'channel = "slack"\nto = "#desk"')
    told = examined(desk)
    assert (told.exit_code, told.failing()) == (0, [])
    assert "wants Slack, which is not set up" in told.found["config"][1]
    assert told.found["rules"][1].startswith("warn 1 examples fail")


def slack_findings(desk: Desk, monkeypatch: pytest.MonkeyPatch, slack: Workspace) -> list[str]:
    """What doctor says of a Slack that is set up by token, for a route to the channel C1."""
    monkeypatch.setenv("DEAL_MONITOR_SLACK__TOKEN", "xoxb-secret-token")
    desk.edit("[poll]", f'[slack]\napi_url = "{slack.url}"\n[poll]')
    desk.edit('channel = "file"\nto = "desk@deals.example"', 'channel = "slack"\nto = "C1"')
    desk.lay_database()
    told = objects(desk.run("doctor", "--json").stdout)
    return [f"{one['state']} {one['text']}" for one in told if one["what"] == "slack"]


def test_doctor_says_that_messages_of_unknown_fate_are_looked_up(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with workspace() as slack:
        assert slack_findings(desk, monkeypatch, slack) == [
            "ok token of Desk/monitor",
            "ok C1: a message of unknown fate is looked up before it is sent again",
        ]


@pytest.mark.parametrize(
    ("code", "remedy"), [("missing_scope", "channels:history"), ("not_in_channel", "invite"), ("unknown_method", "")]
)
def test_doctor_warns_where_they_cannot_be_looked_up(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, code: str, remedy: str
) -> None:
    with workspace(refuses={"conversations.history": code}) as slack:
        _, told = slack_findings(desk, monkeypatch, slack)
    assert told.startswith("warn C1: ")
    assert f"({code})" in told
    assert remedy in told


def test_doctor_fails_on_a_channel_that_the_outbox_knows_as_out_of_order(desk: Desk) -> None:
    with desk.opened() as app, app.store.begin() as conn:
        outbox_store.open_circuit(conn, "slack", "Slack refused the message: token_revoked", NOW, NOW)
    told = examined(desk)
    assert (told.exit_code, told.failing()) == (1, ["channel"])
    (text,) = told.found["channel"]
    assert text.startswith("FAIL slack: out of order since 2 Mar 2026 09:00 UTC, its messages wait: ")
    assert "token_revoked. Mend that; " in text
    assert "`deal-monitor outbox retry`" in text


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ChannelError("no such address", permanent=True), ("1 dead", "outbox list --state dead", "outbox retry")),
        (ChannelError("lost", uncertain=True), ("1 uncertain", "sent again by themselves")),
    ],
    ids=["dead", "uncertain"],
)
def test_doctor_says_what_to_do_about_messages_that_are_dead_or_in_doubt(
    desk: Desk, error: ChannelError, said: tuple[str, ...]
) -> None:
    def fail(parcel: OutboundMessage) -> DeliveryReceipt:
        raise error

    desk.hear(BUYS)
    with desk.opened() as app:
        delivery.deliver(app.store, {"file": fail}, later(days=1), owner="test", rng=lambda: 0.5)
    told = examined(desk)
    assert told.exit_code == 0
    (text,) = told.found["messages"]
    assert text.startswith("warn ")
    assert all(part in text for part in said)


def test_doctor_names_the_line_of_a_folder_that_is_not_there_and_how_to_get_one(desk: Desk) -> None:
    desk.edit('rules = "rules"', 'rules = "rulez"')
    desk.edit('templates = "', 'templates = "tmpl" # ')
    told = examined(desk)
    assert told.failing() == ["rules", "templates"]
    assert [re.sub(".*config.toml:", "", text)[:21] for text in told.found["config"][1:]] == [
        "3: monitor.rules: the",
        "4: monitor.templates:",
    ]
    assert all("deal-monitor init DIR" in text for what in ("rules", "templates") for text in told.found[what])


@pytest.mark.parametrize(
    ("answers", "remedy"),
    [({"banner": "554 go away"}, "smtp.host"), ({"auth": "535 wrong"}, "smtp.username and its password")],
    ids=["at the door", "at the password"],
)
def test_doctor_says_what_to_look_at_when_the_mail_server_refuses(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answers: dict[str, str], remedy: str
) -> None:
    monkeypatch.setenv("DEAL_MONITOR_SMTP__PASSWORD", "open-sesame-1")
    context, trust = certificate(tmp_path)
    with smtp(tls=context, extensions=("STARTTLS", "AUTH PLAIN"), script=answers) as server:
        extra = f'[smtp]\nhost = "127.0.0.1"\nport = {server.port}\nusername = "u"\nsender = "m@deals.example"\n'
        desk.edit("[poll]", f'{extra}ca_file = "{trust}"\n[poll]')
        (told,) = (one for one in objects(desk.run("doctor", "--json").stdout) if one["what"] == "mail")
    assert told["state"] == "FAIL"
    assert f"; check {remedy}" in told["text"]


def test_doctor_tells_which_job_failed_within_a_day_and_whether_it_works_again(desk: Desk) -> None:
    now = utc_now()
    with desk.opened() as app, app.store.begin() as conn:
        for job, hours, outcome in (
            ("deliver", 3, "failed"),
            ("deliver", 2, "ok"),
            ("review", 5, "ok"),
            ("review", 4, "failed"),
            ("poll", 30, "failed"),
        ):
            at = now - timedelta(hours=hours)
            detail = "ValueError: no" if outcome == "failed" else ""
            problems_and_runs.add_run(conn, Run(job=job, started_at=at, ended_at=at, outcome=outcome, detail=detail))
    told = examined(desk)
    assert told.exit_code == 0
    assert [text.split(" on ")[0] for text in told.found["job"]] == ["ok deliver failed", "warn review failed"]
    assert told.found["job"][0].endswith("ValueError: no; it works again")

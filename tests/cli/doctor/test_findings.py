"""What `doctor` finds in a working folder."""

from __future__ import annotations

import os
import re
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from monitor.cli.doctor.machine import clock_finding, space_finding

from monitor.cli.doctor import checked
from monitor.cli.doctor.findings import Examination, Finding, told_apart
from monitor.config import load_settings
from monitor.domain.messages.briefs import DeliveryReceipt, OutboundMessage
from monitor.errors import ChannelError
from monitor.pipeline import delivery
from monitor.runtime.app import open_app
from monitor.runtime.health_reports import HealthRecorder
from monitor.runtime.session import utc_now
from monitor.runtime.simulation import SimulatedClock
from monitor.store import outbox as outbox_store
from monitor.store import problems_and_runs
from monitor.store.tables import Run
from tests.builders.channel_servers import certificate, smtp
from tests.builders.databases import NOW, later
from tests.builders.feed_publisher import publisher, rss
from tests.builders.outside_check import outside_check
from tests.builders.shipped_rules import ROOT
from tests.builders.slack_workspace import Workspace, workspace
from tests.builders.small_rulebook import BUYS, SOY
from tests.builders.working_folder import Desk, objects

READER = '[reader]\nbase_url = "http://127.0.0.1:9/v1"\nmodel = "small"\n'
"""A model whose server is not asked offline."""


@dataclass(frozen=True, slots=True)
class Examined:
    """What doctor found: its exit code, and 'STATE text – remedy' by what it looked at."""

    exit_code: int
    found: dict[str, list[str]]

    def failing(self) -> list[str]:
        return [what for what, texts in self.found.items() if any(text.startswith("FAIL") for text in texts)]


def said(finding: dict[str, str]) -> str:
    """A finding as people read it, without what it looked at."""
    remedy = f" – {finding['remedy']}" if finding["remedy"] else ""
    return f"{finding['state']} {finding['text']}{remedy}"


def examined(desk: Desk) -> Examined:
    desk.lay_database()
    result = desk.run("doctor", "--offline", "--json")
    found: dict[str, list[str]] = {}
    for finding in objects(result.stdout):
        assert list(finding) == ["state", "what", "text", "remedy"]
        found.setdefault(finding["what"], []).append(said(finding))
    return Examined(result.exit_code, found)


def test_doctor_of_a_sound_folder_finds_nothing_wrong_and_makes_no_database(desk: Desk) -> None:
    result = desk.run("doctor", "--offline")
    assert result.exit_code == 0
    *lines, last = result.stdout.splitlines()
    assert [line.split()[:2] for line in lines] == [
        ["ok", what]
        for what in (
            *("config", "machine", "clock", "data", "rules", "templates", "templates", "database"),
            *("outbox", "reader", "pages", "pages", "heartbeat"),
        )
    ]
    assert last == "all is in order: 13 checks"
    assert not desk.database.exists()


def test_doctor_counts_at_the_end_what_is_not_in_order(desk: Desk) -> None:
    desk.edit('channel = "file"', 'channel = "email"')
    desk.edit("desk@deals.example", "desk@example.org")
    (desk.folder / "rules" / "policy.yaml").unlink()
    assert desk.run("doctor", "--offline").stdout.splitlines()[-1] == "2 warnings, 1 failure"


def test_doctor_breaks_no_word_on_a_narrow_terminal_and_keeps_what_is_said_beside_the_state() -> None:
    finding = Finding("warn", "source", "two feeds fail alike", "look at /a/folder-of/a/rather-long-name/sources.yaml")
    assert finding.lines(None) == [finding.line()]
    first, *rest = finding.lines(44)
    assert first == "warn  source     two feeds fail alike – look"
    assert all(line.startswith(" " * 17) for line in rest)
    assert "/a/folder-of/a/rather-long-name/sources.yaml" in rest[-1]


@pytest.mark.slow
def test_doctor_names_the_line_of_a_broken_template(desk: Desk) -> None:
    shutil.copytree(ROOT / "templates", desk.folder / "copy")
    desk.edit('templates = "', 'templates = "copy" # ')
    broken = desk.folder / "copy" / "alert.txt.j2"
    broken.write_text("{{ brief.subject }}\n{{ brief.frist_line }}\n", encoding="utf-8")
    told = examined(desk)
    assert (told.exit_code, told.failing()) == (1, ["templates"])
    assert "alert.txt.j2:2:" in told.found["templates"][0]



@pytest.mark.slow
def test_doctor_says_that_a_folder_of_templates_without_pages_gets_the_shipped_ones(desk: Desk) -> None:
    shutil.copytree(ROOT / "templates", desk.folder / "copy", ignore=shutil.ignore_patterns("site"))
    desk.edit('templates = "', 'templates = "copy" # ')
    told = examined(desk)
    assert (told.exit_code, told.failing()) == (0, [])
    assert f", as {desk.folder / 'copy'} has no folder site: copy it there to edit" in told.found["templates"][1]


@pytest.mark.slow
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


@pytest.mark.slow
def test_doctor_goes_on_after_a_failure_and_tells_it_once(desk: Desk) -> None:
    (desk.folder / "rules" / "deal" / "soy.yaml").write_text(SOY.replace("kind: s", "kind: z"), encoding="utf-8")
    told = examined(desk)
    assert (told.exit_code, told.failing()) == (1, ["rules"])
    assert told.found["database"][0].startswith("ok")


def test_doctor_names_a_damaged_database(desk: Desk) -> None:
    (desk.folder / "monitor.db").write_bytes(b"not a database at all" * 300)
    told = examined(desk)
    assert (told.exit_code, told.failing()) == (1, ["database"])


@pytest.mark.slow
def test_doctor_fails_when_no_source_answers_and_tells_many_that_fail_alike_in_one_line(desk: Desk) -> None:
    desk.run("poll")
    told = examined(desk)
    assert (told.exit_code, told.failing()) == (1, ["source"])
    (line,) = told.found["source"]
    assert re.match(r"FAIL no source answers since \d+ \w+ \d{4}", line)
    assert "2 feeds fail alike since" in line
    assert line.endswith(
        "the connection was refused (herald, ministry) – Is there a network? Check the connection of this machine, its "
        "proxy and its firewall"
    )


@pytest.mark.slow
def test_doctor_warns_of_one_source_that_fails_beside_others(desk: Desk) -> None:
    with publisher({"/herald": rss()}) as running:
        desk.edit("http://127.0.0.1:9/herald", running.url("/herald"))
        assert desk.run("poll").exit_code == 0
    told = examined(desk)
    assert (told.exit_code, told.failing()) == (0, [])
    assert [text.split(":")[0] for text in told.found["source"]] == [
        "warn ministry",
        "ok 1 of 2 feeds answer and bring news",
    ]


def test_secrets_that_a_group_can_read_are_not_called_one_users(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = desk.folder / "secrets"
    secrets.mkdir(mode=0o750)
    (secrets / "slack__token").write_text("xoxb-1-secret", encoding="utf-8")
    (secrets / "slack__token").chmod(0o640)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(secrets))
    assert examined(desk).found["secrets"][0].endswith("1 file, for this user and its group")
    secrets.chmod(0o700)
    assert examined(desk).found["secrets"][0].endswith("1 file, for this user alone")


LINKS = '[site]\nbase_url = "https://status.company.org"\nactions = true\n'


def test_doctor_makes_no_key_of_links_and_names_one_that_cannot_be_used(desk: Desk) -> None:
    desk.edit("[poll]", f"{LINKS}[poll]")
    key = desk.folder / "site.key"
    assert examined(desk).failing() == []
    assert not key.exists(), "one that root made could not be read by the user of the service"
    key.write_text("short\n", encoding="ascii")
    told = examined(desk)
    assert told.failing() == ["pages"]
    assert "site.key holds no key of 32 characters or more – delete it for a new key" in "\n".join(told.found["pages"])


def test_a_file_in_the_place_of_the_pages_is_a_warning(desk: Desk) -> None:
    (desk.folder / "site").mkdir()
    assert "site is no link to pages, so none are built; alerts go out all the same – move it away" in "\n".join(
        examined(desk).found["pages"]
    )


def test_what_a_driver_says_stands_with_the_problem_and_not_in_the_remedy() -> None:
    text = "database DB: the server cannot be reached: check that it is running (connection to DB failed: refused)"
    problem, remedy = told_apart(text, stored=True)
    assert remedy == "check that it is running"
    assert problem == "database DB: the server cannot be reached (connection to DB failed: refused)"


def test_a_broken_file_of_publishers_is_told_once(desk: Desk) -> None:
    (desk.folder / "rules" / "sources.yaml").write_text("publishers: [\n", encoding="utf-8")
    told = examined(desk)
    assert "publisher" not in told.found
    assert told.failing() == ["rules"]


def test_publishers_that_nobody_knows_are_told_in_one_line_and_a_misspelt_one_by_itself(desk: Desk) -> None:
    desk.edit('publisher = "Herald Wire"', 'publisher = "Nobody of Heralds"')
    desk.edit('publisher = "Ministry"', 'publisher = "Nobody of Ministrys"')
    (line,) = examined(desk).found["publisher"]
    assert line.startswith(
        "warn 2 feeds have publishers that nobody lists, so their word counts for nothing: herald, ministry"
    )
    desk.edit('publisher = "Nobody of Ministrys"', 'publisher = "Minstry"')
    assert len(examined(desk).found["publisher"]) == 2


def test_doctor_only_warns_of_failing_examples_and_channels_that_are_not_set_up(desk: Desk) -> None:
    path = desk.folder / "rules" / "deal" / "soy.yaml"
    path.write_text(SOY.replace("effect: progress", "effect: setback"), encoding="utf-8")
    desk.edit('channel = "file"\nto = "desk@deals.example"', 'channel = "slack"\nto = "#desk"')
    told = examined(desk)
    assert (told.exit_code, told.failing()) == (0, [])
    assert "wants Slack, which is not set up" in told.found["config"][1]
    assert told.found["rules"][1].startswith("warn 1 example fails – `deal-monitor rules test`")


def slack_findings(desk: Desk, monkeypatch: pytest.MonkeyPatch, slack: Workspace) -> list[str]:
    """What doctor says of a Slack that is set up by token, for a route to the channel C1."""
    monkeypatch.setenv("DEAL_MONITOR_SLACK__TOKEN", "xoxb-secret-token")
    desk.edit("[poll]", f'[slack]\napi_url = "{slack.url}"\n[poll]')
    desk.edit('channel = "file"\nto = "desk@deals.example"', 'channel = "slack"\nto = "C1"')
    desk.lay_database()
    told = objects(desk.run("doctor", "--json").stdout)
    return [said(one) for one in told if one["what"] == "slack"]


@pytest.mark.slow
def test_doctor_says_that_messages_of_unknown_fate_are_looked_up(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with workspace() as slack:
        assert slack_findings(desk, monkeypatch, slack) == [
            "ok token of Desk/monitor",
            "ok C1: a message of unknown fate is looked up before it is sent again",
        ]


@pytest.mark.parametrize(("code", "remedy"), [("missing_scope", "channels:history"), ("unknown_method", "")])
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
    assert "token_revoked – mend that; " in text
    assert "`deal-monitor outbox retry`" in text


@pytest.mark.slow
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


def test_doctor_names_a_place_whose_messages_fail_again_and_again(desk: Desk) -> None:
    def busy(parcel: OutboundMessage) -> DeliveryReceipt:
        raise ChannelError("451 busy")

    desk.hear(BUYS)
    with desk.opened() as app:
        for hours in range(5):
            delivery.deliver(app.store, {"file": busy}, later(days=1, hours=hours), owner="test", rng=lambda: 0.5)
    (_, text) = examined(desk).found["messages"]
    assert text.startswith(
        "warn file desk@deals.example: 1 message failed 5 times or more: 451 busy – `deal-monitor outbox show"
    )


def test_doctor_names_the_line_of_a_folder_that_is_not_there_and_how_to_get_one(desk: Desk) -> None:
    desk.edit('rules = "rules"', 'rules = "rulez"')
    desk.edit('templates = "', 'templates = "tmpl" # ')
    told = examined(desk)
    assert told.failing() == ["rules", "templates"]
    assert [re.sub(".*config.toml:", "", text)[:21] for text in told.found["config"][1:]] == [
        "3: monitor.rules: the",
        "4: monitor.templates:",
    ]
    assert all("deal-monitor init DIR" in told.found[what][0] for what in ("rules", "templates"))


@pytest.mark.slow
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
        placeholder, told = (one for one in objects(desk.run("doctor", "--json").stdout) if one["what"] == "mail")
    assert placeholder["state"] == "warn"
    assert told["state"] == "FAIL"
    assert told["remedy"].startswith(f"check {remedy}")


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


# ---------------------------------------------------------------- it goes on


@pytest.mark.slow
def test_a_broken_configuration_hides_nothing_else_that_is_broken(desk: Desk) -> None:
    shutil.copytree(ROOT / "templates", desk.folder / "copy")
    (desk.folder / "copy" / "digest.txt.j2").unlink()
    (desk.folder / "rules" / "deal" / "soy.yaml").write_text(SOY.replace("kind: s", "kind: z"), encoding="utf-8")
    desk.edit('templates = "', 'templates = "copy" # ')
    desk.edit("total_seconds = 3", "total_seconds = many")
    desk.database.write_bytes(b"not a database at all" * 300)
    told = examined(desk)
    assert (told.exit_code, told.failing()) == (1, ["config", "rules", "templates", "database"])
    assert told.found["config"][0].startswith(f"FAIL {desk.config}:8: is no valid TOML")
    assert "route" not in told.found, "what could not be read is not said to be missing"


@pytest.mark.slow
def test_a_feed_with_a_fault_is_left_out_and_the_others_are_checked(desk: Desk) -> None:
    desk.edit('interval = "5m"\n\n', 'interval = "5 min"\n\n')
    desk.edit("allow_private_addresses = true", "")
    told = examined(desk)
    assert told.found["config"][0].startswith(
        f"FAIL {desk.config}:23: feeds[1].interval '5 min' is no interval – write"
    )
    assert "1 feed in a private network, which is not asked: ministry" in told.found["address"][0]


def test_a_check_that_breaks_is_a_finding_without_a_traceback(desk: Desk) -> None:
    def breaks(patient: Examination) -> Iterator[Finding]:
        yield Finding("ok", "this", "until here")
        raise ZeroDivisionError("division by zero")

    first, second = checked("this", breaks, Examination.without_settings(offline=True))
    assert first.state == "ok"
    assert (second.state, second.text) == ("FAIL", "this could not be checked: ZeroDivisionError: division by zero")


# ---------------------------------------------------------------- the machine


def test_a_clock_that_is_behind_the_files_is_wrong(desk: Desk) -> None:
    finding = clock_finding(datetime(1990, 1, 1, tzinfo=UTC), [desk.config])
    assert finding.state == "FAIL"
    assert finding.text.startswith(f"it says 1 Jan 1990 00:00 UTC, but {desk.config} was written on ")
    assert clock_finding(utc_now(), [desk.config]).state == "ok"


def test_a_moment_that_is_rehearsed_is_no_wrong_clock(desk: Desk) -> None:
    assert desk.run("--now", "1990-01-01", "doctor", "--offline").exit_code == 0


@pytest.mark.parametrize(("megabytes", "state"), [(49, "FAIL"), (499, "warn"), (501, "ok")])
def test_little_room_on_the_disk_is_told_before_it_is_used_up(megabytes: int, state: str) -> None:
    finding = space_finding(megabytes * 10**6, Path("var"))
    assert (finding.state, finding.text) == (state, f"var: {megabytes} MB free")


@pytest.mark.slow
def test_a_disk_that_takes_nothing_more_is_a_failure_of_the_data_folder(desk: Desk) -> None:
    desk.run("doctor", "--offline")  # compiles the rules

    def no_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))

    arguments = [sys.executable, "-m", "monitor", "--config", str(desk.config), "doctor", "--offline"]
    done = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, timeout=60, preexec_fn=no_room)
    assert done.returncode == 1, done.stderr
    assert "FAIL  data       " in done.stdout
    assert "File too large – give this user the right to write there, free some space" in done.stdout


# ---------------------------------------------------------------- is it running?


@pytest.mark.slow
def test_a_running_monitor_is_named_with_its_process_and_what_it_did_last(desk: Desk) -> None:
    clock = SimulatedClock(utc_now())
    desk.lay_database()
    with closing(open_app(load_settings(desk.config), exclusive=True, clock=clock)) as app:
        HealthRecorder(app, clock()).write()
        told = examined(desk)
    (line,) = told.found["monitor"]
    assert line.startswith(f"ok running (process {os.getpid()}) since ")
    assert line.endswith("; last poll never, last decision never")


def test_a_running_monitor_whose_jobs_stand_still_is_a_failure(desk: Desk) -> None:
    clock = SimulatedClock(utc_now())
    desk.lay_database()
    with closing(open_app(load_settings(desk.config), exclusive=True, clock=clock)) as app:
        HealthRecorder(app, clock() - timedelta(hours=1)).write()
        told = examined(desk)
    assert told.failing() == ["monitor"]
    assert "the job 'review' has not ended well since" in told.found["monitor"][0]
    assert told.found["monitor"][0].endswith(" – stop it and start it anew")


def test_a_monitor_that_was_killed_a_moment_ago_does_not_pass_for_a_running_one(desk: Desk) -> None:
    with desk.opened(SimulatedClock(utc_now())) as app:  # without the lock that a running one holds
        HealthRecorder(app, app.clock()).write()
    (line,) = examined(desk).found["monitor"]
    assert line.startswith("FAIL no monitor is running: the last one gave its last sign of life on ")


def test_where_none_runs_the_age_of_the_statuses_is_told(desk: Desk) -> None:
    desk.hear(BUYS)
    with desk.opened() as app:
        HealthRecorder(app, NOW).end()
    told = examined(desk)
    (line,) = told.found["monitor"]
    assert line.startswith(
        "warn no monitor is running: the last one ended on 2 Mar 2026 09:00 UTC; the statuses are of "
    )
    assert line.endswith(" – start `deal-monitor run`, or `deal-monitor poll` by cron")


def test_offline_no_server_is_asked(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEAL_MONITOR_SLACK__TOKEN", "xoxb-secret-token")
    with workspace() as slack, smtp() as server, outside_check() as site:
        mail = f'[smtp]\nhost = "127.0.0.1"\nport = {server.port}\nsecurity = "plain"\nsender = "m@company.org"\n'
        pages = f'[site]\nbase_url = "{site.url("")}"\n'
        desk.edit("[poll]", f'[slack]\napi_url = "{slack.url}"\n{mail}{pages}[poll]')
        desk.edit('channel = "file"\nto = "desk@deals.example"', 'channel = "slack"\nto = "C1"')
        assert examined(desk).exit_code == 0
        assert (sum(slack.calls.values()), server.heard, site.calls) == (0, [], [])
        assert desk.run("doctor").exit_code == 0
        assert slack.calls["auth.test"]
        assert server.heard
        assert site.calls == ["/healthz"]


def test_a_server_of_plain_files_answers_for_the_pages_too(desk: Desk) -> None:
    with publisher({"/": b"the board"}) as files:
        desk.edit("[poll]", f'[site]\nbase_url = "{files.url("")}"\n[poll]')
        found = [one for one in objects(desk.run("doctor", "--json").stdout) if one["what"] == "pages"]
    assert (found[-1]["state"], "a server of plain files" in found[-1]["text"]) == ("ok", True)

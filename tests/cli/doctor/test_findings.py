"""What `doctor` finds in a working folder; test_broken_setups.py has the findings on broken ones."""

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace

import pytest

from monitor.cli.doctor import Examination, Finding, checked, split_remedy
from monitor.config import load_settings
from monitor.domain.messages.briefs import DeliveryReceipt, OutboundMessage
from monitor.errors import ChannelError
from monitor.pipeline import delivery
from monitor.runtime.app import open_app
from monitor.runtime.health_reports import HealthRecorder
from monitor.runtime.session import utc_now
from monitor.runtime.simulation import SimulatedClock
from monitor.store import outbox as outbox_store
from monitor.store.rows import save_rows
from monitor.store.tables import Run
from tests.builders.channel_servers import smtp
from tests.builders.databases import NOW, later
from tests.builders.doctor_checks import findings
from tests.builders.feed_publisher import publisher, rss
from tests.builders.golden_wording import GoldenWording
from tests.builders.outside_check import outside_check
from tests.builders.shipped_rules import ROOT
from tests.builders.slack_workspace import workspace
from tests.builders.small_rulebook import BUYS, SOY
from tests.builders.working_folder import Desk, objects

READER = '[reader]\nbase_url = "http://127.0.0.1:9/v1"\nmodel = "small"\n'
"""A model; its server is not called offline."""


@dataclass(frozen=True, slots=True)
class Examined:
    """Findings as "STATE text – remedy", by subject."""

    found: dict[str, list[str]]

    def failing(self) -> list[str]:
        return [what for what, texts in self.found.items() if any(text.startswith("FAIL") for text in texts)]


def examined(desk: Desk, *names: str) -> Examined:
    """The findings of these checks offline, and of the database before them."""
    found: dict[str, list[str]] = {}
    for finding in findings(desk, "config", "database", *names):
        remedy = f" – {finding.remedy}" if finding.remedy else ""
        found.setdefault(finding.what, []).append(f"{finding.state} {finding.text}{remedy}")
    return Examined(found)


def today() -> dict[str, str]:
    return {f"{utc_now():%-d %b %Y}": "TODAY"}


def test_a_sound_folder_has_no_findings_and_gets_no_database(desk: Desk) -> None:
    result = desk.run("doctor", "--offline")
    assert result.exit_code == 0
    *lines, _ = result.stdout.splitlines()
    assert [line.split()[:2] for line in lines] == [
        ["ok", what]
        for what in (
            *("config", "machine", "clock", "data", "outbox", "rules", "templates", "database"),
            *("model", "pages", "heartbeat"),
        )
    ]
    assert not desk.database.exists()


def test_the_last_line_counts_warnings_and_failures(desk: Desk, wording: GoldenWording) -> None:
    wording(desk.run("doctor", "--offline").stdout.splitlines()[-1])
    desk.edit('channel = "file"', 'channel = "email"')
    desk.edit("desk@deals.example", "desk@example.org")
    (desk.folder / "rules" / "policy.yaml").unlink()
    wording(desk.run("doctor", "--offline").stdout.splitlines()[-1])


def test_a_message_is_split_into_problem_and_remedy() -> None:
    text = "database DB: the server cannot be reached: check that it is running (connection to DB failed: refused)"
    problem, remedy = split_remedy(text, stored=True)
    assert remedy == "check that it is running"
    assert problem == "database DB: the server cannot be reached (connection to DB failed: refused)"
    assert split_remedy("no such key; write it") == ("no such key", "write it")


def test_a_check_that_raises_is_a_finding(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(examination: Examination) -> Iterator[Finding]:
        yield Finding("ok", "this", "until here")
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr("monitor.cli.doctor.setup_checks.check_clock", breaks)
    examination = Examination(load_settings(desk.config), utc_now(), offline=True)
    first, second = checked("setup_checks", "clock", examination)
    assert (first.state, second.state, "division by zero" in second.text) == ("ok", "FAIL", True)


def test_a_failing_check_does_not_stop_the_others(desk: Desk) -> None:
    (desk.folder / "rules" / "deal" / "soy.yaml").write_text(SOY.replace("kind: s", "kind: z"), encoding="utf-8")
    (desk.folder / "outbox").write_text("a file in the way", encoding="utf-8")
    report = examined(desk, "data", "rules")
    assert report.failing() == ["outbox", "rules"]
    assert report.found["database"][0].startswith("ok")


def test_offline_no_server_is_called(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEAL_MONITOR_SLACK__TOKEN", "xoxb-secret-token")
    with workspace() as slack, smtp() as server, outside_check() as site:
        mail = f'[smtp]\nhost = "127.0.0.1"\nport = {server.port}\nsecurity = "plain"\nsender = "m@company.org"\n'
        pages = f'[site]\nbase_url = "{site.url("")}"\n'
        desk.edit("[poll]", f'[slack]\napi_url = "{slack.url}"\n{mail}{pages}[poll]')
        desk.edit('channel = "file"\nto = "desk@deals.example"', 'channel = "slack"\nto = "C1"')
        assert examined(desk, "slack", "mail", "pages").failing() == []
        assert (sum(slack.calls.values()), server.heard, site.calls) == (0, [], [])
        result = desk.run("doctor", "--json")
        assert result.exit_code == 0
        assert slack.calls["auth.test"]
        assert server.heard
        assert site.calls == ["/healthz"]
        found = [one for one in objects(result.stdout) if one["what"] == "slack"]
        assert [one["state"] for one in found] == ["ok", "ok"], "the token, and the look-up in the channel"


def test_a_clock_behind_the_files_fails_and_a_rehearsed_time_does_not(desk: Desk) -> None:
    assert desk.run("--now", "1990-01-01", "doctor", "--offline").exit_code == 0
    later_than_now = (utc_now() + timedelta(days=400)).timestamp()
    os.utime(desk.config, (later_than_now, later_than_now))
    report = examined(desk, "clock")
    assert report.failing() == ["clock"]
    assert str(desk.config) in report.found["clock"][0]


def test_little_disk_space_is_reported_before_it_is_used_up(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for megabytes, state in ((49, "FAIL"), (499, "warn"), (501, "ok")):
        monkeypatch.setattr("shutil.disk_usage", lambda _, free=megabytes: SimpleNamespace(free=free * 10**6))
        assert examined(desk, "data").found["data"][0].split()[:1] == [state], megabytes


@pytest.mark.slow
def test_a_full_disk_is_a_failure_of_the_data_folder(desk: Desk) -> None:
    desk.run("doctor", "--offline")  # compiles the rules

    def no_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))

    arguments = [sys.executable, "-m", "monitor", "--config", str(desk.config), "doctor", "--offline"]
    done = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, timeout=60, preexec_fn=no_room)
    assert done.returncode == 1, done.stderr
    assert "FAIL  data       " in done.stdout


@pytest.mark.slow
def test_a_template_is_reported_with_the_line_of_its_fault(desk: Desk) -> None:
    shutil.copytree(ROOT / "templates", desk.folder / "copy")
    desk.edit('templates = "', 'templates = "copy" # ')
    (desk.folder / "copy" / "alert.txt.j2").write_text("{{ brief }}\n{{ brief.frist_line }}\n", encoding="utf-8")
    (desk.folder / "copy" / "reader.txt.j2").unlink()
    report = examined(desk, "rules", "templates")
    assert report.failing() == ["templates"]
    assert "alert.txt.j2:2:" in report.found["templates"][0]
    assert "reader.txt.j2" not in "".join(report.found["templates"]), "the prompt is needed for a model only"
    desk.edit("[monitor]", f"{READER}[monitor]")
    assert "reader.txt.j2" in "".join(examined(desk, "rules", "templates").found["templates"])


def test_secrets_a_group_can_read_are_fine(desk: Desk, monkeypatch: pytest.MonkeyPatch, wording: GoldenWording) -> None:
    secrets = desk.folder / "secrets"
    secrets.mkdir(mode=0o750)
    (secrets / "slack__token").write_text("xoxb-1-secret", encoding="utf-8")
    (secrets / "slack__token").chmod(0o640)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(secrets))
    wording(examined(desk, "secrets").found["secrets"])


def test_an_aggregator_that_is_not_declared_one_is_named(desk: Desk, wording: GoldenWording) -> None:
    desk.edit('publisher = "Ministry"', 'publisher = "Aggregator"')
    wording(examined(desk, "rules", "publisher").found["publisher"])
    desk.edit('publisher = "Aggregator"', 'publisher = "Aggregator"\naggregator = true')
    assert "publisher" not in examined(desk, "rules", "publisher").found


def test_unlisted_publishers_share_a_line_and_a_misspelt_one_has_its_own(desk: Desk, wording: GoldenWording) -> None:
    desk.edit('publisher = "Herald Wire"', 'publisher = "Unheard of"')
    desk.edit('publisher = "Ministry"', 'publisher = "Nameless"')
    wording(examined(desk, "rules", "publisher").found["publisher"])
    desk.edit('publisher = "Nameless"', 'publisher = "Minstry"')
    assert len(examined(desk, "rules", "publisher").found["publisher"]) == 2
    (desk.folder / "rules" / "sources.yaml").write_text("publishers: [\n", encoding="utf-8")
    report = examined(desk, "rules", "publisher")
    assert "publisher" not in report.found, "the file is a finding of the rules"
    assert report.failing() == ["rules"]


def test_failing_examples_and_unconfigured_channels_are_warnings(desk: Desk) -> None:
    examples = desk.folder / "rules" / "deal" / "soy.examples"
    examples.write_text("[bought]\nsetback | | China buys soybeans\n", encoding="utf-8")
    desk.edit('channel = "file"\nto = "desk@deals.example"', 'channel = "slack"\nto = "#desk"')
    report = examined(desk, "rules")
    assert report.failing() == []
    assert report.found["config"][1].startswith("warn")
    assert report.found["rules"][1].startswith("warn 1 ")


def test_the_key_of_links_is_not_created_and_an_unusable_one_fails(desk: Desk, wording: GoldenWording) -> None:
    desk.edit("[poll]", '[site]\nbase_url = "https://status.company.org"\nactions = true\n[poll]')
    key = desk.folder / "site.key"
    assert examined(desk, "pages").failing() == []
    assert not key.exists(), "the user of the service could not read a key that root creates"
    key.write_text("short\n", encoding="ascii")
    (desk.folder / "site").mkdir()
    report = examined(desk, "pages")
    assert report.failing() == ["pages"]
    wording(report.found["pages"])


def test_a_plain_web_server_answers_for_the_pages_too(desk: Desk) -> None:
    with publisher({"/": b"the board"}) as files:
        desk.edit("[poll]", f'[site]\nbase_url = "{files.url("")}"\n[poll]')
        found = [one for one in objects(desk.run("doctor", "--json").stdout) if one["what"] == "pages"]
    assert found[-1]["state"] == "ok"


@pytest.mark.slow
def test_one_failing_source_is_a_warning_and_no_answering_source_a_failure(desk: Desk, wording: GoldenWording) -> None:
    desk.run("poll")
    report = examined(desk, "source")
    assert report.failing() == ["source"]
    wording(report.found["source"], hide=today())
    with publisher({"/herald": rss()}) as running:
        desk.edit("http://127.0.0.1:9/herald", running.url("/herald"))
        assert desk.run("poll").exit_code == 0
    report = examined(desk, "source")
    assert report.failing() == []
    assert [text.split()[0] for text in report.found["source"]] == ["warn", "ok"]


def test_a_failing_channel_fails(desk: Desk, wording: GoldenWording) -> None:
    with desk.opened() as app, app.store.begin() as conn:
        outbox_store.open_circuit(conn, "slack", "Slack refused the message: token_revoked", NOW, NOW)
    report = examined(desk, "messages")
    assert report.failing() == ["channel"]
    wording(report.found["channel"])


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(ChannelError("no such address", permanent=True), id="dead"),
        pytest.param(ChannelError("lost", uncertain=True), id="uncertain"),
        pytest.param(ChannelError("451 busy"), id="busy"),
    ],
)
def test_dead_uncertain_and_repeatedly_failing_messages_are_warnings(
    desk: Desk, error: ChannelError, wording: GoldenWording
) -> None:
    def fail(message: OutboundMessage) -> DeliveryReceipt:
        raise error

    desk.hear(BUYS)
    with desk.opened() as app:
        for hours in range(5):
            delivery.deliver(app.store, {"file": fail}, later(days=1, hours=hours), owner="test", rng=lambda: 0.5)
    report = examined(desk, "messages")
    assert report.failing() == []
    wording(report.found["messages"])


def test_jobs_that_failed_within_a_day_are_listed(desk: Desk) -> None:
    now = utc_now()
    runs = (("deliver", 3, "failed"), ("deliver", 2, "ok"), ("review", 5, "ok"), ("review", 4, "failed"))
    with desk.opened() as app, app.store.begin() as conn:
        for job, hours, outcome in (*runs, ("poll", 30, "failed")):
            at = now - timedelta(hours=hours)
            detail = "ValueError: no" if outcome == "failed" else ""
            save_rows(conn, Run(job=job, started_at=at, ended_at=at, outcome=outcome, detail=detail))
    report = examined(desk, "problem")
    assert report.failing() == []
    assert [text.split(" on ")[0] for text in report.found["job"]] == ["warn review failed"]


@pytest.mark.parametrize(("started", "failing"), [(timedelta(0), []), (timedelta(hours=1), ["monitor"])])
def test_a_running_monitor_is_named_and_fails_if_its_jobs_stand_still(
    desk: Desk, started: timedelta, failing: list[str]
) -> None:
    clock = SimulatedClock(utc_now())
    desk.lay_database()
    with closing(open_app(load_settings(desk.config), exclusive=True, clock=clock)) as app:
        HealthRecorder(app, clock() - started).write()
        report = examined(desk, "monitor")
    assert report.failing() == failing
    assert f"process {os.getpid()}" in report.found["monitor"][0]


def test_a_monitor_that_was_killed_a_moment_ago_does_not_pass_for_a_running_one(desk: Desk) -> None:
    with desk.opened(SimulatedClock(utc_now())) as app:  # without the lock of a running monitor
        HealthRecorder(app, app.clock()).write()
    assert examined(desk, "monitor").failing() == ["monitor"]


def test_the_age_of_the_statuses_is_reported_if_no_monitor_is_running(desk: Desk) -> None:
    desk.hear(BUYS)
    with desk.opened() as app:
        HealthRecorder(app, NOW).write(end=True)
    report = examined(desk, "monitor")
    assert report.failing() == []
    assert report.found["monitor"][0].startswith("warn")
    assert "days ago" in report.found["monitor"][0]

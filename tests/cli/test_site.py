"""`site build` and `site serve`: the pages as files, and as a real process next to a monitor."""

import email.policy
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from pathlib import Path

import feedparser
import pytest
from icalendar import Calendar

from monitor.config import load_settings
from monitor.runtime.app import deliver_due
from monitor.runtime.session import open_session
from monitor.runtime.simulation import SimulatedClock
from monitor.runtime.site_services import site_services
from monitor.site.server import make_app
from monitor.store import verdict_records
from tests.builders.databases import later
from tests.builders.golden_wording import GoldenWording
from tests.builders.machine_files import check_json
from tests.builders.shipped_rules import ROOT
from tests.builders.site_servers import Site, running
from tests.builders.small_rulebook import BUYS, CANCELS
from tests.builders.working_folder import Desk, objects

LIMIT_S = 20.0
"""Only a broken program takes so long."""
WHEN = later(hours=3)


def test_build_writes_files_for_people_and_programs_without_names_of_people(desk: Desk) -> None:
    desk.hear(BUYS)
    pinned = desk.run("commitment", "pin", "soy", "in_force", "seen", "a call", "--by", "Ann Lee")
    assert pinned.exit_code == 0, pinned.output
    done = desk.run("site", "build")
    assert (done.exit_code, str(desk.folder / "site") in done.stdout) == (0, True)
    site = (desk.folder / "site").resolve()
    files = {path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*.*") if path.is_file()}
    assert files["index.html"].startswith(b"<!doctype html>")
    assert [address for address, content in files.items() if b"Ann Lee" in content] == []
    document = check_json(files)["api/v1/soy.json"]
    assert (document["status"], [row["reason"] for row in document["interventions"]]) == ("in_force", ["seen"])
    feed = feedparser.parse(files["c/soy.atom"])
    assert not feed.bozo
    assert {entry.id.rpartition("/")[2] for entry in feed.entries} == {change["id"] for change in document["changes"]}
    assert Calendar.from_ical(files["deadlines.ics"]).walk("VEVENT") == []


@pytest.fixture
def mailing(desk: Desk) -> Desk:
    """A desk whose mails, written as files, have signed links."""
    with socket.create_server(("127.0.0.1", 0)) as sock:
        port = sock.getsockname()[1]
    to = 'channel = "email"\nto = "ann@deals.example, bob@deals.example"'
    desk.edit('channel = "file"\nto = "desk@deals.example"', to)
    desk.edit("[[routes]]", f'[site]\nbase_url = "http://127.0.0.1:{port}"\nactions = true\n\n[[routes]]')
    desk.hear(CANCELS)
    with desk.opened(SimulatedClock(WHEN)) as app:
        deliver_due(app)
    return desk


def tokens(desk: Desk, to: str) -> list[str]:
    """The tokens of the links in the mail to this reader: "This is wrong", "Unsubscribe"."""
    for file in sorted((desk.folder / "outbox").rglob("*.eml")):
        mail = message_from_bytes(file.read_bytes(), policy=email.policy.default)
        if mail["To"] == to:
            body = mail.get_body(("plain",))
            assert body is not None
            return re.findall(r"https?://\S+/links/(\S+)", body.get_content())
    raise AssertionError(f"no mail to {to}")


@contextmanager
def process(desk: Desk) -> Iterator[tuple[Site, subprocess.Popen[str], str]]:
    """The command as a process, and its first lines."""
    port = str(load_settings(desk.config).site.base_url).rpartition(":")[2]
    command = [sys.executable, "-m", "monitor", "--config", str(desk.config), "--now", WHEN.isoformat()]
    command += ["--log-level", "debug", "site", "serve", "--port", port]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    started = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environ, cwd=desk.folder)
    said = ""
    try:
        assert started.stderr is not None
        for line in started.stderr:
            said += line
            if "Ctrl-C" in line:
                break
        yield Site(int(port)), started, said
    finally:
        started.kill()
        started.communicate(timeout=LIMIT_S)


@pytest.mark.slow
def test_a_reader_uses_the_links_of_a_mail_and_sigterm_ends_the_server_in_order(mailing: Desk) -> None:
    wrong, leave = tokens(mailing, "ann@deals.example")
    with process(mailing) as (site, started, said):
        assert site.ask("/").status == 200, "missing pages are built first"
        assert site.ask("/site.css").headers["content-type"].startswith("text/css")
        for token, heading in ((wrong, "Report as wrong"), (leave, "Unsubscribe")):
            assert f"<h1>{heading}</h1>" in site.ask(f"/links/{token}").text
        assert site.press(f"/links/{leave}", "List-Unsubscribe=One-Click").status == 200
        started.send_signal(signal.SIGTERM)
        assert started.stderr is not None
        rest = started.stderr.read()
        assert started.wait(LIMIT_S) == 0
    key = (mailing.folder / "site.key").read_text().strip()
    assert not any(secret in said + rest for secret in (wrong, leave, key))
    listed = objects(mailing.run("--now", WHEN.isoformat(), "commitment", "log", "--json").stdout)
    assert [(each["kind"], each["subject"]) for each in listed] == [("unsubscribe", "desk/ann@deals.example")]


@pytest.fixture
def served(mailing: Desk) -> Iterator[tuple[Desk, Site]]:
    """The server on a session of its own, as the command connects it."""
    session = open_session(load_settings(mailing.config), rules=True, clock=lambda: WHEN)
    try:
        with running(make_app(site_services(session, "127.0.0.1"))) as site:
            yield mailing, site
    finally:
        session.close()


def test_health_metrics_and_links_work_on_the_database_of_a_monitor(
    served: tuple[Desk, Site], wording: GoldenWording
) -> None:
    desk, site = served
    answer = site.ask("/healthz")
    assert (answer.status, str(desk.folder) in answer.text) == (503, False)
    wording(json.loads(answer.body)["reasons"])
    metrics = site.ask("/metrics").text
    assert 'deal_monitor_commitment_status{commitment="soy",status="at_risk"} 1.0' in metrics
    assert 'deal_monitor_outbox_messages{channel="email",state="sent"} 2.0' in metrics
    assert 'deal_monitor_source_last_success_timestamp_seconds{source="herald"}' in metrics
    leave = tokens(desk, "bob@deals.example")[1]
    with desk.opened(SimulatedClock(WHEN)) as app:
        assert site.press(f"/links/{leave}", "press=yes").status == 200
        with app.store.read() as conn:
            (entry,) = verdict_records.interventions(conn, ())[""]
    assert entry.subject == "desk/bob@deals.example"


def test_no_links_are_served_if_messages_have_none(desk: Desk, tmp_path: Path) -> None:
    desk.hear()
    session = open_session(load_settings(desk.config), clock=lambda: WHEN)
    try:
        assert site_services(session, "127.0.0.1").links is None
        assert not (tmp_path / "site.key").exists()
    finally:
        session.close()


def test_a_port_in_use_ends_the_command_and_an_open_line_is_a_warning(desk: Desk) -> None:
    desk.hear()
    desk.run("site", "build")
    with socket.create_server(("127.0.0.1", 0)) as sock:
        for host, warned in (("127.0.0.1", False), ("0.0.0.0", True)):
            done = desk.run("site", "serve", "--host", host, "--port", str(sock.getsockname()[1]))
            assert (done.exit_code, "--port" in done.stderr, "base_url" in done.stderr) == (2, True, warned)

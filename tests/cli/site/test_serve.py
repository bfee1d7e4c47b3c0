"""`site serve` as a real process beside a monitor: a link in a mail is followed, and it ends in order when asked."""

from __future__ import annotations

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
from dataclasses import replace
from email import message_from_bytes
from pathlib import Path

import pytest
from monitor.runtime.site.serving import known_names, site_services, vitals_of
from monitor.site.server.app import make_app

from monitor.config import load_settings
from monitor.domain.pages.vitals import complaints
from monitor.runtime.app import deliver_due
from monitor.runtime.session import open_session
from monitor.runtime.simulation import SimulatedClock
from monitor.store import verdict_records
from tests.builders.databases import later
from tests.builders.shipped_rules import ROOT
from tests.builders.site_servers import Site, running
from tests.builders.small_rulebook import CANCELS
from tests.builders.working_folder import Desk, objects

LIMIT_S = 20.0
"""Only a broken program is waited for so long."""
WHEN = later(hours=3)
MAIL_ROUTE = 'channel = "email"\nto = "ann@deals.example, bob@deals.example"'


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return int(sock.getsockname()[1])


@pytest.fixture
def mailing(desk: Desk) -> Desk:
    """A desk whose mails, written as files, offer links that act."""
    desk.edit('channel = "file"\nto = "desk@deals.example"', MAIL_ROUTE)
    desk.edit("[[routes]]", f'[site]\nbase_url = "http://127.0.0.1:{free_port()}"\nactions = true\n\n[[routes]]')
    desk.hear(CANCELS)
    with desk.opened(SimulatedClock(WHEN)) as app:
        deliver_due(app)
    return desk


def links_of(desk: Desk, to: str) -> list[str]:
    """The addresses of the links in the mail to this reader: This is wrong, Mute, Unsubscribe."""
    for file in sorted((desk.folder / "outbox").rglob("*.eml")):
        mail = message_from_bytes(file.read_bytes(), policy=email.policy.default)
        if mail["To"] == to:
            body = mail.get_body(("plain",))
            assert body is not None
            return re.findall(r"https?://\S+/links/\S+", body.get_content())
    raise AssertionError(f"no mail to {to}")


@contextmanager
def serving(desk: Desk) -> Iterator[tuple[Site, subprocess.Popen[str], str]]:
    """The command as a process; what it says first."""
    port = load_settings(desk.config).site.base_url.rpartition(":")[2]  # type: ignore[union-attr]
    command = [sys.executable, "-m", "monitor", "--config", str(desk.config), "--now", WHEN.isoformat()]
    command += ["--log-level", "debug", "site", "serve", "--port", port]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environ, cwd=desk.folder)
    said = ""
    try:
        assert process.stderr is not None
        for line in process.stderr:
            said += line
            if "Ctrl-C ends it" in line:
                break
        yield Site(int(port)), process, said
    finally:
        process.kill()
        process.communicate(timeout=LIMIT_S)


@pytest.mark.slow
def test_a_reader_follows_the_links_of_a_mail_and_sigterm_ends_the_server(mailing: Desk) -> None:
    wrong, mute, leave = (link.partition("/links/")[2] for link in links_of(mailing, "ann@deals.example"))
    with serving(mailing) as (site, process, said):
        assert "files built" in said, "there were no pages yet"
        assert site.ask("/").status == 200
        assert site.ask("/site.css").headers["content-type"].startswith("text/css")
        for token, heading in ((wrong, "Report as wrong"), (mute, "Mute for 7 days"), (leave, "Unsubscribe")):
            assert f"<h1>{heading}</h1>" in site.ask(f"/links/{token}").text
        origin = f"http://127.0.0.1:{site.port}"
        assert "Muted by this link" in site.press(f"/links/{mute}", "act=do", Origin=origin).text
        assert site.press(f"/links/{wrong}", "act=do&reason=a+typo", Origin="https://elsewhere.example").status == 403
        assert site.press(f"/links/{leave}", "List-Unsubscribe=One-Click").text == "Unsubscribed.\n"
        process.send_signal(signal.SIGTERM)
        assert process.stderr is not None
        rest = process.stderr.read()
        assert process.wait(LIMIT_S) == 0
    assert "stopped" in rest
    key = (mailing.folder / "site.key").read_text().strip()
    assert not any(secret in said + rest for secret in (wrong, mute, leave, key))
    listed = objects(mailing.run("--now", WHEN.isoformat(), "commitment", "log", "--json").stdout)
    assert [(act["kind"], act["subject"]) for act in listed] == [
        ("mute", "soy"),
        ("unsubscribe", "desk/ann@deals.example"),
    ]
    text = mailing.run("--now", WHEN.isoformat(), "commitment", "log").stdout
    assert "mute soy for desk, by a reader of desk, until 9 Mar 2026 12:00 UTC: by the link in message" in text


@pytest.fixture
def beside(mailing: Desk) -> Iterator[tuple[Desk, Site]]:
    """The server on a session of its own, as the command joins it."""
    session = open_session(load_settings(mailing.config), rules=True, clock=lambda: WHEN)
    try:
        services = site_services(session, metrics=True, keep_seconds=0)
        with running(make_app(services, known_names(session.settings, "127.0.0.1"))) as site:
            yield mailing, site
    finally:
        session.close()


def test_health_tells_of_a_monitor_that_reads_nothing_and_has_built_no_pages(beside: tuple[Desk, Site]) -> None:
    desk, site = beside
    answer = site.ask("/healthz")
    assert answer.status == 503
    reasons = json.loads(answer.body)["reasons"]
    assert reasons == ["No monitor has run on this database yet.", "There are no pages yet."]
    assert str(desk.folder) not in answer.text


def test_metrics_come_from_the_database(beside: tuple[Desk, Site]) -> None:
    _, site = beside
    text = site.ask("/metrics").text
    assert 'deal_monitor_commitment_status{commitment="soy",status="at_risk"} 1.0' in text
    assert 'deal_monitor_outbox_messages{channel="email",state="sent"} 2.0' in text
    assert 'deal_monitor_source_last_success_timestamp_seconds{source="herald"}' in text


def test_a_link_acts_while_a_monitor_writes(beside: tuple[Desk, Site]) -> None:
    desk, site = beside
    leave = links_of(desk, "bob@deals.example")[2].partition("/links/")[2]
    with desk.opened(SimulatedClock(WHEN)) as app:
        assert site.press(f"/links/{leave}", "act=do").status == 200
        with app.store.read() as conn:
            (act,) = verdict_records.interventions(conn, ())[""]
    assert act.subject == "desk/bob@deals.example"


def test_pages_older_than_the_data_are_noticed(mailing: Desk) -> None:
    mailing.run("site", "build")
    session = open_session(load_settings(mailing.config), clock=lambda: WHEN)
    vitals = vitals_of(session)
    session.close()
    assert vitals.built is not None
    assert complaints(replace(vitals, troubles=())) == ()
    older = replace(vitals, troubles=(), built=later(hours=-1))
    assert complaints(older)[0].startswith("The pages are older than the data")


def test_no_link_is_answered_where_messages_have_none(desk: Desk, tmp_path: Path) -> None:
    desk.hear()
    session = open_session(load_settings(desk.config), clock=lambda: WHEN)
    try:
        assert site_services(session, metrics=False).links is None
        assert not (tmp_path / "site.key").exists()
    finally:
        session.close()


def test_a_port_that_is_taken_ends_the_command_with_the_remedy(desk: Desk) -> None:
    desk.hear()
    desk.run("site", "build")
    with socket.create_server(("127.0.0.1", 0)) as sock:
        done = desk.run("site", "serve", "--port", str(sock.getsockname()[1]))
    assert done.exit_code == 2
    assert "cannot be listened at: Address already in use; give another one by --port" in done.stderr


def test_beyond_this_machine_without_https_there_is_a_warning(desk: Desk) -> None:
    from monitor.cli.site.serve import warnings_of

    settings = load_settings(desk.config)
    assert warnings_of(settings, "127.0.0.1") == []
    (warning,) = warnings_of(settings, "0.0.0.0")
    assert "let a web server with HTTPS pass requests on" in warning

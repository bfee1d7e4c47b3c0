"""Checks of the pages, of the server that shows them, and of the heartbeat to an outside check."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from monitor.cli.common import format_utc
from monitor.cli.doctor.findings import Examination, Finding
from monitor.errors import ChannelError

LATE = timedelta(minutes=15)
"""Pages may be so much older than what they show: a running monitor builds them within seconds (estimate)."""
GREETING_SECONDS = 5.0
"""How long the server of the pages may take to answer, an estimate: it reads one file."""


def check_pages(patient: Examination) -> Iterator[Finding]:
    """That the pages are as new as the statuses, that readers find them, and that links in messages cannot be forged."""
    from monitor.config.field_checks import protects_secrets
    from monitor.runtime.link_keys import read_keys

    settings = patient.settings
    yield from _age_of_pages(patient)
    base = settings.site.base_url
    if base is None:
        yield Finding(
            "ok", "pages", "messages link to no page of ours: [site] base_url can name where readers find them"
        )
        return
    if not protects_secrets(base):
        text = f"{base}: readers fetch the pages unprotected, and links in messages with them"
        yield Finding("warn", "pages", text, "put a server with a certificate before it, and write https://")
    key = settings.site_key_file
    if settings.site.actions and settings.site.key is None and key.exists():
        read_keys(key)  # what it raises is a finding, and no server is asked then: it does not start
    if settings.site.key is None and key.exists() and key.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        text = f"{key} can be read by others, who could then sign links as we do"
        yield Finding("warn", "pages", text, f"chmod 600 {key}")
    if not patient.offline:
        yield _server(base)


def _age_of_pages(patient: Examination) -> Iterator[Finding]:
    from monitor.store import verdict_records

    settings, index = patient.settings, patient.settings.site_dir / "index.html"
    if not settings.site.build:
        yield Finding("ok", "pages", "not built by themselves ([site] build is false)")
        return
    folder = settings.site_dir
    if os.path.lexists(folder) and not folder.is_symlink():
        text = f"{folder} is no link to pages, so none are built; alerts go out all the same"
        yield Finding("warn", "pages", text, "move it away, or name another folder as data in [monitor]")
        return
    if not index.exists():
        yield Finding("ok", "pages", f"none yet in {settings.site_dir}: a running monitor builds them")
        return
    built = datetime.fromtimestamp(index.stat().st_mtime, UTC)
    decided = None
    if patient.store is not None:
        with patient.store.read() as conn:
            decided = verdict_records.last_decided_at(conn)
    if decided is not None and decided - built > LATE:
        text = f"built on {format_utc(built)}, and a status was decided on {format_utc(decided)}"
        yield Finding("warn", "pages", text, "`deal-monitor site build` tells what keeps them from being built")
    else:
        yield Finding("ok", "pages", f"{settings.site_dir}, built on {format_utc(built)}")


def _server(base: str) -> Finding:
    from monitor.channels.outside_check import call

    try:
        call(f"{base}/healthz", deadline_s=GREETING_SECONDS)
    except ChannelError as error:
        if "HTTP 404" in str(error):  # a server of plain files, which knows no health
            return _plain_server(base)
        remedy = "start `deal-monitor site serve`, or correct base_url; if it runs, /healthz tells what is wrong"
        return Finding("warn", "pages", f"{base}/healthz: {error}", remedy)
    return Finding("ok", "pages", f"{base} answers, and says that all is well")


def _plain_server(base: str) -> Finding:
    from monitor.channels.outside_check import call

    try:
        call(f"{base}/", deadline_s=GREETING_SECONDS)
    except ChannelError as error:
        return Finding("warn", "pages", f"{base}/: {error}", "let a server show the folder of pages there")
    return Finding("ok", "pages", f"{base} answers (a server of plain files: links that act need `site serve`)")


def check_heartbeat(patient: Examination) -> Iterator[Finding]:
    """How the last call to the outside check ended. It is not called here: that would say that all is well."""
    from monitor.pipeline.health import OUTSIDE_CHECK
    from monitor.store import problems_and_runs

    if not patient.settings.heartbeat.configured:
        text = "off: nobody notices if this machine stops. [heartbeat] can name an outside check"
        yield Finding("ok", "heartbeat", text)
        return
    last = None
    if patient.store is not None:
        with patient.store.read() as conn:
            last = next(iter(problems_and_runs.last_runs(conn, OUTSIDE_CHECK, 1)), None)
    if last is None:
        yield Finding("ok", "heartbeat", "not called yet: a running monitor does")
    elif last.outcome == "called":
        yield Finding("ok", "heartbeat", f"called on {format_utc(last.ended_at)}")
    elif last.outcome == "withheld":
        text = f"not called since {format_utc(last.started_at)}, as the monitor was not well: {last.detail}"
        yield Finding("warn", "heartbeat", text, "mend that; it is called again by itself")
    else:
        text = f"the call fails since {format_utc(last.started_at)}: {last.detail.partition('; ')[0]}"
        remedy = last.detail.partition("; ")[2] or "look whether the outside check is up; it is called again by itself"
        yield Finding("warn", "heartbeat", text, remedy)

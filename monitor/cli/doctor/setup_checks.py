"""Checks of the set-up: configuration, machine, secrets, rules, templates, publishers and addresses."""

from __future__ import annotations

import os
import platform
import re
import shutil
import sqlite3
import stat
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from monitor.cli.common import PACKAGE, describe_rulebook, format_utc, pluralised
from monitor.cli.doctor.findings import Examination, Finding, listed, split_remedy, write_problem
from monitor.errors import ConfigError, RuleError

if TYPE_CHECKING:
    from monitor.config import Settings

PREFIX = "DEAL_MONITOR_"
SIMILAR_PREFIX = re.compile(r"DEAL[-_]?MON\w*_\w+", re.IGNORECASE)
MIN_SPACE, LOW_SPACE = 50 * 10**6, 500 * 10**6
"""Free bytes (estimates): a year of news takes about 150 MB, and SQLite needs room for its write-ahead file."""
CLOCK_SLACK = timedelta(days=1)
"""A file may be this much newer than the clock: it may come from a machine whose clock is ahead."""


# ---------------------------------------------------------------- configuration


def refused_settings(error: ConfigError) -> Iterator[Finding]:
    """Each problem of a configuration that is refused."""
    for line in str(error).splitlines():
        text, remedy = split_remedy(line)
        at_a_line = re.match(r"\S+:\d+: ", text)
        yield Finding("FAIL", "config", text, remedy or ("correct that line" if at_a_line else ""))
    yield from ignored_variables()


def accepted_settings(settings: Settings) -> Iterator[Finding]:
    """The size of a valid configuration, and its likely mistakes."""
    feeds, routes = pluralised(len(settings.feeds), "feed"), pluralised(len(settings.routes), "route")
    yield Finding("ok", "config", f"{settings.path}: {feeds}, {routes}")
    for warning in settings.warnings:
        yield Finding("warn", "config", *split_remedy(warning))
    yield from ignored_variables()


def ignored_variables() -> Iterator[Finding]:
    """Environment variables with a misspelt prefix."""
    for name in sorted(os.environ):
        if SIMILAR_PREFIX.fullmatch(name) and not name.upper().startswith(PREFIX):
            text = f"environment {name}: ignored, because the name does not begin with {PREFIX}"
            yield Finding("warn", "config", text, f"did you mean {PREFIX}{name.rpartition('MONITOR_')[2]}?")


# ---------------------------------------------------------------- machine


def check_machine(examination: Examination) -> Iterator[Finding]:
    """The versions that a bug report needs."""
    del examination
    system = f"{platform.system()} {platform.machine()}"
    yield Finding("ok", "machine", f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {system}")


def check_clock(examination: Examination) -> Iterator[Finding]:
    """The machine's clock, whatever --now says, is not behind the files of program, configuration and database."""
    from monitor.runtime.session import utc_now

    scheme, _, database = examination.settings.database.partition(":///")
    files = [PACKAGE / "__init__.py", examination.settings.path, Path(database) if scheme == "sqlite" else None]
    yield clock_finding(utc_now(), [file for file in files if file is not None and file.exists()])


def clock_finding(now: datetime, files: Sequence[Path]) -> Finding:
    newest = max(files, key=lambda file: file.stat().st_mtime)
    written = datetime.fromtimestamp(newest.stat().st_mtime, UTC)
    if written - now <= CLOCK_SLACK:
        return Finding("ok", "clock", format_utc(now))
    text = f"the time is {format_utc(now)}, but {newest} was written on {format_utc(written)}"
    return Finding("FAIL", "clock", text, "set the clock of this machine; deadlines and certificates depend on it")


def check_data(examination: Examination) -> Iterator[Finding]:
    """The data folder can be written and has room. So can the outbox folder, if messages are written to files."""
    from monitor.runtime.app import outbox_folder

    settings = examination.settings
    folder, outbox = settings.data_dir, outbox_folder(settings)
    if problem := write_problem(folder):
        remedy = "give this user write access, free some space, or name another folder as data in [monitor]"
        yield Finding("FAIL", "data", f"{folder} cannot be written: {problem}", remedy)
    else:
        yield space_finding(shutil.disk_usage(folder).free, folder)
    if outbox is None:
        yield Finding("ok", "outbox", "every route has a configured channel")
    elif problem := write_problem(outbox):
        yield Finding("FAIL", "outbox", f"{outbox} cannot be written: {problem}", "give this user write access")
    else:
        yield Finding("ok", "outbox", f"messages of channels that are not configured are written to {outbox}")


def space_finding(free: int, folder: Path) -> Finding:
    text = f"{folder}: {free / 10**6:,.0f} MB free"
    if free >= LOW_SPACE:
        return Finding("ok", "data", text)
    return Finding("warn" if free >= MIN_SPACE else "FAIL", "data", text, "free some space; the database must grow")


def check_secrets(examination: Examination) -> Iterator[Finding]:
    """Other users cannot read the secrets folder."""
    named = examination.settings.monitor.secrets_dir or os.environ.get("CREDENTIALS_DIRECTORY")
    if not named:
        return
    folder = Path(named)
    try:
        files = sorted(file for file in folder.iterdir() if file.is_file() and not file.name.startswith("."))
    except OSError as error:
        remedy = "create the folder and give this user read access"
        yield Finding("FAIL", "secrets", f"{folder} cannot be read: {error.strerror}", remedy)
        return
    public = [file.name for file in files if file.stat().st_mode & (stat.S_IROTH | stat.S_IWOTH)]
    if public and folder.stat().st_mode & stat.S_IXOTH:
        text = f"every user of this machine can read {listed(public)} in {folder}"
        yield Finding("warn", "secrets", text, f"chmod 600 {folder}/*")
        return
    group = folder.stat().st_mode & stat.S_IXGRP and any(file.stat().st_mode & stat.S_IRGRP for file in files)
    users = "this user and its group" if group else "this user"
    yield Finding("ok", "secrets", f"{folder}: {pluralised(len(files), 'file')}, readable for {users} only")


# ---------------------------------------------------------------- rules and templates


def check_rules(examination: Examination) -> Iterator[Finding]:
    """The rules load, their examples pass, and every route matches a commitment."""
    from monitor.config import check_routes
    from monitor.rulebook import load_rulebook, test_rulebook
    from monitor.runtime.session import rule_cache

    settings = examination.settings
    rulebook = examination.rulebook = load_rulebook(settings.rules, cache=rule_cache(settings), examples=True)
    failed = [result for result in test_rulebook(rulebook) if not result.passed]
    yield Finding("ok", "rules", describe_rulebook(rulebook))
    if failed:
        text = pluralised(len(failed), "example fails", "examples fail")
        yield Finding("warn", "rules", text, "run `deal-monitor rules test` for the details")
    try:
        check_routes(settings, rulebook.commitments)
    except ConfigError as error:
        for line in str(error).splitlines():
            yield Finding("FAIL", "route", *split_remedy(line))


def check_templates(examination: Examination) -> Iterator[Finding]:
    """Every message, every page and the model's prompt can be rendered."""
    from monitor.render.jinja_env import Templates
    from monitor.runtime.link_keys import link_maker
    from monitor.runtime.wiring import make_renderer
    from monitor.site.template_check import check_templates as page_problems

    settings = examination.settings
    asks = settings.reader.configured  # without a model the template of its prompt may be missing
    messages = "every message and the model's prompt" if asks else "every message"
    for problems, text in (
        (
            make_renderer(settings, partial(link_maker, trial=True)).check(question=asks),
            f"{messages}: {settings.templates}",
        ),
        (page_problems(Templates(settings.templates)), f"every page: {settings.templates / 'site'}"),
    ):
        for problem in problems:
            yield Finding("FAIL", "templates", *split_remedy(problem))
        if not problems:
            yield Finding("ok", "templates", text)


# ---------------------------------------------------------------- feeds


def check_publisher(examination: Examination) -> Iterator[Finding]:
    """Every feed's publisher is listed in sources.yaml; other publishers do not count."""
    from monitor.domain.model.publishers import unknown_publishers
    from monitor.rulebook.publisher_file import SOURCES, load_publishers
    from monitor.runtime.session import feeds_of

    settings = examination.settings
    feeds, place = feeds_of(settings), settings.rules / SOURCES
    if not feeds or not os.path.isfile(place):
        return
    try:
        publishers = examination.rulebook.publishers if examination.rulebook else load_publishers(settings.rules)
    except RuleError:
        return  # a finding of the rules
    unlisted = []
    for name, unknown in unknown_publishers(feeds, publishers).items():
        meant = unknown.near or unknown.at
        if meant is None:
            unlisted.append(f"{name} ({unknown.name})")
            continue
        effect = f"only items at addresses of {unknown.at} count" if unknown.at else "its items do not count"
        text = f"feed {name!r}: publisher {unknown.name!r} is not listed, so {effect}"
        yield Finding("warn", "publisher", text, f"write publisher = {meant!r}, or add {unknown.name!r} to {place}")
    if unlisted:
        text = f"publishers not listed, so their items do not count: {listed(unlisted)}"
        yield Finding("warn", "publisher", text, f"add them to {place}, or correct the names")


def check_address(examination: Examination) -> Iterator[Finding]:
    """No feed address is one that is never fetched: localhost, or an IP address of a private network."""
    from ipaddress import ip_address

    from monitor.feeds.url_policy import is_metadata, is_public
    from monitor.runtime.session import feeds_of

    feeds, allowed = feeds_of(examination.settings), examination.settings.poll.allow_private_addresses
    never, private = [], []
    for feed in feeds:
        host = (urlsplit(feed.url).hostname or "").rstrip(".")
        try:
            address = "127.0.0.1" if re.fullmatch(r"(.+\.)?localhost", host) else str(ip_address(host))
        except ValueError:
            continue  # a name, which only the network can resolve
        if is_metadata(address):
            never.append(feed.name)
        elif not is_public(address):
            private.append(feed.name)
    if never:
        text = f"{listed(never)}: link-local and cloud metadata addresses are never fetched"
        yield Finding("warn", "address", text, "change the address of the feed")
    if private and not allowed:
        text = f"{pluralised(len(private), 'feed')} in a private network, not fetched: {listed(private)}"
        remedy = "write allow_private_addresses = true under [poll], or correct the address"
        yield Finding("FAIL" if len(private) == len(feeds) else "warn", "address", text, remedy)

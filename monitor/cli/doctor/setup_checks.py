"""Checks of the set-up: configuration, machine, secrets, rules, templates, publishers and addresses."""

from __future__ import annotations

import os
import platform
import re
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from monitor.cli.common import PACKAGE, describe_rulebook, format_utc, pluralised
from monitor.cli.doctor import Examination, Finding, split_remedy
from monitor.config import check_routes
from monitor.domain.model import Tier
from monitor.domain.text.labels import join_few
from monitor.errors import ConfigError
from monitor.feeds.url_policy import is_metadata, is_public
from monitor.render.jinja_env import Templates
from monitor.rulebook import load_rulebook
from monitor.rulebook.publisher_file import SOURCES
from monitor.rulebook.testing.examples import run_examples
from monitor.runtime.app import outbox_folder
from monitor.runtime.link_keys import link_maker
from monitor.runtime.session import feeds_of, rule_cache, utc_now
from monitor.runtime.wiring import make_renderer
from monitor.site.template_check import check_templates as page_problems

MIN_SPACE, LOW_SPACE = 50 * 10**6, 500 * 10**6
"""Free bytes (estimates): a year of news takes about 150 MB, and SQLite needs room for its write-ahead file."""
CLOCK_SLACK = timedelta(days=1)
"""A file may be this much newer than the clock: it may come from a machine whose clock is ahead."""


def check_config(examination: Examination) -> Iterator[Finding]:
    """The size of the configuration, and its likely mistakes."""
    settings = examination.settings
    feeds, routes = pluralised(len(settings.feeds), "feed"), pluralised(len(settings.routes), "route")
    yield Finding("ok", "config", f"{settings.path}: {feeds}, {routes}")
    for warning in settings.warnings:
        yield Finding("warn", "config", *split_remedy(warning))


def check_machine(examination: Examination) -> Iterator[Finding]:
    """The versions that a bug report needs."""
    del examination
    system = f"{platform.system()} {platform.machine()}"
    yield Finding("ok", "machine", f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {system}")


def check_clock(examination: Examination) -> Iterator[Finding]:
    """The machine's clock, whatever --now says, is not behind the files of program and configuration."""
    files = [PACKAGE / "__init__.py", *filter(None, [examination.settings.path])]
    newest, now = max(files, key=lambda file: file.stat().st_mtime), utc_now()
    written = datetime.fromtimestamp(newest.stat().st_mtime, UTC)
    if written - now <= CLOCK_SLACK:
        yield Finding("ok", "clock", format_utc(now))
    else:
        text = f"the time is {format_utc(now)}, but {newest} was written on {format_utc(written)}"
        remedy = "set the clock of this machine; deadlines and certificates depend on it"
        yield Finding("FAIL", "clock", text, remedy)


def check_data(examination: Examination) -> Iterator[Finding]:
    """The data folder can be written and has room. So can the outbox folder, if messages are written to files."""
    folder, outbox = examination.settings.monitor.data, outbox_folder(examination.settings)
    if problem := write_problem(folder):
        remedy = "give this user write access, free some space, or name another folder as data in [monitor]"
        yield Finding("FAIL", "data", f"{folder} cannot be written: {problem}", remedy)
    else:
        free = shutil.disk_usage(folder).free
        state: Literal["ok", "warn", "FAIL"] = "FAIL" if free < MIN_SPACE else "warn" if free < LOW_SPACE else "ok"
        remedy = "" if state == "ok" else "free some space; the database must grow"
        yield Finding(state, "data", f"{folder}: {free / 10**6:,.0f} MB free", remedy)
    if outbox is None:
        yield Finding("ok", "outbox", "every route has a configured channel")
    elif problem := write_problem(outbox):
        yield Finding("FAIL", "outbox", f"{outbox} cannot be written: {problem}", "give this user write access")
    else:
        yield Finding("ok", "outbox", f"messages of channels that are not configured are written to {outbox}")


def write_problem(folder: Path) -> str:
    """The reason why a folder cannot be written, '' if it can. Writes more than a disk block, to notice a full disk."""
    probe = folder / ".probe"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"\n" * 65_536)
        probe.unlink()
    except OSError as error:
        return error.strerror or str(error)
    return ""


def check_secrets(examination: Examination) -> Iterator[Finding]:
    """Other users cannot read the secrets folder."""
    named = examination.settings.monitor.secrets_dir or os.environ.get("CREDENTIALS_DIRECTORY")
    if not named:
        return
    folder = Path(named)
    files = [file for file in folder.iterdir() if file.is_file() and not file.name.startswith(".")]
    public = sorted(file.name for file in files if file.stat().st_mode & (stat.S_IROTH | stat.S_IWOTH))
    if public and folder.stat().st_mode & stat.S_IXOTH:
        text = f"every user of this machine can read {join_few(public)} in {folder}"
        yield Finding("warn", "secrets", text, f"chmod 600 {folder}/*")
    else:
        yield Finding("ok", "secrets", f"{folder}: {pluralised(len(files), 'file')}, not readable for other users")


def check_rules(examination: Examination) -> Iterator[Finding]:
    """The rules load, their examples pass, and every route matches a commitment."""
    settings = examination.settings
    rulebook = examination.rulebook = load_rulebook(settings.monitor.rules, cache=rule_cache(settings), examples=True)
    failed = [result for result in run_examples(rulebook) if not result.passed]
    yield Finding("ok", "rules", describe_rulebook(rulebook))
    if failed:
        text = pluralised(len(failed), "example fails", "examples fail")
        yield Finding("warn", "rules", text, "run `deal-monitor rules test` for the details")
    try:
        check_routes(settings, rulebook.deal_by_commitment)
    except ConfigError as error:
        for line in str(error).splitlines():
            yield Finding("FAIL", "route", *split_remedy(line))


def check_templates(examination: Examination) -> Iterator[Finding]:
    """Every message, every page and the model's prompt can be rendered."""
    settings = examination.settings
    asks = settings.reader.base_url is not None  # without a model the template of its prompt may be missing
    problems = make_renderer(settings, partial(link_maker, trial=True)).check(question=asks)
    problems = [*problems, *page_problems(Templates(settings.monitor.templates))]
    for problem in problems:
        yield Finding("FAIL", "templates", *split_remedy(problem))
    if not problems:
        prompt = ", and the model's prompt" if asks else ""
        yield Finding("ok", "templates", f"{settings.monitor.templates}: every message and page{prompt}")


def check_publisher(examination: Examination) -> Iterator[Finding]:
    """Every feed's publisher is listed in sources.yaml; other publishers do not count."""
    place = examination.settings.monitor.rules / SOURCES
    if examination.rulebook is None or not place.is_file():
        return  # a finding of the rules
    unlisted, unheard, publishers = [], [], examination.rulebook.publishers
    for feed in feeds_of(examination.settings):
        if (unknown := publishers.unknown(feed.publisher, feed.url)) is None:
            if publishers.find(feed.publisher).tier is Tier.AGGREGATOR and not feed.aggregator:
                unheard.append(feed.name)
            continue
        if unknown.near is None:
            unlisted.append(f"{feed.name} ({unknown.name})")
            continue
        text = f"feed {feed.name!r}: publisher {unknown.name!r} is not listed, so its items do not count"
        remedy = f"write publisher = {unknown.near!r}, or add {unknown.name!r} to {place}"
        yield Finding("warn", "publisher", text, remedy)
    if unlisted:
        text = f"publishers not listed, so their items do not count: {join_few(unlisted)}"
        yield Finding("warn", "publisher", text, f"add them to {place}, or correct the names")
    if unheard:
        text = f"not declared as aggregators, so the publishers that their items name do not count: {join_few(unheard)}"
        yield Finding("warn", "publisher", text, "set aggregator = true in these feeds of config.toml")


def check_address(examination: Examination) -> Iterator[Finding]:
    """No feed address is one that is never fetched: localhost, or an IP address of a private network."""
    from ipaddress import ip_address

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
        text = f"{join_few(never)}: link-local and cloud metadata addresses are never fetched"
        yield Finding("warn", "address", text, "change the address of the feed")
    if private and not allowed:
        text = f"{pluralised(len(private), 'feed')} in a private network, not fetched: {join_few(private)}"
        remedy = "write allow_private_addresses = true under [poll], or correct the address"
        yield Finding("FAIL" if len(private) == len(feeds) else "warn", "address", text, remedy)

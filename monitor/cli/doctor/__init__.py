"""`doctor`: is everything that a running monitor needs in order? One line a check, with the remedy where it is not."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.common import echo_lines, pluralised, program_clock, program_option
from monitor.cli.doctor.findings import Check, Examination, Finding, of_error
from monitor.errors import ConfigError, MonitorError
from monitor.long_work import counted

if TYPE_CHECKING:
    from monitor.config import Settings

CHECKS = (
    ("machine", "machine:check_python"),
    ("machine", "machine:check_zones"),
    ("clock", "machine:check_clock"),
    ("data", "machine:check_data_folder"),
    ("secrets", "configuration:check_secrets"),
    ("rules", "rules:check_rules"),
    ("templates", "rules:check_templates"),
    ("templates", "rules:check_page_templates"),
    ("publisher", "sources:check_publishers"),
    ("address", "sources:check_addresses"),
    ("database", "database:check_database"),
    ("monitor", "database:check_monitor"),
    ("messages", "database:check_messages"),
    ("problem", "database:check_problems"),
    ("job", "database:check_jobs"),
    ("source", "sources:check_sources"),
    ("route", "channels:check_routes"),
    ("outbox", "channels:check_outbox"),
    ("slack", "channels:check_slack"),
    ("mail", "channels:check_mail"),
    ("apprise", "channels:check_apprise"),
    ("reader", "reader:check_reader"),
    ("pages", "pages:check_pages"),
    ("heartbeat", "pages:check_heartbeat"),
)
"""What each looks at, and where it is, in the order of the report: what lies below first. A later check may use what an earlier one
has opened."""


@click.command()
@click.option("--offline", is_flag=True, help="Ask nothing of the network.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a check: state, what, text, remedy.")
def doctor(*, offline: bool, as_json: bool) -> None:
    """Check machine, configuration, rules, templates, database, sources, channels, reader and pages.

    ok is in order, warn is worth a look, FAIL keeps the monitor from its work; behind the dash stands what to do. It goes on after
    what is broken, and changes and sends nothing. Exit code 1 if anything fails.
    """
    found: list[Finding] = []
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    for finding in counted(examine(offline=offline), "checking", unit="findings"):
        found.append(finding)
        echo_lines(as_json=as_json, values=[asdict(finding)], text=finding.lines(width))
    if not as_json:
        click.echo(summary(found))
    if any(finding.state == "FAIL" for finding in found):
        raise SystemExit(1)


def summary(found: Sequence[Finding]) -> str:
    """The last line: "3 warnings, 1 failure", or that all is in order."""
    states = [finding.state for finding in found]
    warnings, failures = pluralised(states.count("warn"), "warning"), pluralised(states.count("FAIL"), "failure")
    told = [text for text, state in ((warnings, "warn"), (failures, "FAIL")) if state in states]
    return ", ".join(told) or f"all is in order: {pluralised(len(found), 'check')}"


def examine(*, offline: bool) -> Iterator[Finding]:
    """Every finding. A check that breaks is a finding, and the others go on."""
    settings, findings = configured()
    yield from findings
    whole = not any(finding.state == "FAIL" for finding in findings)
    if settings is None:
        yield from checked(
            "machine", check_named("machine:check_python"), Examination.without_settings(offline=offline)
        )
        return
    with ExitStack() as opened:
        patient = Examination(settings, program_clock()(), offline, whole, opened)
        for what, where in CHECKS:
            yield from checked(what, check_named(where), patient)


def configured() -> tuple[Settings | None, list[Finding]]:
    """The settings, as far as they can be used, and what is wrong with them; None if there is no file of them."""
    from monitor.cli.common import log_without
    from monitor.cli.doctor.configuration import findings_of, problems_in
    from monitor.config import load_settings, usable_settings

    log_without(())
    given, flags = program_option("config"), {"monitor.database": program_option("database")}
    path = Path(given) if given else None
    try:
        settings = load_settings(path, flags)
        findings = list(findings_of(settings))
    except ConfigError as error:
        findings = list(problems_in(error))
        try:
            settings = usable_settings(path, flags)
        except ConfigError:
            return None, findings
    log_without(settings.secret_values())
    return settings, findings


def check_named(where: str) -> Check:
    """The check at "module:function"; its module is imported when it is its turn."""
    module, _, name = where.partition(":")
    check: Callable[[Examination], Iterator[Finding]] = getattr(import_module(f"monitor.cli.doctor.{module}"), name)
    return check


def checked(what: str, check: Check, patient: Examination) -> Iterator[Finding]:
    """The findings of one check; whatever it raises is one more."""
    try:
        yield from check(patient)
    except MonitorError as error:
        yield from of_error(what, error)
    except Exception as error:  # noqa: BLE001 - a fault of one check hides no other
        text = f"this could not be checked: {type(error).__name__}: {error}"
        yield Finding("FAIL", what, text, "report it as a fault of the program; the other checks went on")

"""`doctor`: checks the whole installation. Each line is one finding, with cause and remedy."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.common import echo_lines, log_without, pluralised, program_clock, program_option
from monitor.cli.doctor.findings import Check, Examination, Finding, of_error
from monitor.errors import ConfigError, MonitorError
from monitor.long_work import counted

if TYPE_CHECKING:
    from monitor.config import Settings

CHECKS = {
    "setup_checks": ("machine", "clock", "data", "secrets", "rules", "templates", "publisher", "address"),
    "work_checks": ("database", "monitor", "messages", "problem", "source"),
    "service_checks": ("route", "slack", "mail", "apprise", "model", "pages", "heartbeat"),
}
"""Module -> its checks, in the order of the report; the check "clock" is the function `check_clock`. A later check
may use the rules or the database that an earlier one has opened."""


@click.command()
@click.option("--offline", is_flag=True, help="Make no network requests.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per check: state, what, text, remedy.")
def doctor(*, offline: bool, as_json: bool) -> None:
    """Check machine, configuration, rules, templates, database, sources, channels, model and pages.

    `ok` is in order, `warn` deserves a look, `FAIL` keeps the monitor from working; the remedy follows the dash. All
    checks run, even after a failure, and change nothing. Exit code 1 if anything fails.
    """
    states: list[str] = []
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    for finding in counted(examine(offline=offline), "checking", unit="findings"):
        states.append(finding.state)
        echo_lines(as_json=as_json, values=[asdict(finding)], text=finding.lines(width))
    if not as_json:
        found = [(pluralised(states.count("warn"), "warning"), "warn")]
        found += [(pluralised(states.count("FAIL"), "failure"), "FAIL")]
        summary = ", ".join(text for text, state in found if state in states)
        click.echo(summary or f"all is in order: {pluralised(len(states), 'check')}")
    if "FAIL" in states:
        raise SystemExit(1)


def examine(*, offline: bool) -> Iterator[Finding]:
    """Every finding. A check that fails does not stop the others."""
    settings, findings = configured()
    yield from findings
    if settings is None:
        return
    with ExitStack() as opened:
        examination = Examination(settings, program_clock()(), offline, opened)
        for module, names in CHECKS.items():
            for name in names:
                yield from checked(name, check_named(module, name), examination)


def configured() -> tuple[Settings | None, list[Finding]]:
    """The settings, None if they cannot be used, and the findings on them."""
    from monitor.cli.doctor.setup_checks import accepted_settings, refused_settings
    from monitor.config import load_settings

    log_without(())
    given, flags = program_option("config"), {"monitor.database": program_option("database")}
    path = Path(given) if given else None
    try:
        settings = load_settings(path, flags)
        findings = list(accepted_settings(settings))
    except ConfigError as error:
        return None, list(refused_settings(error))
    log_without(settings.secret_values())
    return settings, findings


def check_named(module: str, name: str) -> Check:
    check: Callable[[Examination], Iterator[Finding]]
    check = getattr(import_module(f"monitor.cli.doctor.{module}"), f"check_{name}")
    return check


def checked(what: str, check: Check, examination: Examination) -> Iterator[Finding]:
    """The findings of one check, and one more if it raises."""
    try:
        yield from check(examination)
    except MonitorError as error:
        yield from of_error(what, error)
    except Exception as error:  # noqa: BLE001 - a fault in one check must not hide the others
        text = f"the check itself failed: {type(error).__name__}: {error}"
        yield Finding("FAIL", what, text, "report this as a bug; the other checks ran")

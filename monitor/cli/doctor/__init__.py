"""`doctor`: checks the whole installation. Each line is one finding, with cause and remedy."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING, Literal

import click

from monitor.cli.common import echo_json, pluralised, program_clock, settings_of
from monitor.errors import ConfigError, MonitorError, RuleError, StoreError
from monitor.long_work import counted

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.domain.matching.rules import Rulebook
    from monitor.store import Store

CHECKS = {
    "setup_checks": ("config", "machine", "clock", "data", "secrets", "rules", "templates", "publisher", "address"),
    "work_checks": ("database", "monitor", "fleet", "messages", "problem", "source"),
    "service_checks": ("route", "slack", "mail", "apprise", "model", "pages", "heartbeat"),
}
"""Module -> its checks, in the order of the report; the check "clock" is the function `check_clock`. A later check
may use the rules or the database that an earlier one has opened."""
ISSUES_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check: its subject, the finding, and the remedy ('' if none is needed)."""

    state: Literal["ok", "warn", "FAIL"]
    what: str
    text: str
    remedy: str = ""


@dataclass(slots=True)
class Examination:
    """The context of the checks. rulebook, store: set by the checks that open them; None if that failed."""

    settings: Settings
    now: datetime
    offline: bool
    opened: ExitStack = field(default_factory=ExitStack)
    rulebook: Rulebook | None = None
    store: Store | None = None


@click.command()
@click.option("--offline", is_flag=True, help="Make no network requests.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per check: state, what, text, remedy.")
def doctor(*, offline: bool, as_json: bool) -> None:
    """Check machine, configuration, rules, templates, database, sources, channels, model and pages.

    `ok` means no problem; `warn` deserves a look; `FAIL` means that the monitor cannot work. The remedy follows the
    dash. All checks run, even after a failure, and change nothing. Exit code 1 if anything fails.
    """
    states = Counter[str]()
    for finding in counted(examine(offline=offline), "checking", unit="findings"):
        states[finding.state] += 1
        if as_json:
            echo_json(asdict(finding))
        else:
            remedy = f" – {finding.remedy}" if finding.remedy else ""
            click.echo(f"{finding.state:<5} {finding.what:<10} {finding.text}{remedy}")
    if not as_json:
        found = [(pluralised(states["warn"], "warning"), "warn"), (pluralised(states["FAIL"], "failure"), "FAIL")]
        summary = ", ".join(text for text, state in found if states[state])
        click.echo(summary or f"all is in order: {pluralised(states.total(), 'check')}")
    if states["FAIL"]:
        raise SystemExit(1)


def examine(*, offline: bool) -> Iterator[Finding]:
    """Every finding. A check that fails does not stop the others; a refused configuration does."""
    try:
        settings = settings_of()
    except ConfigError as error:
        for line in str(error).splitlines():
            text, remedy = split_remedy(line)
            at_a_line = re.match(r"\S+:\d+: ", text)
            yield Finding("FAIL", "config", text, remedy or ("correct that line" if at_a_line else ""))
        return
    with ExitStack() as opened:
        examination = Examination(settings, program_clock()(), offline, opened)
        for module, names in CHECKS.items():
            for name in names:
                yield from checked(module, name, examination)


def checked(module: str, what: str, examination: Examination) -> Iterator[Finding]:
    """The findings of one check, and more if it raises: one for each issue of the rules, or one for another error."""
    try:
        yield from getattr(import_module(f"monitor.cli.doctor.{module}"), f"check_{what}")(examination)
    except RuleError as error:
        for issue in error.issues[:ISSUES_SHOWN]:
            text = f"{issue.path}:{issue.line}:{issue.column}: {issue.severity}[{issue.code}]: {issue.message}"
            yield Finding("FAIL", what, text, issue.hint)
        if (more := len(error.issues) - ISSUES_SHOWN) > 0:
            yield Finding("FAIL", what, f"and {more} more", "run `deal-monitor rules check` for all of them")
    except MonitorError as error:
        yield Finding("FAIL", what, *split_remedy(str(error), stored=isinstance(error, StoreError)))
    except Exception as error:  # noqa: BLE001 - a fault in one check must not hide the others
        text = f"the check itself failed: {type(error).__name__}: {error}"
        yield Finding("FAIL", what, text, "report this as a bug; the other checks ran")


def split_remedy(text: str, *, stored: bool = False) -> tuple[str, str]:
    """The problem and the remedy of a message of ours, '' if it has none. The remedy follows the first semicolon, or is
    "did you mean". stored: it follows the last colon, as in errors of the database; the driver's words in brackets
    belong to the problem."""
    if near := re.search(r" \((did you mean .*\?)\)$", text):
        return text[: near.start()], near[1]
    if stored and "refused a statement" not in text:
        message, driver = re.fullmatch(r"(.*?)( \(.*\))?", text, re.DOTALL).groups(default="")  # type: ignore[union-attr]
        problem, _, remedy = message.rpartition(": ")
        return (problem + driver, remedy) if problem else (text, "")
    problem, _, remedy = text.partition("; ")
    return (problem, remedy) if problem else (text, "")

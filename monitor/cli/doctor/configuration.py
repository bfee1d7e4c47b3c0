"""Checks of config.toml, the environment and the folder of secrets."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.cli.common import pluralised
from monitor.cli.doctor.findings import Examination, Finding, listed, told_apart
from monitor.errors import ConfigError
from monitor.version import program_version
from monitor.workbench.authoring.laid_out import upgrade_advice

if TYPE_CHECKING:
    from monitor.config import Settings

PREFIX = "DEAL_MONITOR_"
_AT_A_LINE = re.compile(r"^\S+:\d+: ")
_NEARLY_OURS = re.compile(r"DEAL[-_]?MON\w*_\w+", re.IGNORECASE)


def problems_in(error: ConfigError) -> Iterator[Finding]:
    """Each problem of a configuration that is refused."""
    for line in str(error).splitlines():
        text, remedy = told_apart(line)
        yield Finding("FAIL", "config", text, remedy or ("correct that line" if _AT_A_LINE.search(text) else ""))
    yield from foreign_variables()


def findings_of(settings: Settings) -> Iterator[Finding]:
    """A configuration that is accepted: its size, and what in it is most likely a mistake."""
    feeds, routes = pluralised(len(settings.feeds), "feed"), pluralised(len(settings.routes), "route")
    yield Finding("ok", "config", f"{settings.path}: {feeds}, {routes}")
    for warning in settings.warnings:
        yield Finding("warn", "config", *told_apart(warning))
    if settings.path is not None:
        for advice in upgrade_advice(settings.path.resolve().parent, program_version()):
            yield Finding("warn", "config", *told_apart(advice))
    yield from foreign_variables()


def foreign_variables() -> Iterator[Finding]:
    """Variables whose name is nearly that of ours, which nobody reads."""
    for name in sorted(os.environ):
        if _NEARLY_OURS.fullmatch(name) and not name.upper().startswith(PREFIX):
            text = f"environment {name}: has no effect, as its name does not begin with {PREFIX}"
            yield Finding("warn", "config", text, f"did you mean {PREFIX}{name.rpartition('MONITOR_')[2]}?")


def check_secrets(patient: Examination) -> Iterator[Finding]:
    """That the folder of secrets is for this user alone."""
    named = patient.settings.monitor.secrets_dir or os.environ.get("CREDENTIALS_DIRECTORY")
    if not named:
        return
    folder = Path(named)
    try:
        files = sorted(file for file in folder.iterdir() if file.is_file() and not file.name.startswith("."))
    except OSError as error:
        text, remedy = f"{folder} cannot be read: {error.strerror}", "make the folder, and readable for this user"
        yield Finding("FAIL", "secrets", text, remedy)
        return
    open_to_all = [file.name for file in files if file.stat().st_mode & (stat.S_IROTH | stat.S_IWOTH)]
    if open_to_all and _others_may_enter(folder):
        text = f"every user of this machine can read {listed(open_to_all)} in {folder}"
        yield Finding("warn", "secrets", text, f"chmod 600 {folder}/*")
    else:
        group = folder.stat().st_mode & stat.S_IXGRP and any(file.stat().st_mode & stat.S_IRGRP for file in files)
        whom = "for this user and its group" if group else "for this user alone"
        yield Finding("ok", "secrets", f"{folder}: {pluralised(len(files), 'file')}, {whom}")


def _others_may_enter(folder: Path) -> bool:
    return bool(folder.stat().st_mode & stat.S_IXOTH)

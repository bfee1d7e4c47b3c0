"""Some of the checks of `doctor`: all of them render every template, which takes longer than all others."""

from contextlib import ExitStack

from monitor.cli.doctor import CHECKS, Examination, Finding, checked
from monitor.config import load_settings
from monitor.runtime.session import utc_now
from tests.builders.working_folder import Desk

MODULES = {name: module for module, names in CHECKS.items() for name in names}


def findings(desk: Desk, *names: str, offline: bool = True) -> list[Finding]:
    """What these checks find in a folder with a database."""
    desk.lay_database()
    found, settings = list[Finding](), load_settings(desk.config)
    with ExitStack() as opened:
        examination = Examination(settings, utc_now(), offline=offline, opened=opened)
        for name in names:
            found += checked(MODULES[name], name, examination)
    return found

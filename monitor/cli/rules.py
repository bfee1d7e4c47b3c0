"""`rules`: check and test what analysts write."""

from __future__ import annotations

import click

from monitor.cli.common import Group
from monitor.cli.rules_check import check
from monitor.cli.rules_diff import diff
from monitor.cli.rules_drift import drift
from monitor.cli.rules_example import example
from monitor.cli.rules_explain import explain
from monitor.cli.rules_new import new
from monitor.cli.rules_schema import schema
from monitor.cli.rules_test import test
from monitor.cli.rules_try import try_


@click.group(cls=Group)
def rules() -> None:
    """Check the rule files, and run the examples they carry."""


rules.add_command(check)
rules.add_command(test)
rules.add_command(example)
rules.add_command(diff)
rules.add_command(drift)
rules.add_command(explain)
rules.add_command(try_)
rules.add_command(new)
rules.add_command(schema)

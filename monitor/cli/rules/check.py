"""`rules check`: every problem of a folder of rules at once, for people, programs and continuous integration."""

from __future__ import annotations

import os
from pathlib import Path

import click

from monitor.cli.common import EXISTING_FOLDER, describe_rulebook, echo_json, fields_of, pluralised
from monitor.cli.match_replay import rules_folder
from monitor.rulebook import checked_rulebook
from monitor.rulebook.issue_format import render_annotation, render_issue


@click.command()
@click.argument("folder", required=False, type=EXISTING_FOLDER)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="json: one object an issue. github: annotations beside the lines of a pull request.",
)
@click.option("--json", "as_json", is_flag=True, help="Short for --format json.")
@click.option("--strict", is_flag=True, help="Warnings count as errors.")
def check(folder: Path | None, form: str, *, as_json: bool, strict: bool) -> None:
    """Read every file of FOLDER and print all problems at once, each with its place.

    Warnings are about what is allowed but hardly meant. Exit code 1 if there are errors.
    """
    folder = rules_folder(folder)
    rulebook, issues = checked_rulebook(folder)
    # Annotations need paths from the root of the repository, which is where the command runs.
    above = os.path.relpath(folder.resolve().parent) if folder.name else os.curdir
    prefix = "" if above == os.curdir else above
    for issue in issues:
        if as_json or form == "json":
            echo_json(fields_of(issue, "path", "line", "column", "severity", "code", "message", "hint"))
        else:
            click.echo(render_annotation(issue, prefix) if form == "github" else render_issue(issue))
    errors = sum(issue.severity == "error" for issue in issues)
    warnings = len(issues) - errors
    summary = f"{folder}: {pluralised(errors, 'error')}, {pluralised(warnings, 'warning')}"
    click.echo(summary if rulebook is None else f"{summary}; {describe_rulebook(rulebook)}", err=True)
    if errors or rulebook is None or (strict and issues):
        raise SystemExit(1)

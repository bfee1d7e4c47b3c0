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
@click.option("--strict", is_flag=True, help="Treat warnings as errors.")
@click.option("--style", is_flag=True, help="Show remarks on style instead: long lines, numbered gaps, unused sets.")
@click.option("--github", is_flag=True, help="Print annotations for GitHub pull requests.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per issue.")
def check(folder: Path | None, *, strict: bool, style: bool, github: bool, as_json: bool) -> None:
    """Check every file in FOLDER and list every problem with its location.

    A warning marks a likely mistake. Exit code 1 if there are errors; with --strict or --style, if there is any issue.
    """
    folder = rules_folder(folder)
    if style:
        from monitor.rulebook.load import style_issues

        rulebook, issues = None, list(style_issues(folder))
    else:
        rulebook, found = checked_rulebook(folder)
        issues = list(found)
    # Annotations need paths from the root of the repository, where the command runs.
    above = os.path.relpath(folder.resolve().parent) if folder.name else os.curdir
    prefix = "" if above == os.curdir else above
    for issue in issues:
        if as_json:
            echo_json(fields_of(issue, "path", "line", "column", "severity", "code", "message", "hint"))
        else:
            click.echo(render_annotation(issue, prefix) if github else render_issue(issue))
    errors = sum(issue.severity == "error" for issue in issues)
    if style and not errors:
        click.echo(f"{folder}: {pluralised(len(issues), 'remark')}", err=True)
    else:
        summary = f"{folder}: {pluralised(errors, 'error')}, {pluralised(len(issues) - errors, 'warning')}"
        click.echo(summary if rulebook is None else f"{summary}; {describe_rulebook(rulebook)}", err=True)
    if errors or (issues and (strict or style)):
        raise SystemExit(1)

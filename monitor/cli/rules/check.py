"""`rules check`: every problem of a folder of rules at once, for people, programs and continuous integration."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.common import describe_rulebook, echo_json, pluralised
from monitor.cli.match_replay import rules_folder

if TYPE_CHECKING:
    from monitor.domain.matching.rules import Rulebook
    from monitor.errors import Issue


@click.command()
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--format", "form", type=click.Choice(["text", "json", "github"]), default="text", show_default=True,
              help="json: one object an issue. github: annotations beside the lines of a pull request.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Short for --format json.")
@click.option("--strict", is_flag=True, help="Warnings count as errors.")
def check(folder: Path | None, form: str, *, as_json: bool, strict: bool) -> None:
    """Read every file of FOLDER and print all problems at once, each with its place.

    Warnings are about what is allowed but hardly meant. Exit code 1 if there are errors.
    """
    from monitor.rulebook import checked_rulebook

    folder = rules_folder(folder)
    rulebook, issues = checked_rulebook(folder)
    write = _writer("json" if as_json else form, folder)
    for issue in issues:
        write(issue)
    errors = sum(issue.severity == "error" for issue in issues)
    click.echo(_summary(folder, rulebook, errors, len(issues) - errors), err=True)
    if errors or rulebook is None or (strict and issues):
        raise SystemExit(1)


def _writer(form: str, folder: Path) -> Callable[[Issue], None]:
    from monitor.rulebook.issue_format import render_annotation, render_issue

    if form == "json":
        return lambda issue: echo_json(_issue_values(issue))
    if form == "github":
        above = _path_in_repository(folder)
        return lambda issue: click.echo(render_annotation(issue, above))
    return lambda issue: click.echo(render_issue(issue))


def _path_in_repository(folder: Path) -> str:
    """Where the folder of rules stands in the repository, which is where the command runs; '' if right there."""
    above = os.path.relpath(folder.resolve().parent) if folder.name else os.curdir
    return "" if above == os.curdir else above


def _issue_values(issue: Issue) -> dict[str, object]:
    return {
        "path": issue.path, "line": issue.line, "column": issue.column, "severity": issue.severity,
        "code": issue.code, "message": issue.message, "hint": issue.hint,
    }  # fmt: skip


def _summary(folder: Path, rulebook: Rulebook | None, errors: int, warnings: int) -> str:
    found = f"{folder}: {pluralised(errors, 'error')}, {pluralised(warnings, 'warning')}"
    return found if rulebook is None else f"{found}; {describe_rulebook(rulebook)}"

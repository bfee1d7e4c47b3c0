"""`rules`: check and test what analysts write."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.archive import rules_folder
from monitor.cli.common import Group, echo_json

if TYPE_CHECKING:
    from monitor.errors import Issue
    from monitor.rulebook import ExampleResult

FOLDER = click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))


@click.group(cls=Group)
def rules() -> None:
    """Check the rule files, and run the examples they carry."""


@rules.command()
@FOLDER
@click.option("--json", "as_json", is_flag=True, help="One JSON object an issue.")
def check(folder: Path | None, *, as_json: bool) -> None:
    """Read every file of FOLDER and print all problems at once, each with its place. Exit code 1 if there are errors."""
    from monitor.rulebook import check_rulebook, render_issue

    folder = rules_folder(folder)
    rulebook, issues = check_rulebook(folder)
    for issue in issues:
        if as_json:
            echo_json(_issue(issue))
        else:
            click.echo(render_issue(issue))
    errors = sum(issue.severity == "error" for issue in issues)
    if rulebook is not None and not as_json:
        counted = f"{len(rulebook.commitments)} commitments, {len(rulebook.rules)} rules, version {rulebook.version}"
        click.echo(f"{folder}: {counted}", err=True)
    if errors or rulebook is None:
        click.echo(f"{errors} error(s) in {folder}", err=True)
        raise SystemExit(1)


def _issue(issue: Issue) -> dict[str, object]:
    return {
        "path": issue.path, "line": issue.line, "column": issue.column, "severity": issue.severity,
        "code": issue.code, "message": issue.message, "hint": issue.hint,
    }  # fmt: skip


@rules.command()
@FOLDER
@click.option("--json", "as_json", is_flag=True, help="One JSON object an example.")
def test(folder: Path | None, *, as_json: bool) -> None:
    """Run the examples that the rules carry. Exit code 1 if one fails, 2 if the rules cannot be loaded."""
    from monitor.rulebook import load_rulebook, test_rulebook

    results = test_rulebook(load_rulebook(rules_folder(folder)))
    failed = [result for result in results if not result.passed]
    for result in results if as_json else failed:
        if as_json:
            echo_json(_result(result))
        else:
            click.echo(failure(result))
    tested = len({result.rule for result in results})
    click.echo(
        f"{tested} rules, {len(results)} examples: {len(results) - len(failed)} passed, {len(failed)} failed",
        err=as_json,
    )
    if failed:
        raise SystemExit(1)


def failure(result: ExampleResult) -> str:
    """What went wrong with one example, and the words that decided it."""
    return (
        f"FAIL {result.path}:{result.line} rule {result.rule} example {result.number}: "
        f"expected {result.expected}, got {result.got}\n"
        f"     text:    {result.text}\n"
        f"     matched: {'; '.join(result.matched) or 'nothing'}\n"
        f"     blocked: {'; '.join(result.blocked) or 'nothing'}"
    )


def _result(result: ExampleResult) -> dict[str, object]:
    return {
        "path": result.path, "line": result.line, "rule": result.rule, "text": result.text,
        "expected": result.expected, "got": result.got, "passed": result.passed,
    }  # fmt: skip

"""`rules lint`: what in rule files could be shorter, wider or clearer."""

from __future__ import annotations

from pathlib import Path

import click

from monitor.cli.common import EXISTING_FOLDER, echo_json, fields_of, pluralised
from monitor.cli.match_replay import rules_folder


@click.command()
@click.argument("folder", required=False, type=EXISTING_FOLDER)
@click.option("--similar", is_flag=True, help="Also name groups of words that nearly equal a shared meaning.")
@click.option("--json", "as_json", is_flag=True, help="A JSON object for each remark.")
def lint(folder: Path | None, *, similar: bool, as_json: bool) -> None:
    """Show what in the files of FOLDER could be shorter, wider or clearer.

    Gaps by number where a window by name will do, several forms of one verb, long lines, sets of the vocabulary that no file names. None of it is a fault: `rules check`
    names those. Exit code 1 if there are remarks.
    """
    from monitor.rulebook.issue_format import render_issue
    from monitor.rulebook.load import style_issues

    folder = rules_folder(folder)
    issues = style_issues(folder, similar=similar)
    for issue in issues:
        if as_json:
            echo_json(fields_of(issue, "path", "line", "column", "code", "message", "hint"))
        else:
            click.echo(render_issue(issue))
    click.echo(f"{folder}: {pluralised(len(issues), 'remark')}", err=True)
    if issues:
        raise SystemExit(1)

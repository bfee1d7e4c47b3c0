"""`rules check`: every problem of a folder of rules at once, for people, programs and continuous integration."""

from __future__ import annotations

import filecmp
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.common import EXISTING_FOLDER, describe_rulebook, echo_json, fields_of, pluralised
from monitor.cli.match_replay import rules_folder
from monitor.errors import Issue
from monitor.rulebook import checked_rulebook
from monitor.rulebook.issue_format import render_annotation, render_issue
from monitor.runtime.shipped import bundled

if TYPE_CHECKING:
    from monitor.domain.matching.rules import Rulebook


SMALL_CONTEXT = 8192
"""Tokens that small models take, such as SmolLM2, Llama 3 and Gemma 2. A question may have a quarter: the stories and
the answer need the rest."""


def long_questions(rulebook: Rulebook) -> Iterator[Issue]:
    """A warning for each deal whose question is long for a small model, by the shipped template."""
    from monitor.render.reader_question import reader_questions

    asked = reader_questions(rulebook, bundled("templates")) if rulebook.deals_read else {}
    paths = {rulebook.deal_of(info.commitment): Path(info.path).parent for info in rulebook.rules.values()}
    for deal, question in asked.items():
        if question.tokens > SMALL_CONTEXT // 4:
            message = f"the question to a model has about {question.tokens:,} tokens, over a quarter of a small model's"
            hint = "shorten `reader`, `rulings` and the `reads` of its commitments, or use a model with a long context"
            place = (paths[deal] / "deal.yaml").as_posix()
            yield Issue(place, 1, 1, "warning", "long_question", f"{message} context of {SMALL_CONTEXT:,}", hint)


def is_shipped(issue: Issue, folder: Path) -> bool:
    """Whether it is about an unchanged copy of a shipped file, whose style is not the author's."""
    name = issue.path.removeprefix(f"{folder.name}/")
    copy, shipped = folder / name, bundled("rules") / name
    return shipped.is_file() and not copy.samefile(shipped) and filecmp.cmp(copy, shipped, shallow=False)


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

        rulebook, issues = None, [issue for issue in style_issues(folder) if not is_shipped(issue, folder)]
    else:
        rulebook, found = checked_rulebook(folder)
        issues = [*found, *(long_questions(rulebook) if rulebook is not None else ())]
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

"""`rules check`: every problem of a folder of rules at once, as text or as JSON."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.common import EXISTING_FOLDER, describe_rulebook, echo_json, fields_of, pluralised
from monitor.cli.match_replay import rules_folder
from monitor.errors import Issue
from monitor.rulebook import checked_rulebook
from monitor.runtime.shipped import bundled

if TYPE_CHECKING:
    from monitor.domain.matching.rules import Rulebook


SMALL_CONTEXT = 8192
"""Tokens that small models take, such as SmolLM2, Llama 3 and Gemma 2. A question may have a quarter: the stories and
the answer need the rest."""
MAX_SOURCE_LINE = 160
"""Characters shown of a source line; a longer one is cut around the fault."""


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


def render_issue(issue: Issue) -> str:
    """An issue as text: place, message, the source line and a caret under the column."""
    if not issue.source:
        return _printable(str(issue))
    source, column = issue.source, issue.column
    if len(source) > MAX_SOURCE_LINE:
        start = max(0, min(column - 1 - MAX_SOURCE_LINE // 2, len(source) - MAX_SOURCE_LINE))
        head, tail = "…" if start else "", "…" if start + MAX_SOURCE_LINE < len(source) else ""
        source = f"{head}{source[start : start + MAX_SOURCE_LINE]}{tail}"
        column += len(head) - start
    number = f"{issue.line:>6} | "
    lead = ""
    for char in source[: column - 1]:  # as wide as each character on a terminal
        if char == "\t":
            lead += char
        elif unicodedata.category(char) not in ("Mn", "Me", "Cf"):
            lead += "  " if unicodedata.east_asian_width(char) in "WF" else " "
    return f"{_printable(str(issue))}\n{number}{_printable(source)}\n{' ' * (len(number) - 2)}| {lead}^"


def _printable(text: str) -> str:
    """The text without characters that control a terminal."""
    return "".join("\ufffd" if unicodedata.category(char) in ("Cc", "Cs") and char != "\t" else char for char in text)


@click.command()
@click.argument("folder", required=False, type=EXISTING_FOLDER)
@click.option("--strict", is_flag=True, help="Treat warnings as errors.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per issue.")
def check(folder: Path | None, *, strict: bool, as_json: bool) -> None:
    """Check every file in FOLDER and list every problem with its location.

    A warning marks a likely mistake. Exit code 1 if there are errors; with --strict, if there is any issue.
    """
    folder = rules_folder(folder)
    rulebook, found = checked_rulebook(folder)
    issues = [*found, *(long_questions(rulebook) if rulebook is not None else ())]
    for issue in issues:
        if as_json:
            echo_json(fields_of(issue, "path", "line", "column", "severity", "code", "message", "hint"))
        else:
            click.echo(render_issue(issue))
    errors = sum(issue.severity == "error" for issue in issues)
    summary = f"{folder}: {pluralised(errors, 'error')}, {pluralised(len(issues) - errors, 'warning')}"
    click.echo(summary if rulebook is None else f"{summary}; {describe_rulebook(rulebook)}", err=True)
    if errors or (issues and strict):
        raise SystemExit(1)

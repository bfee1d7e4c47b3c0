"""`rules new` and `rules schema`: the files of a new deal or commitment, and the format of all files for editors."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from monitor.cli.common import FOLDER, bundled, program_clock
from monitor.cli.rules.check_command import render_issue
from monitor.domain.model import Kind
from monitor.rulebook import checked_rulebook
from monitor.rulebook.json_schema import FOLDER as SCHEMA_FOLDER
from monitor.rulebook.json_schema import write_schemas
from monitor.rulebook.load import DEAL
from monitor.rulebook.testing.examples import run_examples
from monitor.workbench.new_deal import NewCommitment, NewDeal, NewParty, StartError, search_feed, write_deal

PARTY_FORM = "eu, or 'india=India, New Delhi, commerce.gov.in': its names, and the addresses of its government"
COMMITMENT_FORM = "steel-quota, or steel-quota:standing; kinds: " + ", ".join(Kind)


@click.command()
@click.argument("deal")
@click.option("--name", help="Name of a new deal [made from its id].")
@click.option("--party", "parties", multiple=True, metavar="PARTY", help=f"A party of a new deal: {PARTY_FORM}.")
@click.option(
    "--commitment", "commitments", multiple=True, metavar="ID[:KIND]", help=f"A commitment: {COMMITMENT_FORM}."
)
@click.option("--rules", "folder", type=FOLDER, default=Path("rules"), show_default=True, help="Folder of rules.")
def new(deal: str, name: str | None, parties: tuple[str, ...], commitments: tuple[str, ...], folder: Path) -> None:
    """Write the files of a new deal, or of new commitments of a deal. Existing files are kept.

    On a terminal it asks for what the options leave out. The files can be used at once: they pass `rules test`, have an
    example for each effect, and their comments show what to change. `rules check` lists the lines that are left to you.
    """
    is_new = not (folder / deal / DEAL).exists()
    # us-japan -> US Japan: such short words are nearly always initials.
    proposed = " ".join(word.upper() if len(word) < 3 else word.capitalize() for word in deal.split("-"))
    if sys.stdin.isatty():
        if is_new:
            name = name or click.prompt("Name of the deal", default=proposed)
            parties = parties or _asked("Party", PARTY_FORM)
        commitments = commitments or _asked("Commitment", COMMITMENT_FORM)
    if not commitments:
        raise click.UsageError("name the commitments: --commitment steel-quota --commitment gas-purchases:quantity")
    try:
        draft = NewDeal(
            deal,
            name or proposed,
            tuple(map(NewParty.read, parties)),
            tuple(map(NewCommitment.read, commitments)),
            program_clock()().date(),
        )
        written = write_deal(folder, draft, bundled("rules"))
    except StartError as error:
        raise click.UsageError(str(error)) from None
    for path in written:
        click.echo(f"written  {path}")
    # Words of the new names may have a meaning in the vocabulary: check the folder and test the new examples.
    rulebook, issues = checked_rulebook(folder)
    for issue in issues:
        if issue.code != "todo":
            click.echo(render_issue(issue), err=True)
    own = tuple(f"{each.id}/" for each in draft.commitments)
    for result in run_examples(rulebook) if rulebook is not None else ():
        if result.rule.startswith(own) and not result.passed:
            place = f"{result.path}:{result.line}"
            click.echo(f"{place}: expected {result.expected}, got {result.got}: {result.text}", err=True)
    if is_new:
        click.echo(f"\nA search for news of the deal, for config.toml:\n\n{search_feed(draft)}")
    click.echo(f"Next: edit {folder / deal}, first the lines with TODO, and after each change")
    click.echo(f"  deal-monitor rules check {folder}")
    click.echo(f"  deal-monitor rules test {folder}")


def _asked(what: str, form: str) -> tuple[str, ...]:
    """Answers to a prompt, one at a time, until an empty one."""
    click.echo(f"{what}: {form}. An empty line ends the list.")
    answers = list[str]()
    while answer := click.prompt(what, default="", show_default=False).strip():
        answers.append(answer)
    return tuple(answers)


@click.command()
@click.argument("folder", type=FOLDER, default=Path("rules", SCHEMA_FOLDER))
def schema(folder: Path) -> None:
    """Write the JSON Schema of each kind of rule file into FOLDER (default: rules/.schema), where editors find it."""
    for path in write_schemas(folder):
        click.echo(f"written  {path}")

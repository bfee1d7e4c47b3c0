"""`rules new`: a commitment to begin with."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from monitor.cli.common import FOLDER, bundled
from monitor.domain.model import Kind
from monitor.rulebook import check_rulebook, render_issue, test_rulebook
from monitor.workbench.authoring.new_commitment import NewCommitment, StartError, default_name, write_commitment

KINDS = ("quantity", "milestone", "standing", "series")
SHARED_VOCABULARY = ("modality.yaml", "frames.yaml", "meanings.yaml")
"""Vocabulary that rules of every deal use."""


@click.command()
@click.argument("place", metavar="DEAL/COMMITMENT")
@click.option("--kind", type=click.Choice(KINDS), default="milestone", show_default=True, help="What fulfils it.")
@click.option("--name", default="", help="The promise in a sentence [the words of its id].")
@click.option("--rules", "folder", type=FOLDER, default=Path("rules"), show_default=True, help="Folder of rules.")
def new(place: str, kind: str, name: str, folder: Path) -> None:
    """Write the file of a new commitment, and its deal's if it is new too. Nothing is overwritten.

    The file is complete: it passes `rules check` and `rules test`, and its remarks say what to change.
    """
    deal, slash, commitment = place.partition("/")
    if not slash or "/" in commitment:
        raise click.UsageError(f"{place!r} is not of the form DEAL/COMMITMENT, such as uk-india/steel-quota")
    draft = NewCommitment(deal, commitment, Kind(kind), name or default_name(commitment), datetime.now(UTC).date())
    shipped = bundled("rules") / "vocabulary"
    texts = {file: (shipped / file).read_text(encoding="utf-8") for file in SHARED_VOCABULARY}
    try:
        written = write_commitment(folder, draft, texts)
    except StartError as error:
        raise click.UsageError(str(error)) from None
    for path in written:
        click.echo(f"written  {path}")
    # Words of the new name may mean something to the vocabulary: check the folder and test the new examples.
    rulebook, issues = check_rulebook(folder, examples=True)
    for issue in issues:
        click.echo(render_issue(issue), err=True)
    for result in test_rulebook(rulebook) if rulebook is not None else ():
        if result.rule.startswith(f"{commitment}/") and not result.passed:
            place = f"{result.path}:{result.line}"
            click.echo(f"{place}: expected {result.expected}, got {result.got}: {result.text}", err=True)
    click.echo(f"\nNext: edit {written[0]}, and after each change\n  deal-monitor rules check {folder}")
    click.echo(f"  deal-monitor rules test {folder}\nHow to write rules: deal-monitor guide rules")

"""`rules new` and `rules schema`: a first file for a new commitment, and the format of all files for editors."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from monitor.cli.common import FOLDER, bundled
from monitor.domain.model import Kind
from monitor.rulebook import check_rulebook, render_issue, test_rulebook
from monitor.rulebook.json_schema import SHAPES, as_text, schemas, write_schemas
from monitor.workbench.new_commitment import NewCommitment, StartError, write_commitment

SHARED_VOCABULARY = ("modality.yaml", "frames.yaml", "meanings.yaml")
"""Vocabulary for the rules of every deal."""


@click.command()
@click.argument("place", metavar="DEAL/COMMITMENT")
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in Kind]),
    default=Kind.MILESTONE.value,
    show_default=True,
    help="How the commitment is fulfilled.",
)
@click.option("--rules", "folder", type=FOLDER, default=Path("rules"), show_default=True, help="Folder of rules.")
def new(place: str, kind: str, folder: Path) -> None:
    """Write the file for a new commitment, and for its deal if needed. Existing files are kept.

    The file is complete: it passes `rules check` and `rules test`, and its comments show what to change.
    """
    deal, slash, commitment = place.partition("/")
    if not slash or "/" in commitment:
        raise click.UsageError(f"{place!r} is not of the form DEAL/COMMITMENT, such as uk-india/steel-quota")
    draft = NewCommitment(deal, commitment, Kind(kind), datetime.now(UTC).date())
    shipped = bundled("rules") / "vocabulary"
    texts = {file: (shipped / file).read_text(encoding="utf-8") for file in SHARED_VOCABULARY}
    try:
        written = write_commitment(folder, draft, texts)
    except StartError as error:
        raise click.UsageError(str(error)) from None
    for path in written:
        click.echo(f"written  {path}")
    # Words of the new name may have a meaning in the vocabulary: check the folder and test the new examples.
    rulebook, issues = check_rulebook(folder, examples=True)
    for issue in issues:
        click.echo(render_issue(issue), err=True)
    for result in test_rulebook(rulebook) if rulebook is not None else ():
        if result.rule.startswith(f"{commitment}/") and not result.passed:
            place = f"{result.path}:{result.line}"
            click.echo(f"{place}: expected {result.expected}, got {result.got}: {result.text}", err=True)
    click.echo(f"\nNext: edit {written[0]}, and after each change\n  deal-monitor rules check {folder}")
    click.echo(f"  deal-monitor rules test {folder}")


@click.command()
@click.argument("name", required=False, type=click.Choice([*SHAPES]))
@click.option(
    "--write",
    "folder",
    type=FOLDER,
    metavar="DIR",
    help="Write all schemas to DIR (rules/.schema for the folder rules).",
)
def schema(name: str | None, folder: Path | None) -> None:
    """Print the JSON Schema of one kind of rule file, or of all kinds by name."""
    if folder is not None:
        for path in write_schemas(folder):
            click.echo(f"written  {path}")
        return
    by_name = schemas()
    click.echo(as_text(by_name[name] if name else by_name), nl=False)

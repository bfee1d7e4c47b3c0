"""`rules new`: a commitment to begin with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.common import bundled

KINDS = ("quantity", "milestone", "standing", "series")

if TYPE_CHECKING:
    from monitor.domain.matching.rules import Rulebook


@click.command()
@click.argument("place", metavar="DEAL/COMMITMENT")
@click.option("--kind", type=click.Choice(KINDS), default="milestone", show_default=True, help="What fulfils it.")
@click.option("--name", default="", help="The promise in a sentence [the words of its id].")
@click.option("--rules", "folder", type=click.Path(file_okay=False, path_type=Path), default=Path("rules"),
              show_default=True, help="Folder of rules.")  # fmt: skip
def new(place: str, kind: str, name: str, folder: Path) -> None:
    """Write the file of a new commitment, and its deal's if it is new too. Nothing is overwritten.

    The file is complete: it passes `rules check` and `rules test`, and its remarks say what to change.
    """
    from datetime import UTC, datetime

    from monitor.domain.model import Kind
    from monitor.workbench.authoring.new_commitment import NewCommitment, StartError, default_name, write_commitment

    deal, slash, commitment = place.partition("/")
    if not slash or "/" in commitment:
        raise click.UsageError(f"{place!r} is not of the form DEAL/COMMITMENT, such as uk-india/steel-quota")
    begun = NewCommitment(deal, commitment, Kind(kind), name or default_name(commitment), datetime.now(UTC).date())
    try:
        written = write_commitment(folder, begun, {name: _shipped(name) for name in SHARED_VOCABULARY})
    except StartError as error:
        raise click.UsageError(str(error)) from None
    for path in written:
        click.echo(f"written  {path}")
    _report(folder, commitment)
    click.echo(f"\nNext: edit {written[0]}, and after each change\n  deal-monitor rules check {folder}")
    click.echo(f"  deal-monitor rules test {folder}\nHow to write rules: docs/rules.md")


SHARED_VOCABULARY = ("modality.yaml", "frames.yaml")
"""Vocabulary that rules of every deal lean on."""


def _shipped(name: str) -> str:
    return (bundled("rules") / "vocabulary" / name).read_text(encoding="utf-8")


def _report(folder: Path, commitment: str) -> None:
    """What `check` and `test` say of the folder now; words of the new name may mean something to the vocabulary."""
    from monitor.rulebook import check_rulebook, render_issue

    rulebook, issues = check_rulebook(folder)
    for issue in issues:
        click.echo(render_issue(issue), err=True)
    if rulebook is not None:
        _try_examples(rulebook, commitment)


def _try_examples(rulebook: Rulebook, commitment: str) -> None:
    from monitor.rulebook import test_rulebook

    ours = [result for result in test_rulebook(rulebook) if result.rule.startswith(f"{commitment}/")]
    for result in ours:
        if not result.passed:
            click.echo(f"{result.path}:{result.line}: expected {result.expected}, got {result.got}: {result.text}",
                       err=True)  # fmt: skip

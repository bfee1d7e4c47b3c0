"""`rules schema`: what may stand in rule files, for editors and for whoever writes them."""

from __future__ import annotations

from pathlib import Path

import click

from monitor.cli.common import FOLDER
from monitor.rulebook.json_schema import as_text, schemas, write_schemas

SCHEMA_NAMES = ("commitment", "deal", "vocabulary", "sources", "policy", "scenarios")


@click.command()
@click.argument("name", required=False, type=click.Choice(SCHEMA_NAMES))
@click.option(
    "--write",
    "folder",
    type=FOLDER,
    metavar="DIR",
    help="Write each schema to DIR/<name>.json; rules/.schema is where the rule files look.",
)
def schema(name: str | None, folder: Path | None) -> None:
    """Print the JSON Schema of the rule files: of the file kind NAME, or of all kinds by name.

    It is made from the same shapes that `rules check` validates with.
    """
    if folder is not None:
        for path in write_schemas(folder):
            click.echo(f"written  {path}")
        return
    by_name = schemas()
    click.echo(as_text(by_name[name] if name else by_name), nl=False)

"""`init`: a working folder with the shipped configuration, rules and templates, and what an editor needs for the rules."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from monitor.cli.common import FOLDER, bundled

RULES_FOLDER, EDITOR_FOLDER = "rules", ".vscode"
LAID_OUT = (RULES_FOLDER, "templates", EDITOR_FOLDER, "config.toml")
"""config.toml last: where it is, the folder is whole, and whoever starts the monitor by itself (the image) need not lay it out again."""


@click.command()
@click.argument("folder", type=FOLDER, default=Path())
def init(folder: Path) -> None:
    """Lay out FOLDER with config.toml, rules/, templates/ and .vscode/ to make your own. Without FOLDER, this one.

    What is there is kept: nothing is overwritten.
    """
    from monitor.version import program_version
    from monitor.workbench.authoring.laid_out import remember

    folder.mkdir(parents=True, exist_ok=True)
    # Each is moved to its place whole: half of the rules, kept the next time, would be a deal with commitments missing.
    with TemporaryDirectory(prefix=".deal-monitor-init-", dir=folder) as staging:
        for name in LAID_OUT:
            if (folder / name).exists():
                click.echo(f"kept     {folder / name}")
            else:
                lay_out(Path(staging), name)
                (Path(staging) / name).rename(folder / name)
                remember(folder, [name], program_version())
                click.echo(f"written  {folder / name}")
    there = "" if folder.resolve() == Path.cwd() else f"cd {folder}, "
    click.echo(
        f"\nNext: {there}put your routes and feeds into config.toml, then\n  deal-monitor doctor\n  deal-monitor run"
    )
    click.echo("To write rules, open the folder in VS Code or read\n  deal-monitor guide rules")


def lay_out(folder: Path, name: str) -> None:
    """Writes one of `LAID_OUT` into a folder that does not have it, whole or not at all: half of the rules would be kept as they are."""
    from monitor.workbench.authoring.editor_setup import write_editor_settings, write_schema_files

    if name == EDITOR_FOLDER:
        write_editor_settings(folder, RULES_FOLDER)
        return
    source = bundled(name)
    with TemporaryDirectory(prefix=".unfinished-", dir=folder) as place:
        unfinished = Path(place) / name
        if source.is_dir():
            shutil.copytree(source, unfinished, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(source, unfinished)
        if name == RULES_FOLDER:
            write_schema_files(unfinished)
        unfinished.rename(folder / name)

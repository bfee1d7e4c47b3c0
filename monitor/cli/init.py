"""`init`: a working folder with the shipped configuration, rules and templates, and what an editor needs for the rules."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from monitor.cli.common import FOLDER, bundled

RULES_FOLDER, EDITOR_FOLDER = "rules", ".vscode"


@click.command()
@click.argument("folder", type=FOLDER)
def init(folder: Path) -> None:
    """Lay out FOLDER with config.toml, rules/, templates/ and .vscode/ to make your own. What is there is kept."""
    from monitor.workbench.authoring.editor_setup import write_editor_settings, write_schema_files

    folder.mkdir(parents=True, exist_ok=True)
    for name in ("config.toml", RULES_FOLDER, "templates", EDITOR_FOLDER):
        target, source = folder / name, bundled(name)
        if target.exists():
            click.echo(f"kept     {target}")
            continue
        if name == EDITOR_FOLDER:
            write_editor_settings(folder, RULES_FOLDER)
        elif source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(source, target)
        if name == RULES_FOLDER:
            write_schema_files(target)
        click.echo(f"written  {target}")
    click.echo(f"\nNext: cd {folder}, look at config.toml, then\n  deal-monitor doctor\n  deal-monitor run")
    click.echo("To write rules: open the folder in VS Code, or\n  deal-monitor rules new DEAL/COMMITMENT")

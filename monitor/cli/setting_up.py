"""`init`: a working folder with the shipped configuration, rules and templates, and what an editor needs for the rules."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from monitor.cli.common import bundled

RULES, EDITOR = "rules", ".vscode"
LAID = ("config.toml", RULES, "templates", EDITOR)


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def init(folder: Path) -> None:
    """Lay out FOLDER with config.toml, rules/, templates/ and .vscode/ to make your own. What is there is kept."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in LAID:
        target = folder / name
        if target.exists():
            click.echo(f"kept     {target}")
            continue
        _lay(name, target)
        click.echo(f"written  {target}")
    click.echo(f"\nNext: cd {folder}, look at config.toml, then\n  deal-monitor doctor\n  deal-monitor run")
    click.echo("To write rules: open the folder in VS Code, or\n  deal-monitor rules new DEAL/COMMITMENT")


def _lay(name: str, target: Path) -> None:
    from monitor.workbench.editor import lay_schemas, lay_settings

    if name == EDITOR:
        lay_settings(target.parent, RULES)
        return
    source = bundled(name)
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copyfile(source, target)
    if name == RULES:
        lay_schemas(target)

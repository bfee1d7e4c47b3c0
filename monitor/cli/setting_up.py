"""`init`: a working folder with the shipped configuration, rules and templates."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from monitor.cli.common import bundled

LAID = ("config.toml", "rules", "templates")


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def init(folder: Path) -> None:
    """Lay out FOLDER with config.toml, rules/ and templates/ to make your own. What is already there is kept."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in LAID:
        target = folder / name
        if target.exists():
            click.echo(f"kept     {target}")
            continue
        source = bundled(name)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(source, target)
        click.echo(f"written  {target}")
    click.echo(f"\nNext: cd {folder}, look at config.toml, then\n  deal-monitor doctor\n  deal-monitor run")

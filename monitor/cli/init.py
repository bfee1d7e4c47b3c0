"""`init`: a working folder with configuration, rules and templates, ready for an editor."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from monitor.cli.common import FOLDER, bundled

RULES_FOLDER, EDITOR_FOLDER = "rules", ".vscode"
PARTS = (RULES_FOLDER, "templates", EDITOR_FOLDER, "config.toml")
"""config.toml is last: its presence tells the container image that the folder is complete."""


@click.command()
@click.argument("folder", type=FOLDER, default=Path())
def init(folder: Path) -> None:
    """Create config.toml, rules/, templates/ and .vscode/ in FOLDER (default: the current folder).

    Existing files are kept.
    """
    from monitor.rulebook.json_schema import write_editor_settings, write_schema_files

    folder.mkdir(parents=True, exist_ok=True)
    # Each part is moved into place when it is complete. A partial rules folder would lack commitments, and the next
    # call would keep it.
    with TemporaryDirectory(prefix=".deal-monitor-init-", dir=folder) as staging:
        for name in PARTS:
            source, target = bundled(name), Path(staging) / name
            if (folder / name).exists():
                click.echo(f"kept     {folder / name}")
                continue
            if name == EDITOR_FOLDER:
                write_editor_settings(Path(staging), RULES_FOLDER)
            elif source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
                if name == RULES_FOLDER:
                    write_schema_files(target)
            else:
                shutil.copyfile(source, target)
            target.rename(folder / name)
            click.echo(f"written  {folder / name}")
    cd = "" if folder.resolve() == Path.cwd() else f"cd {folder}, "
    click.echo(f"\nNext: {cd}edit the routes and feeds in config.toml, then")
    click.echo("  deal-monitor feeds check\n  deal-monitor doctor\n  deal-monitor run")
    click.echo("To write rules, open the folder in VS Code, and read docs/first-rule.md")

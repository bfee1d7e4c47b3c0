"""`init`: a working folder with configuration, rules and templates."""

from __future__ import annotations

import shutil
from collections.abc import Collection
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from monitor.cli.common import FOLDER, bundled

RULES_FOLDER = "rules"
PARTS = (RULES_FOLDER, "templates", "config.toml")
"""config.toml is last: its presence tells the container image that the folder is complete."""


NONE = "none"
"""Instead of a deal: the rules have what every deal shares, and `rules new` adds the first."""


def shipped_deals() -> set[str]:
    """The folders of the shipped deals."""
    return {path.parent.name for path in bundled(RULES_FOLDER).glob("*/deal.yaml")}


def copy_shipped(name: str, target: Path, left_out: Collection[str] = ()) -> None:
    """Copies a shipped folder without these folders in it."""
    shutil.copytree(bundled(name), target, ignore=shutil.ignore_patterns("__pycache__", *left_out))


@click.command()
@click.argument("folder", type=FOLDER, default=Path())
@click.option(
    "--deal", "deals", multiple=True, metavar="DEAL", help="Only the rules of this deal, or of none for your own [all]."
)
def init(folder: Path, deals: tuple[str, ...]) -> None:
    """Create config.toml, rules/ and templates/ in FOLDER (default: the current folder).

    Existing files are kept.
    """
    from monitor.rulebook.json_schema import write_schema_files

    shipped = shipped_deals()
    if unknown := {*deals} - shipped - {NONE}:
        names = ", ".join((*sorted(shipped), NONE))
        raise click.BadParameter(f"there is no deal {min(unknown)!r}; one of {names}", param_hint="--deal")
    left_out = shipped.difference(deals) if deals else set()
    folder.mkdir(parents=True, exist_ok=True)
    # Each part is moved into place when it is complete. A partial rules folder would lack commitments, and the next
    # call would keep it.
    with TemporaryDirectory(prefix=".deal-monitor-init-", dir=folder) as staging:
        for name in PARTS:
            source, target = bundled(name), Path(staging) / name
            if (folder / name).exists():
                click.echo(f"kept     {folder / name}")
                continue
            if source.is_dir():
                copy_shipped(name, target, left_out)
                if name == RULES_FOLDER:
                    write_schema_files(target)
            else:
                shutil.copyfile(source, target)
            target.rename(folder / name)
            click.echo(f"written  {folder / name}")
    cd = "" if folder.resolve() == Path.cwd() else f"cd {folder}, "
    first = "create your deal (docs/your-deal.md) with `deal-monitor rules new DEAL`, then " if NONE in deals else ""
    click.echo(f"\nNext: {cd}{first}edit the routes and feeds in config.toml, then")
    click.echo("  deal-monitor feeds check\n  deal-monitor doctor\n  deal-monitor run")
    click.echo(
        "To write rules, read docs/first-rule.md. An editor with a YAML language server (in VS Code the extension"
    )
    click.echo("YAML) completes and explains every key.")

"""`upgrade`: a working folder brought to what this version of the program ships, edited files kept."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from monitor.cli.common import FOLDER, pluralised
from monitor.cli.init import LAID_OUT, lay_out

if TYPE_CHECKING:
    from monitor.workbench.authoring.laid_out import Step


@click.command()
@click.argument("folder", type=FOLDER, default=Path())
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
def upgrade(folder: Path, *, dry_run: bool) -> None:
    """Bring FOLDER, as `init` laid it out, to what this version ships. Without FOLDER, this one. What you edited stays.

    Files never edited are replaced, and those no longer shipped become NAME.old. Beside each edited file whose shipped form has
    changed that form is laid as NAME.new, which no command reads. What you deleted stays deleted.
    """
    from monitor.version import program_version
    from monitor.workbench.authoring import laid_out as folders

    if not (folder / "config.toml").is_file():
        text = f"{folder} holds no config.toml: name a folder that `deal-monitor init` laid out"
        raise click.BadParameter(text, param_hint="FOLDER")
    with TemporaryDirectory(prefix="deal-monitor-shipped-") as place:
        shipped, record = Path(place), folders.read_record(folder)
        for name in LAID_OUT:
            lay_out(shipped, name)
        new = folders.hashes(shipped, LAID_OUT)
        steps = folders.steps(record, new, folders.hashes(folder, LAID_OUT))
        if record is None and steps:
            click.echo(f"{folder} does not say how it was laid out, so every file that differs counts as edited.\n")
        if not dry_run:
            carry_out(steps, folder, shipped)
            folders.write_record(folder, folders.LaidOut(program_version(), new))
    for step in steps:
        click.echo(f"{step.act:<10} {step.path} ({step.why})")
    click.echo(closing_text(steps, folder, dry_run=dry_run))


def carry_out(steps: list[Step], folder: Path, shipped: Path) -> None:
    """Do all steps. A file that cannot be written ends the command; called again, it goes on from there."""
    from monitor.workbench.authoring.laid_out import apply

    for step in steps:
        try:
            apply(step, folder, shipped)
        except OSError as error:
            text = f"{error.filename}: {error.strerror}. Mend that and call upgrade again; it goes on from there"
            raise click.ClickException(text) from error


def closing_text(steps: list[Step], folder: Path, *, dry_run: bool) -> str:
    """What came of it, and what to do next."""
    from monitor.workbench.authoring.laid_out import Act

    if not any(step.act is not Act.LEAVE for step in steps):
        return f"{folder} holds what this version ships; nothing is to be done."
    if dry_run:
        return "\nNothing was changed. Take a backup first, then call it without --dry-run."
    lines = ["\nNext:"]
    if beside := sum(step.act is Act.LAY_BESIDE for step in steps):
        lines.append(
            f"  {pluralised(beside, 'edited file')}: `diff -u NAME NAME.new`, take over what you want, delete NAME.new"
        )
    return "\n".join((*lines, "  deal-monitor rules check", "  deal-monitor rules test", "  deal-monitor doctor"))

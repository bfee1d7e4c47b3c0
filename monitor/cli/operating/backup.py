"""`backup` and `restore`: all of a monitor in one archive, and a folder made from one."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.common import EXISTING_FILE, FOLDER, echo_json, format_utc, pluralised, program_clock, settings_of

if TYPE_CHECKING:
    from monitor.runtime.backup.archive import Manifest


@click.command()
@click.argument("target", type=click.Path(path_type=Path), metavar="FILE|FOLDER")
@click.option(
    "--keep", type=click.IntRange(min=1), help="Of the backups in FOLDER keep this many, the new one included."
)
@click.option("--with-secrets", is_flag=True, help="Include the secrets folder and the key that links are signed with.")
@click.option("--check", is_flag=True, help="Write nothing; see whether the backup FILE is whole.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def backup(target: Path, *, keep: int | None, with_secrets: bool, check: bool, as_json: bool) -> None:
    """Write database, settings, rules, templates and kept digests into one archive, while a monitor may run.

    FILE is a new .tar.gz; in a FOLDER it is named by the time. Secrets stay out unless asked for: whoever has an archive with
    them can write in your name. `deal-monitor restore` makes a folder of it again. With --check: exit code 1 if FILE is damaged.
    """
    if check:
        if keep is not None or with_secrets:
            raise click.UsageError("--check only reads: leave --keep and --with-secrets out")
        check_archive(target, as_json=as_json)
        return
    if keep is not None and not target.is_dir():
        raise click.UsageError(f"--keep goes with a folder that is there, and {target} is none")
    from monitor.runtime.backup.making import make_backup

    made = make_backup(settings_of(), target, program_clock()(), with_secrets=with_secrets, keep=keep)
    if as_json:
        echo_json(
            {"path": made.path, "files": made.files, "bytes": made.size, "removed": made.removed}
            | asdict(made.manifest)
        )
        return
    click.echo(f"written  {made.path} ({pluralised(made.files, 'file')}, {size_text(made.size)})")
    click.echo(f"holds    {contents_text(made.manifest)}")
    for path in made.removed:
        click.echo(f"removed  {path}")
    if not with_secrets:
        click.echo("Secrets are not in it: keep tokens and passwords elsewhere, or give --with-secrets.")


def check_archive(file: Path, *, as_json: bool) -> None:
    """Says what a whole archive holds. Raises BackupError for any other one."""
    from monitor.runtime.backup.restore import check_backup

    if not file.is_file():
        raise click.BadParameter(f"there is no file {file}", param_hint="FILE")
    manifest = check_backup(file)
    if as_json:
        echo_json({"path": file} | asdict(manifest))
        return
    click.echo(f"whole    {file}")
    click.echo(f"holds    {contents_text(manifest)}")


@click.command()
@click.argument("file", type=EXISTING_FILE)
@click.argument("folder", type=FOLDER)
def restore(file: Path, folder: Path) -> None:
    """Make FOLDER, which must be new or empty, what the backup FILE holds, ready to run.

    Nothing is written before the whole archive has been checked. Stop the monitor that it was made from first: two of them would
    each send every message.
    """
    from monitor.runtime.backup.restore import restore_backup

    if folder.is_dir() and any(folder.iterdir()):
        there = ", ".join(sorted(path.name for path in folder.iterdir())[:5])
        raise click.BadParameter(f"{folder} is not empty ({there}): name a new or empty folder", param_hint="FOLDER")
    restored = restore_backup(file, folder)
    manifest, config = restored.manifest, restored.config
    click.echo(f"restored {folder}: {contents_text(manifest)}")
    if config.turned:
        click.echo(f"changed  config.toml: {', '.join(config.turned)} now lead into this folder")
    for line in config.by_hand:
        click.echo(f"to do    write into config.toml: {line}")
    if manifest.waiting:
        waiting = pluralised(manifest.waiting, "message")
        click.echo(
            f"note     {waiting} waited to be sent when the backup was made; what has gone out since goes out again"
        )
    if not manifest.secrets:
        click.echo("to do    give the secrets (tokens, passwords): they were not in the backup")
    click.echo(f"\nNext: cd {folder}\n  deal-monitor doctor\n  deal-monitor status\n  deal-monitor run")


def contents_text(manifest: Manifest) -> str:
    """What an archive holds, in one line."""
    counts = {"commitment": len(manifest.statuses), "change": manifest.counts.get("transition", 0)}
    stories = pluralised(manifest.counts.get("story", 0), "story", "stories")
    held = ", ".join((*(pluralised(count, word) for word, count in counts.items()), stories))
    secrets = ", with secrets" if manifest.secrets else ""
    return f"{held}, as of {format_utc(manifest.moment)}{secrets}; schema {manifest.schema}"


def size_text(size: int) -> str:
    """Bytes as people read them: "12 kB", "3.4 MB"."""
    return f"{size / 1e6:,.1f} MB" if size >= 1e6 else f"{max(1, round(size / 1e3))} kB"

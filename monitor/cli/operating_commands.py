"""`backup`, `restore` and `health`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.common import (
    EXISTING_FILE,
    FOLDER,
    echo_json,
    fields_of,
    format_utc,
    pluralised,
    program_clock,
    settings_of,
)

if TYPE_CHECKING:
    from monitor.pipeline.health import Health


@click.command()
@click.argument("target", type=click.Path(path_type=Path), metavar="FILE|FOLDER")
@click.option("--keep", type=click.IntRange(min=1), help="Number of backups to keep in FOLDER, including this one.")
def backup(target: Path, *, keep: int | None) -> None:
    """Write database, settings, rules and templates into one archive. A monitor may keep running.

    FILE is a new .tar.gz; in a FOLDER, the file is named after the time. Secrets are not included: keep tokens,
    passwords and site.key elsewhere. `deal-monitor restore` turns the archive into a working folder.
    """
    if keep is not None and not target.is_dir():
        raise click.UsageError(f"--keep needs an existing folder, and {target} is not one")
    from monitor.runtime.backup_archive import make_backup

    made = make_backup(settings_of(), target, program_clock()(), keep=keep)
    size = f"{made.size / 1e6:,.1f} MB" if made.size >= 1e6 else f"{max(1, round(made.size / 1e3))} kB"
    click.echo(f"written  {made.path} ({pluralised(made.files, 'file')}, {size})")
    for path in made.removed:
        click.echo(f"removed  {path}")


@click.command()
@click.argument("file", type=EXISTING_FILE)
@click.argument("folder", type=FOLDER)
def restore(file: Path, folder: Path) -> None:
    """Restore backup FILE into a new or empty FOLDER.

    It checks the whole archive before it writes anything. Stop the original monitor first: two of them would send every
    message twice.
    """
    from monitor.runtime.backup_archive import restore_backup

    if folder.is_dir() and any(folder.iterdir()):
        present = ", ".join(sorted(path.name for path in folder.iterdir())[:5])
        raise click.BadParameter(f"{folder} is not empty ({present}): name a new or empty folder", param_hint="FOLDER")
    manifest = restore_backup(file, folder)
    click.echo(f"restored {folder}, as of {format_utc(manifest.moment)}")
    for name, original in manifest.elsewhere.items():
        click.echo(f"to do    move {name} to {original}, or edit its path in config.toml")
    if manifest.waiting:
        waiting = pluralised(manifest.waiting, "message")
        click.echo(f"note     {waiting} had not been sent at the time of the backup and will be sent, perhaps again")
    click.echo("to do    provide the secrets (tokens, passwords, site.key): backups do not contain them")
    click.echo(f"\nNext: cd {folder}\n  deal-monitor doctor\n  deal-monitor status\n  deal-monitor run")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def health(*, as_json: bool) -> None:
    """Report whether the monitor works, that is, runs, reads and can send. Exit code 1, with the reasons, if it does
    not.

    It only reads the database, never creates one, does not wait for writers, and takes about a second. `doctor` checks
    everything.
    """
    found = current_health()
    notes = {kind: [trouble.text for trouble in found.troubles if trouble.kind == kind] for kind in ("clock", "model")}
    if as_json:
        values = fields_of(found, "ok", "reasons", "polled_at", "decided_at", "held", "standbys")
        echo_json(values | notes | {"workers": len(found.workers)})
    else:
        for reason in found.reasons:
            click.echo(f"not healthy: {reason}")
        if found.ok:
            polled, decided = (format_utc(at) if at else "never" for at in (found.polled_at, found.decided_at))
            held = f", {pluralised(found.held, 'message')} held" if found.held else ""
            waits = f", {pluralised(found.standbys, 'standby')} waiting" if found.standbys else ""
            waits += f", {pluralised(len(found.workers), 'worker')}" if found.workers else ""
            click.echo(f"healthy: last poll {polled}, last decision {decided}{held}{waits}")
        for text in (text for texts in notes.values() for text in texts):
            click.echo(f"note: {text}")
    if not found.ok:
        raise SystemExit(1)


def current_health() -> Health:
    """Raises StoreError for a database that cannot be read."""
    from monitor.store.engine import SchemaState, database_file, looked_into

    settings = settings_of()
    file = database_file(settings.database)
    if not settings.monitor.data.exists() and file is not None and not file.exists():
        return _unhealthy("no monitor has run on this database yet")  # a new working folder
    with looked_into(settings.database, thorough=False) as (state, store):
        if store is None or state is SchemaState.EMPTY:
            return _unhealthy("no monitor has run on this database yet")
        if state is SchemaState.OLDER:
            return _unhealthy("the database has an older schema; the next start of the monitor upgrades it")
        # These take a second to import: a frozen server is reported before.
        from monitor.pipeline.health import health
        from monitor.runtime.session import feeds_of

        with store.read() as conn:
            return health(conn, feeds_of(settings), program_clock()())


def _unhealthy(why: str) -> Health:
    from monitor.pipeline.health import Health, Trouble

    return Health((Trouble("stale", why),), None, None, None)

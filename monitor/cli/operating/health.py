"""`health`: the judgement of the health page and of the heartbeat, for supervisors that ask by a command."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from monitor.cli.common import echo_json, format_utc, program_clock, settings_of

if TYPE_CHECKING:
    from monitor.pipeline.health import Health


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def health(*, as_json: bool) -> None:
    """Say whether the monitor does its work: it runs, reads and can send. Exit code 1, with the reasons, if not.

    It looks into the database alone, makes none, waits for nobody who writes, and takes a second; `doctor` looks at everything.
    """
    found = judgement()
    if as_json:
        moments = {"polled_at": found.polled_at, "decided_at": found.decided_at}
        echo_json({"ok": found.ok, "reasons": found.reasons, **moments})
    else:
        for reason in found.reasons:
            click.echo(f"not well: {reason}")
        if found.ok:
            click.echo(f"well: last poll {_moment(found.polled_at)}, last decision {_moment(found.decided_at)}")
    if not found.ok:
        raise SystemExit(1)


def judgement() -> Health:
    """How the monitor does. Raises StoreError for a database that cannot be read."""
    from monitor.pipeline.health import Health, Trouble, health
    from monitor.runtime.session import feeds_of
    from monitor.store.engine import looked_into
    from monitor.store.schema import SchemaState

    settings = settings_of()
    none_yet = Health((Trouble("stale", "no monitor has run on this database yet"),), None, None, None)
    if not settings.data_dir.exists() and not _has_file(settings.database):
        return none_yet  # a folder that was just laid out
    with looked_into(settings.database, thorough=False) as (state, store):
        if store is None or state is SchemaState.EMPTY:
            return none_yet
        if state is SchemaState.OLDER:
            text = "the database is of an earlier version: the next start of the monitor brings it up to this one"
            return Health((Trouble("stale", text),), None, None, None)
        with store.read() as conn:
            return health(conn, feeds_of(settings), program_clock()())


def _has_file(database: str) -> bool:
    """Whether there is a file of this address; one on a server counts as there."""
    from monitor.store.backup import database_file

    file = database_file(database)
    return file is None or file.exists()


def _moment(at: datetime | None) -> str:
    return format_utc(at) if at is not None else "never"

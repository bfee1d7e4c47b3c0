"""`health`: the judgement of the health page and of the heartbeat, for supervisors that ask by a command."""

from __future__ import annotations

from datetime import datetime

import click

from monitor.cli.common import echo_json, format_utc, session


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def health(*, as_json: bool) -> None:
    """Say whether the monitor does its work: it runs, reads and can send. Exit code 1, with the reasons, if not.

    It looks into the database alone and takes a second; `doctor` looks at everything.
    """
    from monitor.pipeline.health import health as judged

    with session() as opened, opened.store.read() as conn:
        found = judged(conn, opened.feeds(), opened.clock())
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


def _moment(at: datetime | None) -> str:
    return format_utc(at) if at is not None else "never"

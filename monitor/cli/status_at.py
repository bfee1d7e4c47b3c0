"""`status --at`: what was published at a moment, what is known of that moment now, and how the two differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.common import echo_json

if TYPE_CHECKING:
    from monitor.domain.messages.as_of import Difference
    from monitor.domain.model import Verdict
    from monitor.runtime.session import Opened
    from monitor.store.verdict_records import PublishedVerdict


@dataclass(frozen=True, slots=True)
class StatusAt:
    """One commitment at one moment. then: None where no record reaches back so far; first: where the record begins."""

    name: str
    then: PublishedVerdict | None
    known: Verdict
    first: datetime | None
    differences: Sequence[Difference]
    why: Sequence[str]
    baseline: datetime | None
    """The first baseline, where it is later than the moment."""


def show_status_at(app: Opened, commitment: str | None, at: datetime, *, as_known_now: bool, as_json: bool) -> None:
    """Shows one of the two verdicts of that moment, and how the other differs."""
    from monitor.cli.common import format_utc_seconds

    if at > app.clock():
        raise click.BadParameter(f"{format_utc_seconds(at)} is still to come", param_hint="--at")
    names = [commitment] if commitment else sorted(app.rulebook.commitments)
    views = statuses_at(app, names, at)
    if as_json:
        for view in views:
            echo_json(status_at_values(app, view, at, as_known_now=as_known_now))
        return
    which = "as known now" if as_known_now else "as published then"
    click.echo(f"At {format_utc_seconds(at)}, {which}")
    if commitment:
        _show_one(app, views[0], as_known_now=as_known_now)
    else:
        _show_all(app, views, at, as_known_now=as_known_now)
    for view in views:
        _show_difference(view)


def statuses_at(app: Opened, names: Sequence[str], at: datetime) -> list[StatusAt]:
    from monitor.domain.messages.as_of import EvidenceBase, difference_reasons, differences
    from monitor.store import as_of, verdict_records

    with app.store.read() as conn:
        then, first = verdict_records.published_at(conn, at, names), verdict_records.first_published(conn)
        known = as_of.view_as_of(conn, app.rulebook, at, names)
        stored = {e.signal.id: e for e in as_of.evidence(conn, names, app.rulebook.policy)}
    for story, error in known.unread.items():
        click.echo(f"warning: story {story} could not be read: {type(error).__name__}: {error}", err=True)
    views = []
    for name in names:
        was, now, start = then.get(name), known.verdicts[name], known.starts[name]
        differ = differences(was.verdict, now) if was else ()
        grounds = EvidenceBase(stored, known.signals, was.at, start) if was else None
        reasons = difference_reasons(was.verdict, now, at, grounds) if was and grounds and differ else ()
        views.append(StatusAt(name, was, now, first.get(name), differ, reasons, start if start > at else None))
    return views


# ---------------------------------------------------------------- text


def _show_one(app: Opened, view: StatusAt, *, as_known_now: bool) -> None:
    from monitor.cli.common import format_utc_seconds
    from monitor.cli.verdict_text import print_verdict

    click.echo(f"{app.rulebook.commitments[view.name].name} ({view.name})")
    if as_known_now:
        print_verdict(view.known)
        if view.baseline:
            click.echo(
                f"the first baseline is of {view.baseline:%-d %B %Y}, later than that moment; it is what is shown"
            )
    elif view.then is not None:
        print_verdict(view.then.verdict)
        click.echo(f"published so since {format_utc_seconds(view.then.at)}")


def _show_all(app: Opened, views: Sequence[StatusAt], at: datetime, *, as_known_now: bool) -> None:
    from monitor.cli.tables import status_table, wide_console

    shown = ((v.name, v.known if as_known_now else (v.then.verdict if v.then else None)) for v in views)
    verdicts = {name: verdict for name, verdict in shown if verdict is not None}
    if verdicts:
        wide_console().print(status_table(app.rulebook.commitments, verdicts, at))


def _show_difference(view: StatusAt) -> None:
    """One line that says both, then what else differs."""
    from monitor.cli.common import format_utc_seconds

    known = view.known.status.replace("_", " ")
    if view.baseline:
        known += f" (by the first baseline, of {view.baseline:%-d %B %Y})"
    if view.then is None:
        begins = (
            f"the record begins on {format_utc_seconds(view.first)}" if view.first else "nothing has been published yet"
        )
        click.echo(f"{view.name}: as published then: no record ({begins}); as known now: {known}")
        return
    was = view.then.verdict.status.replace("_", " ")
    if not view.differences:
        click.echo(f"{view.name}: as published then and as known now: {was}; nothing differs")
        return
    click.echo(f"{view.name}: as published then: {was}; as known now: {known}: {'; '.join(view.why)}")
    for one in view.differences:
        if one.what != "status":
            click.echo(f"  {one.what}: then {_value_text(one.then)}; as known now {_value_text(one.known)}")


def _value_text(value: str) -> str:
    return value.replace("_", " ")


# ---------------------------------------------------------------- JSON


def status_at_values(app: Opened, view: StatusAt, at: datetime, *, as_known_now: bool) -> dict[str, Any]:
    from monitor.cli.verdict_text import status_values as verdict_values

    then = view.then
    return {
        "commitment": view.name, "at": at, "view": "known_now" if as_known_now else "published",
        "published": verdict_values(app, view.name, then.verdict) if then else None,
        "published_since": then.at if then else None, "record_begins": view.first,
        "known_now": verdict_values(app, view.name, view.known),
        "differences": [{"what": d.what, "published": d.then, "known_now": d.known} for d in view.differences],
        "why": list(view.why), "before_first_baseline": view.baseline is not None,
    }  # fmt: skip

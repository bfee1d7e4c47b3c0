"""`status`: where each commitment stands, now or at a moment in the past."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.common import EndOfDayParam, echo_json, fields_of, format_utc, named_commitment, session
from monitor.cli.tables import baseline_text, baselines_note, print_verdict, sentence_text, status_table, wide_console
from monitor.domain.alerts.mutes import MuteWindow, mute_window_at
from monitor.domain.messages.headlines.subject import shown_status
from monitor.domain.messages.wording import reason_text
from monitor.domain.model import DecisionInput, Intervention, Verdict
from monitor.domain.model.notation import notation
from monitor.domain.pages.data_files.verdict_values import sentence_json, verdict_json
from monitor.domain.text.labels import label_of
from monitor.domain.text.plain import one_line
from monitor.domain.verdicts.decide import baseline_behind, decide, initial_verdict, pin_in_force
from monitor.domain.verdicts.interventions import author_of
from monitor.runtime.session import able_sources
from monitor.store import feeds, verdict_records

if TYPE_CHECKING:
    from monitor.domain.model import Signal
    from monitor.runtime.session import Opened

SENTENCES_SHOWN = 8
"""Sentences of the latest evidence that are shown: as many as fit beside the rest on one screen."""


@click.command()
@click.argument("commitment", required=False)
@click.option("--at", type=EndOfDayParam(), help="As published at this moment; a bare date means its last moment, UTC.")
@click.option("--as-known-now", is_flag=True, help="With --at: what we would say today about that moment.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a commitment.")
def status(*, commitment: str | None, at: datetime | None, as_known_now: bool, as_json: bool) -> None:
    """Where each commitment stands, or all that is known of one COMMITMENT.

    With --at it is what was published then, word for word; with --as-known-now what all evidence that counts today says
    about that moment, by the present rules. Both say how the two differ, and why.

    \b
    Examples:
      deal-monitor status soybean-purchases
      deal-monitor status --at 2025-11-10 --as-known-now
    """
    if as_known_now and at is None:
        raise click.UsageError("--as-known-now needs a moment: --at DATE")
    with session(rules=True) as app:
        if commitment:
            commitment = named_commitment(app.rulebook.commitments, commitment)
        if at is not None:
            from monitor.cli.status_at import show_status_at  # the as-of view loads the matcher

            show_status_at(app, commitment, at, as_known_now=as_known_now, as_json=as_json)
            return
        verdicts = published_verdicts(app)
        if as_json:
            for name in [commitment] if commitment else sorted(verdicts):
                values = verdict_json(app.rulebook.commitments[name], verdicts[name], app.rulebook.parties)
                latest = [sentence_json(signal, outlet) for signal, outlet in latest_evidence(app, name)]
                echo_json(values | pin_and_mute_values(app, name) | {"latest_evidence": latest})
        elif commitment:
            print_one(app, commitment, verdicts[commitment])
        else:
            with app.store.read() as conn:
                note = baselines_note(app.rulebook.commitments, verdicts, feeds.last_read(conn))
            if note:
                click.echo(note)
            screen = wide_console()
            screen.print(status_table(app.rulebook.commitments, verdicts, app.clock(), width=screen.width))
            for name in sorted(verdicts):
                print_pin_and_mute(app, name, f"{name}: ")


def published_verdicts(app: Opened) -> dict[str, Verdict]:
    """The stored verdicts; of a commitment never decided, what its baseline and the calendar make of it now."""
    with app.store.read() as conn:
        records = verdict_records.verdict_records(conn)
    return {
        name: records[name].published if name in records else undecided_verdict(app, name)
        for name in app.rulebook.commitments
    }


def undecided_verdict(app: Opened, name: str) -> Verdict:
    commitment = app.rulebook.commitments[name]
    start = initial_verdict(commitment, app.clock())
    with app.store.read() as conn:
        blind = feeds.unread_spans(conn, able_sources(app), app.rulebook.policy, app.clock())
    case = DecisionInput(commitment, start, (), (), start, blind=blind)
    return decide(case, {}, app.rulebook, app.clock()).verdict


def pin_and_mute(app: Opened, name: str) -> tuple[Intervention | None, MuteWindow | None]:
    """The pin and the mute in force of a commitment, None where there is none."""
    with app.store.read() as conn:
        interventions = verdict_records.interventions(conn, [name])
    return pin_in_force(interventions.get(name, ()), app.clock()), mute_window_at(
        interventions.get("", ()), name, app.clock()
    )


def verdict_without_pin(app: Opened, name: str) -> Verdict:
    """What the program itself would publish."""
    from monitor.store import as_of  # loads the matcher, which a table without pins does without

    with app.store.read() as conn:
        if name in verdict_records.verdict_records(conn):
            return as_of.unpinned(conn, app.rulebook, name, app.clock(), able_sources(app))
    return undecided_verdict(app, name)


def pin_and_mute_values(app: Opened, name: str) -> dict[str, Any]:
    """The pin with the verdict of the program itself, and the end of the mute; None where there is none."""
    pin, mute = pin_and_mute(app, name)
    pinned = None
    if pin is not None:
        program = verdict_without_pin(app, name)
        pinned = {
            "status": pin.payload.partition("/")[0],
            **fields_of(pin, "by", "at", "until", "reason", "source"),
            "program": {
                **fields_of(program, "status", "standing", "outlook"),
                "why": reason_text(program.why, app.rulebook.parties),
            },
        }
    return {"pinned": pinned, "muted_until": mute.until if mute else None}


def print_pin_and_mute(app: Opened, name: str, prefix: str) -> None:
    """Prints the pin and the mute of one commitment, each after this prefix."""
    pin, mute = pin_and_mute(app, name)
    if pin is not None:
        until = f" until {format_utc(pin.until)}" if pin.until else ""
        click.echo(f"{prefix}pinned by {author_of(pin)}{until}: {pin.reason} ({pin.source})")
        click.echo(f"{prefix}the program would say: {shown_status(verdict_without_pin(app, name))}")
    if mute is not None:
        until = f" until {format_utc(mute.until)}" if mute.until else ""
        click.echo(
            f"{prefix}muted{until}: {'; '.join(f'{intervention.reason} ({author_of(intervention)})' for intervention in mute.mutes)}"
        )


def print_one(app: Opened, name: str, verdict: Verdict) -> None:
    """Prints all that is known of one commitment: verdict, criteria, changes, latest evidence."""
    commitment = app.rulebook.commitments[name]
    click.echo(f"{commitment.name} ({name})")
    print_verdict(verdict, app.rulebook.parties)
    if (base := baseline_behind(verdict, commitment)) is not None:
        with app.store.read() as conn:
            click.echo(baseline_text(base, feeds.last_read(conn)))
    print_pin_and_mute(app, name, "by a person: ")
    for word, text in commitment.criteria:
        click.echo(f"criteria for {label_of(word)}: {text}")
    with app.store.read() as conn:
        transitions = verdict_records.history(conn, [name])
    latest = latest_evidence(app, name)
    click.echo("\nchanges, newest last:" if transitions else "\nno change recorded yet")
    for t in transitions:
        was, now = map(label_of, notation(t.change))
        click.echo(
            f"  {t.at:%Y-%m-%d}  {t.kind:<8} {was or '-'} -> {now}  {one_line(reason_text(t.reason, app.rulebook.parties), 100)}"
        )
    click.echo("\nlatest evidence:" if latest else "\nno evidence yet")
    for signal, outlet in latest:
        click.echo(sentence_text(signal, outlet))


def latest_evidence(app: Opened, name: str) -> list[tuple[Signal, str]]:
    """The newest signals of a commitment that count, each with its outlet, the newest first."""
    from monitor.store import signals, stories

    with app.store.read() as conn:
        latest = signals.latest(conn, name, SENTENCES_SHOWN)
        by_id = stories.by_ids(conn, {signal.story for signal in latest})
    return [(signal, by_id[signal.story].source if signal.story in by_id else "") for signal in latest]

"""`status`: where each commitment stands, now or at a moment in the past."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.common import Ending, echo_json, session
from monitor.domain.news import day_of
from monitor.domain.notation import notation
from monitor.domain.wording import detail_text, reason_text

if TYPE_CHECKING:
    from monitor.domain.model import Act, Verdict
    from monitor.opening import Opened


@click.command()
@click.argument("commitment", required=False)
@click.option("--at", type=Ending(), help="As published at this moment; a bare date means its last moment, UTC.")
@click.option("--as-known-now", is_flag=True, help="With --at: what we would say today about that moment.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a commitment.")
@click.pass_context
def status(
    ctx: click.Context, *, commitment: str | None, at: datetime | None, as_known_now: bool, as_json: bool
) -> None:
    """Where each commitment stands, or all that is known of one COMMITMENT.

    With --at it is what was published then, word for word; with --as-known-now what all evidence that counts today says
    about that moment, by the present rules. Both say how the two differ, and why.

    \b
    Examples:
      deal-monitor status soybean-purchases
      deal-monitor status --at 2025-11-10 --as-known-now
    """
    from monitor.cli.looking_back import look_back

    if as_known_now and at is None:
        raise click.UsageError("--as-known-now needs a moment: --at DATE")
    with session(ctx, rules=True) as app:
        if commitment and commitment not in app.rulebook.commitments:
            raise click.BadParameter(unknown(commitment, list(app.rulebook.commitments)), param_hint="COMMITMENT")
        if at is not None:
            look_back(app, commitment, at, as_known_now=as_known_now, as_json=as_json)
        else:
            show(app, commitment, as_json=as_json)


def show(app: Opened, commitment: str | None, *, as_json: bool) -> None:
    """Where all stand now, or one."""
    verdicts = published(app)
    if as_json:
        for name in [commitment] if commitment else sorted(verdicts):
            echo_json(as_values(app, name, verdicts[name]) | by_people(app, name))
    elif commitment:
        show_one(app, commitment, verdicts[commitment])
    else:
        show_all(app, verdicts)


def published(app: Opened) -> dict[str, Verdict]:
    """The stored verdicts; of a commitment never decided, what its baseline and the calendar make of it now."""
    from monitor.store import cases

    with app.store.read() as conn:
        stored = {name: record.published for name, record in cases.records(conn).items()}
    return {name: stored.get(name) or undecided(app, name) for name in app.rulebook.commitments}


def undecided(app: Opened, name: str) -> Verdict:
    from monitor.domain.decide import decide, initial
    from monitor.domain.model import Case

    commitment = app.rulebook.commitments[name]
    start = initial(commitment, app.clock())
    return decide(Case(commitment, start, (), (), start), {}, app.rulebook, app.clock()).verdict


def unknown(name: str, known: list[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, known, 1)
    hint = f"; did you mean {near[0]!r}?" if near else "."
    return f"no commitment is called {name!r}{hint} Known: {', '.join(sorted(known))}"


def as_values(app: Opened, name: str, verdict: Verdict) -> dict[str, Any]:
    commitment = app.rulebook.commitments[name]
    return {
        "commitment": name, "name": commitment.name, "status": verdict.status, "standing": verdict.standing.value,
        "outlook": verdict.outlook.value, "since": verdict.since, "outlook_since": verdict.outlook_since,
        "why": reason_text(verdict.why), "last_evidence": verdict.last_evidence, "steps": list(verdict.steps),
        "flags": [{"kind": f.kind.value, "subject": f.subject, "since": f.since, "detail": detail_text(f.detail)} for f in verdict.flags],
        "deadlines": [
            {"what": d.what, "kind": d.kind, "date": d.date, "said_by": d.said_by, "state": d.state}
            for d in verdict.deadlines
        ],
        "progress": {
            "counted": p.counted, "low": p.low, "high": p.high, "target": p.target, "unit": p.unit, "basis": p.basis,
            "share": p.share,
        } if (p := verdict.progress) else None,
        "evidence": [*verdict.evidence, *verdict.outlook_evidence],
    }  # fmt: skip


def by_people(app: Opened, name: str) -> dict[str, Any]:
    """What a person holds or silences: the pin, with what the program itself would say, and the end of a mute."""
    silence = muted(app, name)
    held = pin_of(app, name)
    pinned = None
    if held is not None:
        program = program_says(app, name)
        pinned = {
            "status": held.payload.partition("/")[0], "by": held.by, "at": held.at, "until": held.until,
            "reason": held.reason, "source": held.source,
            "program": {
                "status": program.status, "standing": program.standing.value, "outlook": program.outlook.value,
                "why": reason_text(program.why),
            },
        }  # fmt: skip
    return {"pinned": pinned, "muted_until": silence[0] if silence else None}


def pin_of(app: Opened, name: str) -> Act | None:
    from monitor.domain.decide import pin_in_force
    from monitor.store import cases

    with app.store.read() as conn:
        return pin_in_force(cases.acts(conn, [name]).get(name, ()), app.clock())


def muted(app: Opened, name: str) -> tuple[datetime | None, str] | None:
    """Until when a commitment is muted, and why."""
    from monitor.domain import announce
    from monitor.domain.acts import who
    from monitor.store import cases

    with app.store.read() as conn:
        silence = announce.muted(cases.acts(conn, ()).get("", ()), name, app.clock())
    if silence is None:
        return None
    return silence.until, "; ".join(f"{act.reason} ({who(act)})" for act in silence.mutes)


def program_says(app: Opened, name: str) -> Verdict:
    from monitor.store import cases, hindsight

    with app.store.read() as conn:
        if name in cases.records(conn):
            return hindsight.unpinned(conn, app.rulebook, name, app.clock())
    return undecided(app, name)


def show_all(app: Opened, verdicts: dict[str, Verdict]) -> None:
    from monitor.cli.tables import console, standings

    console().print(standings(app.rulebook.commitments, verdicts, app.clock()))
    for name in sorted(verdicts):
        show_people(app, name)


def show_people(app: Opened, name: str, prefix: str = "") -> None:
    """The pin and the mute of one commitment, a line each."""
    from monitor.cli.deeds import moment, status_words
    from monitor.domain.acts import who

    if (held := pin_of(app, name)) is not None:
        until = f" until {moment(held.until)}" if held.until else ""
        program = status_words(program_says(app, name))
        click.echo(f"{prefix or name + ': '}pinned by {who(held)}{until}: {held.reason} ({held.source})")
        click.echo(f"{prefix or name + ': '}the program would say: {program}")
    if (silence := muted(app, name)) is not None:
        until = f" until {moment(silence[0])}" if silence[0] else ""
        click.echo(f"{prefix or name + ': '}muted{until}: {silence[1]}")


def show_one(app: Opened, name: str, verdict: Verdict) -> None:
    from monitor.domain.brief_words import clean
    from monitor.store import cases, signals, stories

    click.echo(f"{app.rulebook.commitments[name].name} ({name})")
    show_verdict(verdict)
    show_people(app, name, prefix="by a person: ")
    for word, text in app.rulebook.commitments[name].criteria:
        click.echo(f"criteria for {word.replace('_', ' ')}: {text}")
    with app.store.read() as conn:
        past = cases.history(conn, [name])
        latest = signals.latest(conn, name, 8)
        heard = stories.by_ids(conn, {s.story for s in latest})
    click.echo("\nchanges, newest last:" if past else "\nno change recorded yet")
    for move in past:
        was, now = notation(move.change)
        click.echo(
            f"  {move.at:%Y-%m-%d}  {move.kind.value:<8} {was or '-'} -> {now}  {clean(reason_text(move.reason), 100)}"
        )
    click.echo("\nlatest evidence:" if latest else "\nno evidence yet")
    for s in latest:
        outlet = heard[s.story].source if s.story in heard else ""
        click.echo(f"  {day_of(s.happened.end)}  {s.effect.value:<9} {clean(outlet, 60)}: {clean(s.quote)}  [{s.rule}]")


def show_verdict(verdict: Verdict) -> None:
    """Status, flags, progress and dates, a line each."""
    from monitor.cli.tables import flag_words, progress_words, status_words
    from monitor.domain.brief_words import clean

    click.echo(f"{status_words(verdict)} since {day_of(verdict.since):%-d %B %Y}: {clean(reason_text(verdict.why))}")
    for label, text in (("flags", flag_words(verdict)), ("progress", progress_words(verdict.progress))):
        if text:
            click.echo(f"{label}: {text}")
    for deadline in verdict.deadlines:
        click.echo(f"{deadline.kind} {deadline.date:%-d %B %Y}: {deadline.what} ({deadline.said_by}, {deadline.state})")

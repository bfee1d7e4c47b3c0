"""`evidence`: the signals behind the verdicts, what a person rejects of them, and all of it as citations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.common import DateTimeParam, EndOfDayParam, SuggestingGroup, echo_json, opened_app, session

if TYPE_CHECKING:
    from monitor.domain.model import Intervention, Signal
    from monitor.domain.verdicts.evidence_refs import Evidence
    from monitor.runtime.app import App
    from monitor.runtime.session import Opened

EFFECT_NAMES = ("pledge", "progress", "delivered", "setback", "breach", "threat", "deadline", "none")


@click.group(cls=SuggestingGroup)
def evidence() -> None:
    """The signals behind the verdicts: list them, reject a misread one, export them as citations."""


# ---------------------------------------------------------------- list


@evidence.command("list")
@click.argument("commitment", required=False)
@click.option("--since", type=DateTimeParam(), help="What happened from then on.")
@click.option(
    "--until", type=EndOfDayParam(), help="What had happened by then; a bare date means its last moment, UTC."
)
@click.option(
    "--effect", "effects", multiple=True, type=click.Choice(EFFECT_NAMES), help="Only this effect (repeatable)."
)
@click.option("--all", "everything", is_flag=True, help="Also what no longer counts, and mere mentions (effect none).")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a signal.")
@click.pass_context
def list_signals(
    ctx: click.Context, *, commitment: str | None, since: datetime | None, until: datetime | None,
    effects: tuple[str, ...], everything: bool, as_json: bool,
) -> None:  # fmt: skip
    """The signals of a COMMITMENT, or of all: what was read where, whose word it is, and whether it counts.

    A star marks those that the present verdict rests on. Rejected ones are shown with the reason.

    \b
    Example:
      deal-monitor evidence list soybean-purchases --since 2026-03-01 --effect setback
    """
    with session(ctx, rules=True) as app:
        found = [
            one
            for one in stored_evidence(app, commitment)
            if (since is None or one.signal.happened.end >= since)
            and (until is None or one.signal.happened.end <= until)
            and _is_listed(one, effects, everything=everything)
        ]
        resting = evidence_in_use(app)
        for one in found:
            if as_json:
                echo_json(evidence_values(app, one, rests=one.signal.id in resting))
            else:
                click.echo(evidence_text(app, one, rests=one.signal.id in resting))
        if not found and not as_json:
            click.echo("no evidence" + ("" if everything else " that counts or was rejected; --all shows the rest"))


def _is_listed(one: Evidence, effects: tuple[str, ...], *, everything: bool) -> bool:
    if effects:
        return one.signal.effect in effects and (everything or not one.gone)
    return everything or (one.signal.effect != "none" and not one.gone)


def stored_evidence(app: Opened, commitment: str | None = None) -> tuple[Evidence, ...]:
    """All signals ever found for one commitment, or for all of them."""
    from monitor.cli.people.actions import require_commitment
    from monitor.store import as_of

    names = [require_commitment(app, commitment)] if commitment else list(app.rulebook.commitments)
    with app.store.read() as conn:
        return as_of.evidence(conn, names, app.rulebook.policy)


def evidence_in_use(app: Opened) -> frozenset[str]:
    """The signals that the published verdicts rest on."""
    from monitor.domain.verdicts.evidence_refs import all_evidence
    from monitor.store import verdict_records

    with app.store.read() as conn:
        return frozenset(
            key for record in verdict_records.verdict_records(conn).values() for key in all_evidence(record.published)
        )


def outlet_names(app: Opened, one: Evidence) -> list[str]:
    """Who carried the text, the outlet whose text it is first."""
    carried = [(one.source, one.url), *((o.source, o.url) for o in one.story.outlets)]
    names = (app.rulebook.publishers.find(source, url).name or source for source, url in carried)
    return list(dict.fromkeys(names))


def evidence_text(app: Opened, one: Evidence, *, rests: bool) -> str:
    """One signal for people."""
    from monitor.domain.text.plain import one_line

    s = one.signal
    others = len(outlet_names(app, one)) - 1
    carried = one_line(outlet_names(app, one)[0], 60) + (f" and {others} more" if others else "")
    state = one.state.replace("_", " ") + (
        f" ({one.why}{f', {one.since:%-d %b %Y}' if one.since else ''})" if one.why else ""
    )
    said = f"{s.by.value} acts, {one_line(s.origin, 60) or s.says.value} says, modality {s.modality.name.lower().replace('_', ' ')}"
    return (
        f"{'*' if rests else ' '} {s.id}  {s.happened.end:%Y-%m-%d}  {s.effect.value:<9}  {state}  {s.commitment}\n"
        f"      {carried}: “{one_line(s.quote)}”\n"
        f"      {said}  [{s.rule}@{s.rule_version}]"
    )


def evidence_values(app: Opened, one: Evidence, *, rests: bool) -> dict[str, Any]:
    s = one.signal
    return {
        "id": s.id, "commitment": s.commitment, "happened": s.happened.end, "effect": s.effect.value, "by": s.by.value,
        "says": s.says.value, "origin": s.origin, "modality": s.modality.name.lower(), "outlets": outlet_names(app, one),
        "quote": s.quote, "rule": s.rule, "version": s.rule_version, "state": one.state, "state_since": one.since,
        "why": one.why, "verdict_rests_on_it": rests, "first_seen": one.seen, "story": s.story, "title": one.title,
        "url": one.url,
    }  # fmt: skip


# ---------------------------------------------------------------- reject and restore


@evidence.command()
@click.argument("signal", metavar="ID")
@click.option("--reason", required=True, help="What is wrong with it; the correction quotes this.")
@click.option("--by", help="Who says so [the user who is logged in].")
@click.pass_context
def reject(ctx: click.Context, *, signal: str, reason: str, by: str | None) -> None:
    """Let a misread signal count no longer; ID is its id in 'evidence list', or the unique beginning of it.

    The verdict is decided again at once, and what had been told on the signal is corrected in the same thread. The
    rejection holds for this effect in this text, whatever rule reads it so, and for the same sentence of a later text.
    The near miss that is printed keeps the rules from reading it so again.

    \b
    Example:
      deal-monitor evidence reject 3f2a9c --reason "the quote is about barley"
    """
    from monitor.cli.people.actions import apply_interventions, new_intervention, print_result
    from monitor.domain.verdicts.interventions import author_of, suppression_payload

    with opened_app(ctx) as app:
        one = find_evidence(app, signal)
        s = one.signal
        if one.state == "rejected":
            raise click.BadParameter(f"{s.id} is {one.why} already; evidence restore takes that back", param_hint="ID")
        if one.gone:
            raise click.BadParameter(f"{s.id} counts no longer anyway ({one.why})", param_hint="ID")
        act = new_intervention(app, "reject", s.commitment, s.id, reason, by=by, payload=suppression_payload(s))
        outcome = apply_interventions(app, [act], [s.commitment])
        click.echo(f"rejected {s.id} ({s.commitment}, {s.effect.value}), by {author_of(act)}: {act.reason}")
        print_result(outcome)
        click.echo(f"\n{near_miss_stub(app, one)}")


@evidence.command()
@click.argument("signal", metavar="ID")
@click.option("--reason", required=True, help="Why it counts after all.")
@click.option("--by", help="Who says so [the user who is logged in].")
@click.pass_context
def restore(ctx: click.Context, *, signal: str, reason: str, by: str | None) -> None:
    """Take a rejection back: the signal counts again, and the verdict is decided again at once.

    \b
    Example:
      deal-monitor evidence restore 3f2a9c --reason "the ministry confirms the figure"
    """
    from monitor.cli.people.actions import apply_interventions, new_intervention, print_result
    from monitor.domain.verdicts.interventions import author_of

    with opened_app(ctx) as app:
        s = find_evidence(app, signal).signal
        held = _rejections_holding(app, s)
        if not held:
            raise click.BadParameter(f"{s.id} is not rejected; deal-monitor acts shows what is", param_hint="ID")
        acts = [new_intervention(app, "restore", s.commitment, one.id, reason, by=by) for one in held]
        outcome = apply_interventions(app, acts, [s.commitment])
        click.echo(f"restored {s.id} ({s.commitment}, {s.effect.value}), by {author_of(acts[0])}: {acts[0].reason}")
        print_result(outcome)


def _rejections_holding(app: App, signal: Signal) -> list[Intervention]:
    """Every rejection that holds for a signal: to lift one of two would change nothing."""
    from monitor.domain.verdicts.interventions import in_force, suppressions
    from monitor.store import verdict_records

    with app.store.read() as conn:
        own = verdict_records.interventions(conn, [signal.commitment]).get(signal.commitment, ())
    return [act for act in in_force(own, "reject", "restore") if suppressions([act]).of(signal) is not None]


def find_evidence(app: App, start: str) -> Evidence:
    """The signal whose id begins so; a refusal where there is none, or more than one."""
    given = start.strip().casefold()
    found = [one for one in stored_evidence(app) if one.signal.id.startswith(given)] if given else []
    if len(found) == 1:
        return found[0]
    if not found:
        raise click.BadParameter(
            f"no signal has the id {start!r}; deal-monitor evidence list shows them", param_hint="ID"
        )
    some = ", ".join(one.signal.id for one in found[:5]) + (", …" if len(found) > 5 else "")
    raise click.BadParameter(f"{len(found)} signals begin with {start!r}: {some}; give more of it", param_hint="ID")


def near_miss_stub(app: App, one: Evidence) -> str:
    """The near miss for the rule's file, as its author would write it there."""
    from monitor.cli.rules.example import OWNERSHIP
    from monitor.domain.matching.rules import RuleExample
    from monitor.domain.model import Effect
    from monitor.domain.text.plain import one_line
    from monitor.workbench.authoring.add_example import example_line, rules_with_examples

    s = one.signal
    info = rules_with_examples(app.rulebook).get(s.rule)
    if info is None:
        return f"no near miss to add: the rules have no act {s.rule} (any more)"
    text = one_line(one.title, 1000)
    summary = one_line(one.summary, 4000) if s.field == "summary" else ""
    miss = RuleExample(info.id, info.commitment, 0, text, Effect.NONE, info.path, info.line, summary)
    return (
        f"To keep the rules from reading it so, add this near miss to the examples of {s.rule} ({info.path}:{info.line}),\n"
        f"mend the rule, and run deal-monitor rules test:\n"
        f"      - {example_line(miss)}\n"
        f"{OWNERSHIP}"
    )


# ---------------------------------------------------------------- export


@evidence.command()
@click.argument("commitments", nargs=-1)
@click.option("--format", "shape", type=click.Choice(["md", "csv", "json"]), required=True, help="How it is written.")
@click.option("--since", type=DateTimeParam(), help="Changes recorded from then on.")
@click.option("--until", type=EndOfDayParam(), help="Changes recorded by then; a bare date means its last moment, UTC.")
@click.option("--signals", "with_signals", is_flag=True, help="Also every signal of the time, cited or not.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file.")
@click.pass_context
def export(
    ctx: click.Context, commitments: tuple[str, ...], shape: str, since: datetime | None, until: datetime | None,
    out: Path | None, *, with_signals: bool,
) -> None:  # fmt: skip
    """Every recorded change of COMMITMENTS (all, if none is named) with its sources, ready to be cited.

    docs/people.md lists the columns. The same database gives the same bytes.

    \b
    Example:
      deal-monitor evidence export soybean-purchases --format md --since 2026-01-01 --out soybeans.md
    """
    from monitor.cli.export_formats import FORMATS
    from monitor.cli.people.actions import require_commitment

    with opened_app(ctx) as app:
        names = [require_commitment(app, name) for name in commitments] or list(app.rulebook.commitments)
        rows = export_rows(app, sorted(set(names)), since, until, with_signals=with_signals)
    text = FORMATS[shape](rows, since, until)
    if out is None:
        click.echo(text, nl=False)
        return
    try:
        out.write_bytes(text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise click.BadParameter(f"{out} cannot be written: {error.strerror}", param_hint="--out") from None
    click.echo(f"{len(rows)} rows written to {out}", err=True)


def export_rows(
    app: App, names: Sequence[str], since: datetime | None, until: datetime | None, *, with_signals: bool
) -> Any:
    from datetime import UTC

    from monitor.domain.messages.citations import CitationContext, citation_rows
    from monitor.store import as_of, verdict_records
    from monitor.store import outbox as outbox_store

    start, end = since or datetime.min.replace(tzinfo=UTC), until or datetime.max.replace(tzinfo=UTC)
    with app.store.read() as conn:
        stored = as_of.evidence(conn, names, app.rulebook.policy)
        moves = [t for t in verdict_records.history(conn, names, 1_000_000) if start <= t.at <= end]
        sent = [(i.number, i.transitions) for i in outbox_store.items(conn, ("sent",))]
    numbers: dict[str, list[int]] = {}
    for number, ids in sent:
        for key in ids:
            numbers.setdefault(key, []).append(number)
    sources = CitationContext(
        {e.signal.id: e for e in stored}, numbers, app.rulebook.commitments, app.rulebook.publishers
    )
    apart = [e for e in stored if start <= e.signal.happened.end <= end] if with_signals else []
    return citation_rows(moves, apart, sources)

"""`evidence`: lists the signals behind the verdicts, lets a person reject them, and exports them as citations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.common import (
    FILE,
    DateTimeParam,
    EndOfDayParam,
    echo_lines,
    fields_of,
    format_utc,
    named_commitment,
    opened_app,
    pluralised,
    session,
)
from monitor.cli.export_formats import FORMATS
from monitor.cli.people.actions import BY_OPTION, apply_interventions, new_intervention, print_result
from monitor.domain.messages.citations import CitationContext, CitationRow, citation_rows
from monitor.domain.messages.reader_names import named
from monitor.domain.messages.who_read import is_read_by_rule, read_by_values, readers_of, who_read
from monitor.domain.model import Effect, ReaderKind
from monitor.domain.text.labels import join_list
from monitor.domain.text.plain import one_line
from monitor.domain.verdicts.evidence_refs import Evidence, all_evidence
from monitor.domain.verdicts.interventions import author_of, in_force, read_by_people, suppression_payload, suppressions
from monitor.long_work import long_work
from monitor.store import as_of, verdict_records
from monitor.store import outbox as outbox_store

if TYPE_CHECKING:
    from monitor.domain.model import Intervention
    from monitor.runtime.app import App
    from monitor.runtime.session import Opened

EFFECTS = [effect.value for effect in Effect]


# ---------------------------------------------------------------- list


@click.command()
@click.argument("commitment", required=False)
@click.option("--since", type=DateTimeParam(), help="What happened from then on.")
@click.option(
    "--until", type=EndOfDayParam(), help="What had happened by then; a bare date means its last moment, UTC."
)
@click.option("--effect", "effects", multiple=True, type=click.Choice(EFFECTS), help="Only this effect (repeatable).")
@click.option("--all", "everything", is_flag=True, help="Also what no longer counts, and mere mentions (effect none).")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a signal.")
def list_signals(
    *,
    commitment: str | None,
    since: datetime | None,
    until: datetime | None,
    effects: tuple[str, ...],
    everything: bool,
    as_json: bool,
) -> None:
    """The signals of a COMMITMENT, or of all: what was read where, whose word it is, and whether it counts.

    A star marks those that the present verdict rests on. Rejected ones are shown with the reason.

    \b
    Example:
      deal-monitor evidence list soybean-purchases --since 2026-03-01 --effect setback
    """

    def is_listed(item: Evidence) -> bool:
        happened, effect = item.signal.happened.end, item.signal.effect
        in_period = (since is None or happened >= since) and (until is None or happened <= until)
        wanted = effect in effects if effects else everything or effect is not Effect.NONE
        return in_period and wanted and (everything or not item.gone)

    with session(rules=True) as app:
        listed = [item for item in stored_evidence(app, commitment) if is_listed(item)]
        with app.store.read() as conn:
            published = [record.published for record in verdict_records.verdict_records(conn).values()]
            people = read_by_people(verdict_records.interventions(conn, ()).get("", ()))
        used = frozenset(signal for verdict in published for signal in all_evidence(verdict))
        echo_lines(
            as_json=as_json,
            values=(evidence_values(app, item, people, used=item.signal.id in used) for item in listed),
            text=(evidence_text(app, item, people, used=item.signal.id in used) for item in listed),
        )
        if not listed and not as_json:
            click.echo("no evidence" + ("" if everything else " that counts or was rejected; --all shows the rest"))


def stored_evidence(app: Opened, commitment: str | None = None) -> tuple[Evidence, ...]:
    """All signals ever found for one commitment, or for all of them. Raises BadParameter for an unknown one."""
    known = app.rulebook.commitments
    names = [named_commitment(known, commitment)] if commitment else list(known)
    with app.store.read() as conn:
        return as_of.evidence(conn, names, app.rulebook.policy)


def outlet_names(app: Opened, item: Evidence) -> list[str]:
    """The outlets that carried the text, the one whose text it is first."""
    carried = [(item.source, item.url), *((outlet.source, outlet.url) for outlet in item.story.outlets)]
    names = (app.rulebook.publishers.find(source, url).name or source for source, url in carried)
    return list(dict.fromkeys(names))


def evidence_text(app: Opened, item: Evidence, people: Mapping[str, Intervention], *, used: bool) -> str:
    """One signal in three lines, in four where a person has read its text; a star where a published verdict uses it. people: the
    interventions of reading that count, by text."""
    s = item.signal
    first, *others = outlet_names(app, item)
    carried = one_line(first, 60) + (f" and {len(others)} more" if others else "")
    state = item.state.replace("_", " ")
    if item.why:
        state += f" ({item.why}{f', {item.since:%-d %b %Y}' if item.since else ''})"
    modality = s.modality.name.lower().replace("_", " ")
    intervention = people.get(s.revision)
    why = f": {one_line(intervention.reason)}" if intervention is not None and intervention.reason else ""
    person = (
        f"\n      text read by {author_of(intervention)}, {format_utc(intervention.at)}{why}"
        if intervention is not None
        else ""
    )
    read = who_read(s, app.rulebook.parties) if s.read_by else f"{s.rule}@{s.rule_version}"
    return (
        f"{'*' if used else ' '} {s.id}  {s.happened.end:%Y-%m-%d}  {s.effect:<9}  {state}  {s.commitment}\n"
        f"      {carried}: “{one_line(s.quote)}”\n"
        f"      {s.by} acts, {one_line(s.origin, 60) or s.says} says, modality {modality}  [{read}]{person}"
    )


def evidence_values(app: Opened, item: Evidence, people: Mapping[str, Intervention], *, used: bool) -> dict[str, Any]:
    """One signal as JSON. person: who has read its text, when and why, None for nobody."""
    s = item.signal
    intervention = people.get(s.revision)
    return {
        **fields_of(s, "id", "commitment"),
        "happened": s.happened.end,
        **fields_of(s, "effect", "by", "says", "origin"),
        "modality": s.modality.name.lower(),
        "outlets": outlet_names(app, item),
        **fields_of(s, "quote", "rule"),
        "version": s.rule_version,
        "read_by": read_by_values(s),
        "state": item.state,
        "state_since": item.since,
        "why": item.why,
        "verdict_rests_on_it": used,
        "first_seen": item.seen,
        "story": s.story,
        **fields_of(item, "title", "url"),
        "person": {**fields_of(intervention, "by", "at"), "why": intervention.reason, "intervention": intervention.id}
        if intervention is not None
        else None,
    }


# ---------------------------------------------------------------- reject and restore


@click.command()
@click.argument("signal", metavar="ID")
@click.option("--reason", required=True, help="What is wrong with it; the correction quotes this.")
@BY_OPTION
def reject(*, signal: str, reason: str, by: str | None) -> None:
    """Let a misread signal count no longer; ID is its id in 'evidence list', or the unique beginning of it.

    The verdict is decided again at once, and what had been told on the signal is corrected in the same thread. The
    rejection holds for this effect in this text, whatever rule reads it so, and for the same sentence of a later text.
    The near miss that is printed keeps the rules from reading it so again.

    \b
    Example:
      deal-monitor evidence reject 3f2a9c --reason "the quote is about barley"
    """
    with opened_app() as app:
        item = find_evidence(app, signal)
        s = item.signal
        if item.state == "rejected":
            raise click.BadParameter(f"{s.id} is {item.why} already; evidence restore takes that back", param_hint="ID")
        if item.gone:
            raise click.BadParameter(f"{s.id} counts no longer anyway ({item.why})", param_hint="ID")
        intervention = new_intervention(app, "reject", s.commitment, s.id, reason, by)
        intervention = replace(intervention, payload=suppression_payload(s))
        outcome = apply_interventions(app, [intervention], [s.commitment])
        click.echo(f"rejected {s.id} ({s.commitment}, {s.effect}), by {author_of(intervention)}: {intervention.reason}")
        print_result(outcome)
        click.echo(f"\n{near_miss_stub(app, item)}")


@click.command()
@click.argument("signal", metavar="ID")
@click.option("--reason", required=True, help="Why it counts after all.")
@BY_OPTION
def restore(*, signal: str, reason: str, by: str | None) -> None:
    """Take a rejection back: the signal counts again, and the verdict is decided again at once.

    \b
    Example:
      deal-monitor evidence restore 3f2a9c --reason "the ministry confirms the figure"
    """
    with opened_app() as app:
        s = find_evidence(app, signal).signal
        with app.store.read() as conn:
            own = verdict_records.interventions(conn, [s.commitment]).get(s.commitment, ())
        # Two rejections may suppress the same signal: to lift one of them would change nothing.
        rejections = [
            intervention
            for intervention in in_force(own, "reject", "restore")
            if suppressions([intervention]).of(s) is not None
        ]
        if not rejections:
            raise click.BadParameter(
                f"{s.id} is not rejected; deal-monitor commitment log shows what is", param_hint="ID"
            )
        interventions = [
            new_intervention(app, "restore", s.commitment, intervention.id, reason, by) for intervention in rejections
        ]
        outcome = apply_interventions(app, interventions, [s.commitment])
        click.echo(
            f"restored {s.id} ({s.commitment}, {s.effect}), by {author_of(interventions[0])}: {interventions[0].reason}"
        )
        print_result(outcome)


def find_evidence(app: App, start: str) -> Evidence:
    """The signal whose id begins so. Raises BadParameter where there is none, or more than one."""
    given = start.strip().casefold()
    fitting = [item for item in stored_evidence(app) if item.signal.id.startswith(given)] if given else []
    if len(fitting) == 1:
        return fitting[0]
    if not fitting:
        message = f"no signal has the id {start!r}; deal-monitor evidence list shows them"
    else:
        some = ", ".join(item.signal.id for item in fitting[:5]) + (", …" if len(fitting) > 5 else "")
        message = f"{len(fitting)} signals begin with {start!r}: {some}; give more of it"
    raise click.BadParameter(message, param_hint="ID")


def near_miss_stub(app: App, item: Evidence) -> str:
    """What keeps the sentence from being read so again: the near miss for the rule's file, as its author would write it there,
    and a person's reading, where a model or a person read it so."""
    from monitor.cli.rules.example import OWNERSHIP
    from monitor.domain.matching.rules import acts_of
    from monitor.rulebook.source.example_lines import ExampleLine

    s = item.signal
    info = acts_of(app.rulebook).get(s.rule)
    so = [r for r in readers_of(s) if r.kind is not ReaderKind.RULE and r.effect is s.effect]
    readers = join_list([named(reader) for reader in so])
    reading = f"deal-monitor inbox record {s.story} {s.commitment}=EFFECT (or --none)"
    reread = f"To record how you read it, which then counts, run {reading}" if so else ""
    if not is_read_by_rule(s):
        return f"no near miss to add: no rule reads it so, only {readers}. {reread}"
    if info is None:
        return f"no near miss to add: the rules have no act {s.rule} (any more)"
    summary = one_line(item.summary, 4000) if s.field == "summary" else ""
    title = one_line(item.title, 1000)
    act = s.rule.rpartition("/")[2]
    miss = ExampleLine(0, act, Effect.NONE.value, None, title, summary)
    return (
        f"To keep the rules from reading it so, add this near miss to the examples of {s.rule} ({info.path}:{info.line}),\n"
        f"below [{act}] in {s.commitment}.examples, mend the rule, and run deal-monitor rules test:\n"
        f"  {miss}\n"
        f"{OWNERSHIP}" + (f"\n{reread}" if reread else "")
    )


# ---------------------------------------------------------------- export


@click.command()
@click.argument("commitments", nargs=-1)
@click.option("--format", "shape", type=click.Choice([*FORMATS]), required=True, help="How it is written.")
@click.option("--since", type=DateTimeParam(), help="Changes recorded from then on.")
@click.option("--until", type=EndOfDayParam(), help="Changes recorded by then; a bare date means its last moment, UTC.")
@click.option("--signals", "with_signals", is_flag=True, help="Also every signal of the time, cited or not.")
@click.option("--out", type=FILE, help="Write to this file.")
def export(
    commitments: tuple[str, ...],
    shape: str,
    since: datetime | None,
    until: datetime | None,
    out: Path | None,
    *,
    with_signals: bool,
) -> None:
    """Every recorded change of COMMITMENTS (all, if none is named) with its sources, ready to be cited.

    docs/people.md lists the columns. The same database gives the same bytes.

    \b
    Example:
      deal-monitor evidence export soybean-purchases --format md --since 2026-01-01 --out soybeans.md
    """
    with opened_app() as app:
        known = app.rulebook.commitments
        names = {named_commitment(known, name) for name in commitments} or {*known}
        with long_work("gathering the evidence"):
            rows = export_rows(app, sorted(names), since, until, with_signals=with_signals)
    text = FORMATS[shape](rows, since, until)
    if out is None:
        click.echo(text, nl=False)
        return
    try:
        out.write_bytes(text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise click.BadParameter(f"{out} cannot be written: {error.strerror}", param_hint="--out") from None
    click.echo(f"{pluralised(len(rows), 'row')} written to {out}", err=True)


def export_rows(
    app: App, names: Sequence[str], since: datetime | None, until: datetime | None, *, with_signals: bool
) -> Sequence[CitationRow]:
    """The recorded changes of these commitments in a period (None: open), and on request every signal of it."""
    start, end = since or datetime.min.replace(tzinfo=UTC), until or datetime.max.replace(tzinfo=UTC)
    messages = defaultdict[str, list[int]](list)
    with app.store.read() as conn:
        stored = as_of.evidence(conn, names, app.rulebook.policy)
        transitions = [t for t in verdict_records.history(conn, names, 1_000_000) if start <= t.at <= end]
        for item in outbox_store.items(conn, ("sent",)):
            for transition in item.transitions:
                messages[transition].append(item.number)
    by_signal = {e.signal.id: e for e in stored}
    context = CitationContext(
        by_signal, messages, app.rulebook.commitments, app.rulebook.publishers, app.rulebook.parties
    )
    apart = [e for e in stored if start <= e.signal.happened.end <= end] if with_signals else []
    return citation_rows(transitions, apart, context)

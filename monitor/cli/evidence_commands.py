"""`evidence`: list the signals behind the verdicts, reject and restore them, and export them as citations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli import common
from monitor.cli.export_formats import FORMATS
from monitor.cli.record_intervention import BY_OPTION, apply_interventions, new_intervention
from monitor.cli.screen import echo_lines
from monitor.domain.matching.document import Document, TextCut
from monitor.domain.messages.citations import CitationRow, citation_rows
from monitor.domain.messages.context import RenderContext
from monitor.domain.messages.who_read import is_read_by_rule, read_by_values, readers_of, who_read
from monitor.domain.messages.wording import named
from monitor.domain.model import Effect, Outlet, ReaderKind
from monitor.domain.stories.provenance import provenance
from monitor.domain.text.labels import join_list
from monitor.domain.text.plain import one_line
from monitor.domain.verdicts.evidence import Evidence, all_evidence
from monitor.domain.verdicts.interventions import author_of, in_force, read_by_people, suppression_payload, suppressions
from monitor.long_work import long_work
from monitor.rulebook.compile.example_files import ENDING
from monitor.rulebook.source.example_lines import ExampleLine
from monitor.store import as_of, verdict_records
from monitor.store import outbox as outbox_store

if TYPE_CHECKING:
    from monitor.domain.model import Intervention
    from monitor.runtime.app import App
    from monitor.runtime.session import Session

SINCE_OPTION = click.option("--since", type=common.DateTimeParam(), help="Start of the period.")
UNTIL_OPTION = click.option(
    "--until", type=common.DateTimeParam(day_ends=True), help="End of the period; a date includes that whole day."
)


@click.command("list")
@click.argument("commitment", required=False)
@SINCE_OPTION
@UNTIL_OPTION
@click.option(
    "--effect",
    "effects",
    multiple=True,
    type=click.Choice([effect.value for effect in Effect]),
    help="List only this effect (repeatable).",
)
@click.option("--all", "everything", is_flag=True, help="Include mere mentions and signals that no longer count.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per signal.")
def list_signals(
    *,
    commitment: str | None,
    since: datetime | None,
    until: datetime | None,
    effects: tuple[str, ...],
    everything: bool,
    as_json: bool,
) -> None:
    """List the signals of a COMMITMENT, or of all: quote, outlet, speaker, and whether they count.

    An asterisk marks the signals behind the published verdict. Rejected signals are shown with the reason.

    \b
    Example:
      deal-monitor evidence list soybean-purchases --since 2026-03-01 --effect setback
    """

    with common.session(rules=True) as app:
        listed = []
        for item in stored_evidence(app, commitment):
            happened, effect = item.signal.happened.end, item.signal.effect
            in_period = (since is None or happened >= since) and (until is None or happened <= until)
            wanted = (
                effect in effects if effects else everything or effect is not Effect.NONE or bool(item.signal.presumed)
            )
            if in_period and wanted and (everything or not item.retired):
                listed.append(item)
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
        click.echo("no evidence" + ("" if everything else "; --all also lists what does not count"))


def stored_evidence(app: Session, commitment: str | None = None) -> tuple[Evidence, ...]:
    """All stored signals of one commitment, or of all. Raises BadParameter for an unknown commitment."""
    known = app.rulebook.commitments
    names = [common.named_commitment(known, commitment)] if commitment else list(known)
    with app.store.read() as conn:
        return as_of.evidence(conn, names, app.rulebook.policy)


def outlet_names(app: Session, item: Evidence) -> list[str]:
    """The outlets of the story; the outlet of the matched text comes first."""
    published = [(item.source, item.url), *((outlet.source, outlet.url) for outlet in item.story.outlets)]
    return list(dict.fromkeys(app.rulebook.publishers.find(source, url).name or source for source, url in published))


def publisher_found(app: Session, item: Evidence) -> str:
    carriers = (outlet for outlet in item.story.outlets if (outlet.source, outlet.url) == (item.source, item.url))
    outlet = next(carriers, Outlet(item.source, item.url, item.story.published_at, item.story.seen_at))
    return provenance(outlet, app.rulebook.publishers)


def cuts_of(app: Session, item: Evidence) -> tuple[TextCut, ...]:
    """The fields of the text that the rules read in part only."""
    return Document(replace(item.story, title=item.title, summary=item.summary), app.rulebook).cuts


def evidence_text(app: Session, item: Evidence, people: Mapping[str, Intervention], *, used: bool) -> str:
    """A signal in four lines, with one more for each field read in part, and one if a person has read its text. people:
    readings by people, by text."""
    s = item.signal
    first, *others = outlet_names(app, item)
    outlets = one_line(first, 60) + (f" and {len(others)} more" if others else "")
    state = item.state.replace("_", " ")
    if item.why:
        state += f" ({item.why}{f', {item.since:%-d %b %Y}' if item.since else ''})"
    effect = "presumed" if s.presumed and s.effect is not Effect.DELIVERED else s.effect
    reader = who_read(s, app.rulebook.parties) if s.read_by else f"{s.rule}@{s.rule_version}"
    lines = [
        f"{'*' if used else ' '} {s.id}  {s.happened.end:%Y-%m-%d}  {effect:<9}  {state}  {s.commitment}",
        f"      {outlets}: “{one_line(s.quote)}”",
        f"      publisher {one_line(publisher_found(app, item), 200)}",
        f"      actor {s.by}, speaker {one_line(s.origin, 60) or s.says}, "
        f"modality {s.modality.name.lower().replace('_', ' ')}  [{reader}]",
        *(f"      {cut}" for cut in cuts_of(app, item)),
    ]
    if (intervention := people.get(s.revision)) is not None:
        reason = f": {one_line(intervention.reason)}" if intervention.reason else ""
        lines.append(f"      text read by {author_of(intervention)}, {common.format_utc(intervention.at)}{reason}")
    return "\n".join(lines)


def evidence_values(app: Session, item: Evidence, people: Mapping[str, Intervention], *, used: bool) -> dict[str, Any]:
    """A signal as JSON. person: the person who has read its text, with time and reason, or None."""
    s = item.signal
    intervention = people.get(s.revision)
    return {
        **common.fields_of(s, "id", "commitment", "happened=happened.end", "effect", "by", "says", "origin"),
        "modality": s.modality.name.lower(),
        "outlets": outlet_names(app, item),
        "provenance": publisher_found(app, item),
        **common.fields_of(s, "quote", "rule", "version=rule_version"),
        "read_by": read_by_values(s),
        "cut": [str(cut) for cut in cuts_of(app, item)],
        **common.fields_of(item, "state", "state_since=since", "why"),
        "verdict_rests_on_it": used,
        **common.fields_of(item, "first_seen=seen", "story=signal.story", "title", "url"),
        "person": common.fields_of(intervention, "by", "at", "why=reason", "intervention=id") if intervention else None,
    }


@click.command()
@click.argument("signal", metavar="ID")
@click.argument("reason")
@BY_OPTION
def reject(*, signal: str, reason: str, by: str | None) -> None:
    """Reject a misread signal; ID is its id in `evidence list`, or any unique prefix of that id.

    The verdict is decided again at once. Recipients of alerts that relied on the signal get a correction in the same
    thread, which quotes REASON. The rejection covers this effect in this text, whichever rule finds it, and the same
    sentence in a later version. The printed line makes the text a near miss in the examples of the rule.

    \b
    Example:
      deal-monitor evidence reject 3f2a9c "the quote is about barley"
    """
    with common.opened_app() as app:
        item = find_evidence(app, signal)
        s = item.signal
        if item.state == "rejected":
            message = f"{s.id} is {item.why} already; evidence restore undoes it"
            raise click.BadParameter(message, param_hint="ID")
        if item.retired:
            raise click.BadParameter(f"{s.id} does not count anyway ({item.why})", param_hint="ID")
        payload = suppression_payload(s)
        intervention = new_intervention(app, "reject", s.commitment, s.id, reason, by, payload=payload)
        apply_interventions(app, [intervention], [s.commitment], f"rejected {s.id} ({s.commitment}, {s.effect})")
        record = f"To record your own reading: deal-monitor inbox record {s.story} {s.commitment}=EFFECT (or none)"
        others = [each for each in readers_of(s) if each.kind is not ReaderKind.RULE and each.effect is s.effect]
        if is_read_by_rule(s) and (rule := app.rulebook.rules.get(s.rule)) is not None:
            file, act = Path(rule.path).with_suffix(ENDING), s.rule.partition("/")[2]
            summary = "" if s.quote in item.title else item.summary
            near_miss = ExampleLine(0, act, Effect.NONE, s.happened.end.date(), item.title, summary)
            click.echo(f"\nTo keep {s.rule} from matching this text, add it to {file}, then change the rule:")
            click.echo(f"  [{act}]\n  {near_miss}")
        else:
            click.echo(f"\nNo rule found this signal, only {join_list([named(reader) for reader in others])}.")
        if others:
            click.echo(record)


@click.command()
@click.argument("signal", metavar="ID")
@click.argument("reason")
@BY_OPTION
def restore(*, signal: str, reason: str, by: str | None) -> None:
    """Restore a rejected signal. The verdict is decided again at once.

    \b
    Example:
      deal-monitor evidence restore 3f2a9c "the ministry confirms the figure"
    """
    with common.opened_app() as app:
        s = find_evidence(app, signal).signal
        with app.store.read() as conn:
            own = verdict_records.interventions(conn, [s.commitment]).get(s.commitment, ())
        # Several rejections may cover the same signal; it counts again only without all of them.
        rejections = [
            intervention
            for intervention in in_force(own, "reject", "restore")
            if suppressions([intervention]).of(s) is not None
        ]
        if not rejections:
            message = f"{s.id} is not rejected; deal-monitor commitment log lists the rejections"
            raise click.BadParameter(message, param_hint="ID")
        interventions = [
            new_intervention(app, "restore", s.commitment, intervention.id, reason, by) for intervention in rejections
        ]
        apply_interventions(app, interventions, [s.commitment], f"restored {s.id} ({s.commitment}, {s.effect})")


def find_evidence(app: App, start: str) -> Evidence:
    """The signal whose id begins with `start`. Raises BadParameter if there is none or more than one."""
    given = start.strip().casefold()
    fitting = [item for item in stored_evidence(app) if item.signal.id.startswith(given)] if given else []
    if len(fitting) == 1:
        return fitting[0]
    message = f"no signal has the id {start!r}; deal-monitor evidence list shows the ids"
    if fitting:
        some = ", ".join(item.signal.id for item in fitting[:5]) + (", …" if len(fitting) > 5 else "")
        message = f"{len(fitting)} signals begin with {start!r}: {some}; give more of it"
    raise click.BadParameter(message, param_hint="ID")


@click.command()
@click.argument("commitments", nargs=-1)
@click.option(
    "--format", "shape", type=click.Choice([*FORMATS]), default="md", show_default=True, help="Output format."
)
@SINCE_OPTION
@UNTIL_OPTION
@click.option("--signals", "with_signals", is_flag=True, help="Include every signal of the period, cited or not.")
def export(
    commitments: tuple[str, ...], shape: str, since: datetime | None, until: datetime | None, *, with_signals: bool
) -> None:
    """Export every recorded change of COMMITMENTS (default: all) with its sources, ready to cite.

    docs/people.md describes the columns. The same database always gives the same bytes.

    \b
    Example:
      deal-monitor evidence export soybean-purchases --since 2026-01-01 > soybeans.md
    """
    with common.opened_app() as app:
        known = app.rulebook.commitments
        names = {common.named_commitment(known, name) for name in commitments} or {*known}
        with long_work("gathering the evidence"):
            rows = export_rows(app, sorted(names), since, until, with_signals=with_signals)
    text = FORMATS[shape](rows, since, until)
    # Bytes, because stdout may have another encoding, and lines of CSV end with CR LF.
    click.echo(text.encode("utf-8", "backslashreplace"), nl=False)


def export_rows(
    app: App, names: Sequence[str], since: datetime | None, until: datetime | None, *, with_signals: bool
) -> Sequence[CitationRow]:
    """The recorded changes of these commitments in a period (None: open), and on request every signal of it."""
    start, end = since or datetime.min.replace(tzinfo=UTC), until or datetime.max.replace(tzinfo=UTC)
    rules, messages = app.rulebook, defaultdict[str, list[int]](list)
    with app.store.read() as conn:
        stored = as_of.evidence(conn, names, rules.policy)
        transitions = [t for t in verdict_records.transitions(conn, commitments=names) if start <= t.at <= end]
        for item in outbox_store.items(conn, ("sent",)):
            for transition in item.transitions:
                messages[transition].append(item.number)
    by_signal = {e.signal.id: e for e in stored}
    signals = [e for e in stored if start <= e.signal.happened.end <= end] if with_signals else []
    book = rules.publishers, rules.policy
    context = RenderContext({}, {}, *book, end, "UTC", rules.parties, commitments=rules.commitments)
    return citation_rows(transitions, signals, context, evidence=by_signal, messages=messages)

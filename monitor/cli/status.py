"""`status`: the verdict of every commitment, or all about one, now or at a moment in the past."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from monitor.cli import status_tables
from monitor.cli.common import DateTimeParam, echo_json, fields_of, format_utc, named_commitment, session
from monitor.cli.match_replay import moved_text
from monitor.cli.screen import echo_folded, echo_lines
from monitor.domain.alerts.mutes import MuteWindow, mute_window_at
from monitor.domain.messages.subject import shown_status
from monitor.domain.messages.wording import detail_text
from monitor.domain.model import DecisionInput, Intervention, Verdict
from monitor.domain.text.labels import label_of
from monitor.domain.text.plain import one_line
from monitor.domain.verdicts.decide import baseline_behind, decide, initial_verdict, pin_in_force
from monitor.domain.verdicts.evidence import all_evidence
from monitor.domain.verdicts.interventions import author_of
from monitor.long_work import long_work
from monitor.runtime.session import able_sources
from monitor.site.documents import sentence_json, verdict_json
from monitor.store import feeds, verdict_records

if TYPE_CHECKING:
    from monitor.domain.messages.as_of_differences import Difference
    from monitor.domain.model import PublishedVerdict, Signal
    from monitor.runtime.session import Session

SENTENCES_SHOWN = 8
"""Sentences of the latest evidence; more would not fit on one screen."""
EARLIEST = datetime.min.replace(tzinfo=UTC)


@click.command()
@click.argument("commitment", required=False)
@click.option(
    "--at", type=DateTimeParam(day_ends=True), help="As published at this time; a date means the end of that day, UTC."
)
@click.option("--as-known-now", is_flag=True, help="With --at: what today's evidence and rules say about that moment.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per commitment.")
def status(*, commitment: str | None, at: datetime | None, as_known_now: bool, as_json: bool) -> None:
    """Show the status of every commitment, or everything about one COMMITMENT.

    With --at it shows the verdict published then, word for word. With --as-known-now it shows the verdict that
    today's evidence and rules give for that time. Each explains how the two differ.

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
            show_status_at(app, commitment, at, as_known_now=as_known_now, as_json=as_json)
            return
        verdicts = published_verdicts(app)
        if as_json or commitment:
            names = [commitment] if commitment else sorted(verdicts)
            values = (status_values(app, name, verdicts[name]) for name in names)
            text = (line for name in names for line in commitment_lines(app, name, verdicts[name]))
            echo_lines(as_json=as_json, values=values, text=text)
            return
        with app.store.read() as conn:
            note = status_tables.baselines_note(app.rulebook.commitments, verdicts, feeds.last_read(conn))
            known = verdict_records.interventions(conn, list(verdicts))
        if note:
            echo_folded(note)
        screen = status_tables.wide_console()
        screen.print(status_tables.status_table(app.rulebook.commitments, verdicts, app.clock(), width=screen.width))
        # Those under "" concern all commitments.
        for name in sorted(verdicts.keys() if known.get("") else verdicts.keys() & known.keys()):
            for line in intervention_lines(app, name):
                echo_folded(f"{name}: {line}")


def published_verdicts(app: Session) -> dict[str, Verdict]:
    """The stored verdicts. For a commitment never decided, the verdict that baseline and calendar give now."""
    book, now, verdicts = app.rulebook, app.clock(), dict[str, Verdict]()
    with app.store.read() as conn:
        records = verdict_records.verdict_records(conn)
        blind = feeds.unread_spans(conn, able_sources(app), book.policy, now)
        for name, commitment in sorted(book.commitments.items(), key=lambda item: bool(item[1].parts)):  # parts first
            if name in records:
                verdicts[name] = records[name].published
                continue
            start = initial_verdict(commitment, now)
            parts = tuple(verdicts[part] for part in commitment.parts if part in verdicts)
            case = DecisionInput(commitment, start, (), (), start, blind=blind, parts=parts)
            verdicts[name] = decide(case, {}, book, now).verdict
    return verdicts


def pin_and_mute(app: Session, name: str) -> tuple[Intervention | None, Verdict | None, MuteWindow | None]:
    """The pin in force of a commitment, the verdict that the program itself would publish, and the mute; or None."""
    now, program = app.clock(), None
    with app.store.read() as conn:
        interventions = verdict_records.interventions(conn, [name])
        if (pin := pin_in_force(interventions.get(name, ()), now)) is not None:
            from monitor.store import as_of  # loads the matcher, which a table without pins does not need

            program = as_of.unpinned(conn, app.rulebook, name, now, able_sources(app))
    return pin, program, mute_window_at(interventions.get("", ()), name, now)


def intervention_lines(app: Session, name: str) -> Iterator[str]:
    pin, program, mute = pin_and_mute(app, name)
    if pin is not None and program is not None:
        until = f" until {format_utc(pin.until)}" if pin.until else ""
        yield f"pinned by {author_of(pin)}{until}: {pin.reason} ({pin.source})"
        yield f"without the pin: {shown_status(program)}"
    if mute is not None:
        until = f" until {format_utc(mute.until)}" if mute.until else ""
        reasons = (f"{intervention.reason} ({author_of(intervention)})" for intervention in mute.mutes)
        yield f"muted{until}: {'; '.join(reasons)}"


def status_values(app: Session, name: str, verdict: Verdict) -> dict[str, Any]:
    """All about one commitment as JSON. pinned, muted_until: None if it is not."""
    pin, program, mute = pin_and_mute(app, name)
    pinned = None
    if pin is not None and program is not None:
        why = detail_text(program.why.detail, app.rulebook.parties)
        pinned = {
            "status": pin.payload.partition("/")[0],
            **fields_of(pin, "by", "at", "until", "reason", "source"),
            "program": {**fields_of(program, "status", "standing", "outlook"), "why": why},
        }
    latest = [sentence_json(*sentence) for sentence in latest_evidence(app, name)]
    own = {"pinned": pinned, "muted_until": mute.until if mute else None, "latest_evidence": latest}
    return verdict_json(app.rulebook.commitments[name], verdict, app.rulebook.parties) | own


def commitment_lines(app: Session, name: str, verdict: Verdict) -> Iterator[str]:
    """All about one commitment: verdict, interventions, criteria, changes, latest evidence."""
    commitment, parties = app.rulebook.commitments[name], app.rulebook.parties
    yield f"{commitment.name} ({name})"
    yield from status_tables.verdict_lines(verdict, parties)
    with app.store.read() as conn:
        transitions = verdict_records.transitions(conn, commitments=[name], newest=50)
        last_read = feeds.last_read(conn)
    if (base := baseline_behind(verdict, commitment)) is not None:
        silence = status_tables.silence_since(base.as_of, last_read)
        yield f"baseline of {base.as_of:%-d %b %Y} ({base.source}); {silence}"
    yield from intervention_lines(app, name)
    for word, text in commitment.criteria:
        yield f"criteria for {label_of(word)}: {text}"
    yield "\nchanges, newest last:" if transitions else "\nno change recorded"
    for t in transitions:
        reason = one_line(detail_text(t.reason.detail, parties), 100)
        yield f"  {t.at:%Y-%m-%d}  {t.kind:<8} {moved_text(t)}  {reason}"
    latest = latest_evidence(app, name)
    yield "\nlatest evidence:" if latest else "\nno evidence yet"
    yield from (status_tables.sentence_text(*sentence) for sentence in latest)


def latest_evidence(app: Session, name: str) -> list[tuple[Signal, str]]:
    """The newest signals of a commitment that count, newest first, with their outlets."""
    from monitor.store import signals, stories

    with app.store.read() as conn:
        latest = signals.latest(conn, name, SENTENCES_SHOWN)
        by_id = stories.by_ids(conn, {signal.story for signal in latest})
    return [(signal, by_id[signal.story].source if signal.story in by_id else "") for signal in latest]


@dataclass(frozen=True, slots=True)
class StatusAt:
    """One commitment at one moment. then: the verdict published then, None if the record starts later. first: the start
    of the record. baseline: the first baseline, if it is later than the moment. behind_then, behind_known: the signals
    behind the two verdicts, with their outlets."""

    name: str
    then: PublishedVerdict | None
    known: Verdict
    first: datetime | None
    differences: Sequence[Difference]
    why: Sequence[str]
    baseline: datetime | None
    behind_then: Sequence[tuple[Signal, str]] = ()
    behind_known: Sequence[tuple[Signal, str]] = ()


def show_status_at(app: Session, commitment: str | None, at: datetime, *, as_known_now: bool, as_json: bool) -> None:
    """Shows one of the two verdicts of a moment and the difference. Raises BadParameter for a future moment."""
    if at > app.clock():
        raise click.BadParameter(f"{format_utc(at)} is in the future", param_hint="--at")
    commitments = app.rulebook.commitments
    with long_work("deciding as of that moment"):
        views = statuses_at(app, [commitment] if commitment else sorted(commitments), at)
    if as_json:
        for view in views:
            echo_json(status_at_values(app, view, at, as_known_now=as_known_now))
        return
    click.echo(f"At {format_utc(at)}, {'as known now' if as_known_now else 'as published then'}")
    shown = {view.name: view.known for view in views}
    if not as_known_now:
        shown = {view.name: view.then.verdict for view in views if view.then}
    if commitment:
        click.echo(f"{commitments[commitment].name} ({commitment})")
        for verdict in shown.values():
            echo_folded("\n".join(status_tables.verdict_lines(verdict, app.rulebook.parties)))
        behind = views[0].behind_known if as_known_now else views[0].behind_then
        for line in ["evidence:", *(status_tables.sentence_text(*sentence) for sentence in behind)] if behind else ():
            echo_folded(line)
    elif shown:
        screen = status_tables.wide_console()
        screen.print(status_tables.status_table(commitments, shown, at, width=screen.width))
    for view in views:
        for line in difference_lines(view):
            echo_folded(line)


def statuses_at(app: Session, names: Sequence[str], at: datetime) -> list[StatusAt]:
    """Both verdicts of these commitments at a moment. Warns of stories that cannot be read. Published evidence is shown
    as it was cited then, or as it is stored if no change cites it."""
    from monitor.domain.messages.as_of_differences import EvidenceBase, difference_reasons, differences
    from monitor.domain.messages.citations import as_cited
    from monitor.store import as_of, reading_store, stories  # load the matcher

    with app.store.read() as conn:
        published, first = verdict_records.published_at(conn, at, names), verdict_records.first_published(conn)
        known = as_of.view_as_of(conn, app.rulebook, at, names, able_sources(app), app.clock())
        stored = {e.signal.id: e for e in as_of.evidence(conn, names, app.rulebook.policy)}
        recorded = verdict_records.transitions(conn, EARLIEST, at + timedelta.resolution, names)
        outlets = {s.id: s.source for s in stories.by_ids(conn, {s.story for s in known.signals.values()}).values()}
        read = reading_store.of_texts(conn, {signal.revision for signal in known.signals.values() if signal.read_by})
    read_since = {text: reading.at for text, each in read.items() for reading in each if reading.at > at}
    for story, error in known.unread.items():
        click.echo(f"warning: story {story} could not be read: {type(error).__name__}: {error}", err=True)

    then = {key: (item.signal, item.source) for key, item in stored.items()}
    for cited in (citation for change in recorded for citation in change.cited if citation.signal in then):
        signal, outlet = then[cited.signal]
        then[cited.signal] = as_cited(signal, cited), outlet
    now = {key: (signal, outlets.get(signal.story, "")) for key, signal in known.signals.items()}

    def behind(verdict: Verdict, sentences: Mapping[str, tuple[Signal, str]]) -> list[tuple[Signal, str]]:
        """The sentences that support a verdict, in the order of the events."""
        found = [sentences[key] for key in all_evidence(verdict) if key in sentences]
        return sorted(found, key=lambda sentence: (sentence[0].happened.end, sentence[0].id))

    views = []
    for name in names:
        was, verdict, start = published.get(name), known.verdicts[name], known.starts[name]
        differ = differences(was.verdict, verdict) if was else ()
        reasons: Sequence[str] = ()
        if was and differ:
            base = EvidenceBase(stored, known.signals, was.at, start, read_since, app.rulebook.parties)
            reasons = difference_reasons(was.verdict, verdict, at, base)
        baseline = start if start > at else None
        sentences = behind(was.verdict, then) if was else (), behind(verdict, now)
        views.append(StatusAt(name, was, verdict, first.get(name), differ, reasons, baseline, *sentences))
    return views


def difference_lines(view: StatusAt) -> Iterator[str]:
    """Both statuses and the reasons on one line, then the other differences."""
    known = view.known.status.replace("_", " ")
    if view.baseline:
        known += f" (from the first baseline, {view.baseline:%-d %B %Y})"
    if view.then is None:
        begins = f"the record starts on {format_utc(view.first)}" if view.first else "no verdict has been published yet"
        yield f"{view.name}: as published then: no record ({begins}); as known now: {known}"
        return
    then = f"{view.then.verdict.status} since {format_utc(view.then.at)}".replace("_", " ")
    why = "; ".join(view.why) if view.differences else "no difference"
    yield f"{view.name}: as published then: {then}; as known now: {known}: {why}"
    for difference in view.differences:
        if difference.what != "status":
            was, now = (value.replace("_", " ") for value in (difference.then, difference.known))
            yield f"  {difference.what}: then {was}; as known now {now}"


def status_at_values(app: Session, view: StatusAt, at: datetime, *, as_known_now: bool) -> dict[str, Any]:
    commitment, then = app.rulebook.commitments[view.name], view.then
    return {
        "commitment": view.name,
        "at": at,
        "view": "known_now" if as_known_now else "published",
        "published": verdict_json(commitment, then.verdict, app.rulebook.parties) if then else None,
        "published_since": then.at if then else None,
        "record_begins": view.first,
        "known_now": verdict_json(commitment, view.known, app.rulebook.parties),
        "differences": [{"what": d.what, "published": d.then, "known_now": d.known} for d in view.differences],
        "why": view.why,
        "before_first_baseline": view.baseline is not None,
        "sentences": {
            "published": [sentence_json(*sentence) for sentence in view.behind_then],
            "known_now": [sentence_json(*sentence) for sentence in view.behind_known],
        },
    }

"""`status --at`: what was published at a moment, what is known of that moment now, and how the two differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.common import echo_json, format_utc
from monitor.cli.tables import print_verdict, sentence_text, status_table, wide_console
from monitor.domain.messages.as_of import Difference, EvidenceBase, difference_reasons, differences
from monitor.domain.messages.citations import as_cited
from monitor.domain.model import Signal
from monitor.domain.pages.data_files.verdict_values import sentence_json, verdict_json
from monitor.domain.verdicts.evidence_refs import all_evidence
from monitor.long_work import long_work
from monitor.runtime.session import able_sources
from monitor.store import as_of, readings, stories, verdict_records

if TYPE_CHECKING:
    from monitor.domain.model import PublishedVerdict, Verdict
    from monitor.runtime.session import Opened

_EARLIEST = datetime.min.replace(tzinfo=UTC)
Sentence = tuple[Signal, str]
"""A signal and its outlet."""


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
    behind_then: Sequence[Sentence] = ()
    """The sentences behind the verdict as published, as they were read then."""
    behind_known: Sequence[Sentence] = ()


def show_status_at(app: Opened, commitment: str | None, at: datetime, *, as_known_now: bool, as_json: bool) -> None:
    """Shows one of the two verdicts of that moment, and how the other differs. Raises BadParameter for a future moment."""
    if at > app.clock():
        raise click.BadParameter(f"{format_utc(at)} is still to come", param_hint="--at")
    commitments = app.rulebook.commitments
    with long_work("deciding as of then"):
        views = statuses_at(app, [commitment] if commitment else sorted(commitments), at)
    if as_json:
        for view in views:
            echo_json(status_at_values(app, view, at, as_known_now=as_known_now))
        return
    click.echo(f"At {format_utc(at)}, {'as known now' if as_known_now else 'as published then'}")
    if commitment:
        (view,) = views
        _print_one(app, view, as_known_now=as_known_now)
    else:
        shown = {v.name: v.known for v in views}
        if not as_known_now:
            shown = {v.name: v.then.verdict for v in views if v.then}
        if shown:
            screen = wide_console()
            screen.print(status_table(commitments, shown, at, width=screen.width))
    for view in views:
        _print_difference(view)


def _print_one(app: Opened, view: StatusAt, *, as_known_now: bool) -> None:
    """Prints one of the two verdicts of a commitment with the sentences behind it, and who read each."""
    click.echo(f"{app.rulebook.commitments[view.name].name} ({view.name})")
    if as_known_now:
        print_verdict(view.known, app.rulebook.parties)
        if view.baseline:
            day = f"{view.baseline:%-d %B %Y}"
            click.echo(f"the first baseline is of {day}, later than that moment; it is what is shown")
    elif view.then is not None:
        print_verdict(view.then.verdict, app.rulebook.parties)
        click.echo(f"published so since {format_utc(view.then.at)}")
    behind = view.behind_known if as_known_now else view.behind_then
    if behind:
        click.echo("evidence:")
    for signal, outlet in behind:
        click.echo(sentence_text(signal, outlet))


def statuses_at(app: Opened, names: Sequence[str], at: datetime) -> list[StatusAt]:
    """Both views of these commitments. Warns on stderr of stories that cannot be read."""
    with app.store.read() as conn:
        published, first = verdict_records.published_at(conn, at, names), verdict_records.first_published(conn)
        known = as_of.view_as_of(conn, app.rulebook, at, names, able_sources(app), app.clock())
        stored = {e.signal.id: e for e in as_of.evidence(conn, names, app.rulebook.policy)}
        recorded = verdict_records.transitions(conn, _EARLIEST, at + timedelta.resolution, names)
        outlets = {s.id: s.source for s in stories.by_ids(conn, {s.story for s in known.signals.values()}).values()}
        said = readings.of_texts(conn, {signal.revision for signal in known.signals.values() if signal.read_by})
    read_since = {text: reading.at for text, each in said.items() for reading in each if reading.at > at}
    for story, error in known.unread.items():
        click.echo(f"warning: story {story} could not be read: {type(error).__name__}: {error}", err=True)
    read_then = {key: (item.signal, item.source) for key, item in stored.items()}
    for cited in (
        each for change in recorded for each in change.cited
    ):  # what no change cites is shown as it is stored
        if cited.signal in read_then:
            signal, outlet = read_then[cited.signal]
            read_then[cited.signal] = as_cited(signal, cited), outlet
    read_now = {key: (signal, outlets.get(signal.story, "")) for key, signal in known.signals.items()}
    views = []
    for name in names:
        then, now, start = published.get(name), known.verdicts[name], known.starts[name]
        differ = differences(then.verdict, now) if then else ()
        reasons: Sequence[str] = ()
        if then and differ:
            grounds = EvidenceBase(stored, known.signals, then.at, start, read_since, app.rulebook.parties)
            reasons = difference_reasons(then.verdict, now, at, grounds)
        behind = _behind(then.verdict, read_then) if then else (), _behind(now, read_now)
        views.append(
            StatusAt(name, then, now, first.get(name), differ, reasons, start if start > at else None, *behind)
        )
    return views


def _behind(verdict: Verdict, sentences: Mapping[str, Sentence]) -> Sequence[Sentence]:
    """Those of these sentences that a verdict rests on, in the order of what happened."""
    found = (sentences[key] for key in all_evidence(verdict) if key in sentences)
    return sorted(found, key=lambda sentence: (sentence[0].happened.end, sentence[0].id))


def _print_difference(view: StatusAt) -> None:
    """Prints one line with both statuses, then what else differs."""
    known = view.known.status.replace("_", " ")
    if view.baseline:
        known += f" (by the first baseline, of {view.baseline:%-d %B %Y})"
    if view.then is None:
        begins = f"the record begins on {format_utc(view.first)}" if view.first else "nothing has been published yet"
        click.echo(f"{view.name}: as published then: no record ({begins}); as known now: {known}")
        return
    then = view.then.verdict.status.replace("_", " ")
    if not view.differences:
        click.echo(f"{view.name}: as published then and as known now: {then}; nothing differs")
        return
    click.echo(f"{view.name}: as published then: {then}; as known now: {known}: {'; '.join(view.why)}")
    for difference in view.differences:
        if difference.what != "status":
            was, now = (value.replace("_", " ") for value in (difference.then, difference.known))
            click.echo(f"  {difference.what}: then {was}; as known now {now}")


def status_at_values(app: Opened, view: StatusAt, at: datetime, *, as_known_now: bool) -> dict[str, Any]:
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
            "published": [sentence_json(signal, outlet) for signal, outlet in view.behind_then],
            "known_now": [sentence_json(signal, outlet) for signal, outlet in view.behind_known],
        },
    }

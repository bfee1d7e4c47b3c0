"""Verdicts decided without storing them (about a past moment, or without a pin), and the state of each signal."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import DecisionInput, Outlet, Policy, Signal, Story, Verdict
from monitor.domain.model.reasons import Rejection
from monitor.domain.stories.syndication import Revision
from monitor.domain.verdicts.decide import decide, initial_verdict
from monitor.domain.verdicts.evidence import Evidence
from monitor.domain.verdicts.interventions import author_of, suppressions
from monitor.store import feeds, rematch, stories, verdict_records
from monitor.store import signals as signal_rows
from monitor.store.tables import SIGNAL, STORY

_DATE_MARGIN = timedelta(days=2)
"""How far a story's event may be from its date: time zones span 26 hours, and a bare date a whole day."""


@dataclass(frozen=True, slots=True)
class AsOfView:
    """The verdicts about a past moment by all that is known now, and the signals that they rest on.

    verdicts: of the parts of these commitments, too. starts: the moment from which each is evaluated, the day of its
    baseline. signals: all that these rules
    find in the stories that matter for one of the commitments. unread: stories that the matcher could not read, each
    with its error.
    """

    verdicts: Mapping[str, Verdict]
    starts: Mapping[str, datetime]
    signals: Mapping[str, Signal]
    unread: Mapping[str, Exception]


def view_as_of(
    conn: Connection,
    rulebook: Rulebook,
    at: datetime,
    names: Collection[str],
    sources: Sequence[str] = (),
    now: datetime | None = None,
) -> AsOfView:
    """The verdicts at `at` on all evidence for events until then, whenever it was first seen.

    Evidence rejected or withdrawn since does not count; pins of that time do. sources: the feeds that can report a
    change; a span without a reading of them counts as blind unless it was covered by `now` (None: `at`).

    1. Start from the baseline of each commitment.
    2. Load the stories dated between the first baseline, less the time for corroboration, and `at`.
    3. Match them again with these rules.
    4. Decide each commitment on the signals of its own time.
    """
    corroboration = timedelta(days=rulebook.policy.corroborate_days)
    commitments = rulebook.commitments
    parts = {part for name in names for part in commitments[name].parts if part in commitments}
    ordered = sorted({*names, *parts}, key=lambda name: (bool(commitments[name].parts), name))  # parts first
    baselines = {name: initial_verdict(commitments[name], at) for name in ordered}
    starts = {name: baseline.last_evidence or at for name, baseline in baselines.items()}
    first = min(starts.values(), default=at) - corroboration - _DATE_MARGIN
    dated = (STORY.c.published_at >= first, STORY.c.published_at <= at + _DATE_MARGIN, STORY.c.withdrawn.is_(False))
    ids = conn.scalars(select(STORY.c.id).where(*dated).order_by(STORY.c.published_at, STORY.c.id)).all()
    unordered = stories.by_ids(conn, ids)
    known = {key: unordered[key] for key in ids}
    signals: list[Signal] = []
    unread: dict[str, Exception] = {}
    for batch in rematch.batches(tuple(known.values())):
        matched, failed = rematch.signals_of_texts(conn, batch, rulebook)
        signals += matched.values()
        unread |= failed
    interventions = verdict_records.interventions(conn, ordered)
    spans = feeds.unread_spans(conn, sources, rulebook.policy, now or at)
    blind = tuple(span for span in spans if span.until is None)
    verdicts: dict[str, Verdict] = {}
    for name, baseline in baselines.items():
        since = starts[name] - corroboration
        own = tuple(s for s in signals if s.commitment == name and since < s.happened.end <= at)
        facts = (own, interventions.get(name, ()), baseline)
        of_parts = tuple(verdicts[part] for part in commitments[name].parts if part in verdicts)
        case = DecisionInput(commitments[name], baseline, *facts, blind=blind, parts=of_parts)
        verdicts[name] = decide(case, known, rulebook, at).verdict
    return AsOfView(verdicts, starts, {s.id: s for s in signals}, unread)


def unpinned(conn: Connection, rulebook: Rulebook, name: str, now: datetime, sources: Sequence[str] = ()) -> Verdict:
    """The verdict that the program would publish now without a pin. sources: the feeds that can report a change."""
    records, commitment = verdict_records.verdict_records(conn), rulebook.commitments[name]
    record, parts = records[name], tuple(records[part].published for part in commitment.parts if part in records)
    since = record.folded_to - timedelta(days=rulebook.policy.corroborate_days)
    signals = signal_rows.by_commitment_after(conn, {name: since})[name]
    interventions = verdict_records.interventions(conn, [name]).get(name, ())
    others = tuple(intervention for intervention in interventions if intervention.kind not in ("pin", "unpin"))
    known = stories.by_ids(conn, {signal.story for signal in signals})
    blind = feeds.unread_spans(conn, sources, rulebook.policy, now)
    facts = (record.folded, signals, others, record.published)
    case = DecisionInput(commitment, *facts, blind=blind, parts=parts)
    return decide(case, known, rulebook, now).verdict


def evidence(conn: Connection, commitments: Collection[str], policy: Policy) -> tuple[Evidence, ...]:
    """All signals ever found for these commitments, in order of (happened, id)."""
    columns = select(SIGNAL.c.id, SIGNAL.c.dead_at, SIGNAL.c.dead_why)
    rows = {row.id: row for row in conn.execute(columns.where(SIGNAL.c.commitment.in_(list(commitments))))}
    signals = sorted(signal_rows.by_ids(conn, rows.keys()).values(), key=lambda s: (s.happened.end, s.id))
    known = stories.by_ids(conn, {signal.story for signal in signals})
    texts = {(text.story, text.hash): text for text in stories.revisions(conn, known.values(), live_only=False)}
    interventions = verdict_records.interventions(conn, commitments)
    suppressed = suppressions(
        intervention for interventions in interventions.values() for intervention in interventions
    )
    listed = []
    for signal in signals:
        story, row, rejected = known[signal.story], rows[signal.id], suppressed.of(signal)
        # Title and dates are taken from the outlet whose text has the signal.
        text: Revision | Story = texts.get((signal.story, signal.revision), story)
        carriers = (o for o in story.outlets if (o.source, o.url) == (text.source, text.url))
        outlet: Outlet | Story = next(carriers, story)
        dates = outlet.published_at, outlet.seen_at, text.seen_at
        # The state of the signal, its start and its reason. A person's rejection takes precedence.
        rejection, gone = None, row.dead_at is not None
        state: tuple[str, datetime | None, str] = ("live", None, "")
        if rejected is not None:
            rejection = Rejection(author_of(rejected), rejected.reason)
            state = "rejected", rejected.at, f"rejected by {author_of(rejected)}: {rejected.reason}"
        elif gone:
            state = "dead", row.dead_at, row.dead_why
        elif signal.experimental:
            state = "experimental", None, "its rule is experimental"
        elif signal.seen_at - signal.happened.end > timedelta(days=policy.live_days):
            state = "too_late", signal.seen_at, f"first seen more than {policy.live_days} days after it happened"
        listed.append(
            Evidence(signal, story, text.title, text.source, text.url, *dates, *state, text.summary, gone, rejection)
        )
    return tuple(listed)

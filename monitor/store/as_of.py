"""What we would say today about a past moment, and what the program would say without a person's pin; nothing is written."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import DecisionInput, Intervention, Policy, Signal, Story, Verdict
from monitor.domain.model.reasons import Rejection
from monitor.domain.stories.syndication import Revision
from monitor.domain.verdicts.decide import decide, initial_verdict
from monitor.domain.verdicts.evidence_refs import Evidence
from monitor.domain.verdicts.interventions import author_of, suppressions
from monitor.store import rematch, stories, verdict_records
from monitor.store import signals as signal_rows
from monitor.store.tables import SignalRow, StoryRow, table_of

_SIGNAL, _STORY = table_of(SignalRow), table_of(StoryRow)

_EARLY = timedelta(days=2)
"""What a story reports may have happened, in some zone, so long before or after the moment it is dated."""


@dataclass(frozen=True, slots=True)
class AsOfView:
    """The verdicts about a past moment by all that is known now, and the signals that they were reached by.

    starts: where each was weighed from, the day of its baseline. signals: all that these rules find in stories that matter
    for one of the commitments. unread: stories that the matcher could not read, each with its error.
    """

    verdicts: Mapping[str, Verdict]
    starts: Mapping[str, datetime]
    signals: Mapping[str, Signal]
    unread: Mapping[str, Exception]


def view_as_of(conn: Connection, rulebook: Rulebook, at: datetime, names: Collection[str]) -> AsOfView:
    """All evidence of what had happened by `at`, whenever it was first seen, read by these rules and decided with that
    moment as the present. What was rejected or taken back since does not count; pins of that time do."""
    voice = timedelta(days=rulebook.policy.corroborate_days)
    starts = {name: initial_verdict(rulebook.commitments[name], at) for name in names}
    first = min((verdict.last_evidence or at for verdict in starts.values()), default=at) - voice
    kept = _stories_between(conn, first - _EARLY, at)
    found, unread = rematch.reread(conn, rulebook, kept)
    heard = {story.id: story for story in kept}
    acts = verdict_records.interventions(conn, names)
    verdicts = {}
    for name, start in starts.items():
        since = (start.last_evidence or at) - voice
        own = tuple(s for s in found if s.commitment == name and since < s.happened.end <= at)
        case = DecisionInput(rulebook.commitments[name], start, own, acts.get(name, ()), start)
        verdicts[name] = decide(case, heard, rulebook, at).verdict
    days = {name: start.last_evidence or at for name, start in starts.items()}
    return AsOfView(verdicts, days, {s.id: s for s in found}, unread)


def _stories_between(conn: Connection, start: datetime, end: datetime) -> list[Story]:
    """The stories dated from start to end that no publisher took back."""
    within = (_STORY.c.published_at >= start, _STORY.c.published_at <= end + _EARLY, _STORY.c.withdrawn.is_(False))
    ids = conn.scalars(select(_STORY.c.id).where(*within).order_by(_STORY.c.published_at, _STORY.c.id)).all()
    heard = stories.by_ids(conn, ids)
    return [heard[key] for key in ids]


def unpinned(conn: Connection, rulebook: Rulebook, name: str, now: datetime) -> Verdict:
    """What the program itself would publish now of a commitment that it has decided before."""
    record = verdict_records.verdict_records(conn)[name]
    since = record.folded_to - timedelta(days=rulebook.policy.corroborate_days)
    own = signal_rows.by_commitment_after(conn, {name: since})[name]
    acts = tuple(
        act for act in verdict_records.interventions(conn, [name]).get(name, ()) if act.kind not in ("pin", "unpin")
    )
    heard = stories.by_ids(conn, {signal.story for signal in own})
    case = DecisionInput(rulebook.commitments[name], record.folded, own, acts, record.published)
    return decide(case, heard, rulebook, now).verdict


# ---------------------------------------------------------------- each signal, and what became of it


def evidence(conn: Connection, commitments: Collection[str], policy: Policy) -> tuple[Evidence, ...]:
    """All signals ever found for these commitments, in order of (happened, id)."""
    rows = select(_SIGNAL.c.id, _SIGNAL.c.dead_at, _SIGNAL.c.dead_why)
    dead = {row.id: row for row in conn.execute(rows.where(_SIGNAL.c.commitment.in_(list(commitments))))}
    found = signal_rows.by_ids(conn, dead.keys())
    heard = stories.by_ids(conn, {signal.story for signal in found.values()})
    texts = {(r.story, r.hash): r for r in stories.revisions(conn, heard)}
    refused = suppressions(act for own in verdict_records.interventions(conn, commitments).values() for act in own)
    made = []
    for signal in sorted(found.values(), key=lambda s: (s.happened.end, s.id)):
        row, act = dead[signal.id], refused.of(signal)
        state = _state(signal, row.dead_at, row.dead_why, act, policy)
        one = _evidence(signal, heard[signal.story], texts.get((signal.story, signal.revision)), state)
        rejection = Rejection(author_of(act), act.reason) if act is not None else None
        made.append(replace(one, gone=row.dead_at is not None, rejection=rejection))
    return tuple(made)


EvidenceStatus = tuple[str, datetime | None, str]


def _evidence(signal: Signal, story: Story, text: Revision | None, state: EvidenceStatus) -> Evidence:
    """The signal in the words and with the dates of the outlet whose text it was read in."""
    own = text if text is not None else story
    carried = next((o for o in story.outlets if (o.source, o.url) == (own.source, own.url)), None)
    dated = carried if carried is not None else story
    retrieved = text.seen_at if text is not None else story.seen_at
    return Evidence(
        signal, story, own.title, own.source, own.url, dated.published_at, dated.seen_at, retrieved, *state, own.summary
    )


def _state(
    signal: Signal, dead_at: datetime | None, dead_why: str, rejected: Intervention | None, policy: Policy
) -> EvidenceStatus:
    if rejected is not None:
        return "rejected", rejected.at, f"rejected by {author_of(rejected)}: {rejected.reason}"
    if dead_at is not None:
        return "dead", dead_at, dead_why
    if signal.experimental:
        return "experimental", None, "its rule is experimental"
    if signal.seen_at - signal.happened.end > timedelta(days=policy.live_days):
        return "too_late", signal.seen_at, f"first seen more than {policy.live_days} days after it happened"
    return "live", None, ""

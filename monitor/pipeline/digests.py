"""The regular digest: which slot is due, and the brief of the time since the last one.

A slot is named by its date and hour in the recipient's zone, so it is made once, across restarts and clock changes.
One digest replaces all slots missed while the program was off. A digest of the morning covers whole days, up to the
midnight before it; a later one covers the time up to its hour.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from monitor.domain.alerts.mutes import mute_window_at
from monitor.domain.alerts.recipients import quiet_until
from monitor.domain.matching.rules import Rulebook
from monitor.domain.messages.briefs import DigestBrief, ReaderCounts, SourceHealth
from monitor.domain.messages.context import RenderContext
from monitor.domain.messages.digest.brief import digest_brief
from monitor.domain.messages.digest.reader_counts import reader_counts
from monitor.domain.messages.digest.silent_rules import LOOKBACK, RuleActivity
from monitor.domain.model import Commitment, Route
from monitor.domain.model.routes import Cadence
from monitor.domain.pages import addresses
from monitor.domain.reading.agreement import reader_agreement
from monitor.domain.text.labels import format_time
from monitor.domain.text.plain import one_line
from monitor.domain.verdicts.decide import initial_verdict
from monitor.domain.verdicts.evidence import all_evidence
from monitor.pipeline import weekly_review
from monitor.pipeline.message_rows import notice_id
from monitor.store import Connection, Store, problems_and_runs, reading_store, signals, stories, verdict_records
from monitor.store import outbox as outbox_store
from monitor.store.json_codec import dump, subject_of
from monitor.store.outbox import NewOutboxItem

DEFAULT_PERIOD = timedelta(days=7)
BEFORE_DIGEST = timedelta(hours=3)
"""From the weekly review to the digest of its week: time for some retries."""
KNOWN_BEFORE = timedelta(days=30)
"""Before the period of a digest, whose reports it knows: what they told is no news, or newer than a trouble's cause."""
NOON = 12
MONDAY = Cadence("week", 0, "08:00")
"""The day of the weekly review if its recipient has no weekly digest."""
TIMELINE_PERIOD = timedelta(days=120)
"""Period of the status timeline in a digest."""


def latest_slot(route: Route, now: datetime) -> datetime | None:
    """The last time up to `now` at which this route's digest was due, in its zone; None if it has no digest."""
    cadence, zone = route.digest, ZoneInfo(route.zone)
    if cadence is None:
        return None
    local = now.astimezone(zone)
    slot = datetime.combine(cadence.latest(local.date()), time.fromisoformat(cadence.hour), zone)
    return slot if slot <= local else slot_before(cadence, slot)


def weekly_review_slot(route: Route, now: datetime) -> datetime:
    """The last regular time of the weekly review: shortly before this route's weekly digest."""
    cadence = route.digest if route.digest is not None and route.digest.every == "week" else MONDAY
    slot = latest_slot(replace(route, digest=cadence), now + BEFORE_DIGEST)
    assert slot is not None
    return slot.astimezone(UTC) - BEFORE_DIGEST


def covered_until(slot: datetime) -> datetime:
    """The end of the time that the digest of a slot covers: of a slot in the morning the midnight before it."""
    return slot if slot.hour >= NOON else slot.replace(hour=0, minute=0)


def next_slot(route: Route, now: datetime) -> datetime | None:
    """The first time after `now` at which this route's digest is due; None if it has no digest."""
    latest = latest_slot(route, now)
    if latest is None or route.digest is None:
        return None
    return datetime.combine(route.digest.following(latest.date()), latest.time(), latest.tzinfo)


def slot_before(cadence: Cadence, slot: datetime) -> datetime:
    """The previous slot, at the same local hour even if the clocks change."""
    day = cadence.latest(slot.date() - timedelta(days=1))
    return datetime.combine(day, slot.time(), slot.tzinfo)


def default_period_start(route: Route, now: datetime) -> datetime:
    """The start of this route's digest if it were made at `now`; a week ago for a route without a digest."""
    slot = latest_slot(route, now)
    if slot is None or route.digest is None:
        return now - DEFAULT_PERIOD
    before = slot_before(route.digest, slot)
    return now - (slot.astimezone(UTC) - before.astimezone(UTC))


def due_period(conn: Connection, route: Route, now: datetime) -> tuple[datetime, datetime] | None:
    """Start and end of this route's digest that is due; None if it was made, or none was due since the first start."""
    slot = latest_slot(route, now)
    if slot is None or route.digest is None:
        return None
    first_made, last = outbox_store.digests_made(conn, route.name)
    if last is None:
        installed = problems_and_runs.installed_at(conn)
        if installed is None or covered_until(slot) <= installed:
            return None
        if first_made is None or first_made >= slot.astimezone(UTC):  # the program is new, not only this route
            return installed, slot
        return max(installed, slot_before(route.digest, slot)), slot
    before = datetime.fromisoformat(last).replace(tzinfo=ZoneInfo(route.zone))
    return (before, slot) if slot > before else None


def build_digest(
    conn: Connection,
    rulebook: Rulebook,
    route: Route,
    sources: Sequence[SourceHealth],
    start: datetime,
    end: datetime,
    *,
    owner: str | None = None,
    slots: bool = False,
) -> DigestBrief:
    """The digest of one route for the time from `start` to `end`. owner: the configured name of the owner's route,
    whose digest also lists silent rules, disagreements of rules and readers, the weekly review's, and expired messages
    that nobody decided on; slots: start and end are slots, and the digest covers the time that belongs to them, with
    what happened in it and was recorded up to the slot. A commitment without a verdict whose baseline cannot be read is
    left out; its review reports it."""
    made, begun = end, start
    if slots:
        start, end = (covered_until(moment.astimezone(ZoneInfo(route.zone))).astimezone(UTC) for moment in (start, end))
    happened = tuple(
        change
        for change in verdict_records.transitions(conn, start, made)
        if (change.at < end or change.happened < end) and (change.at >= begun or change.happened >= start)
    )
    verdicts = {name: known.verdict for name, known in verdict_records.published_at(conn, end).items()}
    for change in happened:
        if change.at >= end:
            own = verdict_records.published_at(conn, change.at, [change.commitment])
            verdicts |= {name: known.verdict for name, known in own.items()}
    commitments: dict[str, Commitment] = {}
    for name, commitment in rulebook.commitments.items():
        try:
            verdicts[name] = verdicts.get(name) or initial_verdict(commitment, end)
        except Exception:  # noqa: BLE001, S112 - a commitment that cannot be read stops only itself
            continue
        commitments[name] = commitment
    interventions = verdict_records.interventions(conn)
    muted: dict[str, str] = {}
    for name in commitments:
        mute = mute_window_at(interventions.get("", ()), name, end)
        if mute is not None:
            until = f" until {format_time(mute.until, route.zone)}" if mute.until else ""
            reasons = "; ".join(intervention.reason for intervention in mute.mutes)
            muted[name] = one_line(f"alerts muted{until}: {reasons}", 200)
    ids = {key for verdict in verdicts.values() for key in all_evidence(verdict)}
    ids |= {key for verdict in verdicts.values() for event in verdict.events for key in event.evidence}
    history = verdict_records.transitions(conn, end - TIMELINE_PERIOD, end)
    ids |= {key for move in (*happened, *history) for key in (*move.evidence, *move.reason.signals)}
    recent = signals.by_commitment_after(conn, dict.fromkeys(commitments, start - KNOWN_BEFORE)).values()
    told = [s for own in recent for s in own if s.happened.end < end and s.seen_at < made and not s.experimental]
    reports = [signal for signal in told if signal.happened.end > start]
    known = {**signals.by_ids(conn, ids), **{signal.id: signal for signal in told}}
    cited = stories.by_ids(conn, {signal.story for signal in known.values()})
    common = (rulebook.publishers, rulebook.policy, end, route.zone, rulebook.parties)
    context = RenderContext(known, cited, *common, rulebook.rules, commitments, verdicts, rulebook.deal_names)
    make = partial(
        digest_brief, context, route, start, transitions=happened, history=history, sources=sources, reports=reports
    )
    if route.config_name != owner:
        return make(muted=muted)
    # The time before the installation, without any matches, does not count.
    watched_since = max(problems_and_runs.installed_at(conn) or made, made - LOOKBACK)
    watched = RuleActivity(watched_since, signals.matches(conn, watched_since, made))
    agreement = reader_agreement(reading_store.read_stories(conn, begun, made), rulebook)
    readers = reader_counts(agreement, rulebook, route.zone)
    reviewed = weekly_review.digest_lines(conn, rulebook, begun, made)
    if reviewed:
        readers = readers or ReaderCounts("The model reviewed the board.", (), (), "deal-monitor inbox list")
        readers = replace(readers, lines=(*(f"Weekly review: {line}" for line in reviewed), *readers.lines))
    brief = make(muted=muted, watched=watched, readers=readers)
    if lost := [subject_of(row.payload) for row in outbox_store.expired_undecided(conn, begun, made)]:
        were = "1 message was" if len(lost) == 1 else f"{len(lost)} messages were"
        expired = f"{were} not decided and expired: “{'”, “'.join(lost)}”."
        brief = replace(brief, remarks=(*brief.remarks, expired))
    return brief


def enqueue_due_digests(
    store: Store,
    rulebook: Rulebook,
    routes: Sequence[Route],
    sources: Callable[[], Sequence[SourceHealth]],
    now: datetime,
    *,
    owner: str | None = None,
) -> list[str]:
    """Queue every digest that is due, after any quiet hours; returns its routes. owner: as for `build_digest`."""
    made = []
    for route in routes:
        with store.read() as conn:
            due = due_period(conn, route, now)
            brief = build_digest(conn, rulebook, route, sources(), *due, owner=owner, slots=True) if due else None
        if due and brief:
            slot = f"{due[1]:%Y-%m-%dT%H:%M}"
            if not route.approval:  # a page would be public before the decision
                brief = replace(brief, page=addresses.digest_page(route.config_name, slot.replace(":", "")))
            head = (notice_id(f"digest\n{route.name}\n{slot}"), "digest", route.name, route.channel, route.to, "")
            until = now + timedelta(hours=rulebook.policy.held_hours) if route.approval else None
            item = NewOutboxItem(*head, dump(brief), not_before=quiet_until(route, now), held_until=until)
            with store.begin() as conn:
                made += [route.name] if outbox_store.enqueue_once(conn, slot, item, now) else []
    return made

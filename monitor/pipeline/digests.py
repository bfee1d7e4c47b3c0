"""The regular digest: which slot is due, and the brief of the time since the last one.

A slot is a day and hour in the recipient's zone, as the route's cadence says (daily, weekly, fortnightly, monthly); its name is that
local date and hour, so it is made once however often the program restarts, across changes of the clocks too. Slots missed while it was off are caught up by one digest over the whole gap.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from monitor.domain.alerts.mutes import MuteWindow, mute_window_at
from monitor.domain.matching.rules import Rulebook
from monitor.domain.messages.alert import DigestBrief, SourceHealth, digest_brief
from monitor.domain.messages.evidence_lines import RenderContext
from monitor.domain.messages.silent_rules import LOOKBACK, RuleActivity
from monitor.domain.model import DecisionInput, Route, Signal, Story, Transition, Verdict
from monitor.domain.model.digest_schedule import Cadence
from monitor.domain.text.labels import format_time
from monitor.domain.text.plain import one_line
from monitor.domain.verdicts.decide import initial_verdict
from monitor.domain.verdicts.further_evidence import supporting_signals
from monitor.pipeline.delivery import enqueue_digest
from monitor.store import Connection, Store, problems_and_runs, signals, stories, verdict_records
from monitor.store import outbox as outbox_store
from monitor.store.json_codec import to_json

DEFAULT_PERIOD = timedelta(days=7)
Archiver = Callable[[Route, str, DigestBrief], str]
TIMELINE_PERIOD = timedelta(days=120)
"""How far back the status timeline of a digest goes."""


def latest_slot(route: Route, now: datetime) -> datetime | None:
    """The last moment at or before `now` at which this route's digest was due, in its zone; None if it wants none."""
    if route.digest is None:
        return None
    local = now.astimezone(ZoneInfo(route.zone))
    slot = _slot(route.digest, route.digest.latest(local.date()), route.zone)
    return slot if slot <= local else slot_before(route.digest, slot)


def next_slot(route: Route, now: datetime) -> datetime | None:
    """The first moment after `now` at which this route's digest is due; None if it wants none."""
    latest = latest_slot(route, now)
    if latest is None or route.digest is None:
        return None
    return _slot(route.digest, route.digest.following(latest.date()), route.zone)


def slot_before(cadence: Cadence, slot: datetime) -> datetime:
    """The slot before this one. The same local hour, whether or not the clocks change in between."""
    day = cadence.latest(slot.date() - timedelta(days=1))
    return datetime.combine(day, slot.time(), slot.tzinfo)


def _slot(cadence: Cadence, day: date, zone: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(cadence.hour), ZoneInfo(zone))


def default_period_start(route: Route, now: datetime) -> datetime:
    """Where a digest of this route would begin if it were made at `now`; a week ago for a route that wants none."""
    slot = latest_slot(route, now)
    if slot is None or route.digest is None:
        return now - DEFAULT_PERIOD
    before = slot_before(route.digest, slot)
    return now - (slot.astimezone(UTC) - before.astimezone(UTC))


def next_digest_at(conn: Connection, route: Route, now: datetime) -> datetime | None:
    """When this route's digest is due: a slot that has come and waits to be made, else the next one; None if it wants none."""
    waiting = due_period(conn, route, now)
    return waiting[1] if waiting else next_slot(route, now)


def slot_name(slot: datetime) -> str:
    return f"{slot:%Y-%m-%dT%H:%M}"


def due_period(conn: Connection, route: Route, now: datetime) -> tuple[datetime, datetime] | None:
    """(start, end) of the digest now due for this route, None if it was made already or none is due since the first start."""
    slot = latest_slot(route, now)
    if slot is None or route.digest is None:
        return None
    last = outbox_store.last_slot(conn, route.name)
    if last is None:
        installed = problems_and_runs.installed_at(conn)
        if installed is None or slot <= installed:
            return None
        made = outbox_store.first_slot_made(conn)
        if made is None or made >= slot.astimezone(UTC):  # the program itself is new, and not only this route
            return installed, slot
        return max(installed, slot_before(route.digest, slot)), slot
    before = datetime.fromisoformat(last[0]).replace(tzinfo=ZoneInfo(route.zone))
    return (before, slot) if slot > before else None


def build_digest(
    conn: Connection, rulebook: Rulebook, route: Route, sources: Sequence[SourceHealth], start: datetime, end: datetime
) -> DigestBrief:
    """The digest of one route for the time from `start` to `end`."""
    verdicts = {name: initial_verdict(commitment, end) for name, commitment in rulebook.commitments.items()}
    verdicts |= {name: record.published for name, record in verdict_records.verdict_records(conn).items()}
    happened = verdict_records.transitions(conn, start, end)
    history = verdict_records.transitions(conn, end - TIMELINE_PERIOD, end)
    borne = _supporting_signals(conn, rulebook, verdicts, start, end)
    known = _evidence(conn, verdicts, happened) | {s.id: s for group in borne.values() for s in group}
    context = RenderContext(
        known,
        _stories(conn, known),
        rulebook.publishers,
        rulebook.policy,
        end,
        route.zone,
        rules=rulebook.rules,
        commitments=rulebook.commitments,
        verdicts=verdicts,
    )
    return digest_brief(
        context,
        route,
        start,
        transitions=happened,
        history=history,
        sources=sources,
        muted=_muted(conn, rulebook, route, end),
        watched=_rule_activity(conn, end),
        corroborating=borne,
    )


def _supporting_signals(
    conn: Connection, rulebook: Rulebook, verdicts: Mapping[str, Verdict], start: datetime, end: datetime
) -> dict[str, tuple[Signal, ...]]:
    """By commitment: what of this period bears out its status, without having moved it."""
    heard = signals.by_commitment_after(conn, dict.fromkeys(rulebook.commitments, start))
    told = stories.by_ids(conn, {signal.story for group in heard.values() for signal in group})
    acts, found = verdict_records.interventions(conn), {}
    for name, commitment in rulebook.commitments.items():
        own, verdict = (*acts.get("", ()), *acts.get(name, ())), verdicts[name]
        case = DecisionInput(commitment, verdict, tuple(s for s in heard[name] if s.happened.end < end), own, verdict)
        found[name] = supporting_signals(case, told, rulebook, end)
    return found


def _rule_activity(conn: Connection, end: datetime) -> RuleActivity:
    """What rules matched, back to the installation: what was there already says nothing of how often news comes."""
    since = max(problems_and_runs.installed_at(conn) or end, end - LOOKBACK)
    return RuleActivity(since, signals.matches(conn, since, end))


def _muted(conn: Connection, rulebook: Rulebook, route: Route, end: datetime) -> dict[str, str]:
    """By commitment: until when a person wants no alerts of it, and why."""
    acts = verdict_records.interventions(conn, ()).get("", ())
    found = {name: mute_window_at(acts, name, end) for name in rulebook.commitments}
    return {name: _mute_text(one, route) for name, one in found.items() if one is not None}


def _mute_text(one: MuteWindow, route: Route) -> str:
    until = f" until {format_time(one.until, route.zone)}" if one.until else ""
    return one_line(f"alerts muted{until}: {'; '.join(act.reason for act in one.mutes)}", 200)


def _evidence(conn: Connection, verdicts: dict[str, Verdict], happened: Sequence[Transition]) -> dict[str, Signal]:
    ids = {i for t in happened for i in (*t.evidence, *t.reason.signals)}
    ids |= {i for v in verdicts.values() for i in (*v.evidence, *v.outlook_evidence)}
    ids |= {i for v in verdicts.values() for flag in v.flags for i in flag.evidence}
    return signals.by_ids(conn, ids)


def _stories(conn: Connection, known: dict[str, Signal]) -> dict[str, Story]:
    return stories.by_ids(conn, {signal.story for signal in known.values()})


def enqueue_due_digests(
    store: Store,
    rulebook: Rulebook,
    routes: Sequence[Route],
    sources: Callable[[], Sequence[SourceHealth]],
    now: datetime,
    keep: Archiver | None = None,
) -> list[str]:
    """Queues every digest that is due; returns the names of the routes it was made for.

    keep: writes the digest down as a page and says where, or '' where it cannot.
    """
    made = []
    for route in routes:
        with store.read() as conn:
            due = due_period(conn, route, now)
            found = build_digest(conn, rulebook, route, sources(), *due) if due else None
        if due and found:
            slot = slot_name(due[1])
            kept = replace(found, page=keep(route, slot, found)) if keep else found
            if enqueue_digest(store, route, slot, to_json(kept), now):
                made.append(route.name)
    return made

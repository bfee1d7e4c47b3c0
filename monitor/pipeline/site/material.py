"""Reads what the pages show, in one transaction, and tells whether anything of it has changed."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from monitor.domain.alerts.mutes import mute_window_at
from monitor.domain.alerts.unsubscriptions import LEAVES, RETURNS
from monitor.domain.matching.rules import Rulebook
from monitor.domain.messages.context import RenderContext
from monitor.domain.messages.models import SourceHealth
from monitor.domain.model import Commitment, Intervention, Transition, Verdict
from monitor.domain.pages.material import SPOKEN_DAYS, SiteMaterial, Spoken
from monitor.domain.verdicts.decide import initial_verdict
from monitor.domain.verdicts.evidence_refs import all_evidence, named_evidence, transition_evidence
from monitor.domain.verdicts.interventions import REPORT, WITHDRAWN
from monitor.store import Connection, feeds, signals, stories, verdict_records

_EARLIEST = datetime.min.replace(tzinfo=UTC)
_LATEST = datetime.max.replace(tzinfo=UTC)
ZONE = "UTC"
"""Of all times on the pages: their readers sit in many zones."""


def read_material(
    conn: Connection,
    rulebook: Rulebook,
    sources: Sequence[SourceHealth],
    now: datetime,
    *,
    title: str,
    base_url: str = "",
    program: str = "",
) -> SiteMaterial:
    """What the pages show at `now`. A commitment never decided stands as its baseline says; one whose baseline cannot be read is left
    out, as its review reports it."""
    verdicts: dict[str, Verdict] = {n: r.published for n, r in verdict_records.verdict_records(conn).items()}
    commitments: dict[str, Commitment] = {}
    for name, commitment in rulebook.commitments.items():
        try:
            verdicts[name] = verdicts.get(name) or initial_verdict(commitment, now)
        except Exception:  # noqa: BLE001, S112 - a commitment that cannot be read stops only itself
            continue
        commitments[name] = commitment
    history: dict[str, list[Transition]] = defaultdict(list)
    for change in verdict_records.transitions(conn, _EARLIEST, _LATEST, list(commitments)):
        history[change.commitment].append(change)
    published = {n: v for n, v in verdict_records.all_published(conn).items() if n in commitments}
    interventions = public_interventions(verdict_records.interventions(conn))
    cited = {key for name in commitments for key in named_evidence(verdicts[name])}
    cited |= {key for record in published.values() for each in record for key in all_evidence(each.verdict)}
    cited |= {key for group in history.values() for t in group for key in transition_evidence(t)}
    known = signals.by_ids(conn, cited)
    told = stories.by_ids(conn, {signal.story for signal in known.values()})
    common = (rulebook.publishers, rulebook.policy, now, ZONE, rulebook.parties)
    context = RenderContext(known, told, *common, rulebook.rules, commitments, {n: verdicts[n] for n in commitments})
    mutes = {name: mute_window_at(interventions.get("", ()), name, now) for name in commitments}
    return SiteMaterial(
        context=context.cleaned(commitments),
        history={name: tuple(group) for name, group in history.items()},
        published=published,
        interventions=interventions,
        mutes={name: mute for name, mute in mutes.items() if mute is not None},
        sources=tuple(sources),
        last_read=feeds.last_read(conn),
        title=title,
        base_url=base_url,
        rules=rulebook.version,
        program=program,
        deals={name: deal.name for name, deal in rulebook.deals.items()},
        retired=signals.retired(conn, cited),
        spoken=_spoken(conn, now),
    )


def public_interventions(interventions: Mapping[str, Sequence[Intervention]]) -> dict[str, tuple[Intervention, ...]]:
    """The interventions on verdicts, without what readers did about their own messages: that holds their addresses."""
    own = (LEAVES, RETURNS, REPORT, WITHDRAWN)
    private = {
        intervention.id
        for group in interventions.values()
        for intervention in group
        if intervention.kind in own or (intervention.kind == "mute" and intervention.payload)
    }
    return {
        name: tuple(
            intervention
            for intervention in group
            if intervention.id not in private and intervention.subject not in private
        )
        for name, group in interventions.items()
    }


def _spoken(conn: Connection, now: datetime) -> dict[str, Spoken]:
    """By act, how often it was read within SPOKEN_DAYS."""
    told: dict[str, dict[str, datetime]] = defaultdict(dict)
    for match in signals.matches(conn, now - timedelta(days=SPOKEN_DAYS), now + timedelta.resolution):
        told[match.rule][match.story] = match.at
    return {rule: Spoken(len(of), max(of.values())) for rule, of in told.items()}


def stamp(conn: Connection, rulebook: Rulebook, sources: Sequence[SourceHealth], now: datetime) -> str:
    """Equal for two moments between which nothing on the pages changes: neither statuses, changes, interventions nor sources, nor the day, by
    which the days to a date are counted."""
    # Pages name days of sources: that one has brought something again today is no reason to build them again.
    health = ((s.name, s.state, s.detail, *(at and at.date() for at in (s.since, s.newest))) for s in sources)
    parts = (verdict_records.content_stamp(conn), rulebook.version, now.date(), *health)
    return hashlib.sha256(repr(parts).encode()).hexdigest()

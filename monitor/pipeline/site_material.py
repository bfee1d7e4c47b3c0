"""Reads the content of the pages in one transaction, and a stamp that changes with it."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from monitor.domain.alerts.recipients import RESUBSCRIBE, UNSUBSCRIBE
from monitor.domain.matching.rules import Rulebook
from monitor.domain.messages.briefs import DigestBrief, SourceHealth
from monitor.domain.messages.context import RenderContext
from monitor.domain.model import Commitment, Transition, Verdict
from monitor.domain.pages.material import SiteMaterial
from monitor.domain.pages.recorded_events import unrecorded_acts
from monitor.domain.pages.standing_view import YEAR
from monitor.domain.verdicts.decide import initial_verdict
from monitor.domain.verdicts.evidence import all_evidence, named_evidence, transition_evidence
from monitor.domain.verdicts.interventions import KEEP, REPORT
from monitor.errors import RenderError
from monitor.store import Connection, feeds, outbox, signals, stories, verdict_records
from monitor.store.json_codec import from_json


def read_material(
    conn: Connection,
    rulebook: Rulebook,
    sources: Sequence[SourceHealth],
    now: datetime,
    *,
    title: str,
    base_url: str = "",
    program: str = "",
    contact: str = "",
) -> SiteMaterial:
    """The content of the pages at `now`, in UTC. A commitment whose baseline cannot be read is left out."""
    verdicts: dict[str, Verdict] = {n: r.published for n, r in verdict_records.verdict_records(conn).items()}
    commitments: dict[str, Commitment] = {}
    for name, commitment in rulebook.commitments.items():
        try:
            verdicts[name] = verdicts.get(name) or initial_verdict(commitment, now)
        except Exception:  # noqa: BLE001, S112 - a commitment that cannot be read must not stop the others
            continue
        commitments[name] = commitment
    history: dict[str, list[Transition]] = defaultdict(list)
    for change in verdict_records.transitions(conn, commitments=commitments):
        history[change.commitment].append(change)
    published = {n: v for n, v in verdict_records.all_published(conn).items() if n in commitments}
    cited = {key for name in commitments for key in named_evidence(verdicts[name])}
    cited |= {key for record in published.values() for each in record for key in all_evidence(each.verdict)}
    told = {key for group in history.values() for t in group for key in transition_evidence(t)}
    common = (rulebook.publishers, rulebook.policy, now, "UTC", rulebook.parties, rulebook.rules, commitments)
    current = {name: verdicts[name] for name in commitments}
    year = signals.by_commitment_after(conn, dict.fromkeys(commitments, now - YEAR))
    recent = {signal.id: signal for group in year.values() for signal in group if not signal.experimental}
    papers = stories.by_ids(conn, {signal.story for signal in recent.values()})
    acts = unrecorded_acts(told, RenderContext(recent, papers, *common, current))
    cited |= told | {key for group in acts.values() for act in group for key in act.evidence}
    known = signals.by_ids(conn, cited)
    reports = stories.by_ids(conn, {signal.story for signal in known.values()})
    context = RenderContext(known, reports, *common, current, rulebook.deal_names)
    # Interventions of readers on their own messages contain addresses. A kept status changes nothing on a page.
    private = (UNSUBSCRIBE, RESUBSCRIBE, REPORT, KEEP)
    stored = verdict_records.interventions(conn).items()
    interventions = {name: tuple(each for each in group if each.kind not in private) for name, group in stored}
    return SiteMaterial(
        context=context.cleaned(commitments),
        history={name: tuple(group) for name, group in history.items()},
        acts=acts,
        published=published,
        interventions=interventions,
        sources=tuple(sources),
        last_read=feeds.last_read(conn),
        title=title,
        base_url=base_url,
        rules=rulebook.version,
        program=program,
        contact=contact,
        deals=rulebook.deals,
        retired=signals.retired(conn, cited),
    )


def read_digests(conn: Connection) -> dict[str, DigestBrief]:
    """The digests by the addresses of their pages, which all recipients of a route share. One without a page, or that
    cannot be read, is left out."""
    found: dict[str, DigestBrief] = {}
    for payload in outbox.digests(conn):
        with suppress(RenderError):
            brief = from_json(payload)
            if isinstance(brief, DigestBrief) and brief.page:
                found[brief.page] = brief
    return found


def content_stamp(conn: Connection, rulebook: Rulebook, sources: Sequence[SourceHealth], now: datetime) -> str:
    """A hash that changes with the content of the pages: verdicts, changes, interventions, digests, sources, rules,
    the day."""
    # Pages show days of sources: another answer on the same day is no reason to build them again.
    health = ((s.name, s.state, s.detail, *(at and at.date() for at in (s.since, s.newest))) for s in sources)
    parts = (verdict_records.content_stamp(conn), outbox.digest_count(conn), rulebook.version, now.date(), *health)
    return hashlib.sha256(repr(parts).encode()).hexdigest()

"""The follow-up: a reply in the thread on further evidence for a change that was sent."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.domain.alerts.quiet_hours import quiet_until
from monitor.domain.alerts.sent_log import SentLog
from monitor.domain.model import FURTHER_EVIDENCE, Message, Route, Signal, Transition, Verdict
from monitor.domain.verdicts.further_evidence import first_per_source
from monitor.domain.verdicts.net_changes import without_resolved

COLLECT_WINDOW = timedelta(hours=1)
"""Further evidence is collected for this time after a message on a commitment, to be one reply: an estimate of how long the
outlets take to follow the first report."""


def follow_up_message(
    change: Transition,
    verdict: Verdict,
    supporting: Sequence[Signal],
    sources: Mapping[str, str],
    route: Route,
    sent: SentLog,
    now: datetime,
) -> Message | None:
    """The follow-up to a route that received a change; None if no new source supports it, or it is not the time.

    supporting: the signals that corroborate the change; sources: signal -> independent source, for these and the evidence
    of the change.
    """
    told = sent.first_on_same_evidence(route.name, change)
    last = sent.last_sent_at(route.name, told.commitment) if told else None
    if told is None or last is None or now < last + COLLECT_WINDOW or quiet_until(route, now) is not None:
        return None
    shown = sent.signals_shown(route.name)
    new = first_per_source(supporting, {sources[key] for key in shown if key in sources})
    if not new:
        return None
    ids = tuple(signal.id for signal in new)
    key = "|".join((route.name, FURTHER_EVIDENCE, change.id, *sorted(ids)))
    evidence = (*change.evidence, *(signal.id for signal in first_per_source(supporting)))
    whole = replace(without_resolved(change, verdict), evidence=evidence)
    return Message(
        id=hashlib.blake2b(key.encode(), digest_size=8).hexdigest(),
        kind=FURTHER_EVIDENCE,
        route=route.name,
        channel=route.channel,
        to=route.to,
        transitions=(whole,),
        commitment=told.commitment,
        at=now,
        note="Nothing has changed: this bears out what was told before.",
        also=ids,
    )

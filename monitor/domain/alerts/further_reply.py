"""The reply that tells who else says what was told."""

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
"""So long after a message on a commitment what further comes in is gathered, to be one reply."""


def follow_up_message(
    change: Transition, verdict: Verdict, borne: Sequence[Signal], spoken: Mapping[str, str], route: Route,
    sent: SentLog, now: datetime,
) -> Message | None:  # fmt: skip
    """The reply to a route that was told of a change: who else says so by now; None if nobody does, or it is not the time.

    borne: what bears the change out; spoken: signal -> voice, for these and the evidence of the change.
    """
    told = sent.first_on_same_evidence(route.name, change)
    last = sent.last_sent_at(route.name, told.commitment) if told else None
    if told is None or last is None or now < last + COLLECT_WINDOW or quiet_until(route, now) is not None:
        return None
    heard = sent.signals_shown(route.name)
    new = first_per_source(borne, {spoken[key] for key in heard if key in spoken})
    if not new:
        return None
    ids = tuple(signal.id for signal in new)
    key = "|".join((route.name, FURTHER_EVIDENCE, change.id, *sorted(ids)))
    whole = replace(
        without_resolved(change, verdict),
        evidence=(*change.evidence, *(signal.id for signal in first_per_source(borne))),
    )
    return Message(
        id=hashlib.blake2b(key.encode(), digest_size=8).hexdigest(), kind=FURTHER_EVIDENCE, route=route.name,
        channel=route.channel, to=route.to, transitions=(whole,), commitment=told.commitment,
        at=now, note="Nothing has changed: this bears out what was told before.", also=ids,
    )  # fmt: skip

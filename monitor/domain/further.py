"""Further evidence: what came in beside the evidence of a status, or after it, and says the same.

It moves nothing, so it is no change: the alert shows what is in hand beside its evidence, who follows the thread hears of
each new voice in a reply, and the digest has a line on it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.domain.announce import SentLog, quiet_until
from monitor.domain.change import StatusChanged
from monitor.domain.claims import voice, weighed
from monitor.domain.decide import counting, meant
from monitor.domain.model import (
    BAD,
    FURTHER,
    Case,
    Effect,
    Message,
    Modality,
    Outlook,
    Route,
    Signal,
    Standing,
    Story,
    Transition,
    Verdict,
)
from monitor.domain.netting import as_it_stands
from monitor.domain.outlook import turns
from monitor.domain.rules import Rulebook, is_outside

GATHER = timedelta(hours=1)
"""So long after a message on a commitment what further comes in is gathered, to be one reply."""
SAYS_SO: Mapping[Standing, frozenset[Effect]] = {
    Standing.PLEDGED: frozenset({Effect.PLEDGE}),
    Standing.IN_PROGRESS: frozenset({Effect.PROGRESS}),
    Standing.PARTLY_MET: frozenset({Effect.DELIVERED, Effect.PROGRESS}),
    Standing.MET: frozenset({Effect.DELIVERED}),
    Standing.IN_FORCE: frozenset({Effect.DELIVERED}),
    Standing.BREACHED: frozenset({Effect.BREACH}),
}
"""Which effects say what a standing says. That a promise was never made, or ran out, is nobody's report."""


def ruling(verdict: Verdict) -> tuple[str, ...]:
    """The evidence of the status: that of an outlook that is not steady, else that of the standing."""
    return verdict.evidence if verdict.outlook is Outlook.STEADY else verdict.outlook_evidence


def since(verdict: Verdict) -> datetime:
    """Since when the status is what it is."""
    turned = None if verdict.outlook is Outlook.STEADY else verdict.outlook_since
    return turned or verdict.since


def bearing(case: Case, stories: Mapping[str, Story], rulebook: Rulebook, now: datetime) -> tuple[Signal, ...]:
    """The signals that say what the published status of a case says, from the moment of its change on, in order; the
    evidence of the change apart. Weak acts, rumours and publishers that bear nothing out are left out."""
    verdict, policy = case.published, rulebook.policy
    known = set(ruling(verdict))
    if not known:  # a person, a baseline or the calendar says so: there is no report to bear out
        return ()
    start = since(verdict)
    later = [s for s in counting(case, now, policy) if s.happened.end >= start and s.id not in known]
    read = (
        meant(weighed(signal, stories, rulebook.publishers), verdict, rulebook.rules.get(signal.rule))
        for signal in later
    )
    found = {s.id: s for s in read if s.tier in policy.corroborating_tiers and _says_so(s, verdict, rulebook)}
    return tuple(found.values())


def _says_so(signal: Signal, verdict: Verdict, rulebook: Rulebook) -> bool:
    info = rulebook.rules.get(signal.rule)
    if signal.modality is Modality.RUMOUR or (info is not None and info.weak):
        return False
    if verdict.outlook is not Outlook.STEADY:
        return signal.effect in BAD and turns(signal)
    return signal.effect in SAYS_SO.get(verdict.standing, ()) and not is_outside(signal, rulebook)


def voices(case: Case, ids: Collection[str], stories: Mapping[str, Story], rulebook: Rulebook) -> dict[str, str]:
    """By signal, of these: the independent voice behind it."""
    return {s.id: voice(weighed(s, stories, rulebook.publishers)) for s in case.signals if s.id in ids}


def by_voice(signals: Sequence[Signal], heard: Collection[str] = ()) -> tuple[Signal, ...]:
    """The first signal of each independent voice that was not heard before."""
    first: dict[str, Signal] = {}
    for signal in signals:
        first.setdefault(voice(signal), signal)
    return tuple(signal for name, signal in first.items() if name and name not in heard)


def brought_about(moves: Sequence[Transition], verdict: Verdict) -> Transition | None:
    """The change among these, oldest first, by which the status became what it is."""
    known = set(ruling(verdict))
    mine = (t for t in reversed(moves) if t.commitment == verdict.commitment and not t.confirms)
    return next((t for t in mine if known & {*t.evidence, *t.reason.signals} and _led_to(t, verdict)), None)


def _led_to(move: Transition, verdict: Verdict) -> bool:
    return isinstance(move.change, StatusChanged) and move.change.new is verdict.status


def message(
    change: Transition, verdict: Verdict, borne: Sequence[Signal], spoken: Mapping[str, str], route: Route,
    sent: SentLog, now: datetime,
) -> Message | None:  # fmt: skip
    """The reply to a route that was told of a change: who else says so by now; None if nobody does, or it is not the time.

    borne: what bears the change out; spoken: signal -> voice, for these and the evidence of the change.
    """
    told = sent.told(route.name, change)
    last = sent.last(route.name, told.commitment) if told else None
    if told is None or last is None or now < last + GATHER or quiet_until(route, now) is not None:
        return None
    heard = sent.heard(route.name)
    new = by_voice(borne, {spoken[key] for key in heard if key in spoken})
    if not new:
        return None
    ids = tuple(signal.id for signal in new)
    key = "|".join((route.name, FURTHER, change.id, *sorted(ids)))
    whole = replace(
        as_it_stands(change, verdict), evidence=(*change.evidence, *(signal.id for signal in by_voice(borne)))
    )
    return Message(
        id=hashlib.blake2b(key.encode(), digest_size=8).hexdigest(), kind=FURTHER, route=route.name,
        channel=route.channel, to=route.to, transitions=(whole,), commitment=told.commitment,
        at=now, note="Nothing has changed: this bears out what was told before.", also=ids,
    )  # fmt: skip

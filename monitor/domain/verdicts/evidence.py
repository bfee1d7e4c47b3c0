"""Evidence in a verdict: references to signals, flags, and the quotations and speakers that flags and reasons carry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.domain.model import Flag, FlagKind, Policy, Says, Signal, Standing, Story, Tier, Transition, Verdict
from monitor.domain.model.reasons import Quoted, Rejection, Speaker

FINAL_STANDINGS = frozenset({Standing.BREACHED, Standing.LAPSED, Standing.PARTLY_MET, Standing.MET, Standing.IN_FORCE})
"""Standings that need the evidence threshold and have an alert of their own."""


def with_flag(verdict: Verdict, flag: Flag) -> Verdict:
    """The verdict with the flag set. A flag of the same kind and subject keeps its `since` and takes the new detail."""
    old = next((f for f in verdict.flags if (f.kind, f.subject) == (flag.kind, flag.subject)), None)
    rest = tuple(f for f in verdict.flags if f is not old)
    return replace(verdict, flags=(*rest, replace(flag, since=old.since) if old else flag))


def expires_at(flag: Flag, policy: Policy) -> datetime | None:
    """When an unconfirmed final standing or a contradiction ends if nothing ends it before; None for other flags."""
    claimed = flag.kind is FlagKind.UNCONFIRMED and flag.subject in FINAL_STANDINGS
    return flag.since + timedelta(days=policy.doubt_days) if claimed or flag.kind is FlagKind.CONTESTED else None


def without_kind(flags: tuple[Flag, ...], kind: FlagKind) -> tuple[Flag, ...]:
    return tuple(flag for flag in flags if flag.kind is not kind)


def unconfirmed_subjects(verdict: Verdict) -> frozenset[str]:
    """The subjects that wait for corroboration."""
    return frozenset(flag.subject for flag in verdict.flags if flag.kind is FlagKind.UNCONFIRMED)


def reason_text(signal: Signal) -> Quoted:
    """A reason in the words of the report."""
    return Quoted(" ".join(signal.quote.split()))


def speaker(signal: Signal) -> Speaker:
    """The source of a statement. State media are a side's voice, but they report as the press does."""
    return Speaker(signal.origin, signal.says, signal.says is Says.PRESS or signal.tier is Tier.STATE_MEDIA)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A signal with its state (live, dead, rejected, experimental, too_late), and since when and why it has that.

    title, summary, source and url belong to the text of the signal. published: the outlet's date; seen: when we first
    saw the report there; retrieved: when we last fetched this text.
    """

    signal: Signal
    story: Story
    title: str
    source: str
    url: str
    published: datetime
    seen: datetime
    retrieved: datetime
    state: str
    since: datetime | None = None
    why: str = ""
    summary: str = ""
    retired: bool = False
    """Whether the text or the rule that gave it is no longer valid, rejected or not."""
    rejection: Rejection | None = None
    """The person who rejected it, or None."""

    @property
    def counts(self) -> bool:
        return self.state == "live"


def transition_evidence(transition: Transition) -> Iterator[str]:
    """The ids of all signals that a transition, its reason and its flags name; some more than once."""
    yield from transition.evidence
    yield from transition.reason.signals
    for flag in transition.flags:
        yield from flag.evidence


def named_evidence(verdict: Verdict) -> frozenset[str]:
    """The ids of all signals that a verdict names, including evidence of past dates."""
    return all_evidence(verdict) | {signal for deadline in verdict.deadlines for signal in deadline.evidence}


def all_evidence(verdict: Verdict) -> frozenset[str]:
    """The ids of all signals that a verdict rests on: standing, outlook, flags, dates and counts."""
    shown = ("current", "claimed", "announced")
    dates = (signal for d in verdict.deadlines if d.state in shown for signal in d.evidence)
    counts = (r.signal for r in verdict.progress.readings) if verdict.progress else ()
    flags = (signal for flag in verdict.flags for signal in flag.evidence)
    return frozenset((*verdict.evidence, *verdict.outlook_evidence, *flags, *dates, *counts)) - {""}

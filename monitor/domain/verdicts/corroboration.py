"""Signals gathered into claims: who says the same thing, how independently, and is that enough?

A claim is kept open for a window of days; its origins, not the likeness of its texts, decide how well it is supported.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from monitor.domain.matching.rules import RuleInfo
from monitor.domain.model import (
    NEGATIVE_EFFECTS,
    POSITIVE_EFFECTS,
    By,
    Commitment,
    Effect,
    Modality,
    Policy,
    Says,
    Signal,
    Story,
    Tier,
)
from monitor.domain.model.publishers import Publishers

CLAIM_EFFECTS = POSITIVE_EFFECTS | NEGATIVE_EFFECTS | {Effect.DEADLINE}


@dataclass(frozen=True, slots=True)
class Claim:
    """Signals that say one thing about one commitment, oldest first."""

    key: str
    signals: tuple[Signal, ...]

    @property
    def latest(self) -> Signal:
        return self.signals[-1]


@dataclass(frozen=True, slots=True)
class Support:
    """How well a claim is supported.

    origins: independent voices of publishers that count; official: the owing side itself has said so in a text of its own
    or by an official whom a wire quotes; data: statistics of record (policy names them); formal: a formal act in an
    official text; heard: somebody says so whose word alone is worth a remark; sided: a side, not the press alone, says so;
    silent: owing sides that have not spoken.
    """

    origins: int
    official: bool
    data: bool
    formal: bool
    is_strong_enough: bool
    has_word_of_a_side: bool
    unconfirmed_sides: tuple[str, ...]

    def meets_threshold(self, policy: Policy) -> bool:
        """The evidence bar: the owing side's own word, independent data, or enough independent origins."""
        return self.official or self.data or self.origins >= policy.origins_needed

    def moves_without_threshold(self, policy: Policy) -> bool:
        """Enough for a standing that needs no bar: the word of a side, or enough voices of the press."""
        return self.is_strong_enough and (self.has_word_of_a_side or self.data or self.origins >= policy.press_origins)

    def can_change_outlook(self, origins: int) -> bool:
        """Enough to turn an outlook: a formal act in an official text, statistics of record, or so many voices."""
        return self.formal or self.data or (self.is_strong_enough and self.origins >= origins)


def with_best_publisher(signal: Signal, stories: Mapping[str, Story], publishers: Publishers) -> Signal:
    """The signal with the best publisher among all outlets that carried its story (a reprint may reach us before the wire).

    What only another outlet's text says is that outlet's word.
    """
    story = stories.get(signal.story)
    if story is None or len(story.outlets) < 2 or signal.revision != story.revision:
        return signal
    best = min((publishers.find(outlet.source, outlet.url) for outlet in story.outlets), key=lambda p: p.tier)
    if best.tier >= signal.tier:
        return signal
    if signal.says is not Says.PRESS:
        return replace(signal, tier=best.tier)
    own_voice = best.side and best.tier in (Tier.OFFICIAL, Tier.STATE_MEDIA)
    return replace(signal, tier=best.tier, origin=best.origin, says=Says(best.side) if own_voice else signal.says)


def claim_key(signal: Signal) -> str:
    """What must agree for two signals to say the same: effect, object, for a deadline its date or length, and for a pledge
    whether it is more than a rumour (rumours bear out no promise)."""
    term = "rumour" if signal.effect is Effect.PLEDGE and signal.modality is Modality.RUMOUR else ""
    if signal.effect is Effect.DEADLINE:
        term = signal.date.date.isoformat() if signal.date else f"{signal.lasts or ''}"
    about = signal.object or ("stall" if signal.stalls else "")
    return "|".join((signal.commitment, signal.effect, about, term))


def add_to_claim(open_claims: dict[str, Claim], signal: Signal, policy: Policy) -> Claim:
    """Adds the signal to its claim, dropping members older than the corroboration window; returns the claim as it now is."""
    key = claim_key(signal)
    oldest = signal.happened.end - timedelta(days=policy.corroborate_days)
    known = open_claims[key].signals if key in open_claims else ()
    claim = Claim(key, (*(s for s in known if s.happened.end >= oldest), signal))
    open_claims[key] = claim
    return claim


OTHER_PARTIES = "others"
"""Who owes what neither the two governments nor a company has promised."""


def obliged_parties(commitment: Commitment) -> tuple[str, ...]:
    return ("us", "cn") if commitment.owed_by == "both" else (commitment.owed_by,)


def assess_support(claim: Claim, commitment: Commitment, policy: Policy, rules: Mapping[str, RuleInfo]) -> Support:
    """Weighs a claim against the evidence bar of the commitment it is about. What a weak act reads moves nothing alone."""
    counted = [s for s in claim.signals if s.tier in policy.corroborating_tiers]
    voices = {independent_source(s) for s in counted}
    spoken = _sides(s for s in counted if s.tier in policy.moving_tiers)
    strong = [s for s in counted if s.tier in policy.moving_tiers and not _weak(s, rules)]
    third = claim.signals and claim.latest.by is By.THIRD
    owing = (OTHER_PARTIES,) if third else obliged_parties(commitment)
    silent = tuple(side for side in owing if side not in spoken)
    return Support(
        origins=len(voices),
        official=not silent,
        data=any(_of_record(s, commitment, policy) for s in counted if not _weak(s, rules)),
        formal=any(is_official_act(s) for s in counted),
        is_strong_enough=bool(strong) or len(voices) >= policy.origins_needed,
        has_word_of_a_side=any(s.says is not Says.PRESS for s in strong),
        unconfirmed_sides=silent,
    )


def _of_record(signal: Signal, commitment: Commitment, policy: Policy) -> bool:
    """Whether these are statistics of record on what was promised: what has arrived in a month says little about bookings."""
    if signal.says is not Says.DATA or signal.origin not in policy.statistics:
        return False
    promised = {target.basis for target in commitment.targets}
    told = signal.quantity.basis if signal.quantity else ""
    counted = told or ("arrived" if signal.origin in policy.arrival_statistics else "")
    return not promised or counted in {*promised, ""}


def _weak(signal: Signal, rules: Mapping[str, RuleInfo]) -> bool:
    return signal.rule in rules and rules[signal.rule].weak


def independent_source(signal: Signal) -> str:
    """The independent voice behind a signal: a government counts once however many of its officials speak."""
    return signal.says.value if signal.says in (Says.US, Says.CN, Says.BOTH) else signal.origin


def _sides(signals: Iterable[Signal]) -> set[str]:
    """The sides whose own word is among these. An official text that is neither government's is one of the others'."""
    spoken: set[str] = set()
    for signal in signals:
        spoken |= {"us", "cn"} if signal.says is Says.BOTH else {signal.says.value}
        if signal.says is Says.PRESS and signal.tier is Tier.OFFICIAL:
            spoken.add(OTHER_PARTIES)
    return spoken


def contradicting_signal(signal: Signal, open_claims: Mapping[str, Claim], policy: Policy) -> Signal | None:
    """The latest signal on the same act whose word comes from the other government and cannot be true together with this one.

    Both must be told by publishers that count: an aggregator neither corroborates nor contradicts.
    """
    if signal.says not in (Says.US, Says.CN) or signal.tier not in policy.corroborating_tiers:
        return None
    other = Says.CN if signal.says is Says.US else Says.US
    opposed = (
        NEGATIVE_EFFECTS
        if signal.effect in POSITIVE_EFFECTS | {Effect.DEADLINE}
        else POSITIVE_EFFECTS | {Effect.DEADLINE}
    )
    oldest = signal.happened.end - timedelta(days=policy.corroborate_days)
    rivals = [
        rival
        for claim in open_claims.values()
        for rival in claim.signals
        if rival.rule == signal.rule
        and rival.says is other
        and rival.happened.end >= oldest
        and rival.tier in policy.corroborating_tiers
        and rival.effect in opposed
        and (rival.denied or signal.denied)
        and _same_amount(rival, signal)
    ]
    return max(rivals, key=lambda s: (s.happened.end, s.id), default=None)


def _same_amount(one: Signal, two: Signal) -> bool:
    """Amounts of another basis or period are no contradiction."""
    if one.quantity is None or two.quantity is None:
        return True
    return (one.quantity.basis, one.quantity.period) == (two.quantity.basis, two.quantity.period)


def is_official_act(signal: Signal) -> bool:
    """A formal act in an official text, which need not wait for the news to settle. A blow that changes the terms is one: told
    with them at once, it is no news again when the wires come to say the same."""
    acts = signal.effect in (Effect.DELIVERED, Effect.BREACH, Effect.DEADLINE)
    return signal.tier is Tier.OFFICIAL and (acts or (signal.effect is Effect.SETBACK and bool(signal.terms)))

"""Corroboration: signals with the same content form a claim, supported by its independent sources.

A claim stays open for policy's `corroborate_days`. The similarity of texts does not matter here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache

from monitor.domain.matching.attribution import HEARSAY
from monitor.domain.matching.rules import READER, RuleInfo
from monitor.domain.model.commitments import Commitment
from monitor.domain.model.enums import NEGATIVE_EFFECTS, POSITIVE_EFFECTS, By, Effect, Level, Modality, Says, Tier
from monitor.domain.model.news import ReaderKind, Signal, Story
from monitor.domain.model.policy import Policy
from monitor.domain.model.publishers import Publishers
from monitor.domain.model.sides import COMPANY, JOINT
from monitor.domain.stories.headline_words import ACTORS, GOODS
from monitor.domain.stories.similarity import normalised_tokens

POSITIVE_OR_DATE = POSITIVE_EFFECTS | {Effect.DEADLINE}
CLAIM_EFFECTS = POSITIVE_OR_DATE | NEGATIVE_EFFECTS
OTHER_PARTIES = "others"
"""The owing side of a promise by neither government nor a company."""
SAME_DAYS = timedelta(days=2)
"""Two sides contradict each other only if they speak of an act within this time: later words answer later acts."""
BY_READER = f"/{READER}"
"""The end of the rule of a signal that only a model reads."""
OWN_TIERS = frozenset({Tier.OFFICIAL, Tier.STATE_MEDIA})
"""The publishers that print a side's own text."""
UNNAMED = re.compile(r"(\bexclusive\b|\bsources?\b)|(\bfamiliar\b|\binsiders?\b)", re.IGNORECASE)
"""A report that rests on sources of its own, without their names. Who retells it keeps its word for them."""
_hearsay = lru_cache(maxsize=16384)(HEARSAY.search)  # each decision asks again for all live signals
RETOLD_WORDS, SHORT_WORD = 3, 3
"""Words that a retold report shares with its source, without names and goods, and the letters of words that do not
count (estimates)."""
MIN_HEADLINE_WORDS, SAME_WIRE_SHARE = 5, 0.75
"""Headlines that share so many significant words, and three in four or all of the shorter one, are one wire's report:
estimates, which join "China to suspend some rare earth curbs, probes on US chip firms" with "China to suspend some rare
earth curbs, US chip firm probes". On the archive to May 2026 they change no alert."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Signals that say one thing about one commitment, oldest first."""

    key: str
    signals: tuple[Signal, ...]

    @property
    def latest(self) -> Signal:
        return self.signals[-1]

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(signal.id for signal in self.signals)


@dataclass(frozen=True, slots=True)
class Support:
    """How well a claim is supported.

    origins: the number of independent sources that count. official: every owing side has confirmed it, in its own text
    or through an official whom a wire quotes, or the side that benefits has confirmed a delivery. data: statistics of
    record (named by policy) report it. formal: an official text records a formal act. is_strong_enough: at least one
    source may move a verdict. has_word_of_a_side: such a source is a side, not the press. unconfirmed_sides: owing
    sides without a statement. confirmed: it meets the evidence threshold. owing_heard: an owing side has spoken.
    """

    origins: int
    official: bool
    data: bool
    formal: bool
    is_strong_enough: bool
    has_word_of_a_side: bool
    unconfirmed_sides: tuple[str, ...]
    confirmed: bool
    owing_heard: bool

    def moves_without_threshold(self, policy: Policy) -> bool:
        """Enough for a standing that needs no threshold: a side says it, or enough of the press does."""
        return self.is_strong_enough and (self.has_word_of_a_side or self.data or self.origins >= policy.press_origins)

    def can_change_outlook(self, origins: int) -> bool:
        """Enough to change an outlook: a formal act in an official text, statistics of record, or `origins` sources."""
        return self.formal or self.data or (self.is_strong_enough and self.origins >= origins)


def with_best_publisher(
    signal: Signal, stories: Mapping[str, Story], publishers: Publishers, commitment: Commitment
) -> Signal:
    """The signal with the best publisher among all outlets that carried its story.

    A reprint may reach us before the wire. A statement in another outlet's own text stays with that outlet.
    """
    story = stories.get(signal.story)
    if story is None or len(story.outlets) < 2 or signal.revision != story.revision:
        return signal
    best = min((publishers.find(outlet.source, outlet.url) for outlet in story.outlets), key=lambda p: p.tier)
    if best.tier >= signal.tier:
        return signal
    if signal.says is not Says.PRESS:
        return replace(signal, tier=best.tier)
    of_deal = best.side in (COMPANY, *commitment.parties)
    speaks_for_side = of_deal and best.tier in (Tier.OFFICIAL, Tier.STATE_MEDIA)
    return replace(signal, tier=best.tier, origin=best.origin, says=Says(best.side) if speaks_for_side else signal.says)


def add_to_claim(open_claims: dict[str, Claim], signal: Signal, policy: Policy) -> Claim:
    """Add the signal to its claim, drop members older than the corroboration window, and return the new claim.

    Signals of one claim agree in effect and object; for a deadline also in its date or length; for a pledge also in
    whether it is a rumour, because rumours do not corroborate a promise.
    """
    term = "rumour" if signal.effect is Effect.PLEDGE and signal.modality is Modality.RUMOUR else ""
    if signal.effect is Effect.DEADLINE:
        term = signal.date.date.isoformat() if signal.date else f"{signal.lasts or ''}"
    about = signal.object or ("stall" if signal.stalls else "")
    key = "|".join((signal.commitment, signal.effect, about, term))
    oldest = signal.happened.end - timedelta(days=policy.corroborate_days)
    known = open_claims[key].signals if key in open_claims else ()
    claim = Claim(key, (*(s for s in known if s.happened.end >= oldest), signal))
    open_claims[key] = claim
    return claim


def obliged_parties(commitment: Commitment) -> tuple[str, ...]:
    """The owing parties of a commitment, one by one."""
    return tuple(commitment.owed_by.split(JOINT))


def assess_support(claim: Claim, commitment: Commitment, policy: Policy) -> Support:
    """Assess how well a claim is supported. Signals of weak acts are in no claim."""
    counted = [s for s in claim.signals if s.tier in policy.corroborating_tiers]
    strong = [s for s in counted if s.tier in policy.moving_tiers]
    origins = count_sources(counted)
    unlisted = [s for s in claim.signals if s.tier is Tier.UNKNOWN and s.says is Says.PRESS]
    if counted and len(unlisted) >= policy.unlisted_per_source > 0:  # they only add to a listed one
        origins += count_sources((*counted, *unlisted)) - origins >= policy.unlisted_per_source
    spoken: set[str] = set()
    for signal in counted:
        if signal.tier in policy.moving_tiers:
            spoken |= signal.says.parties or {signal.says.value}
            # An official text of another party, whether the rules declare the party or not.
            foreign = signal.says.parties.difference(commitment.parties)
            if signal.tier is Tier.OFFICIAL and (signal.says is Says.PRESS or foreign):
                spoken.add(OTHER_PARTIES)
    owing = (OTHER_PARTIES,) if claim.signals and claim.latest.by is By.THIRD else obliged_parties(commitment)
    silent = tuple(side for side in owing if side not in spoken)
    # Statistics of record count on the promised basis: arrivals of a month say little about bookings.
    promised, data = {target.basis for target in commitment.targets}, False
    for signal in counted:
        if signal.says is Says.DATA and signal.origin in policy.statistics:
            basis = signal.quantity.basis if signal.quantity else ""
            basis = basis or ("arrived" if signal.origin in policy.arrival_statistics else "")
            data = data or not promised or basis in {*promised, ""}
    # The side that benefits has no reason to report a delivery that did not happen. Who benefits from what others do,
    # no one knows.
    received = (s.says.parties for s in strong if s.effect is Effect.DELIVERED and OTHER_PARTIES not in owing)
    official = not silent or any(side and side.isdisjoint(owing) for side in received)
    strong_enough = bool(strong) or origins >= policy.origins_needed
    return Support(
        origins,
        official,
        data,
        any(is_official_act(s) for s in counted),
        strong_enough,
        any(s.says is not Says.PRESS for s in strong),
        silent,
        official or data or origins >= policy.origins_needed,
        len(silent) < len(owing),
    )


def without_lone_readings(claim: Claim) -> Claim:
    """The claim without the acts that only a model reads: these neither begin nor end a final standing."""
    by_rules = tuple([s for s in claim.signals if not s.rule.endswith(BY_READER)])
    return claim if len(by_rules) == len(claim.signals) else replace(claim, signals=by_rules)


def is_weak(signal: Signal, rules: Mapping[str, RuleInfo]) -> bool:
    """Whether a signal neither moves nor corroborates: its rule is weak or its act only mentioned in passing, and no
    reader agrees with it."""
    rule = rules.get(signal.rule)
    agrees = any(who.kind is not ReaderKind.RULE and who.effect is signal.effect for who in signal.read_by)
    return (signal.passing or (rule is not None and rule.weak)) and not agrees


def weighs_otherwise(signal: Signal, before: Signal | None, rules: Mapping[str, RuleInfo]) -> bool:
    """Whether a changed signal weighs differently in a verdict. before: its former state, None if it is new."""
    # The rule's version does not matter, and readers matter only where they make the signal weak or firm.
    if before is None or is_weak(before, rules) is not is_weak(signal, rules):
        return True
    return replace(before, rule_version=signal.rule_version, read_by=signal.read_by) != signal


def independent_source(signal: Signal) -> str:
    """The independent source behind a signal. All officials of a party are one source."""
    return signal.says.value if signal.says.parties else signal.origin


def is_relayed(signal: Signal) -> bool:
    """Whether a report says only what other media report: it adds nothing to theirs."""
    return signal.says is Says.PRESS and _hearsay(signal.quote) is not None


def count_sources(signals: Sequence[Signal]) -> int:
    """The number of independent sources behind signals. Nearly equal headlines within a day are one wire's report."""
    signals = [signal for signal in signals if not is_relayed(signal)] or signals[:1]
    reports = [(s.origin, s.quote, s.happened.end) for s in signals if s.says is Says.PRESS]
    others = {independent_source(s) for s in signals if s.says is not Says.PRESS}
    papers = {origin for origin, _, _ in reports} - others
    return len(others) + (len(papers) if len(papers) < 2 else _count_wires(tuple(r for r in reports if r[0] in papers)))


def by_source(signals: Sequence[Signal]) -> tuple[Signal, ...]:
    """The signals in their order, the first of each independent source before all others."""
    first: tuple[Signal, ...] = ()
    for signal in signals:
        first += (signal,) if count_sources((*first, signal)) > count_sources(first) else ()
    return tuple(dict.fromkeys((*first, *signals)))


@lru_cache(maxsize=8192)  # each decision counts the sources of all live claims again
def _count_wires(reports: tuple[tuple[str, str, datetime], ...]) -> int:
    """The number of papers behind reports (paper, headline, time), without those that print what another has."""
    independent: dict[str, list[tuple[str, datetime]]] = {}
    by_paper: dict[str, list[tuple[str, datetime]]] = {}
    for paper, headline, at in reports:
        by_paper.setdefault(paper, []).append((headline, at))
    for paper, own in by_paper.items():
        known = [report for others in independent.values() for report in others]
        if not any(_is_reprint(*report, *other) for report in own for other in known):
            independent[paper] = own
    return len(independent)


def _is_reprint(headline: str, at: datetime, known: str, before: datetime) -> bool:
    words, others = headline_words(headline), headline_words(known)
    shared = words & others
    sourced = {found.lastindex for found in (UNNAMED.search(known), UNNAMED.search(headline)) if found}
    if len(sourced) == 1:
        return len({word for word in shared - ACTORS - GOODS if len(word) > SHORT_WORD}) >= RETOLD_WORDS
    alike = shared in (words, others) or len(shared) >= SAME_WIRE_SHARE * len(words | others)
    return alike and len(shared) >= MIN_HEADLINE_WORDS and abs(at - before) <= timedelta(days=1)


@lru_cache(maxsize=16384)
def headline_words(quote: str) -> frozenset[str]:
    """The significant words of a headline."""
    return frozenset(normalised_tokens(quote))


def is_agreement(signal: Signal) -> bool:
    """Whether several parties agree on a promise, in more than a rumour: they make it together, or one makes it and
    another tells of it."""
    several = len(signal.by.parties) > 1 or (bool(signal.by.parties) and not signal.says.parties <= signal.by.parties)
    return signal.effect is Effect.PLEDGE and several and signal.modality is not Modality.RUMOUR


def contradicting_signal(signal: Signal, open_claims: Mapping[str, Claim], policy: Policy) -> Signal | None:
    """The latest signal of another party on the same act that contradicts this one; None if there is none.

    Both speak of it within two days. Amounts of different basis or period do not contradict each other.
    """
    if len(signal.says.parties) != 1 or signal.tier not in policy.corroborating_tiers:
        return None
    opposed = NEGATIVE_EFFECTS if signal.effect in POSITIVE_OR_DATE else POSITIVE_OR_DATE
    oldest = signal.happened.end - SAME_DAYS
    rivals = []
    for rival in (s for claim in open_claims.values() for s in claim.signals):
        of_another = len(rival.says.parties) == 1 and rival.says is not signal.says
        same_act = (rival.rule, rival.object) == (signal.rule, signal.object) and rival.happened.end >= oldest
        opposes = rival.effect in opposed and (rival.denied or signal.denied)
        if of_another and same_act and opposes and rival.tier in policy.corroborating_tiers:
            a, b = rival.quantity, signal.quantity
            if a is None or b is None or (a.basis, a.period) == (b.basis, b.period):
                rivals.append(rival)
    return max(rivals, key=lambda s: (s.happened.end, s.id), default=None)


def is_own_word(signal: Signal) -> bool:
    """Whether a party tells of its own act, in a text of its own or in its state media."""
    own = len(signal.by.parties) == 1 and signal.says.value == signal.by.value
    return own and signal.tier in OWN_TIERS


def is_official_act(signal: Signal) -> bool:
    """Whether an official text records a formal act, which is decided without waiting for the news to settle.

    Of negative signals these are an order by the party that tells of it, its threat for a certain day, and a setback
    that changes the terms: its alert includes them, so that later wire reports of them are no news.
    """
    acts = signal.effect in (Effect.DELIVERED, Effect.BREACH, Effect.DEADLINE)
    own = is_own_word(signal)
    if signal.effect is Effect.THREAT:
        return own and signal.date is not None
    laid = bool(signal.terms) or (own and signal.level is Level.ORDER)
    return (own or signal.tier is Tier.OFFICIAL) and (acts or (signal.effect is Effect.SETBACK and laid))

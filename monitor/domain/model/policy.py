"""Weights and windows of verdicts and messages, with the defaults that rules/policy.yaml documents."""

from __future__ import annotations

from dataclasses import dataclass, field

from monitor.domain.model.enums import Tier


@dataclass(frozen=True, slots=True)
class Policy:
    """Weights and windows of rules/policy.yaml; the defaults here are its documented table. Days and seconds as named."""

    live_days: int = 45
    """Signals older than this are folded into the verdict; one that arrives later moves nothing without a person."""
    settle_seconds: int = 90
    late_hours: int = 72
    digest_only_days: int = 7
    held_hours: int = 72
    corroborate_days: int = 7
    """Two independent origins count together when they speak within this many days."""
    origins_needed: int = 2
    press_origins: int = 2
    """So many independent voices of the press pledge or begin a thing, which the word of a side does at once; 1: the first wire."""
    outlook_origins: int = 3
    """So many independent voices turn an outlook, for the worse or the better; 1: the first wire. A formal act in an official text and
    statistics of record need none."""
    outlook_days: int = 3
    """Within so many days they must speak."""
    partly_met_share: float = 0.5
    progress_step: float = 0.1
    due_notices: tuple[int, ...] = (30, 7, 1)
    risk_again_days: int = 45
    """A further blow to what is at risk already is told again if so many days have passed since the last one told."""
    cooldown_hours: int = 48
    """The window in which messages on changes of one commitment are counted, for each route."""
    turns_allowed: int = 3
    """After this many messages within the window, what changes the outlook or a flag alone is left to the digest."""
    corroborating_tiers: frozenset[Tier] = field(
        default=frozenset({Tier.OFFICIAL, Tier.STATE_MEDIA, Tier.WIRE, Tier.TRADE})
    )
    moving_tiers: frozenset[Tier] = field(default=frozenset({Tier.OFFICIAL, Tier.STATE_MEDIA, Tier.WIRE}))
    """Publishers whose single word moves a standing or outlook that moves at once."""
    statistics: frozenset[str] = field(default=frozenset({"USDA data", "China Customs", "US Census Bureau"}))
    """Origins whose counts are data of record: they bear themselves; any other count needs a second counter."""
    arrival_statistics: frozenset[str] = field(default=frozenset({"China Customs"}))
    """Those of them that count what has arrived, which says little about what has been booked."""

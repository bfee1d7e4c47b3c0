"""The weights and windows of verdicts and messages, with the defaults that rules/policy.yaml documents."""

from __future__ import annotations

from dataclasses import dataclass, field

from monitor.domain.model.enums import Tier
from monitor.domain.model.news import ReaderMode


@dataclass(frozen=True, slots=True)
class Policy:
    """The weights and windows of rules/policy.yaml, whose documented table these defaults are."""

    live_days: int = 45
    """Signals older than this are folded into the verdict; one that arrives later moves nothing without a person."""
    settle_seconds: int = 90
    late_hours: int = 72
    digest_only_days: int = 7
    held_hours: int = 72
    corroborate_days: int = 7
    """Two independent origins corroborate each other if they report within this many days."""
    origins_needed: int = 2
    unlisted_per_source: int = 2
    """Publishers that sources.yaml does not list: so many together count as one source beside a listed one."""
    kept_days: int = 14
    """A state to be kept that has begun is in force after this many days without corroborated bad news."""
    fade_days: int = 45
    """A blow to a state in force no longer puts it at risk after this many days without further bad news."""
    presumed_days: int = 30
    """Two independent origins that presume a completion on two days count together within this many days."""
    rival_hours: int = 24
    """A breach must be reported by more sources than the same act as a threat or setback in this many hours."""
    doubt_days: int = 30
    """A final standing that only one source claims, and a contradiction, end after this many days."""
    press_origins: int = 1
    """Independent press sources needed to move to pledged or in_progress; one statement of a side is enough."""
    outlook_origins: int = 3
    """Independent sources needed to turn an outlook. A formal act and statistics of record need none."""
    outlook_days: int = 3
    """Those sources must report within this many days."""
    threat_days: int = 180
    """A threat for a day further ahead than this is an event and no risk yet."""
    partly_met_share: float = 0.5
    progress_step: float = 0.1
    due_notices: tuple[int, ...] = (30, 7, 1)
    event_origins: int = 2
    """Independent sources for announcing an event at once."""
    event_talk_origins: int = 3
    """The same for a plan or threat that only the press reports."""
    event_hours: int = 36
    """Those sources must report within this many hours."""
    event_apart_hours: int = 20
    """A report within this many hours of an announced event of its direction belongs to that event."""
    event_again_origins: int = 4
    """Independent sources that a further event needs while the last one of its direction is fresh."""
    event_again_days: int = 3
    """For this many days an announced event is fresh."""
    event_follow_hours: int = 24
    """A change within this many hours of an announced event is a reply to its message."""
    cooldown_hours: int = 48
    """The window in which messages on changes of one commitment count, for each route."""
    turns_allowed: int = 3
    """After this many messages within the window, changes of the outlook or a flag alone wait for the digest."""
    unread_hours: int = 12
    """A change by time alone needs an answer of a relevant source within this many hours before it."""
    recheck_hours: int = 24
    """After a long time without such an answer, this many hours of reading come before changes by time alone."""
    corroborating_tiers: frozenset[Tier] = field(
        default=frozenset({Tier.OFFICIAL, Tier.STATE_MEDIA, Tier.WIRE, Tier.TRADE})
    )
    moving_tiers: frozenset[Tier] = field(default=frozenset({Tier.OFFICIAL, Tier.STATE_MEDIA, Tier.WIRE}))
    """The tiers whose single report moves a standing or outlook that needs no corroboration."""
    statistics: frozenset[str] = field(default=frozenset({"USDA data", "China Customs", "US Census Bureau"}))
    """Origins whose counts are data of record and need no corroboration; any other count needs a second counter."""
    arrival_statistics: frozenset[str] = field(default=frozenset({"China Customs"}))
    """The statistics that count arrivals, which say little about bookings."""
    one_counter: tuple[tuple[str, str], ...] = (("USDA data", "USDA"),)
    """Counter names with the name of their agency: messages show only the newest count of an agency."""
    reader: ReaderMode = ReaderMode.LEADS
    """How the readings of a language model and the rules are combined. Without readings only the rules count."""

    @property
    def memory_days(self) -> int:
        """For this many days a signal can corroborate later ones."""
        return max(self.corroborate_days, self.presumed_days)

    def agency(self, counter: str) -> str:
        """The agency that counts under this name."""
        return dict(self.one_counter).get(counter, counter)

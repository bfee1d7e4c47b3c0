"""How verdicts are reached, for readers: what each word means, with the figures of the policy in force."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from monitor.domain.model import Policy
from monitor.domain.model.enums import FlagKind, Outlook, Standing, Tier
from monitor.domain.text.labels import FLAG_LABELS, join_list, label_of, number_word

STATUS_MEANINGS: Mapping[str, str] = {
    Standing.UNPLEDGED: "It is in the text of the deal or in the news, but nobody who owes it has promised it yet.",
    Standing.PLEDGED: "Those who owe it have promised it. Nothing has been done yet.",
    Standing.IN_PROGRESS: "Something has been done that counts towards it.",
    Standing.PARTLY_MET: "A part that the promise names is done.",
    Standing.MET: "What was promised is done.",
    Standing.IN_FORCE: "It holds, from a day on or until one, and is being kept.",
    Outlook.AT_RISK: "It still stands, but acts or words of weight point to its end.",
    Outlook.STALLED: "One side has stopped what keeps it going, or closes what the other has just opened.",
    Standing.BREACHED: "A side has done what it promised not to do, or has said that it will not do what it promised.",
    Standing.LAPSED: "Its day has passed, and it was neither done nor extended.",
}
FLAG_MEANINGS: Mapping[FlagKind, str] = {
    FlagKind.UNCONFIRMED: "The report that counts most has not been borne out by those who owe the promise, or by a second source.",
    FlagKind.CONTESTED: "Two governments speak of one act, and one of them denies it.",
    FlagKind.OVERDUE: "A due date has passed and the promise is not done.",
    FlagKind.LATE: "It was done after its due date.",
    FlagKind.BEHIND_PACE: "The confirmed count lies under half of the straight line from start to due date.",
    FlagKind.STALE: "Nothing has been read of it for longer than its kind of promise allows.",
    FlagKind.PINNED: "A person holds the status, with a reason that is shown.",
    FlagKind.UNCHECKED: "Time alone would have moved the status, but no source that could tell otherwise was read.",
}


@dataclass(frozen=True, slots=True)
class Meaning:
    """key: of a status or flag; word: as it is printed."""

    key: str
    word: str
    text: str


@dataclass(frozen=True, slots=True)
class HowPage:
    """Texts with figures are ready to stand in a sentence: 'two independent sources', '36 hours'. Lists name with 'and' between the last
    two. with_readings: whether readings of a model count beside the rules where there are any."""

    statuses: tuple[Meaning, ...]
    flags: tuple[Meaning, ...]
    origins: str
    within: str
    statistics: str
    arrivals: str
    press: str
    turning: str
    turning_within: str
    counting: str
    moving: str
    event: str
    event_within: str
    talk: str
    again: str
    again_within: str
    apart: str
    follow: str
    late: str
    notices: str
    unread: str
    recheck: str
    live: str
    held: str
    with_readings: bool


def how_page(policy: Policy) -> HowPage:
    return HowPage(
        statuses=tuple(Meaning(key, label_of(key), text) for key, text in STATUS_MEANINGS.items()),
        flags=tuple(Meaning(key.value, FLAG_LABELS[key.value], text) for key, text in FLAG_MEANINGS.items()),
        origins=_sources(policy.origins_needed),
        within=_count(policy.corroborate_days, "day"),
        statistics=join_list(sorted(policy.statistics)),
        arrivals=join_list(sorted(policy.arrival_statistics)),
        press=_sources(policy.press_origins),
        turning=_sources(policy.outlook_origins),
        turning_within=_count(policy.outlook_days, "day"),
        counting=_tiers(policy.corroborating_tiers),
        moving=_tiers(policy.moving_tiers),
        event=_sources(policy.event_origins),
        event_within=_count(policy.event_hours, "hour"),
        talk=_sources(policy.event_talk_origins),
        again=_sources(policy.event_again_origins),
        again_within=_count(policy.event_again_days, "day"),
        apart=_count(policy.event_apart_hours, "hour"),
        follow=_count(policy.event_follow_hours, "hour"),
        late=_count(policy.late_hours, "hour"),
        notices=join_list([str(days) for days in policy.due_notices]),
        unread=_count(policy.unread_hours, "hour"),
        recheck=_count(policy.recheck_hours, "hour"),
        live=_count(policy.live_days, "day"),
        held=_count(policy.held_hours, "hour"),
        with_readings=policy.reader.value != "off",
    )


def _count(number: int, noun: str) -> str:
    """'one day', '36 hours'."""
    return f"{number_word(number)} {noun}{'' if number == 1 else 's'}"


def _sources(number: int) -> str:
    return _count(number, "independent source")


def _tiers(tiers: Iterable[Tier]) -> str:
    return join_list([TIER_NAMES[tier] for tier in sorted(tiers)])


TIER_NAMES: Mapping[Tier, str] = {
    Tier.OFFICIAL: "official publishers",
    Tier.STATE_MEDIA: "state media",
    Tier.WIRE: "the general press with its wires",
    Tier.TRADE: "the trade press",
    Tier.AGGREGATOR: "aggregators",
    Tier.UNKNOWN: "outlets that the rules do not know",
}

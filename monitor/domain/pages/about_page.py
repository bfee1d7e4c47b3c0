"""The pages "How verdicts are reached", with the sources and their health, and "Glossary"."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime

from monitor.domain.messages.briefs import SourceState
from monitor.domain.messages.context import RenderContext
from monitor.domain.messages.digest.brief import SOURCE_STATES, unchecked_verdicts
from monitor.domain.model import Policy
from monitor.domain.model.enums import FlagKind, Outlook, Standing, Tier
from monitor.domain.pages.board import UNREAD, source_state
from monitor.domain.pages.key_events import NEW_ROUND
from monitor.domain.pages.material import SiteMaterial
from monitor.domain.text.labels import FLAG_LABELS, capitalised, join_list, number_word, pluralised
from monitor.domain.text.plain import one_line

STATUS_MEANINGS: Mapping[str, str] = {
    Standing.UNPLEDGED: "The text of the deal or the news mentions it, but no side that would owe it has pledged it.",
    Standing.PLEDGED: "The sides that owe it have said that they will do it. Nothing has been done yet.",
    Standing.IN_PROGRESS: "Something has been done that counts towards it.",
    Standing.PARTLY_MET: "A named part of it is done.",
    Standing.MET: "It is fulfilled.",
    Standing.IN_FORCE: "It is in force and is being kept, perhaps only until a set day.",
    Outlook.AT_RISK: "Weighty acts or statements point to its end or failure. The word before it still holds.",
    Outlook.STALLED: "One side has stopped an important step, or has closed what the other has just opened.",
    Standing.BREACHED: "A side broke it, or said that it will not keep it.",
    Standing.LAPSED: "Its day has passed without fulfilment or extension.",
}
FLAG_MEANINGS: Mapping[FlagKind, str] = {
    FlagKind.UNCONFIRMED: "Neither a side that owes it nor a second source has confirmed its report or the named one. "
    "In an alert, “subject to confirmation by” names the side that has not.",
    FlagKind.CONTESTED: "Two sides speak about the same act: one says that it happened, the other denies it.",
    FlagKind.OVERDUE: "A due date has passed and the commitment is not fulfilled.",
    FlagKind.LATE: "It was done after its due date.",
    FlagKind.BEHIND_PACE: "The confirmed count is less than half of what a steady pace would have reached. "
    "It is trouble only if official statistics are the first to show it.",
    FlagKind.STALE: "There has been no news for longer than this kind of commitment allows.",
    FlagKind.PINNED: "A person holds the status, for a reason that is shown.",
    FlagKind.UNCHECKED: "Time alone would have changed the status, but no source that could contradict it was read.",
}
MARKS: Mapping[str, str] = {
    "terms changed": "An order or a ruling has changed what the text of the commitment says.",
    "new": "The event is of the last 24 hours.",
    NEW_ROUND: "The talks have met their last goal and begin again. That is no step back.",
    "summit or signing": "Leaders have met or signed.",
}
"""The other remarks on the pages."""
TIER_NAMES: Mapping[Tier, str] = {
    Tier.OFFICIAL: "official publishers",
    Tier.STATE_MEDIA: "state media",
    Tier.WIRE: "general news outlets",
    Tier.TRADE: "trade, regional and third-country media",
    Tier.AGGREGATOR: "aggregators",
    Tier.UNKNOWN: "outlets that the rules do not list",
}
SHARED_TERMS = "In more than one deal"
UNITS: Mapping[str, str] = {"origins": "independent source", "days": "day", "hours": "hour"}
"""Part of the name of a figure -> its unit."""


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One feed. says: its state in words; failing: since when it does not answer; newest: its last new item."""

    name: str
    state: SourceState
    says: str
    failing: datetime | None
    newest: datetime | None
    detail: str


@dataclass(frozen=True, slots=True)
class AboutPage:
    """blind: no source is being read; reading: the state of the sources; outlets: by tier, closest to the events first,
    each with the number of its reports that the pages cite; unchecked: (commitment, name, sentence); policy: figures by
    their key ('two independent sources', '36 hours'); grace: when a commitment lapses; with_readings:
    readings of models count."""

    blind: bool
    reading: str
    sources: tuple[SourceRow, ...]
    outlets: tuple[tuple[str, tuple[tuple[str, int], ...]], ...]
    unchecked: tuple[tuple[str, str, str], ...]
    policy: Mapping[str, str]
    grace: str
    with_readings: bool


@dataclass(frozen=True, slots=True)
class GlossaryPage:
    """statuses: (key, meaning); flags: (remark, meaning); deals: (name, (term, meaning)), terms sorted, first those
    that several deals explain in the same words."""

    statuses: tuple[tuple[str, str], ...]
    flags: tuple[tuple[str, str], ...]
    deals: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


def glossary_page(material: SiteMaterial) -> GlossaryPage:
    uses = Counter(term for deal in material.deals.values() for term in deal.glossary.items())
    groups = {SHARED_TERMS: {term for term, deals in uses.items() if deals > 1}}
    groups |= {material.deal_name(name): {*deal.glossary.items()} for name, deal in sorted(material.deals.items())}
    shared = groups[SHARED_TERMS]
    deals = (
        (name, tuple(sorted(terms if terms is shared else terms - shared, key=lambda term: term[0].casefold())))
        for name, terms in groups.items()
        if terms
    )
    flags = tuple((FLAG_LABELS[flag], text) for flag, text in FLAG_MEANINGS.items())
    return GlossaryPage(tuple(STATUS_MEANINGS.items()), (*flags, *MARKS.items()), tuple(deals))


def cited_outlets(context: RenderContext) -> tuple[tuple[str, tuple[tuple[str, int], ...]], ...]:
    """The outlets of the cited reports by tier, closest to the events first, each with the number of its reports."""
    counts: dict[Tier, Counter[str]] = defaultdict(Counter)
    for story in context.stories.values():
        tier = context.publishers.find(story.source, story.url).tier
        counts[tier][context.outlet(story.source, story.url)] += 1
    return tuple(
        (capitalised(TIER_NAMES[tier]), tuple(counts[tier].most_common())) for tier in TIER_NAMES if tier in counts
    )


def about_page(material: SiteMaterial) -> AboutPage:
    context, policy = material.context, material.context.policy
    blind, reading = source_state(material)
    quiet = sum(source.state in ("silent", "frozen") for source in material.sources)
    if quiet:
        reading += f" {quiet} {'answers, but brings' if quiet == 1 else 'answer, but bring'} nothing new."
    unchecked = (
        (name, commitment.short, line.text)
        for name, commitment in context.commitments.items()
        for line in unchecked_verdicts([(commitment, context.verdicts[name])], context)
    )
    rows = []
    for source in material.sources:
        unread = source.state in UNREAD
        says = SOURCE_STATES[source.state][0] if source.state in SOURCE_STATES else "answers"
        detail = one_line(source.detail, 160)
        if source.state == "never" and detail:  # it had no chance to answer, and the detail says why
            says, detail = detail, ""
        newest = source.newest or (None if unread else source.since)
        failing = source.since if unread else None
        rows.append(SourceRow(one_line(source.name, 60), source.state, says, failing, newest, detail))
    order = (*SOURCE_STATES, "ok")  # trouble first
    return AboutPage(
        blind=blind,
        reading=reading,
        sources=tuple(sorted(rows, key=lambda row: (order.index(row.state), row.name.casefold()))),
        outlets=cited_outlets(context),
        unchecked=tuple(unchecked),
        policy=policy_figures(policy),
        grace=grace_periods(context),
        with_readings=policy.reader.value != "off",
    )


def grace_periods(context: RenderContext) -> str:
    """'60 days later (Soybeans), 30 days later (TikTok sale) and at once (any other commitment)'."""
    periods = defaultdict[int, list[str]](list)
    for commitment in context.commitments.values():
        periods[commitment.grace_days].append(commitment.short)
    named = [f"{pluralised(days, 'day')} later ({join_list(periods[days])})" for days in sorted(periods)[::-1] if days]
    others = [f"at once{' (any other commitment)' if named else ''}"] if 0 in periods else []
    return join_list([*named, *others])


def policy_figures(policy: Policy) -> dict[str, str]:
    """The figures of the policy in words."""
    found, few = {}, policy.unlisted_per_source
    for field in fields(policy):
        number = getattr(policy, field.name)
        for unit in [UNITS[part] for part in field.name.split("_") if part in UNITS]:
            found[field.name] = f"{number_word(number)} {unit}{'' if number == 1 else 's'}"
    return {
        **found,
        "unlisted": f", but {number_word(few)} of them that report the same as a listed outlet count as one more source"
        if few
        else "",
        "statistics": join_list(sorted(policy.statistics)),
        "arrival_statistics": join_list(sorted(policy.arrival_statistics)),
        "corroborating_tiers": join_list([TIER_NAMES[tier] for tier in sorted(policy.corroborating_tiers)]),
        "moving_tiers": join_list([TIER_NAMES[tier] for tier in sorted(policy.moving_tiers)]),
        "due_notices": join_list([str(days) for days in policy.due_notices]),
    }

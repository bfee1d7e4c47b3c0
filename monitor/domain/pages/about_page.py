"""The page "About": the health of the sources, how verdicts are reached, and the glossary."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime

from monitor.domain.messages.briefs import SourceState
from monitor.domain.messages.digest.brief import SOURCE_STATES, unchecked_verdicts
from monitor.domain.model import Policy
from monitor.domain.model.enums import FlagKind, Outlook, Standing, Tier
from monitor.domain.pages.board import UNREAD, source_state
from monitor.domain.pages.material import SiteMaterial
from monitor.domain.text.labels import FLAG_LABELS, join_list, number_word
from monitor.domain.text.plain import one_line

STATUS_MEANINGS: Mapping[str, str] = {
    Standing.UNPLEDGED: "The text of the deal or the news mentions it, but no side that would owe it has promised it.",
    Standing.PLEDGED: "The sides that owe it have promised it. Nothing has been done yet.",
    Standing.IN_PROGRESS: "Something has been done that counts towards it.",
    Standing.PARTLY_MET: "A named part of the promise is done.",
    Standing.MET: "The promise is fulfilled.",
    Standing.IN_FORCE: "It is in force, from a day on or until one, and is being kept.",
    Outlook.AT_RISK: "It is still in force, but weighty acts or statements point to its end.",
    Outlook.STALLED: "One side has stopped an important step, or has closed what the other has just opened.",
    Standing.BREACHED: "A side broke the promise, or said that it will not keep it.",
    Standing.LAPSED: "Its day has passed without fulfilment or extension.",
}
FLAG_MEANINGS: Mapping[FlagKind, str] = {
    FlagKind.UNCONFIRMED: "Neither the sides that owe it nor a second source has confirmed the most important report.",
    FlagKind.CONTESTED: "Two governments report the same act, and one of them denies it.",
    FlagKind.OVERDUE: "A due date has passed and the promise is not fulfilled.",
    FlagKind.LATE: "It was done after its due date.",
    FlagKind.BEHIND_PACE: "The confirmed count is less than half of the straight line from start to due date.",
    FlagKind.STALE: "There has been no news for longer than this kind of promise allows.",
    FlagKind.PINNED: "A person holds the status, for a reason that is shown.",
    FlagKind.UNCHECKED: "Time alone would have changed the status, but no source that could contradict it was read.",
}
TIER_NAMES: Mapping[Tier, str] = {
    Tier.OFFICIAL: "official publishers",
    Tier.STATE_MEDIA: "state media",
    Tier.WIRE: "news agencies and the general press",
    Tier.TRADE: "the trade press",
    Tier.AGGREGATOR: "aggregators",
    Tier.UNKNOWN: "outlets that the rules do not list",
}
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
class Term:
    """A word of the glossary. meaning: (text, whether it is code)."""

    word: str
    anchor: str
    meaning: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class AboutPage:
    """blind: no source is being read; reading: the state of the sources; unchecked: (commitment, name, sentence);
    statuses, flags: (key, meaning); policy: figures by their key ('two independent sources', '36 hours');
    with_readings: readings of models count; glossary: (title, terms)."""

    blind: bool
    reading: str
    sources: tuple[SourceRow, ...]
    unchecked: tuple[tuple[str, str, str], ...]
    statuses: tuple[tuple[str, str], ...]
    flags: tuple[tuple[str, str], ...]
    policy: Mapping[str, str]
    with_readings: bool
    glossary: tuple[tuple[str, tuple[Term, ...]], ...]


def about_page(material: SiteMaterial, glossary: str) -> AboutPage:
    """glossary: docs/glossary.md."""
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
        unchecked=tuple(unchecked),
        statuses=tuple(STATUS_MEANINGS.items()),
        flags=tuple((FLAG_LABELS[flag], text) for flag, text in FLAG_MEANINGS.items()),
        policy=policy_figures(policy),
        with_readings=policy.reader.value != "off",
        glossary=tuple(glossary_terms(glossary)),
    )


def policy_figures(policy: Policy) -> dict[str, str]:
    """The figures of the policy in words."""
    found = {}
    for field in fields(policy):
        number = getattr(policy, field.name)
        for unit in [UNITS[part] for part in field.name.split("_") if part in UNITS]:
            found[field.name] = f"{number_word(number)} {unit}{'' if number == 1 else 's'}"
    return {
        **found,
        "statistics": join_list(sorted(policy.statistics)),
        "arrival_statistics": join_list(sorted(policy.arrival_statistics)),
        "corroborating_tiers": join_list([TIER_NAMES[tier] for tier in sorted(policy.corroborating_tiers)]),
        "moving_tiers": join_list([TIER_NAMES[tier] for tier in sorted(policy.moving_tiers)]),
        "due_notices": join_list([str(days) for days in policy.due_notices]),
    }


def glossary_terms(markdown: str) -> list[tuple[str, tuple[Term, ...]]]:
    """(title, terms) of each section with a table. A word that appears twice is kept once."""
    sections: list[tuple[str, list[Term]]] = []
    anchors: set[str] = set()
    for line in markdown.splitlines():
        if line.startswith("## "):
            sections.append((line.removeprefix("## ").strip(), []))
        elif sections and line.startswith("|"):
            word, _, meaning = line.strip("| ").partition(" | ")
            anchor = f"word-{re.sub('[^a-z0-9]+', '-', word.lower()).strip('-')}"
            # Not the head of the table or its line of dashes.
            if meaning and word != "word" and set(word) - set("-| :") and anchor not in anchors:
                anchors.add(anchor)
                parts = re.split(r"`([^`]+)`", meaning.strip())
                pieces = tuple((part, number % 2 == 1) for number, part in enumerate(parts) if part)
                sections[-1][1].append(Term(word, anchor, pieces))
    return [(title, tuple(terms)) for title, terms in sections if terms]

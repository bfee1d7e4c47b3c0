"""Syndication: one report carried by many outlets. What an outlet's own text adds or repeats, and who is credited with it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time

from monitor.domain.model import Effect, Outlet, Signal, Story, Tier
from monitor.domain.model.publishers import Publishers
from monitor.domain.stories.entry_keys import page_key
from monitor.domain.stories.retraction_notices import is_withdrawal


@dataclass(frozen=True, slots=True)
class Revision:
    """One text of a story, and the outlet credited with it: the first that showed it, or one that still does.

    hash: the name of the text (`entry_keys.revision_hash`). live: some outlet still shows it.
    """

    story: str
    hash: str
    source: str
    url: str
    title: str
    summary: str
    seen_at: datetime
    live: bool = True


def as_reported_by(story: Story, revision: Revision) -> Story:
    """The story with one of its texts as its own. An outlet stores no `date_only`, so midnight sharp is a bare date."""
    if revision.hash == story.revision:
        return story
    credited = (revision.source, revision.url)
    times = (outlet.published_at for outlet in story.outlets if (outlet.source, outlet.url) == credited)
    published = next(times, story.published_at).astimezone(UTC)
    title, summary, withdrawn = revision.title, revision.summary, is_withdrawal(revision.title, revision.summary)
    story = replace(story, title=title, summary=summary, revision=revision.hash, withdrawn=withdrawn)
    story = replace(story, source=revision.source, url=revision.url, seen_at=revision.seen_at)
    return replace(story, published_at=published, date_only=published.time() == time())


def next_carrier(story: Story, departing: str, shown: Collection[str], publishers: Publishers) -> Outlet | None:
    """The outlet to credit with a text once the publisher `departing` no longer shows it; None if no other does.

    shown: the keys of the pages that still show it. Other pages of `departing` are only slower. Of several outlets the one
    nearest to the news is credited, and of equals the first.
    """
    outlets = ((publishers.find(outlet.source, outlet.url), outlet) for outlet in story.outlets)
    others = [(p.tier, outlet) for p, outlet in outlets if p.name != departing and page_key(outlet.url) in shown]
    return min(others, key=lambda pair: pair[0], default=(None, None))[1]


def statement_key(signal: Signal) -> tuple[str, ...]:
    """What a signal says, without its words."""
    return (signal.commitment, signal.effect, signal.by, signal.object)


def new_statements(signals: Iterable[Signal], said: Iterable[Signal]) -> list[Signal]:
    """The signals of an outlet's text that the story's other texts do not already give.

    A copy corroborates nothing, so what it repeats is left out. An official text counts even where a wire was first.
    """
    known = {statement_key(signal) for signal in said}
    return [signal for signal in signals if statement_key(signal) not in known or signal.tier is Tier.OFFICIAL]


def can_change_verdict(signal: Signal) -> bool:
    """Whether a signal can change a verdict: by what it reports, or by an amount that it only mentions."""
    return not signal.experimental and (signal.effect is not Effect.NONE or signal.quantity is not None)


def confirmed_elsewhere(lost: Signal, others: Iterable[Signal]) -> bool:
    """Whether another text of the story says what a lost signal said, from a publisher as near to the news."""
    key = statement_key(lost)
    return any(s.story == lost.story and statement_key(s) == key and s.tier <= lost.tier for s in others)

"""One report carried by many outlets: what an outlet's own text adds, what only repeats, and whose word a text is."""

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
    """One text of a story, and the outlet that is credited with it: who told it first, or tells it still.

    hash: the name of the text (`identity.revision_hash`). live: some outlet shows it still.
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
    """The story in the words of one of its texts. Of an outlet only the moment is kept: midnight sharp is a bare date."""
    if revision.hash == story.revision:
        return story
    credited = (revision.source, revision.url)
    carried = (o.published_at for o in story.outlets if (o.source, o.url) == credited)
    published = next(carried, story.published_at).astimezone(UTC)
    return replace(
        story,
        source=revision.source,
        url=revision.url,
        title=revision.title,
        summary=revision.summary,
        revision=revision.hash,
        seen_at=revision.seen_at,
        published_at=published,
        date_only=published.time() == time(),
        withdrawn=is_withdrawal(revision.title, revision.summary),
    )


def next_carrier(story: Story, departing: str, shown: Collection[str], publishers: Publishers) -> Outlet | None:
    """The outlet that is credited with a text once the publisher `departing` shows it no longer; None: no other shows it.

    shown: the keys of the pages that show it still. Other pages of `departing` are only slower. Of several outlets it is the
    nearest to the news, and the first of those.
    """
    outlets = ((publishers.find(outlet.source, outlet.url), outlet) for outlet in story.outlets)
    others = [(who.tier, outlet) for who, outlet in outlets if who.name != departing and page_key(outlet.url) in shown]
    return min(others, key=lambda found: found[0], default=(None, None))[1]


# ---------------------------------------------------------------- what texts say


def statement_key(signal: Signal) -> tuple[str, ...]:
    """What a signal says, without the words it was said in."""
    return (signal.commitment, signal.effect, signal.by, signal.object)


def new_statements(found: Iterable[Signal], said: Iterable[Signal]) -> list[Signal]:
    """The signals of an outlet's text that the story's other texts do not already give.

    A copy corroborates nothing, so what it repeats is left out; an official text counts even where a wire was first.
    """
    known = {statement_key(signal) for signal in said}
    return [signal for signal in found if statement_key(signal) not in known or signal.tier is Tier.OFFICIAL]


def can_change_verdict(signal: Signal) -> bool:
    """Whether a signal can change a verdict: by what it reports, or by an amount that it only mentions."""
    return not signal.experimental and (signal.effect is not Effect.NONE or signal.quantity is not None)


def confirmed_elsewhere(lost: Signal, found: Iterable[Signal]) -> bool:
    """Whether another text of the story says what a lost signal said, on the word of somebody as near to the news."""
    return any(s.story == lost.story and statement_key(s) == statement_key(lost) and s.tier <= lost.tier for s in found)

"""One report carried by many outlets: what an outlet's own text adds, what only repeats, and whose word a text is."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time

from monitor.domain.identity import page_key
from monitor.domain.model import Effect, Outlet, Signal, Story, Tier
from monitor.domain.notices import is_withdrawal
from monitor.domain.rules import Publishers


def gist(signal: Signal) -> tuple[str, ...]:
    """What a signal says, without the words it was said in."""
    return (signal.commitment, signal.effect, signal.by, signal.object)


def unsaid(found: Iterable[Signal], said: Iterable[Signal]) -> list[Signal]:
    """The signals of an outlet's text that the story's other texts do not already give.

    A copy is no second voice, so what it repeats is left out; an official text counts even where a wire was first.
    """
    known = {gist(signal) for signal in said}
    return [signal for signal in found if gist(signal) not in known or signal.tier is Tier.OFFICIAL]


def moves(signal: Signal) -> bool:
    """Whether a signal can change a verdict: by what it reports, or by an amount that it only mentions."""
    return not signal.experimental and (signal.effect is not Effect.NONE or signal.quantity is not None)


def still_said(lost: Signal, found: Iterable[Signal]) -> bool:
    """Whether another text of the story says what a lost signal said, on the word of somebody as near to the news."""
    return any((s.story, gist(s)) == (lost.story, gist(lost)) and s.tier <= lost.tier for s in found)


# ---------------------------------------------------------------- who tells a text


def heir(story: Story, leaver: str, shown: Collection[str], publishers: Publishers) -> Outlet | None:
    """Whose word a text becomes that the publisher `leaver` shows no longer; None: nobody else's, so that it dies.

    shown: the keys of the pages that show it still. Other pages of `leaver` are only slower. Of several outlets it is the
    nearest to the news, and the first of those.
    """
    outlets = ((publishers.find(outlet.source, outlet.url), outlet) for outlet in story.outlets)
    others = [(who.tier, outlet) for who, outlet in outlets if who.name != leaver and page_key(outlet.url) in shown]
    return min(others, key=lambda found: found[0], default=(None, None))[1]


@dataclass(frozen=True, slots=True)
class Text:
    """One text of a story, and who told it first or tells it still. name: the hash of the text."""

    name: str
    source: str
    url: str
    title: str
    summary: str
    seen_at: datetime


def told_by(story: Story, text: Text) -> Story:
    """The story in the words of one of its texts. Of an outlet only the moment is kept: midnight sharp is a bare date."""
    carried = (o.published_at for o in story.outlets if (o.source, o.url) == (text.source, text.url))
    published = next(carried, story.published_at).astimezone(UTC)
    return replace(
        story, source=text.source, url=text.url, title=text.title, summary=text.summary, revision=text.name,
        seen_at=text.seen_at, published_at=published, date_only=published.time() == time(),
        withdrawn=is_withdrawal(text.title, text.summary),
    )  # fmt: skip

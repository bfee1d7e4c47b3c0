"""One report carried by many outlets: what an outlet's own text adds, and what only repeats."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.domain.model import Effect, Signal, Tier


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

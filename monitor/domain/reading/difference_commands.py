"""From a difference between readers and rules to the command that records it: which act it is an example of, and what a person types."""

from __future__ import annotations

import shlex
from datetime import date

from monitor.domain.matching.modality import EFFECT_TABLE
from monitor.domain.matching.rules import Rulebook, acts_of
from monitor.domain.model import Effect
from monitor.domain.reading.drift import Compared
from monitor.domain.reading.parts import in_family


def read_command(own: Compared) -> str:
    """The command that records the reading of the reader as a person's reading."""
    read = {match.commitment: match.effect for match in own.reader.matches}
    pairs = [f"{commitment}={effect}" for commitment, effect in read.items()] or ["none"]
    return shlex.join(["deal-monitor", "inbox", "record", own.story.id, *pairs])


def act_of(own: Compared, rulebook: Rulebook) -> str:
    """The act that an example of a difference belongs to: the one that read it, else of those that count on the day of the story
    the first that is the reader's effect when simply done, or can be read so, of the same part if there is one. '' if the promise
    has no act."""
    known = acts_of(rulebook)
    if own.rule in known:
        return own.rule
    closed, readable = _closed_on(own.story.published_at.date(), rulebook), _readable(own.effect, rulebook)
    acts = [name for name, info in known.items() if in_family(info.commitment, own.commitment) and not info.outside]

    def rank(name: str) -> tuple[bool, bool, bool, bool, bool, int]:
        info = known[name]
        unlike = info.effect is not own.effect
        return name in closed, unlike, name not in readable, info.commitment != own.part, info.weak, info.line

    return min(acts, key=rank, default="")


def _closed_on(day: date, rulebook: Rulebook) -> frozenset[str]:
    """The acts that do not count in a story of this day."""
    acts = ((act.rule, act.only) for topic in rulebook.matcher.topics for act in topic.acts)
    return frozenset(
        rule
        for rule, only in acts
        if (only.since is not None and day < only.since) or (only.until is not None and day > only.until)
    )


def _readable(effect: Effect | None, rulebook: Rulebook) -> frozenset[str]:
    """The acts that can be read as this effect, as the clause may have it."""
    acts = [act for topic in rulebook.matcher.topics for act in topic.acts]
    effects = {act.rule: (act.effect,) if act.polarity is None else EFFECT_TABLE[act.polarity].values() for act in acts}
    return frozenset(rule for rule, own in effects.items() if effect in own)

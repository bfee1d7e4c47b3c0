"""From a difference between readers and rules to the command that records it: which act it is an example of, and what a person types."""

from __future__ import annotations

import shlex
from collections import Counter
from datetime import date

from monitor.domain.matching.rules import Rulebook, acts_of
from monitor.domain.model import Effect
from monitor.domain.reading.drift import Compared
from monitor.domain.reading.parts import in_family


def read_command(own: Compared, rulebook: Rulebook) -> str:
    """The command that records what the reader read as a person's reading, and makes the story an example of an act by it. The act
    is left out if it belongs to another part than the reader names."""
    act = act_of(own, rulebook)
    read = {match.commitment: match.effect for match in own.reader.matches}
    pairs = [f"{commitment}={effect}" for commitment, effect in read.items()] or ["--none"]
    fitting = own.effect is None or read.get(act.partition("/")[0]) is own.effect
    example = ["--example", act] if act and fitting else []
    return shlex.join(["deal-monitor", "read", own.story.id, *pairs, *example])


def act_of(own: Compared, rulebook: Rulebook) -> str:
    """The act that an example of a difference belongs to: the one that read it, else of those that count on the day of the story
    and have examples of the reader's effect one of the same part, that with the most. '' if the promise has no act."""
    known = acts_of(rulebook)
    if own.rule in known:
        return own.rule
    of_effect, closed = _examples_of(own.effect, rulebook), _closed_on(own.story.published_at.date(), rulebook)
    acts = [name for name, info in known.items() if in_family(info.commitment, own.commitment) and not info.outside]

    def rank(name: str) -> tuple[bool, bool, bool, bool, int, int]:
        info, examples = known[name], of_effect[name]
        return name in closed, not examples, info.commitment != own.part, info.weak, -examples, info.line

    return min(acts, key=rank, default="")


def _closed_on(day: date, rulebook: Rulebook) -> frozenset[str]:
    """The acts that do not count in a story of this day."""
    acts = ((act.rule, act.only) for topic in rulebook.matcher.topics for act in topic.acts)
    return frozenset(
        rule
        for rule, only in acts
        if (only.since is not None and day < only.since) or (only.until is not None and day > only.until)
    )


def _examples_of(effect: Effect | None, rulebook: Rulebook) -> Counter[str]:
    """Act -> its examples of an effect."""
    return Counter(example.rule for example in rulebook.examples if example.effect is effect)

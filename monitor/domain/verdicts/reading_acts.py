"""Acts by which people read stories: what such an act stores, and which are in force.

The reading itself is evidence (`model.readings`). The act is the record of who read what, when and why, taken back or not.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitor.domain.model import Effect, Intervention, ReadMatch, Says
from monitor.domain.verdicts.interventions import in_force

READ, TAKEN_BACK = "read", "unread"
"""The kinds of these acts. The subject of the first is a story, that of the second the act that it takes back."""


@dataclass(frozen=True, slots=True)
class ReadingAct:
    """What a person has read. texts: the names of the texts; concerned: the commitments of which one of them said something
    before the act or says it after."""

    title: str
    texts: frozenset[str]
    matches: tuple[ReadMatch, ...]
    concerned: frozenset[str]


def reading_payload(read: ReadingAct) -> str:
    """What the act stores, as JSON."""
    matches = [[m.commitment, m.effect.value, m.says.value, m.quote] for m in read.matches]
    payload = {"title": read.title, "texts": sorted(read.texts), "matches": matches}
    return json.dumps(payload | {"concerned": sorted(read.concerned)}, ensure_ascii=True, sort_keys=True)


def reading_of(act: Intervention) -> ReadingAct:
    """What an act of the kind `read` has stored."""
    stored = json.loads(act.payload)
    matches = (ReadMatch(name, Effect(effect), Says(says), quote) for name, effect, says, quote in stored["matches"])
    return ReadingAct(stored["title"], frozenset(stored["texts"]), tuple(matches), frozenset(stored["concerned"]))


def read_acts(acts: Iterable[Intervention], story: str | None = None) -> tuple[Intervention, ...]:
    """The acts that were not taken back, of one story or of all, oldest first."""
    left = in_force(acts, READ, TAKEN_BACK)
    return tuple(sorted((act for act in left if story in (None, act.subject)), key=lambda act: (act.at, act.id)))


def counting_read_acts(acts: Sequence[Intervention]) -> tuple[Intervention, ...]:
    """The acts that count: not taken back, and no later one reads the same text."""
    left = read_acts(acts)
    texts = [reading_of(act).texts for act in left]
    return tuple(
        act for number, act in enumerate(left) if not any(texts[number] & later for later in texts[number + 1 :])
    )


def read_by_people(acts: Sequence[Intervention]) -> dict[str, Intervention]:
    """By text: the act by which a person has read it last."""
    return {text: act for act in read_acts(acts) for text in reading_of(act).texts}

"""What a person types of a story, checked: commitments, effects and quotes, each refused with the near word."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from monitor.cli.common import named_commitment
from monitor.domain.matching.document import Document
from monitor.domain.matching.match import trace
from monitor.domain.matching.rules import is_outside
from monitor.domain.model import Effect, ReaderKind, ReaderMode, Reading, ReadMatch, Says
from monitor.domain.reading.inbox import rule_signals
from monitor.domain.reading.join import reading_that_counts
from monitor.domain.reading.parts import in_family
from monitor.domain.reading.quotes import place_of

if TYPE_CHECKING:
    from monitor.domain.matching.rules import Rulebook
    from monitor.domain.model import Story

PAIR = "COMMITMENT=EFFECT"


@dataclass(frozen=True, slots=True)
class ReadSoFar:
    """A story with what the rules and the model read in it, as a person may take it over. model: None where none has read it."""

    story: Story
    rulebook: Rulebook
    rules: tuple[ReadMatch, ...]
    model: Reading | None

    def taken_over(self, whose: str) -> tuple[ReadMatch, ...]:
        """What the model or the rules read. Raises UsageError where no model has read it."""
        if whose == "rules":
            return self.rules
        if self.model is None:
            raise click.UsageError("no model has read this story")
        known = self.rulebook.commitments
        return tuple(match for match in self.model.matches if match.commitment in known and self._stands(match.quote))

    def matches(self, pairs: Mapping[str, Effect], quote: str = "", says: Says | None = None) -> tuple[ReadMatch, ...]:
        """What a person reads, as matches.

        Without a quote it is the sentence of whoever reads the same commitment, best with the same effect, else the title.
        Without `says` it is what that one says, else the press. Raises BadParameter for a quote that does not stand in the text.
        """
        if quote and not self._stands(quote):
            raise click.BadParameter(self._quote_problem(quote), param_hint="--quote")
        return tuple(self._match(name, effect, quote, says) for name, effect in pairs.items())

    def _match(self, commitment: str, effect: Effect, quote: str, says: Says | None) -> ReadMatch:
        others = (*(self.model.matches if self.model else ()), *self.rules)
        near = [o for o in others if in_family(o.commitment, commitment) or in_family(commitment, o.commitment)]
        near = sorted((other for other in near if self._stands(other.quote)), key=lambda o: o.effect is not effect)
        title = self.story.title if self._stands(self.story.title) else ""
        words = quote or (near[0].quote if near else title)
        return ReadMatch(commitment, effect, says or (near[0].says if near else Says.PRESS), words)

    def _stands(self, quote: str) -> bool:
        return place_of(quote, Document(self.story, self.rulebook)) is not None

    def _quote_problem(self, quote: str) -> str:
        """Why a quote is refused, with the words as they stand there where only blanks or capitals differ."""
        problem = "these words do not stand in the title or the summary as they are given"
        pattern = r"\s+".join(map(re.escape, quote.split()))
        found = re.search(pattern, f"{self.story.title}\n{self.story.summary}", re.IGNORECASE) if pattern else None
        return f"{problem}; did you mean {found[0]!r}?" if found else f"{problem}. The title is: {self.story.title}"


def read_so_far(story: Story, rulebook: Rulebook, readings: Sequence[Reading]) -> ReadSoFar:
    """What the rules and the last model read in a story; acts from outside a commitment apart, which no reader is asked about."""
    signals = [s for s in rule_signals(trace(story, rulebook)) if not is_outside(s, rulebook)]
    rules = tuple(ReadMatch(s.commitment, s.effect, s.says, s.quote) for s in signals)
    models = [reading for reading in readings if reading.kind is ReaderKind.MODEL]
    return ReadSoFar(story, rulebook, rules, reading_that_counts(models, ReaderMode.LEADS))


def parse_pairs(words: Sequence[str], rulebook: Rulebook) -> dict[str, Effect]:
    """ "soybean-purchases=pledge" as commitment and effect; both may be cut to a beginning that means one thing only.

    Raises BadParameter, with the near word, for what is none, and for a commitment that is named twice.
    """
    pairs: dict[str, Effect] = {}
    for word in words:
        name, equals, effect = word.partition("=")
        if not equals:
            raise click.BadParameter(f"{word!r} is no pair: write {name}=EFFECT", param_hint=PAIR)
        commitment = named_commitment(rulebook.commitments, name, PAIR)
        if commitment in pairs:
            raise click.BadParameter(f"{commitment} is named twice", param_hint=PAIR)
        pairs[commitment] = _effect(effect.strip().casefold())
    return pairs


def parse_says(word: str, rulebook: Rulebook) -> Says | None:
    """Whose word a sentence is, None where nobody says. Raises BadParameter, with those that there are, for nobody known."""
    from monitor.domain.reading.question import speakers

    known = speakers(rulebook)
    if word and word not in known:
        raise click.BadParameter(f"{word!r} is none of: {', '.join(sorted(known))}", param_hint="--says")
    return Says(word) if word else None


def _effect(word: str) -> Effect:
    from monitor.rulebook.source.source_map import closest_word

    known = [effect.value for effect in Effect]
    fitting = [name for name in known if word and name.startswith(word)]
    if len(fitting) == 1:
        return Effect(fitting[0])
    if fitting:
        raise click.BadParameter(f"several effects begin with {word!r}: {', '.join(fitting)}", param_hint=PAIR)
    near = closest_word(word, known)
    hint = f"did you mean {near!r}? " if near and near != word else ""
    raise click.BadParameter(f"no effect is called {word!r}; {hint}Effects: {', '.join(known)}", param_hint=PAIR)

"""Words for an act: what stands in texts that readers read as the act means, and its patterns lack."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitor.domain.matching.match import trace
from monitor.domain.matching.modality import EFFECT_TABLE, PolarityShift
from monitor.domain.matching.rules import ActRule, Rulebook
from monitor.domain.model import Effect, ReaderMode, Reading, ReadMatch, Story
from monitor.domain.reading.drift import promise_of
from monitor.domain.reading.join import reading_that_counts
from monitor.domain.text.folding import fold
from monitor.domain.text.pattern_eval import phrases_in
from monitor.workbench.authoring.telling_words import TellingWord, phrases_of, telling_words

MOST_SUGGESTED = 20
"""Words that are suggested where nothing else is said: a screen of them."""


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Words for one act. effect: what the act simply reads. read: how many texts readers read so; missing: those of them that
    the act does not match, whose words these are, each as its title and what is quoted from elsewhere; others: how many near
    texts readers read otherwise."""

    act: str
    effect: Effect
    read: int
    missing: tuple[tuple[str, ...], ...]
    others: int
    words: tuple[TellingWord, ...]

    def samples_of(self, word: TellingWord, most: int) -> list[str]:
        """The first titles, or quoted words, that hold a word."""
        texts = (self.missing[number] for number in word.titles[:most])
        return [next((t for t in pieces if word.words in phrases_of(fold(t).text)), pieces[0]) for pieces in texts]


def plain_effect(act: ActRule) -> Effect:
    """What an act reads in a clause that neither hedges, denies nor stops it."""
    return act.effect if act.polarity is None else EFFECT_TABLE[act.polarity][PolarityShift.PLAIN]


def suggest(
    texts: Iterable[tuple[Story, Sequence[Reading]]], rulebook: Rulebook, rule: str, *, most: int = MOST_SUGGESTED
) -> Suggestions:
    """Words of the texts that readers read with the commitment and the plain effect of an act, and that it does not match.

    They are set against the other texts that were read, all of which stand near the deal. A text counts by its title and the
    quoted words. Raises KeyError if there is no such act.
    """
    act = _acts(rulebook)[rule]
    effect, promise = plain_effect(act), promise_of(rule.partition("/")[0], rulebook.commitments)
    wanted, others = list[tuple[str, ...]](), list[tuple[str, ...]]()
    read = 0
    for story, readings in texts:
        reading = reading_that_counts(readings, ReaderMode.LEADS)
        if reading is None:
            continue
        of_promise = [m for m in reading.matches if promise_of(m.commitment, rulebook.commitments) == promise]
        own = [match for match in of_promise if match.effect is effect]
        read += bool(own)
        if not own:
            others.append(_words_read(story, reading.matches))
        elif not _matches(act, story, rulebook):
            wanted.append(_words_read(story, own))
    unheld = _Unheld(act, rulebook)
    words = telling_words([*map(unheld.text, wanted)], [*map(unheld.text, others)], most=most)
    return Suggestions(rule, effect, read, tuple(wanted), len(others), words)


def _acts(rulebook: Rulebook) -> dict[str, ActRule]:
    return {act.rule: act for topic in rulebook.matcher.topics for act in topic.acts}


def _words_read(story: Story, matches: Iterable[ReadMatch]) -> tuple[str, ...]:
    """The title, and what is quoted from elsewhere."""
    return (story.title, *(match.quote for match in matches if match.quote not in story.title))


def _matches(act: ActRule, story: Story, rulebook: Rulebook) -> bool:
    """Whether the act's words stand in a story and count."""
    results = (result for result in trace(story, rulebook) if result.commitment == act.rule.partition("/")[0])
    return any(candidate.act.rule == act.rule and candidate.counts for r in results for candidate in r.candidates)


class _Unheld:
    """Texts without the words that the patterns of an act hold already, in its sets too."""

    def __init__(self, act: ActRule, rulebook: Rulebook) -> None:
        self._index = rulebook.matcher.index
        self._numbers = phrases_in(*(pattern.node for pattern in act.any))

    def text(self, pieces: Sequence[str]) -> str:
        """Folded, with a mark in place of what is left out and between the pieces, so that no phrase reaches across."""
        folded = fold(" | ".join(pieces)).text
        spans = [span for number, own in self._index.find(folded).items() if number in self._numbers for span in own]
        letters = list(folded)
        for start, end in spans:
            letters[start:end] = "|" * (end - start)
        return "".join(letters)

"""The index of recent stories: found by key, and by rare words that two headlines share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from heapq import heappop, heappush
from itertools import zip_longest

from monitor.domain.model import Story
from monitor.domain.stories import similarity
from monitor.domain.stories.entry_keys import MIN_TITLE_TOKENS
from monitor.domain.stories.titles import is_cjk, word_count

_MAX_TITLES_PER_TERM = 300
"""A word (or pair of characters) in more titles than this finds nothing worth comparing. An estimate that bounds the work."""
_MAX_MISSING_SHARE = 0.3
"""The share of its words that a headline may lack and still be a shortened form: 1 - `similarity._TAIL_SHARE`."""


def _index_terms(tokens: tuple[str, ...]) -> tuple[str, ...]:
    """The terms that find a title: its words, and pairs of neighbouring characters in Chinese."""
    terms: dict[str, None] = {}
    for token, following in zip_longest(tokens, tokens[1:], fillvalue=""):
        if not is_cjk(token):
            terms[token] = None
        elif following and is_cjk(following):
            terms[token + following] = None
    return tuple(terms)


class StoryIndex:
    """A window of recent stories in memory. Only `add` and `prune` change it.

    A key may lead to several stories (one title on different days); the latest added comes first.
    About 1.5 kB a story beside the story itself.
    """

    def __init__(self) -> None:
        self._stories: dict[int, Story] = {}
        self._numbers: dict[str, int] = {}
        self._by_key: dict[str, int | tuple[int, ...]] = {}
        self._keys_of: dict[int, tuple[str, ...]] = {}
        self._tokens: dict[int, tuple[str, ...]] = {}
        self._cut: set[int] = set()
        self._by_term: dict[str, list[int]] = {}
        self._seen: list[tuple[datetime, int]] = []
        """A heap of when each state of a story was last seen, so that pruning does not read what stays."""
        self._next = 0

    def __len__(self) -> int:
        return len(self._stories)

    def __contains__(self, story_id: str) -> bool:
        return story_id in self._numbers

    def add(self, story: Story, keys: Iterable[str]) -> None:
        """Add a story, or replace its older state; `keys` are those of the entry that brought it."""
        number = self._numbers.get(story.id)
        if number is None:
            number = self._numbers[story.id] = self._next
            self._next += 1
        old = self._stories.get(number)
        if old is None or old.title != story.title:
            if old is not None:
                self._forget_terms([number])
            tokens = self._tokens[number] = similarity.normalised_tokens(story.title)
            (self._cut.add if similarity.is_truncated(story.title) else self._cut.discard)(number)
            for term in _index_terms(tokens):
                self._by_term.setdefault(term, []).append(number)
        self._stories[number] = story
        known = self._keys_of.get(number, ())
        self._keys_of[number] = (*known, *(key for key in keys if key not in known))
        for key in keys:
            others = tuple(other for other in self._numbers_by(key) if other != number)
            self._by_key[key] = (number, *others) if others else number
        heappush(self._seen, (_last_seen(story), number))

    def prune(self, before: datetime) -> int:
        """Drop the stories last seen before a moment; returns how many."""
        passed: set[int] = set()
        while self._seen and self._seen[0][0] < before:
            passed.add(heappop(self._seen)[1])
        # A state that a later one has replaced, or whose story is dropped already, drops nothing.
        old = [number for number in sorted(passed & self._stories.keys()) if _last_seen(self._stories[number]) < before]
        self._forget_terms(old)
        for number in old:
            for key in self._keys_of.pop(number):
                others = tuple(other for other in self._numbers_by(key) if other != number)
                if others:
                    self._by_key[key] = others[0] if len(others) == 1 else others
                else:
                    del self._by_key[key]
            story = self._stories.pop(number)
            self._cut.discard(number)
            del self._numbers[story.id], self._tokens[number]
        return len(old)

    def _forget_terms(self, numbers: list[int]) -> None:
        dropped = set(numbers)
        for term in {term for number in numbers for term in _index_terms(self._tokens[number])}:
            others = [number for number in self._by_term[term] if number not in dropped]
            if others:
                self._by_term[term] = others
            else:
                del self._by_term[term]

    def _numbers_by(self, key: str) -> tuple[int, ...]:
        known = self._by_key.get(key, ())
        return (known,) if isinstance(known, int) else known

    def by_key(self, key: str) -> tuple[Story, ...]:
        """The stories known by a key, the latest added first."""
        return tuple(self._stories[number] for number in self._numbers_by(key))

    def keys_of(self, story_id: str) -> tuple[str, ...]:
        """All keys under which a story is known."""
        number = self._numbers.get(story_id)
        return () if number is None else self._keys_of[number]

    def similar_to(self, title: str) -> Iterator[Story]:
        """The stories whose headline is the same report as `title`, by rare shared words; the oldest known first.

        Compared are stories that share two of the rarest terms, or one where there are too few. A headline that is the same
        report lacks at most `_MAX_MISSING_SHARE` of the terms, and may break the pairs around one character. So of any terms,
        two more than it may lack, it shares two.
        """
        tokens = similarity.normalised_tokens(title)
        cut = similarity.is_truncated(title)
        if word_count(tokens) < (MIN_TITLE_TOKENS if cut else similarity.MIN_TOKENS_FOR_VARIANT - 1):
            return
        terms = _index_terms(tokens)
        lists = [numbers for term in terms if (numbers := self._by_term.get(term))]
        lacking = 1 + int(_MAX_MISSING_SHARE * len(terms)) - (len(terms) - len(lists))
        if lacking < 0:
            return
        rare = sorted((numbers for numbers in lists if len(numbers) <= _MAX_TITLES_PER_TERM), key=len)[: lacking + 2]
        once, twice = set[int](), set[int]()
        for numbers in rare:
            twice.update(once.intersection(numbers))
            once.update(numbers)
        first, beginning, words = tokens[0], tokens[:3], frozenset(tokens)
        for number in sorted(twice if len(rare) >= lacking + 2 else once):
            other = self._tokens[number]
            # One report begins alike in both headlines. Comparing that first saves most of the comparisons.
            if not (first in other[:3] or other[0] in beginning):
                continue
            if similarity.is_duplicate(tokens, other, fresh_cut=cut, known_cut=number in self._cut) or (
                len(tokens) == len(other)
                and words.issuperset(other)
                and similarity.same_but_for_order(title, self._stories[number].title)
            ):
                yield self._stories[number]


def _last_seen(story: Story) -> datetime:
    return max(story.seen_at, *(outlet.seen_at for outlet in story.outlets))

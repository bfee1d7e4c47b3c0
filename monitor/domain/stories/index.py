"""The stories of the last days, found by key and by rare shared words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from heapq import heappop, heappush
from itertools import zip_longest

from monitor.domain.model import Story
from monitor.domain.stories.entry_keys import MIN_TITLE_TOKENS
from monitor.domain.stories.similarity import (
    MIN_TOKENS_FOR_VARIANT,
    is_duplicate,
    is_truncated,
    normalised_tokens,
    same_but_for_order,
    token_count,
)
from monitor.domain.stories.titles import is_cjk

_MAX_TITLES_PER_TERM = 300
"""A word (or pair of characters) in more titles than this finds nothing worth comparing."""

_MAX_MISSING_SHARE = 0.3


def _index_terms(tokens: tuple[str, ...]) -> tuple[str, ...]:
    """What a title is found by: its words, and pairs of neighbouring characters in Chinese."""
    found: dict[str, None] = {}
    for token, following in zip_longest(tokens, tokens[1:], fillvalue=""):
        if not is_cjk(token):
            found[token] = None
        elif following and is_cjk(following):
            found[token + following] = None
    return tuple(found)


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
        self._gists: dict[int, tuple[str, ...]] = {}
        self._cut: set[int] = set()
        self._by_handle: dict[str, list[int]] = {}
        self._seen: list[tuple[datetime, int]] = []
        """A heap: when each state of a story was last seen, so that to prune costs no look at what stays."""
        self._next = 0

    def __len__(self) -> int:
        return len(self._stories)

    def __contains__(self, story_id: str) -> bool:
        return story_id in self._numbers

    def add(self, story: Story, keys: Iterable[str]) -> None:
        """Put a story in, or its newer state in the place of the older; `keys` are those of the entry that brought it."""
        number = self._numbers.get(story.id)
        if number is None:
            number = self._numbers[story.id] = self._next
            self._next += 1
        self._set_title(number, story)
        self._stories[number] = story
        self._set_keys(number, keys)
        heappush(self._seen, (_last_seen(story), number))

    def _set_title(self, number: int, story: Story) -> None:
        old = self._stories.get(number)
        if old is not None and old.title == story.title:
            return
        if old is not None:
            self._forget_handles([number])
        tokens = normalised_tokens(story.title)
        self._gists[number] = tokens
        (self._cut.add if is_truncated(story.title) else self._cut.discard)(number)
        for handle in _index_terms(tokens):
            self._by_handle.setdefault(handle, []).append(number)

    def _set_keys(self, number: int, keys: Iterable[str]) -> None:
        known = self._keys_of.get(number, ())
        self._keys_of[number] = (*known, *(key for key in keys if key not in known))
        for key in keys:
            there = self._by_key.get(key)
            if there is None or there == number:
                self._by_key[key] = number
            else:
                others = (there,) if isinstance(there, int) else there
                self._by_key[key] = (number, *(other for other in others if other != number))

    def prune(self, before: datetime) -> int:
        """Drop the stories last seen before a moment; returns how many."""
        passed: set[int] = set()
        while self._seen and self._seen[0][0] < before:
            passed.add(heappop(self._seen)[1])
        # A state that a later one has replaced, or that is gone already, drops nothing.
        old = [number for number in sorted(passed & self._stories.keys()) if _last_seen(self._stories[number]) < before]
        self._forget_handles(old)
        for number in old:
            self._forget_keys(number)
            story = self._stories.pop(number)
            self._cut.discard(number)
            del self._numbers[story.id], self._gists[number]
        return len(old)

    def _forget_handles(self, numbers: list[int]) -> None:
        gone = set(numbers)
        for handle in {handle for number in numbers for handle in _index_terms(self._gists[number])}:
            kept = [number for number in self._by_handle[handle] if number not in gone]
            if kept:
                self._by_handle[handle] = kept
            else:
                del self._by_handle[handle]

    def _forget_keys(self, number: int) -> None:
        for key in self._keys_of.pop(number):
            there = self._by_key[key]
            kept = () if isinstance(there, int) else tuple(other for other in there if other != number)
            if not kept:
                del self._by_key[key]
            else:
                self._by_key[key] = kept[0] if len(kept) == 1 else kept

    def by_key(self, key: str) -> tuple[Story, ...]:
        """The stories known by a key, the latest added first."""
        there = self._by_key.get(key)
        if there is None:
            return ()
        numbers = (there,) if isinstance(there, int) else there
        return tuple(self._stories[number] for number in numbers)

    def keys_of(self, story_id: str) -> tuple[str, ...]:
        """All keys under which a story is known."""
        number = self._numbers.get(story_id)
        return () if number is None else self._keys_of[number]

    def similar_to(self, title: str) -> Iterator[Story]:
        """The stories whose headline is the same report as `title`, by rare shared words; oldest known first."""
        tokens = normalised_tokens(title)
        cut = is_truncated(title)
        if token_count(tokens) < (MIN_TITLE_TOKENS if cut else MIN_TOKENS_FOR_VARIANT - 1):
            return
        first, beginning, words = tokens[0], tokens[:3], frozenset(tokens)
        for number in sorted(self._candidates(_index_terms(tokens))):
            other = self._gists[number]
            # One report begins alike in both headlines; looking at that first saves most of the comparisons.
            if not (first in other[:3] or other[0] in beginning):
                continue
            if is_duplicate(tokens, other, fresh_cut=cut, known_cut=number in self._cut) or (
                len(tokens) == len(other)
                and words.issuperset(other)
                and same_but_for_order(title, self._stories[number].title)
            ):
                yield self._stories[number]

    def _candidates(self, handles: tuple[str, ...]) -> set[int]:
        """Stories that share two of the rarest words, or one where there are too few.

        A headline that is the same report lacks at most `_MAX_MISSING_SHARE` of the words (and may break the pairs around one), so it
        shares two of any number of them that is larger by two.
        """
        lists = [found for handle in handles if (found := self._by_handle.get(handle))]
        lacking = 1 + int(_MAX_MISSING_SHARE * len(handles)) - (len(handles) - len(lists))
        rare = sorted((found for found in lists if len(found) <= _MAX_TITLES_PER_TERM), key=len)[: max(0, lacking + 2)]
        once: set[int] = set()
        twice: set[int] = set()
        for found in rare if lacking >= 0 else ():
            twice.update(once.intersection(found))
            once.update(found)
        return twice if len(rare) >= lacking + 2 else once


def _last_seen(story: Story) -> datetime:
    return max(story.seen_at, *(outlet.seen_at for outlet in story.outlets))

"""Which entries may become one story: the same page, or headlines that may be one report.

Stories join across an archive, so what is replayed of it must hold every entry that may join what is looked at. Entries that
nothing here connects never meet, and each part of an archive can be replayed on its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from monitor.domain.model import Entry
from monitor.domain.stories.entry_keys import page_key
from monitor.domain.stories.similarity import is_duplicate, is_truncated, normalised_tokens
from monitor.domain.stories.titles import title_words


class ReportLinks:
    """The entries of an archive, each with those that may become one story with it.

    Of two headlines that are one report the shorter one holds no word that the longer one lacks. So it is found by its own
    rarest word, and the longer one by the rarest word of the shorter.
    """

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.titles = [entry.title for entry in entries]
        self.pages = [page_key(entry.url) for entry in entries]
        self.words = [normalised_tokens(title) or title_words(title) for title in self.titles]
        self._by_page: dict[str, list[int]] = {}
        self._holding: dict[str, list[int]] = {}
        self._rarest: dict[str, list[int]] = {}
        for number, (page, words) in enumerate(zip(self.pages, self.words, strict=True)):
            self._by_page.setdefault(page, []).append(number)
            for word in set(words):
                self._holding.setdefault(word, []).append(number)
        for number, words in enumerate(self.words):
            self._rarest.setdefault(self._rarest_of(words), []).append(number)

    def connected(self, seeds: Iterable[int]) -> list[int]:
        """The numbers of these entries and of all that links lead to from them, in order."""
        found = set(seeds)
        left = list(found)
        while left:
            new = self._linked(left.pop()) - found
            found |= new
            left += new
        return sorted(found)

    def _linked(self, number: int) -> set[int]:
        words, page = self.words[number], self.pages[number]
        near = {other for word in set(words) for other in self._rarest.get(word, ())}
        near.update(self._holding.get(self._rarest_of(words), ()))
        linked = {other for other in near if self._may_be_one(number, other)}
        return linked.union(self._by_page[page] if page else ())

    def _may_be_one(self, number: int, other: int) -> bool:
        title, words, other_title, others = (
            self.titles[number],
            self.words[number],
            self.titles[other],
            self.words[other],
        )
        if sorted(words) == sorted(others) or title_words(title) == title_words(other_title):
            return True
        cut, other_cut = is_truncated(title), is_truncated(other_title)
        return is_duplicate(words, others, fresh_cut=cut, known_cut=other_cut) or is_duplicate(
            others, words, fresh_cut=other_cut, known_cut=cut
        )

    def _rarest_of(self, words: tuple[str, ...]) -> str:
        return min(words, key=lambda word: (len(self._holding[word]), word), default="")

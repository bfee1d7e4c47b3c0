"""The index of recent stories: finds them by key, and by rare words that two headlines share.

Stories and titles are packed, because memory decides how many fit: benchmarks/bench_identify.py compares speed and
memory with datasketch (half as fast again, in a third of its memory).
"""

from __future__ import annotations

import marshal
from array import array
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from heapq import heappop, heappush
from itertools import zip_longest

from monitor.domain.model import Outlet, Story
from monitor.domain.stories import similarity
from monitor.domain.stories.entry_keys import MIN_TITLE_TOKENS
from monitor.domain.stories.titles import is_cjk, word_count

_MAX_TITLES_PER_TERM = 300
"""A word (or pair of characters) in more titles than this is not used for finding. An estimate that bounds the work."""
_MAX_LISTED = 2 * _MAX_TITLES_PER_TERM
"""The titles of a term with more titles are only counted. Between the two bounds a term keeps its state."""
_MAX_MISSING_SHARE = 0.3
"""The share of its words that a headline may lack and still be a shortened form: 1 - `similarity._TAIL_SHARE`."""
_BEGINNING = 3
"""Two headlines of one report begin alike: the first word of one is among this many first words of the other."""


@lru_cache(maxsize=256)
def _index_terms(tokens: tuple[str, ...]) -> tuple[str, ...]:
    """The terms that find a title: its words, and pairs of neighbouring characters in Chinese."""
    if "".join(tokens).isascii():
        return tuple(dict.fromkeys(tokens))
    terms: dict[str, None] = {}
    for token, following in zip_longest(tokens, tokens[1:], fillvalue=""):
        if not is_cjk(token):
            terms[token] = None
        elif following and is_cjk(following):
            terms[token + following] = None
    return tuple(terms)


class _Codes(dict[str, int]):
    """The numbers of terms, and the codes of single characters. A word that no title has is `_UNKNOWN`."""

    def __missing__(self, token: str) -> int:
        if not is_cjk(token):
            return _UNKNOWN
        code = self[token] = _CHARACTER + ord(token)
        return code


_CHARACTER, _UNKNOWN = 1 << 31, (1 << 32) - 1
"""The offset of the code of a Chinese character, above all numbers of words; the code of a word that no title has."""
_SIZE = 4
"""Bytes of a packed token."""


class _TermTable:
    """The titles of each term, by slot. A term has a number, which is reused once no title has it."""

    def __init__(self) -> None:
        self._numbers = _Codes()
        self._terms: list[str] = []
        self._counts = array("I")
        self._slots: list[int | list[int] | None] = []
        """By number: the only title, the titles, or None if they are only counted."""
        self._free: list[int] = []

    def add(self, terms: Iterable[str], slot: int) -> None:
        numbers, counts, listed = self._numbers, self._counts, self._slots
        for term in terms:
            number = numbers.get(term)
            if number is None:
                if self._free:
                    number = self._free.pop()
                    self._terms[number], counts[number], listed[number] = term, 1, slot
                else:
                    number = len(self._terms)
                    self._terms.append(term)
                    counts.append(1)
                    listed.append(slot)
                numbers[term] = number
                continue
            counts[number] += 1
            slots = listed[number]
            if isinstance(slots, int):
                listed[number] = [slots, slot]
            elif slots is not None:
                slots.append(slot)
                if len(slots) > _MAX_LISTED:
                    listed[number] = None

    def remove(self, numbers: Iterable[int], slot: int, titles: Sequence[bytes]) -> None:
        """Remove a slot from some terms. A term whose titles were only counted and have become few lists them again;
        titles: all packed titles, by slot."""
        counts, listed, few = self._counts, self._slots, list[int]()
        for number in numbers:
            left = counts[number] = counts[number] - 1
            slots = listed[number]
            if not left:
                del self._numbers[self._terms[number]]
                self._terms[number] = ""
                self._free.append(number)
            elif isinstance(slots, list):
                slots.remove(slot)
            elif left == _MAX_TITLES_PER_TERM:
                few.append(number)
        for number in few:
            term = self._terms[number]
            codes = self.pack(term if is_cjk(term) else (term,))  # a pair has the codes of its two characters
            having = (other for other, packed in enumerate(titles) if codes in packed)
            listed[number] = [other for other in having if number in self.numbers_in(titles[other])]

    def known(self, terms: Iterable[str]) -> list[int]:
        """The numbers of the known terms, in their order."""
        return [number for term in terms if (number := self._numbers.get(term)) is not None]

    def rarest(self, numbers: Iterable[int], most: int) -> list[Sequence[int]]:
        """The titles of at most `most` of these terms, the rarest first. Common terms are left out."""
        counts = self._counts
        rare = sorted(numbers, key=counts.__getitem__)[:most]
        listed = [self._slots[number] for number in rare if counts[number] <= _MAX_TITLES_PER_TERM]
        return [(slots,) if isinstance(slots, int) else slots for slots in listed if slots is not None]

    def pack(self, tokens: Iterable[str]) -> bytes:
        """The tokens of a title in 4 bytes each: the numbers of its words, the codes of its characters."""
        return array("I", map(self._numbers.__getitem__, tokens)).tobytes()

    def numbers_in(self, packed: bytes) -> Collection[int]:
        """The terms of an added, packed title."""
        numbers = frozenset(memoryview(packed).cast("I"))
        if not numbers or max(numbers) < _CHARACTER:
            return numbers
        return self.known(_index_terms(self.unpack(packed)))

    def unpack(self, packed: bytes) -> tuple[str, ...]:
        """The packed tokens, if no word among them was unknown."""
        numbers = memoryview(packed).cast("I")
        return tuple([chr(n - _CHARACTER) if n >= _CHARACTER else self._terms[n] for n in numbers])


def _first_bits(tokens: tuple[str, ...]) -> int:
    """A bit for each of the first tokens, by hash: two titles without a common bit have no common first token."""
    bits = 0
    for token in tokens[:_BEGINNING]:
        bits |= 1 << hash(token) % 64
    return bits


def _may_be_same(one: bytes, other: bytes) -> bool:
    """Whether one packed title equals the other except for some adjacent words, or both have the same words.

    This holds for any two headlines of one report (`similarity`), and rejects nearly all other pairs.
    """
    shorter = min(len(one), len(other))
    if one[:_SIZE] == other[:_SIZE] and one[:shorter] == other[:shorter]:
        return True
    if len(one) == len(other):
        return set(memoryview(one).cast("I")).issuperset(memoryview(other).cast("I"))
    if one[-_SIZE:] != other[-_SIZE:]:  # the ends differ, and so do the beginnings
        return False
    if abs(len(one) - len(other)) > _MAX_LACKING * _SIZE:
        return False
    start = next(at for at in range(0, shorter, _SIZE) if one[at : at + _SIZE] != other[at : at + _SIZE])
    left = range(_SIZE, shorter - start, _SIZE)
    end = next((at for at in left if one[-at - _SIZE : -at] != other[-at - _SIZE : -at]), shorter - start)
    return start + end >= shorter


_MAX_LACKING = 2
"""How many inner words a headline may lack according to `similarity.is_duplicate`."""
_SLOT_BITS = 32
_SLOT_MASK = (1 << _SLOT_BITS) - 1
_EPOCH, _MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)


def _number_of(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND


def _moment_of(number: int) -> datetime:
    return _EPOCH + timedelta(microseconds=number)


class StoryIndex:
    """A window of recent stories in memory. Only `add` and `prune` change it. A key may lead to several stories (one
    title on different days); the latest added comes first. A story has a slot in the lists below, which is reused once
    the story is pruned."""

    def __init__(self) -> None:
        self._slots: dict[str, int] = {}
        self._free: list[int] = []
        self._ids: list[str] = []
        self._stories: list[bytes] = []
        """By slot: the story, packed; empty where it is free."""
        self._last_seen = array("q")
        """By slot: when the story was last seen, in microseconds since 1970."""
        self._added = array("Q")
        """By slot: how many stories had been added before."""
        self._keys: list[tuple[str, ...]] = []
        self._tokens: list[bytes] = []
        """By slot: its title, packed."""
        self._first_bits = array("Q")
        self._cut: set[int] = set()
        self._by_key: dict[str, int | tuple[int, ...]] = {}
        self._terms = _TermTable()
        self._seen: list[int] = []
        """A heap of the last-seen times of all states, with the slot in the last bits: pruning reads only old ones."""
        self._count = 0

    def __len__(self) -> int:
        return len(self._slots)

    def __contains__(self, story_id: str) -> bool:
        return story_id in self._slots

    def add(self, story: Story, keys: Iterable[str]) -> None:
        """Add a story, or replace its older state; `keys` are those of the entry that brought it."""
        slot = self._slots.get(story.id)
        retitled = slot is None or self._story(slot).title != story.title
        if slot is None:
            self._count += 1
            if self._free:
                slot = self._free.pop()
                self._ids[slot], self._added[slot] = story.id, self._count
            else:
                slot = len(self._ids)
                self._ids.append(story.id)
                self._stories.append(b"")
                self._last_seen.append(0)
                self._added.append(self._count)
                self._keys.append(())
                self._tokens.append(b"")
                self._first_bits.append(0)
            self._slots[story.id] = slot
        elif retitled:
            self._forget_title(slot)
        if retitled:
            tokens = similarity.normalised_tokens(story.title)
            self._terms.add(_index_terms(tokens), slot)
            self._tokens[slot] = self._terms.pack(tokens)
            self._first_bits[slot] = _first_bits(tokens)
            (self._cut.add if similarity.is_truncated(story.title) else self._cut.discard)(slot)
        # Packed without its id, in a third of its memory. Times become UTC, and the story's own outlet None.
        own = Outlet(story.source, story.url, story.published_at, story.seen_at)
        times = _number_of(story.published_at), _number_of(story.seen_at)
        texts = story.source, story.url, story.title, story.summary, story.lang, story.revision
        flags = story.date_only, story.withdrawn, story.backfill
        outlets = [
            None
            if o == own
            else (o.source, o.url, _number_of(o.published_at), _number_of(o.seen_at), o.claimed, o.basis)
            for o in story.outlets
        ]
        self._stories[slot] = marshal.dumps((times, texts, flags, outlets))
        known = self._keys[slot]
        self._keys[slot] = (*known, *(key for key in keys if key not in known))
        for key in keys:
            others = self._others_by(key, slot)
            self._by_key[key] = (slot, *others) if others else slot
        last_seen = max([story.seen_at, *[outlet.seen_at for outlet in story.outlets]])
        self._last_seen[slot] = _number_of(last_seen)
        heappush(self._seen, self._last_seen[slot] << _SLOT_BITS | slot)

    def _forget_title(self, slot: int) -> None:
        numbers = self._terms.numbers_in(self._tokens[slot])
        self._tokens[slot] = b""
        self._terms.remove(numbers, slot, self._tokens)

    def prune(self, before: datetime) -> int:
        """Drop the stories last seen before a moment; return their number."""
        dropped, first = 0, _number_of(before)
        while self._seen and self._seen[0] >> _SLOT_BITS < first:
            slot = heappop(self._seen) & _SLOT_MASK
            if not self._stories[slot] or self._last_seen[slot] >= first:
                continue  # a replaced state, or a state of a dropped story
            dropped += 1
            self._forget_title(slot)
            del self._slots[self._ids[slot]]
            for key in self._keys[slot]:
                if others := self._others_by(key, slot):
                    self._by_key[key] = others[0] if len(others) == 1 else others
                else:
                    del self._by_key[key]
            self._ids[slot], self._stories[slot], self._keys[slot] = "", b"", ()
            self._cut.discard(slot)
            self._free.append(slot)
        return dropped

    def _others_by(self, key: str, slot: int) -> tuple[int, ...]:
        """The slots of the other stories with a key, the latest added first."""
        known = self._by_key.get(key, slot)
        if isinstance(known, int):
            return () if known == slot else (known,)
        return tuple(other for other in known if other != slot)

    def by_key(self, key: str) -> tuple[Story, ...]:
        """The stories with a key, the latest added first."""
        known = self._by_key.get(key, ())
        return (self._story(known),) if isinstance(known, int) else tuple(map(self._story, known))

    def _story(self, slot: int) -> Story:
        packed = marshal.loads(self._stories[slot])  # noqa: S302 - ours
        (published, seen), texts, (date_only, withdrawn, backfill), outlets = packed
        source, url, title, summary, lang, revision = texts
        name, times = self._ids[slot], (_moment_of(published), _moment_of(seen))
        own = Outlet(source, url, *times)
        carried = tuple([Outlet(o[0], o[1], _moment_of(o[2]), _moment_of(o[3]), *o[4:]) if o else own for o in outlets])
        return Story(name, *times, source, url, title, summary, lang, revision, date_only, carried, withdrawn, backfill)

    def keys_of(self, story_id: str) -> tuple[str, ...]:
        """All keys of a story."""
        slot = self._slots.get(story_id)
        return () if slot is None else self._keys[slot]

    def similar_to(self, title: str) -> Iterator[Story]:
        """The stories whose headline is the same report as `title`, the oldest known first. Only stories that share two
        of the rarest terms are compared (one term if there are few): a headline of the same report lacks at most
        `_MAX_MISSING_SHARE` of the terms, so it shares two of any set with two more."""
        tokens = similarity.normalised_tokens(title)
        cut = similarity.is_truncated(title)
        if word_count(tokens) < (MIN_TITLE_TOKENS if cut else similarity.MIN_TOKENS_FOR_VARIANT - 1):
            return
        terms = _index_terms(tokens)
        known = self._terms.known(terms)
        lacking = 1 + int(_MAX_MISSING_SHARE * len(terms)) - (len(terms) - len(known))
        if lacking < 0:
            return
        rare = self._terms.rarest(known, lacking + 2)
        some, shared = set[int](), set[int]()
        for slots in rare:
            shared.update(some.intersection(slots))
            some.update(slots)
        shared = shared if len(rare) == lacking + 2 else some
        # The first words exclude most candidates, and their bits are adjacent in memory.
        bits, first_bits = _first_bits(tokens), self._first_bits
        alike = [slot for slot in shared if first_bits[slot] & bits]
        if not alike:
            return
        packed, titles = self._terms.pack(tokens), self._tokens
        alike = [slot for slot in alike if _may_be_same(packed, titles[slot])]
        for slot in sorted(alike, key=self._added.__getitem__):
            other = self._terms.unpack(self._tokens[slot])
            if tokens[0] not in other[:_BEGINNING] and other[0] not in tokens[:_BEGINNING]:
                continue
            if similarity.is_duplicate(tokens, other, fresh_cut=cut, known_cut=slot in self._cut) or (
                len(tokens) == len(other)
                and set(tokens).issuperset(other)
                and similarity.same_but_for_order(title, self._story(slot).title)
            ):
                yield self._story(slot)

"""Whether two headlines are one report: the same words in the same order, except for insignificant words.

Similarity alone would join "will meet" with "will not meet", and that difference is the news. So no word may replace
another (apart from close synonyms), and only one headline may have words that the other lacks, none of them
contrastive: a number, a negation, a hedge, a word of direction, an actor, a good, a date. An unlisted contrastive word
passes as plain; but the text of a joined copy is still matched, so joining never loses its news.
"""

from __future__ import annotations

import re
from functools import lru_cache

from monitor.domain.stories.entry_keys import MIN_TITLE_TOKENS
from monitor.domain.stories.headline_words import ACTORS, SYNONYMS, folded_zh, is_contrastive_at, is_swap_allowed
from monitor.domain.stories.titles import is_cjk, is_outlet, plain_title, title_words, word_count, words_of
from monitor.domain.text.writing_systems import HAN_RANGE

MIN_TOKENS_FOR_VARIANT = 6.0
"""From this many words on (two Chinese characters count as one) a headline may lack one plain word, or its end."""
_LONG = 9.0
"""From this many words on a headline may lack two adjacent plain words."""
_TAIL_SHARE = 0.7
_CUT_SHARE = 0.5
"""The least share of a headline that its shortened form keeps, for an unmarked and for a marked cut. These
numbers are estimates; `benchmarks/bench_recall.py` counts what they join and miss."""
_CUT_MARKS = ("…", "...")

_SAYS_NOTHING = words_of(
    """a an the s of and is are was were be been its it his her their this that these those as at in there here
    say says said saying reports according sources source officials official breaking update updated exclusive live
    video watch just also amid per metric mr ms dr $"""
)
_SAYS_NOTHING_ZH = frozenset("的，。：、！“”《》「」『』")
_MEANINGS = {**SYNONYMS, **dict.fromkeys(_SAYS_NOTHING, "")}
"""From a word to its main synonym, or to '' if it is insignificant."""
_SAYING = words_of("say says said saying")
_ARTICLES = words_of("a an the all")
_ASKING = words_of("is are was were am do does did has have had will would can could should")
_UNITED = {"states": "us", "kingdom": "uk"}
_OUTLET_IN_FRONT = re.compile(rf"\s*(?P<name>[{HAN_RANGE}]{{2,6}})[:：]\s*(?=\S{{8}})")


@lru_cache(maxsize=4096)
def normalised_tokens(title: str) -> tuple[str, ...]:
    """The significant words of a title, in order, each as its main synonym; Chinese by character."""
    outlet = _OUTLET_IN_FRONT.match(title)  # its name would count as many characters
    in_front = outlet is not None and is_outlet(outlet["name"], after="")
    words = title_words(title[outlet.end() :] if outlet and in_front else title)
    tokens: list[str] = []
    for place, word in enumerate(words):
        if is_cjk(word):
            tokens += [char for char in folded_zh(word) if char not in _SAYS_NOTHING_ZH]
        elif token := _MEANINGS.get(word, word):
            tokens.append(token)
        elif word in _SAYING and tokens:
            # "Says" makes another report: "US says China ..." is not "US, China ...", nor "said to buy" "to buy".
            following = words[place + 1 : place + 3]
            subject = next((other for other in following if other not in _ARTICLES), "")
            attributed = tokens[-1] in ACTORS and SYNONYMS.get(subject, subject) in ACTORS
            if attributed or following[:1] == ("to",):
                tokens.append("says")
    if is_truncated(title):
        del tokens[-1:]  # it may be half a word
    elif words and words[0] in _ASKING and words[-1] != "?":
        tokens.append("?")
    if "united" in tokens[:-1]:
        place = tokens.index("united")
        if name := _UNITED.get(tokens[place + 1]):
            tokens[place : place + 2] = [name]
    return tuple(tokens)


def is_truncated(title: str) -> bool:
    """Whether a title is marked as cut off."""
    return title.rstrip().endswith(_CUT_MARKS)


def extra_words(longer: tuple[str, ...], shorter: tuple[str, ...], limit: int) -> list[int] | None:
    """The places of the words of `longer` that `shorter` lacks, in the same order; None if more than `limit`."""
    if len(longer) - len(shorter) > limit:
        return None
    extra: list[int] = []
    at = 0
    for place, token in enumerate(longer):
        if at < len(shorter) and token == shorter[at]:
            at += 1
        else:
            extra.append(place)
            if len(extra) > limit:
                return None
    return extra if at == len(shorter) else None


def same_but_for_order(title: str, other: str) -> bool:
    """Whether two headlines differ only in a harmless swap of two neighbouring words.

    Words count with their punctuation: "US: China must" is not "China: US must".
    """
    words, others = plain_title(title).casefold().split(), plain_title(other).casefold().split()
    if len(words) != len(others) or words == others:
        return False
    place = next(at for at, word in enumerate(words) if word != others[at])
    pair = words[place : place + 2]
    if others[place : place + 2] != pair[::-1] or others[place + 2 :] != words[place + 2 :]:
        return False
    return word_count(normalised_tokens(title)) >= MIN_TOKENS_FOR_VARIANT - 1 and is_harmless_swap(*pair)


def is_harmless_swap(first: str, second: str) -> bool:
    """Whether two neighbouring words, as a headline writes them ("U.S.-Iran", "talks,"), may change places."""
    parts, others = ([SYNONYMS.get(part, part) for part in title_words(word)] for word in (first, second))
    return all(is_swap_allowed(part, other) for part in parts for other in others)


def is_duplicate(
    fresh: tuple[str, ...], known: tuple[str, ...], *, fresh_cut: bool = False, known_cut: bool = False
) -> bool:
    """Whether two headlines, as `normalised_tokens`, are one report. `fresh_cut`, `known_cut`: the end was cut off.

    A cut-off fresh headline adds nothing to the known one. A whole one may add news to a known one that was cut off.
    """
    if fresh == known:
        return bool(fresh)
    shorter_is_fresh = len(fresh) < len(known)
    longer, shorter = (known, fresh) if shorter_is_fresh else (fresh, known)
    cut = fresh_cut if shorter_is_fresh else known_cut
    if not shorter or len(shorter) + cut < _CUT_SHARE * len(longer):  # the cut word counts as present
        return False
    extra = extra_words(longer, shorter, 2)
    # Harmless extras are plain and side by side: one word, or two in a long headline.
    side_by_side = extra is not None and (not extra or extra[-1] - extra[0] < len(extra))
    if extra is not None and side_by_side and not any(is_contrastive_at(longer, place) for place in extra):
        lacking = word_count(tuple(longer[place] for place in extra))
        if word_count(longer) >= (MIN_TOKENS_FOR_VARIANT if lacking <= 1 else _LONG):
            return True
    # Otherwise the shorter one must be the beginning of the longer one.
    least = MIN_TITLE_TOKENS if cut else MIN_TOKENS_FOR_VARIANT - 1
    if longer[: len(shorter)] != shorter or word_count(shorter) < least:
        return False
    if not cut and len(shorter) < _TAIL_SHARE * len(longer):
        return False
    if cut and shorter_is_fresh:
        return True
    return not any(is_contrastive_at(longer, place) for place in range(len(shorter), len(longer)))

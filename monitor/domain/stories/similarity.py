"""Whether two headlines are one report: the same words in the same order, apart from words that change nothing.

Likeness alone would join "pledges 2030" with "pledges 2040" and "will meet" with "will not meet", and those differences are
the news. So no word may stand for another (apart from spellings and close synonyms), only one headline may have words that the
other lacks, and none of those may be telling: a number, a negation, a hedge, a word of direction, an actor, a good, a date. Two
neighbours may change places where no other meaning can come of it. The lists are closed and language is not: a telling word that
none of them holds may pass as plain. A copy's own text is matched all the same, so its news is never lost by joining.
"""

from __future__ import annotations

from functools import lru_cache
from sys import intern

from monitor.domain.stories.contrast_words import ACTORS, is_contrastive_at, is_swap_allowed
from monitor.domain.stories.entry_keys import MIN_TITLE_TOKENS
from monitor.domain.stories.synonyms import SYNONYMS, folded_zh
from monitor.domain.stories.titles import is_cjk, plain_title, title_words, words_of

MIN_TOKENS_FOR_VARIANT = 6.0
"""From this many words on (two Chinese characters count as one) a headline may lack one plain word, or its end."""
_LONG = 9.0
"""From this many words on, two plain words that stand side by side."""
_TAIL_SHARE = 0.7
_CUT_SHARE = 0.5
_CUT_MARKS = ("…", "...")

_SAYS_NOTHING = words_of(
    """a an the s of and is are was were be been its it his her their this that these those as at in there here
    say says said saying reports according sources source officials official breaking update updated exclusive live
    video watch just also amid per metric mr ms dr $"""
)
_SAYS_NOTHING_ZH = frozenset("的，。：、！“”《》「」『』")
_SAYING = words_of("say says said saying")
_ARTICLES = words_of("a an the all")
_ASKING = words_of("is are was were am do does did has have had will would can could should")
_UNITED = {"states": "us", "kingdom": "uk"}


@lru_cache(maxsize=4096)
def normalised_tokens(title: str) -> tuple[str, ...]:
    """The words of a title that say something, in order, synonyms as one; Chinese by character."""
    words = title_words(title)
    tokens: list[str] = []
    for place, word in enumerate(words):
        if is_cjk(word[0]):
            tokens += [char for char in folded_zh(word) if char not in _SAYS_NOTHING_ZH]
            continue
        word = SYNONYMS.get(word, word)
        if word not in _SAYS_NOTHING:
            tokens.append(word)
        elif word in _SAYING and tokens and _is_attribution(tokens[-1], words[place + 1 : place + 3]):
            tokens.append("says")
    if is_truncated(title):
        del tokens[-1:]  # it may be half a word
    elif words and words[0] in _ASKING and words[-1] != "?":
        tokens.append("?")
    return tuple(intern(token) for token in _with_short_names(tokens))


def _is_attribution(before: str, following: tuple[str, ...]) -> bool:
    """Whether "says" makes another report: "US says China ..." is not "US, China ...", nor "said to buy" "to buy"."""
    name = next((word for word in following if word not in _ARTICLES), "")
    return following[:1] == ("to",) or (before in ACTORS and SYNONYMS.get(name, name) in ACTORS)


def _with_short_names(tokens: list[str]) -> list[str]:
    """The tokens with "united states" as "us"."""
    if "united" not in tokens[:-1]:
        return tokens
    place = tokens.index("united")
    name = _UNITED.get(tokens[place + 1])
    return [*tokens[:place], name, *tokens[place + 2 :]] if name else tokens


def token_count(tokens: tuple[str, ...]) -> float:
    """The number of words in a gist; two Chinese characters count as one."""
    return sum(0.5 if is_cjk(token) else 1.0 for token in tokens)


def is_truncated(title: str) -> bool:
    """Whether a title shows that its end was cut off."""
    return title.rstrip().endswith(_CUT_MARKS)


def extra_words(longer: tuple[str, ...], shorter: tuple[str, ...], limit: int) -> list[int] | None:
    """Places of the words of `longer` that `shorter` lacks; None if it is not `longer` with up to `limit` words left out."""
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


def is_adjacent_swap(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether one list of words is the other with two neighbours in the other order."""
    if len(one) != len(other) or one == other:
        return False
    place = next(at for at, token in enumerate(one) if token != other[at])
    pair = other[place : place + 2]
    return one[place : place + 2] == pair[::-1] and one[place + 2 :] == other[place + 2 :]


def same_but_for_order(one: str, other: str) -> bool:
    """Whether two headlines differ in the order of two neighbouring words only, and that makes no other report of them.

    The words are taken with their punctuation, and none is passed over: "US: China must" is not "China: US must", nor
    "Envoy says farmers" "Farmers say envoy".
    """
    words, others = (plain_title(title).casefold().split() for title in (one, other))
    if not is_adjacent_swap(tuple(words), tuple(others)):
        return False
    place = next(at for at, word in enumerate(words) if word != others[at])
    return token_count(normalised_tokens(one)) >= MIN_TOKENS_FOR_VARIANT - 1 and is_harmless_swap(
        *words[place : place + 2]
    )


def is_harmless_swap(one: str, other: str) -> bool:
    """Whether two neighbouring words as written in a headline may stand in the other order; see `is_swap_allowed`."""
    return all(is_swap_allowed(part, against) for part in _parts(one) for against in _parts(other))


def _parts(word: str) -> tuple[str, ...]:
    """A word as written ("U.S.-Iran", "talks,") in the words of the lists."""
    return tuple(SYNONYMS.get(part, part) for part in title_words(word))


def _is_tail_cut(longer: tuple[str, ...], shorter: tuple[str, ...], *, marked: bool, tail_known: bool) -> bool:
    """Whether `shorter` is the beginning of `longer` and the rest adds nothing telling, or nothing that is not known."""
    share = _CUT_SHARE if marked else _TAIL_SHARE
    if len(shorter) < share * len(longer) or longer[: len(shorter)] != shorter:
        return False
    if token_count(shorter) < (MIN_TITLE_TOKENS if marked else MIN_TOKENS_FOR_VARIANT - 1):
        return False
    return tail_known or not any(is_contrastive_at(longer, place) for place in range(len(shorter), len(longer)))


def is_duplicate(
    fresh: tuple[str, ...], known: tuple[str, ...], *, fresh_cut: bool = False, known_cut: bool = False
) -> bool:
    """Whether two gists are one report. `fresh_cut`, `known_cut`: the title's end was visibly cut off.

    A fresh headline that is cut off says nothing that the known one does not say, whatever its missing end was; one that is
    whole may say more than a known one that was cut off.
    """
    if fresh == known:
        return bool(fresh)
    shorter_is_fresh = len(fresh) < len(known)
    longer, shorter = (known, fresh) if shorter_is_fresh else (fresh, known)
    cut = fresh_cut if shorter_is_fresh else known_cut
    if not shorter or len(shorter) < _CUT_SHARE * len(longer):
        return False
    extra = extra_words(longer, shorter, 2)
    if extra is not None and _is_harmless(longer, extra):
        return True
    return _is_tail_cut(longer, shorter, marked=cut, tail_known=cut and shorter_is_fresh)


def _is_harmless(longer: tuple[str, ...], extra: list[int]) -> bool:
    """Whether the words at these places are one plain word (or two neighbouring characters), or in a long headline two
    neighbours, as a word with a hyphen is."""
    if any(is_contrastive_at(longer, place) for place in extra) or (extra and extra[-1] - extra[0] >= len(extra)):
        return False
    lacking, said = token_count(tuple(longer[place] for place in extra)), token_count(longer)
    return said >= (MIN_TOKENS_FOR_VARIANT if lacking <= 1 else _LONG)

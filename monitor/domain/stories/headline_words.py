"""Words of headlines: synonyms, and contrastive words, whose addition, loss or move makes another report."""

from __future__ import annotations

import re
from importlib.resources import files

_FILE = files(__package__).joinpath("headline_words.txt").read_text(encoding="utf-8")
_SECTIONS = dict(re.findall(r"^\[(.+)\]\n([^\[]*)", _FILE, re.MULTILINE))


def _words(section: str) -> frozenset[str]:
    return frozenset(_SECTIONS[section].split())


def _folded(section: str) -> dict[str, str]:
    forms = (form.split() for form in re.split(r"[|\n]", _SECTIONS[section]) if form.strip())
    return {word: first for first, *others in forms for word in others}


SYNONYMS = _folded("synonyms")
"""From a word to its main synonym."""

_SAME_ZH = _folded("synonyms zh")
_WORDS_ZH = re.compile("|".join(sorted(_SAME_ZH.keys() | _SAME_ZH.values(), key=len, reverse=True)))


def folded_zh(run: str) -> str:
    """A run of Chinese with each listed word replaced by its main synonym."""
    return _WORDS_ZH.sub(lambda found: _SAME_ZH.get(found[0], found[0]), run)


NEGATING = _words("negating")
SCOPE = _words("scope")
"""Words that modify a neighbouring word."""
AUXILIARIES = _words("auxiliaries")
LEADING = AUXILIARIES | _words("leading on")
"""Words that need the next one."""
VAGUE = _words("vague")
"""Last words of a clause that says nothing of what was done."""
PLANNING = _words("planning")
DOUBTING = _words("doubting")
"""Words that hedge, doubt or judge the rest of the headline, or change its verb."""
RANKING = _words("ranking")
MEASURING = _words("measuring")
ACTING = _words("acting")
RELATING = _words("relating")
ORDER_AND_TIME = _words("order and time")
SYMBOLS = _words("symbols")
ACTORS = _words("actors")
GOODS = _words("goods")
QUALIFYING = _words("qualifying")
CONTRASTIVE = NEGATING | DOUBTING | RANKING | SCOPE | AUXILIARIES | PLANNING | MEASURING
CONTRASTIVE |= ACTING | RELATING | QUALIFYING | ORDER_AND_TIME | SYMBOLS | ACTORS | GOODS
CONTRASTIVE_ZH = frozenset("".join(_words("contrastive zh")))
_NEGATING_STARTS = ("non", "anti", "counter", "quasi", "unre", "unap", "undo", "dis")

_NUMBERED = _words("numbered")
_TO_WORD_ENDS = ("s", "ed", "ing")
_OUTCOMES = _words("outcomes")
_FIXED_POSITION = NEGATING | SCOPE | AUXILIARIES | RELATING | SYMBOLS


def is_number(token: str) -> bool:
    """Whether a token holds a digit."""
    return any(char.isdigit() for char in token)


def is_contrastive_at(tokens: tuple[str, ...], place: int) -> bool:
    """Whether the token at a place of a headline, more or less, may make it another report."""
    token = tokens[place]
    if token in CONTRASTIVE or token in CONTRASTIVE_ZH or is_number(token):
        return True
    # Adverbs ("conditionally"), participles ("stalled orders"), negating prefixes and verbs after an actor are too many
    # to list.
    if len(token) > 4 and (token.endswith(("ly", "ed")) or token.startswith(_NEGATING_STARTS)):
        return True
    return place > 0 and token.endswith("s") and tokens[place - 1] in ACTORS


def is_swap_allowed(first: str, second: str) -> bool:
    """Whether two neighbouring words may change places without making another report.

    "Talks trade" for "trade talks" is a slip. These make another report: two actors, two acts ("lifted suspension"),
    two numbers, a negation or "only" at another word, an auxiliary that begins a question, "after" or "if" at another
    clause, "to close" for "close to".
    """
    pair = {first, second}
    if pair & _FIXED_POSITION:
        return False
    if "to" in pair:
        partner = second if first == "to" else first
        return partner in ACTORS or is_number(partner) or (partner.endswith(_TO_WORD_ENDS) and len(partner) > 3)
    if any(pair <= kind for kind in (ACTORS, ACTING, GOODS, _OUTCOMES)):
        return False
    return not all(is_number(word) or word in _NUMBERED for word in pair)

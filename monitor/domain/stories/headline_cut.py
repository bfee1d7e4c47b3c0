"""Headlines cut to a length: at the end of a clause, else behind a word that needs no next one."""

from __future__ import annotations

import re

from monitor.domain.stories.headline_words import LEADING, PLANNING, VAGUE
from monitor.domain.text.plain import truncated

_CLAUSE_END = re.compile(
    r",? (?:after|amid|ahead of|(?<!the )following|while|despite|citing)\b"
    r"|,? in (?:an? )?(?:bid|effort|attempt|move|sign|hopes?)\b|,? to try\b| for (?:[A-Z]\S* |and ){1,4}to\b"
    r"|,? (?:(?:\d+|an?|one|two|three|four|five|six|just) )?(?:day|week|month|hour)s? (?:after|ahead of|before)\b"
    r"|(?<!such)(?<!well)(?<!known)(?<!seen)(?<!same)(?<!far) as(?= \S+ \S+)"
    r"|, (?:say|says|said)\b|, (?!(?:including|excluding|excepting|pending|barring)\b)\w+ing\b|[;—]| [–-] ",
    re.IGNORECASE,
)
"""Where the main clause of a headline ends, and what follows is its occasion."""
_CONDITION = re.compile(
    r"\bfor (?:\S+ ){1,4}to (?:consider|approve|endorse|decide|review|sign)\b|"
    r"\b(?:subject to|pending|in principle|preliminary|preliminarily|provided that|conditional on)\b",
    re.IGNORECASE,
)
"""Words without which a draft reads like an act that is done: they are no occasion."""
_LEAST_CLAUSE = 24
"""The least characters of a main clause: fewer seldom name who did what."""
_LEAST_SHARE = 0.5
"""The least share of its room that a main clause fills; a shorter one says less than a cut headline."""
ATTRIBUTED = re.compile(r", [^,;:]{2,50}\b(?:says?|said|sources?|reports?)$|: [^,;:]{2,30}$")
"""Who says so, at the end of a headline."""
_SAYS = re.compile(r"^[,:] | (?:says?|said|reports?)$")
"""What stands around the name of who says so."""
QUOTE_FIRST = re.compile(r"^['‘“\"].+?['’”\"] ?[:–—-] (?=\S+ \S+ \S)")
"""Words of somebody before the clause that tells what happened."""
_LEADS_ON = re.compile(r"[$€£]?\d[\d.,]*%?|\S+['’]s?|\S+-(?:owned|based|made|led|backed|bound|linked|related|run)")
"""Words of a form that leads to a next word: a number, an owner."""
_FURTHER = re.compile(r", | (?:and|but|if|that|because|unless|when|which|who|to(?= [a-z])) ")
"""Where a cut headline begins something further: another part, a condition, a purpose."""
_REST = 18
"""Fewer characters behind it are the beginning of something that a cut headline does not tell (estimate)."""
_OLD_DATE = re.compile(r"(?:(?<= moved)|(?<= put off)) from \d{1,2} \w{3} \d{4}(?= to \d)")
"""The old date of a date that has moved: the new one is the news."""
_NAME_FIRST = re.compile(r" as (?=[A-Z]\S*, $)")
"""What stands before the first of two names that act: "as Acme, Beta agree"."""
_BRACKETS = (("(", ")"), ("[", "]"), ("“", "”"), ("‘", "’"))


def clause_end(title: str) -> int:
    """Where the main clause of a headline ends."""
    found = _CLAUSE_END.search(title, _LEAST_CLAUSE)
    return found.start() if found else len(title)


def main_clause(title: str, limit: int) -> str:
    """The longest beginning of a headline that ends with a clause and fills most of `limit`; '' if there is none."""
    ends = (found.start() for found in _CLAUSE_END.finditer(title, _LEAST_CLAUSE))
    whole = (end for end in ends if _LEAST_SHARE * limit <= end <= limit and not _CONDITION.search(title, end))
    return title[: max(whole, default=0)]


def clause_of_act(title: str, act_at: int, limit: int) -> str:
    """The title, if it is longer than `limit` without what stands before the clause after "as" or a comma that has the
    act, or that alone says what was done."""
    begins = title.rfind(", ", _LEAST_CLAUSE, max(act_at, 0)) + len(", ")
    if act_at >= limit and begins > _LEAST_CLAUSE and title[begins].isupper():
        listed = _NAME_FIRST.search(title, 0, begins)
        return title[listed.end() if listed else begins :]
    clause = main_clause(title, limit) if len(title) > limit else ""
    hides = act_at > len(clause) or clause.rpartition(" ")[2].casefold() in VAGUE
    return title[len(clause) + len(" as ") :] if hides and title[len(clause) :].startswith(" as ") else title


def cut_headline(text: str, limit: int) -> str:
    """At most `limit` characters: to the end of a clause, with who says so, who stands in front where that costs no
    word; else cut at a word: never inside a bracket or a quote that could close, nor behind a word that only leads to
    the next."""
    text = _OLD_DATE.sub("", text) if len(text) > limit else text
    if len(text) <= limit:
        return text
    said = ATTRIBUTED.search(text)
    if said is None:
        return _beginning(text, limit)
    if clause := main_clause(text, limit - len(said[0])):
        return f"{clause}{said[0]}"
    told, name = text[: said.start()], _SAYS.sub("", said[0])
    speaker = f"{name[:1].upper()}{name[1:]}: "
    plain = f"{told}…" if len(told) < limit else _beginning(told, limit)
    spoken = _beginning(told, limit - len(speaker)) if speaker[0].isalpha() and len(speaker) < limit // 2 else ""
    return f"{speaker}{spoken}" if spoken and spoken.startswith(plain.rstrip("…")) else plain


def _beginning(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    if clause := main_clause(text, limit):
        return clause
    cut = _closed(text, limit)
    for opening, closing in _BRACKETS:
        start = cut.rfind(opening)
        if start > limit // 2 and closing not in cut[start:]:
            cut = _closed(text, start + 1)
    return cut


def loses_object(title: str, limit: int, act_at: int = -1) -> bool:
    """Whether a headline is cut between a thing and what it is of (officials reach a framework …), or right behind the
    first word of its act (officials reach …), which stands at `act_at`, -1 if that is not known."""
    cut = cut_headline(title, limit)
    if not cut.endswith("…") or not title.startswith(cut[:-1]):
        return False
    ends = len(cut) - 1
    return title.startswith(" of ", ends) or (0 <= act_at < ends and " " not in title[act_at:ends].strip())


def _closed(whole: str, limit: int) -> str:
    """A text cut at a word, without the words at its end that lead to a next one, or only begin something further."""
    cut = truncated(whole, limit)
    words, after = cut.removesuffix("…").split(" "), whole.split(" ")
    while len(words) > 1 and _leads_on(words[-1].strip(",;:–—-()"), *after[len(words) : len(words) + 1]):
        words.pop()
    text = " ".join(words).rstrip(" ,;:–—-")
    further = [at.start() for at in _FURTHER.finditer(text, len(text) // 2)]
    begun = [at for at in further if text[:at].rpartition(" ")[2].casefold() not in PLANNING]
    text = text[: begun[-1]] if begun and len(text) - begun[-1] < _REST else text
    return f"{text}…" if cut.endswith("…") else cut


def _leads_on(word: str, following: str = "") -> bool:
    # A participle has an object, a noun before another one is part of its name: "bill proposing tariffs".
    has_object = word.endswith("ing") and following != "" and following.casefold() not in LEADING
    # "tariffs imposed under emergency law" is whole without the participle.
    has_object = has_object or (word.endswith("ed") and following.casefold() in ("under", "by"))
    return not word or has_object or word.casefold() in LEADING or _LEADS_ON.fullmatch(word) is not None

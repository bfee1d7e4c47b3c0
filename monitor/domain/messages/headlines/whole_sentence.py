"""A headline as a whole sentence of at most so many characters: clauses are dropped whole, and nothing is cut in the middle.

English headlines only. What is no sentence (a label, a question, a text that its outlet has cut) gives none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from monitor.domain.messages.headlines.news_verbs import (
    AUXILIARIES,
    BASES,
    NOUNS_TOO,
    NOUNS_TOO_BASES,
    PARTICIPLES,
    SURE_VERBS,
    word_set,
)
from monitor.domain.text.plain import one_line
from monitor.domain.text.writing_systems import UNSPACED_RANGE

MAX_SHORTENINGS = 64
"""Shorter forms of one headline that are tried: a bound for hostile texts; a real one has a dozen."""
_LABELS = re.compile(
    r"^(?:(?:exclusive|scoop|fact sheet|breaking(?: news)?|update \d+|updated?|correction|corrected|refile|watch|video|live(?: updates?)?|just in|"
    r"developing|urgent|alert|factbox|flash|newsalert|the latest|wrapup \d+|newsflash)\s*(?:[:|/\-–—]+\s*)|[^:]{1,40}\blive\s*:\s*|"
    r"[\[(][^\])]{1,24}[\])]\s*)+",
    re.IGNORECASE,
)
_LIVE_MARK = re.compile(
    r"\s*[-–—|:,]\s*(?:live(?: updates?| blog)?|as it happened|business live|video|photos|transcript)\s*$",
    re.IGNORECASE,
)
_UNNAMED = r"(?:an? |the |two |three )?(?:sources?|source familiar|reports?|media|officials?|company|memo|document|filing|paper|insiders?|people|traders|(?:[A-Z]{2,5} )?data)"
_UNNAMED_TAIL = re.compile(
    rf"\s*(?:[,:|]|\s[-–—]|—|-(?=sources?$))\s*(?:{_UNNAMED}(?: (?:says?|said|shows?|reports?|close to [a-z ]+))?|(?:says|say) {_UNNAMED})\s*$",
    re.IGNORECASE,
)
_SUFFIX = re.compile(r"\s+[-–—|]\s+([^-–—|]{2,40})$")
_SPEAKER_TAIL = re.compile(
    r"(?:,|\s[-–—])\s*([A-Za-z][^,]{1,40}?) (says?|said|reports|reported|reporting|announce[sd]?)$"
)
_INVERTED_TAIL = re.compile(r"(?:,|\s[-–—])\s*(says|said)\s+([A-Z][^,]{1,40})$")
_OUTLETS = re.compile(
    r"(?:The )?(?:[A-Z]{2,4}|Reuters|Bloomberg(?: News)?|Axios|Nikkei|Politico|Semafor|Information|Post|Times|Guardian|Journal|Caixin)"
)
"""Outlets that credit themselves behind a sentence: the message names its outlet anyhow."""
_QUESTION = word_set(
    """
    why how what when where who whose which is are was were do does did can could will would should has have if
    here inside meet explainer analysis opinion editorial column commentary review podcast quiz timeline
    interview transcript q&a factcheck
    """
)
_TURN = re.compile(
    r"\b(?:but|yet|now|not|no|never|unless|if|until|only|without|den(?:y|ies|ied)|refus\w+|reject\w+)\b", re.IGNORECASE
)
"""Words that can turn the sense of what stands before them: a clause with one is not dropped."""
_CLAUSE = re.compile(
    r"(?i:(?:,|\s[-–—])?\s+(?:even )?(?:after|amid|amidst|while|whilst|despite|ahead of|before|following|because|until after|just as|(?:days|weeks|hours) (?:after|before)|"
    r"in (?:an? )?(?:bid|effort|move|attempt|push) to|in retaliation|in response|paving|on (?:the )?eves? of)\s)|"
    r"(?i:(?<!\btake)(?<!\btakes)(?<!\btook)(?<!\bwin)(?<!\bwins)(?<!\bhand)(?<!\bhands)(?<!\bturn)(?<!\bturns)\s+over\s)(?!\d)|"
    r"(?i:\s+with\s)(?=[^,]{3,40}(?:ed|left|due)$)|(?i:\s+(?:bound for|(?:pledged|promised|agreed|announced) in)\s)|"
    r"(?i:,\s+(?:about|some|roughly|nearly|around|at least|up to)\s)(?=\d)|"
    r"(?i:(?:,|\s[-–—])?\s+(?:even )?as\s+)(?!(?:part|well|soon|early|much|many|long|it|an?|high|low|of)\b)|"
    r"(?i:,\s+(?:[a-z]+ing|which|who|where|including|plus|with)\s|\s+(?:and then|thereby)\s)|"
    r",\s+(?=[a-z]+ (?:is|are|was|were)\s)|;\s+|\s[–—]\s|\s-\s|:\s+|(?<=[a-z0-9’'”\"])[.!]\s+(?=[A-Z])"
)
"""Where a clause begins that can be left out whole."""
_BEFORE_AS = word_set(
    """
    such same just known seen described hailed serve serves served named names act acts acted used regarded
    viewed long soon well much many early far
    """
)
_TAIL = re.compile(
    r",?\s+(?:(?:from|on|by|in|until|since|late|early)\s+)?(?:(?:next|this|last)\s+(?:week|month|year|spring|summer|autumn|fall|winter|quarter)|"
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|today|tomorrow|yesterday|immediately|so far)$|"
    r"\s+in\s+(?:(?:an?|the|its|his)\s+)?(?:list|notice|statement|post|speech|interview|filing|letter)(?:\s+of\s+[^,]{3,40})?$|"
    r"\s+(?:for|by)\s+(?:an?|one|two|three|six|\d+)[ -](?:more )?(?:days?|weeks?|months?|years?)$|"
    r"\s+at\s+\d[\d.,]*(?:\s+(?:million|billion))?\s+(?:metric\s+)?(?:tons?|tonnes?)$|"
    r"\s+(?:from|on|to|until)\s+(?:\d{1,2}\s+)?(?:January|February|March|April|May|June|July|August|September|October|November|December|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.?(?:\s+\d{1,2})?(?:,?\s+\d{4})?$|"
    r"\s+(?:in|at)\s+(?:the\s+)?[A-Z][\w’']+(?:\s+[A-Z][\w’']+){0,2}$|\s+in\s+(?:phone call|call|video call|court)$"
)
"""When or where it is, at the end: the sentence stands without it."""
_JOINT = re.compile(r"(?:,| and) (?=(\w+) )")
_PLACE_WITHIN = re.compile(r"\s+(?:in|at)\s+[A-Z][\w’']+(?:\s+[A-Z][\w’']+)?(?=\s+to\s+[a-z])")
"""Where an agreement is reached, before what is agreed."""
_MILLION_TONS = re.compile(r"\b(\d[\d.]*)[ -]million(?: metric)? (?:tons|tonnes|ton|tonne)\b")
"""An amount in words, which the house style writes as '12 Mt'."""
_OPENING = re.compile(r"^(?:In|After|As|Amid|Despite|Following|With|Ahead|Under|At|On)\b[^,:]{3,80},\s+(?=\S)")
_DANGLING = word_set(
    """
    to of for in on with by at from the a an its his their her and or but that as than over under into between
    about against if says said say warns warned sees tells told reports reported is are was were has have will
    would can could may might must be not no more less most further new another any some up even amid after
    before while despite following ahead until till unless because since whether when where who set ready likely
    """
)
_NO_SUBJECT = word_set("and but or as so well yes he she they it we i this that these those there who which")
_MARKETS = word_set(
    """
    stocks shares futures prices markets market wall dow yuan dollar investors analysts oil gold bitcoin asia
    asian
    """
)
PREPOSITIONS = word_set(
    """
    of on in for to from with by at over under between against amid after before into about as and or
    """
)
_WITH_PREPOSITION = {
    "to": ["plans", "plan", "moves", "hopes", "aims", "offers", "promises", "talks", "bids", "returns"],
    "for": ["calls"],
    "on": ["calls"],
}
_GO_ON_WITH_TO = word_set(
    """
    start starts started pledge pledges pledged vow vows vowed seek seeks need needs push pushes rush rushes race
    races look looks claim claims
    """
)
"""Verbs that another verb follows behind 'to', where they would be read as nouns: 'China starts to grant licences'."""
_ADJECTIVES = word_set("ready likely unlikely willing unwilling close able unable poised due open")
_STANCES = word_set("mum quiet optimistic upbeat confident vague wary cautious split divided")
_FORESEEN = word_set("set expected slated scheduled tipped forced")
_ACTORS = word_set(
    """
    government ministry court administration president minister premier regulator company firm senate house
    chief
    """
)
_NAMES_IN_S = word_set("US USTR USDA Reuters Congress Netherlands Times Texas Illinois Mercedes Brussels Paris")
_ADVERBS = frozenset({"now", "then", "today", "still", "instead", "again"})
_REPORTING = frozenset(["says", "said", "say"])
_NAME = r"[A-Z][\w.’'-]*(?:\s[A-Z][\w.’'-]*){0,2}"
_PAIR = re.compile(rf"^({_NAME}), ({_NAME}) (?=([a-z]+)\b)")
_FOREIGN = re.compile(rf"[{UNSPACED_RANGE}\u0400-\u04ff\u0600-\u06ff\u0900-\u097f]")
_QUOTES = (("“", "”"), ("‘", "’"), ("(", ")"), ("[", "]"))


def whole_sentence(text: str, limit: int, keeps: Callable[[str], bool] | None = None, *, loose: bool = False) -> str:
    """The longest form of a headline that is a whole sentence, fits in `limit` characters and satisfies `keeps` (None: any will do); '' if none.

    A form that begins as the headline does goes before a clause from its middle. The full stop is left out. loose: a named speaker behind the sentence may be left out, because the reader is told of the
    doubt anyhow.
    """
    clean = _without_marks(one_line(text, 500))
    if not clean or "…" in clean or "..." in clean or "?" in clean or _FOREIGN.search(clean):
        return ""
    fitting = (
        form
        for form in _forms(clean, loose=loose)
        if len(form) <= limit and is_sentence(form) and (keeps is None or keeps(form))
    )
    beginning = clean[:8].lower()
    return max(fitting, key=lambda form: (form.lower().startswith(beginning), len(form)), default="")


def _without_marks(text: str) -> str:
    """Without the outlet behind a headline, labels before it, and the marks of live pages."""
    text = _LABELS.sub("", text.strip()).removeprefix("Now, ")
    text = _LIVE_MARK.sub("", text)
    suffix = _SUFFIX.search(text)
    if (
        suffix
        and len(suffix[1].split()) <= 4
        and finite_verb(suffix[1].split()) is None
        and not _TURN.search(suffix[1])
    ):
        text = text[: suffix.start()]
    text = _LIVE_MARK.sub("", text)
    text = _UNNAMED_TAIL.sub("", text).replace("U.S.", "US")
    return text.strip().rstrip(".!;,:").strip()


def _forms(text: str, *, loose: bool) -> Iterator[str]:
    """The headline and its shorter forms, each mended for reading."""
    seen, waiting = {text}, [text]
    while waiting and len(seen) < MAX_SHORTENINGS:
        form = waiting.pop(0)
        yield _mended(form)
        for shorter in _shortenings(form, loose=loose):
            if shorter not in seen:
                seen.add(shorter)
                waiting.append(shorter)


def _shortenings(text: str, *, loose: bool) -> Iterator[str]:
    """A headline with one thing less: the speaker moved or left out, a clause, when and where, what stands before it."""
    yield from _by_speaker(text, loose=loose)
    yield from _by_clause(text)
    if (shorter := _MILLION_TONS.sub(r"\1 Mt", text)) != text:
        yield shorter
    if place := _PLACE_WITHIN.search(text):
        yield text[: place.start()] + text[place.end() :]
    if tail := _TAIL.search(text):
        yield text[: tail.start()].strip()
    if opening := _OPENING.match(text):
        yield text[opening.end() :].strip()


def _by_speaker(text: str, *, loose: bool) -> Iterator[str]:
    """'China buys beans, Greer says' -> 'Greer says China buys beans'; without the speaker where that is an outlet, or loose."""
    if speaker := _SPEAKER_TAIL.search(text):
        main = text[: speaker.start()].strip().rstrip(",")
        if speaker[1][:1].isupper() and speaker[2] in _REPORTING:
            yield f"{speaker[1]} {speaker[2]} {main}"
        if loose or speaker[2].startswith("report") or _OUTLETS.fullmatch(speaker[1]):
            yield main
    if speaker := _INVERTED_TAIL.search(text):
        yield f"{speaker[2]} {speaker[1]} {text[: speaker.start()].strip()}"


def _by_clause(text: str) -> Iterator[str]:
    """A headline without one of its clauses, or one that may stand for itself; without a second verb of its subject."""
    for cut in _CLAUSE.finditer(text):
        head, rest = text[: cut.start()], text[cut.end() :]
        mark = cut[0].strip(" ,–—-").lower()
        if mark == "as" and (head.rpartition(" ")[2].lower() in _BEFORE_AS or finite_verb(rest.split()) is None):
            continue
        if not _TURN.search(rest):
            yield head.strip().rstrip(",")
        if mark in ("", ":", ";", "as", "while") and cut[0].strip() != ",":
            yield rest.strip()
    for joint in _JOINT.finditer(text):
        verb, rest = joint[1].lower(), text[joint.end() :]
        if (verb in SURE_VERBS or verb in BASES - NOUNS_TOO_BASES) and not _TURN.search(rest):
            yield text[: joint.start()].strip().rstrip(",")


def _mended(text: str) -> str:
    """Headline grammar made plain: 'A, B meet' -> 'A and B meet', 'A to buy' -> 'A is to buy', 'Deal signed' -> 'Deal is signed'."""
    pair = _PAIR.match(text)
    if (
        pair
        and _two_names(pair[1], pair[2])
        and (pair[3] in BASES or pair[3] in SURE_VERBS or pair[3] in AUXILIARIES or pair[3] == "to")
    ):
        text = f"{pair[1].strip()} and {pair[2]}{text[pair.end(2) :]}"
    words = text.split()
    at = finite_verb(words)
    if at is None:
        return text[:1].upper() + text[1:]
    verb, be = words[at].lower(), "are" if is_plural(words[:at]) else "is"
    following = words[at + 1].lower() if at + 1 < len(words) else ""
    if verb in ("to", "yet") or _describes(words, at) or _passive(words, at, following):
        words.insert(at, be)
    elif verb in _REPORTING and (said := finite_verb(words[at + 1 :])) is not None:
        within = at + 1 + said
        if words[within].lower() == "to" or _describes(words, within):
            words.insert(within, "are" if is_plural(words[at + 1 : within]) else "is")
    return (text := " ".join(words))[:1].upper() + text[1:]


def _two_names(*names: str) -> bool:
    """Whether these are names, without a verb or an adverb among them."""
    words = [word.lower() for name in names for word in name.split()]
    return not any(word in AUXILIARIES | _ADVERBS or word in SURE_VERBS for word in words)


def _passive(words: Sequence[str], at: int, following: str) -> bool:
    """Whether a participle stands for a passive: behind a thing, before nothing that it could act on."""
    verb, thing = words[at].lower(), words[at - 1]
    if verb in _FORESEEN and following == "to":
        return True
    a_thing = thing.islower() or (at >= 2 and _title_case(words))
    if verb not in PARTICIPLES or not a_thing or thing in ("who", "that", "which"):
        return False
    if following == "off" and at + 2 == len(words):
        return True
    return following in ("", "by", "until", "for", "to", "from", "under", "on", "in") and verb not in (
        [
            "arrived",
            "ended",
            "stalled",
            "failed",
            "fell",
            "resumed",
            "returned",
            "traveled",
            "travelled",
            "surged",
            "soared",
            "slumped",
            "rallied",
            "jumped",
            "voted",
            "rose",
            "led",
            "met",
            "won",
            "held",
            "fought",
            "started",
            "stopped",
            "begun",
            "gained",
            "appealed",
            "responded",
            "reacted",
            "replied",
            "expired",
            "lapsed",
            "collapsed",
        ]
    )


def is_plural(subject: Sequence[str]) -> bool:
    """Whether the words before a verb take it in the plural: 'the talks', 'the US and China', 'the Dutch'."""
    head = subject[
        : next((at for at, word in enumerate(subject) if at and word in PREPOSITIONS - {"and", "or"}), len(subject))
    ]
    last = _bare(head[-1])
    named = last in _NAMES_IN_S
    return (
        " and " in " ".join(subject)
        or "," in " ".join(subject)
        or last == "Dutch"
        or (last.endswith("s") and not last.endswith(("ss", "us", "is")) and not named)
    )


def is_sentence(text: str) -> bool:
    """Whether a text has a subject and a finite verb, does not end in the middle, and is neither a question nor a market report."""
    words = text.split()
    if (
        len(words) < 3
        or _bare(words[0]).lower() in _QUESTION | _MARKETS | _NO_SUBJECT
        or text.isupper()
        or text.startswith(("'s", ","))
    ):
        return False
    if (
        _bare(words[-1]).lower() in _DANGLING
        or not _balanced(text)
        or re.search(r":|;|\s[-–—]\s|[a-z]\. [A-Z]", text)
        or text.count(" ") > 40
    ):
        return False
    at = finite_verb(words)
    if at is not None and words[at].lower() in _REPORTING and finite_verb(words[at + 1 :]) is None:
        return False
    return (
        at is not None
        and at >= 1
        and (
            at + 1 < len(words)
            or _bare(words[at]).lower() in SURE_VERBS.keys() | BASES
            or words[at - 1] in ("is", "are")
        )
    )


def finite_verb(words: Sequence[str]) -> int | None:
    """Where the first finite verb stands, behind a subject; None if there is none. 'to' counts where it means the future."""
    titled = _title_case(words)
    for at in range(1, len(words)):
        word, before = _bare(words[at]).lower(), _bare(words[at - 1])
        following = _following(words, at)
        if (
            before.lower() in PREPOSITIONS | {"the", "a", "an", "its", "their", "his", "more", "new"}
            and word not in AUXILIARIES
        ):
            continue
        if word in AUXILIARIES or (
            word in SURE_VERBS and not (SURE_VERBS[word] == "past" and following in _nouns_follow(words, at))
        ):
            return at
        if word in NOUNS_TOO and _acts(word, before, following, at, titled=titled):
            return at
        if (
            word in BASES
            and is_plural(words[:at])
            and not before.endswith(("'s", "’s"))
            and _begins_object(word, following)
        ):
            return at
        if following in BASES | {"be"} and word == "to" and _names(before, words[at + 1 :]):
            return at
        if following == "to" and word in _WITH_PREPOSITION["to"] and at + 2 < len(words):
            return at
        if (word, following) == ("yet", "to") or (before[:1].isupper() and _describes(words, at)):
            return at
    return None


def _following(words: Sequence[str], at: int) -> str:
    """The word behind this one, or the number itself behind 'at least' or 'about': 'books at least ten cargoes'."""
    first, second = (_bare(words[n]).lower() if n < len(words) else "" for n in (at + 1, at + 2))
    counts = (first == "at" and second in ("least", "most")) or (first in ("about", "over") and second[:1].isdigit())
    return second if counts else first


def _describes(words: Sequence[str], at: int) -> bool:
    """Whether the words from here on describe what stands before them, and a headline has left out 'is': 'Beijing silent on ...'."""
    word, following = (_bare(words[n]).lower() if n < len(words) else "" for n in (at, at + 1))
    if word == "in" and following == "talks":
        return at + 2 < len(words) and _bare(words[at + 2]).lower() in ("with", "to", "on", "over", "about")
    return (word in _ADJECTIVES and following in ("to", "for")) or (word in _STANCES and following in ("on", "about"))


def _begins_object(verb: str, following: str) -> bool:
    """Whether a verb of the form 'meet' goes on as a verb does; one that may be a noun ('trade') needs a clear object."""
    if verb in NOUNS_TOO_BASES - {
        "rise",
        "fall",
        "drop",
        "jump",
        "rebound",
        "slump",
        "start",
        "end",
        "resume",
        "return",
    }:
        return following in {"the", "a", "an", "its", "their", "up", "off", "back", "new", "more"}
    return following not in NOUNS_TOO and following not in SURE_VERBS


def _names(before: str, after: Sequence[str]) -> bool:
    """Whether 'to' behind this word means the future: behind a name or a plural, with no verb to come in its clause."""
    if before.lower() in _ADJECTIVES or not (before[:1].isupper() or before.endswith("s")):
        return False
    comma = next((at for at, word in enumerate(after) if word.endswith(",")), len(after))
    clause = [_bare(word).lower() for word in after[1 : comma + 1]]
    return not any(word in AUXILIARIES or SURE_VERBS.get(word) == "present" for word in clause)


def _nouns_follow(words: Sequence[str], at: int) -> frozenset[str]:
    """A participle before a noun and a later verb describes the noun: 'promised deal looms'."""
    later = at + 2 < len(words) and _bare(words[at + 2]).lower() in SURE_VERBS and words[at - 1].islower()
    return frozenset({_bare(words[at + 1]).lower()}) if later else frozenset()


def _acts(word: str, before: str, following: str, at: int, *, titled: bool) -> bool:
    """Whether a form that may be a noun is the verb: behind a name, before what it acts on."""
    if following in SURE_VERBS or following in AUXILIARIES or not following:
        return False
    if following == "to" and word in _GO_ON_WITH_TO and before[:1].isupper():
        return True
    if following in PREPOSITIONS and word not in _WITH_PREPOSITION.get(following, ()):
        return False
    if NOUNS_TOO[word] == "past":
        return True
    return (
        (before[:1].isupper() or before.lower() in _ACTORS)
        and not before.endswith(("'s", "’s"))
        and (at == 1 or not titled)
    )


def _title_case(words: Sequence[str]) -> bool:
    long = [word for word in words[1:] if len(word) > 3 and word[0].isalpha()]
    return sum(word[0].isupper() for word in long) > 0.7 * len(long) if long else False


def _bare(word: str) -> str:
    return word.strip("“”‘\"'()[],;:.!?—–").removesuffix("’")


def _balanced(text: str) -> bool:
    if text.count('"') % 2 or re.search(r"(?<!\w)'(?!\w*\d)[^']*$", text):
        return False
    opened = text.count("‘")
    closing = len(re.findall(r"’(?!\w)", text))
    plain = all(text.count(first) == text.count(last) for first, last in _QUOTES if first != "‘")
    return plain and (opened == 0 or closing >= opened)

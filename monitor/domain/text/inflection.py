"""English inflection: every form of a verb, singular and plural of a noun, British and American spelling alike.

Rules inflect regular words; tables list the irregular words of news. A word is given in its base form: the
verb as after "to", the noun in the singular. Of a phrasal verb the first word inflects ("tear up", "torn up"), of
several nouns the last one ("farm goods"), of a word with hyphens its last part ("fast-tracked").
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import product
from typing import NamedTuple

_WORD = re.compile(r"[^\W_]+(?:[-'\u2019&.][^\W_]+)*\.?")
_VERB = re.compile(r"[a-z]+(?:-[a-z]+)*")
_NOUN = re.compile(r"[a-z0-9\u00e0-\u00ff&]+(?:[-'][a-z0-9\u00e0-\u00ff&]+)*")
_ENDS_IN_Y = re.compile(r"(?:[^aeiou]|qu)y$")
_SHORT_IN_Z = re.compile(r"(?:[^aeiou]|qu)+[aeiou]z")
_TAKES_ES = re.compile(r"(?:s|x|z|ch|sh|[^aeiou]o)$")
_DROPS_E = re.compile(r"[^eoy]e$")
_ENDS_IN_C = re.compile(r"[aeiou]c$")
_ENDS_IN_L = re.compile(r"(?:[^aeiou]|qu|u(?=[ae])|i(?=a))[aeiou]l$")
_SHORT_SYLLABLE = re.compile(r"[^aeiou]*(?:qu)?[aeiouy][^aeiouwxyh]")
_LOOKS_INFLECTED = re.compile(r"[aeiouy].*(?:[^e]ed|ing|[^aisu]s)$")
_LOOKS_PLURAL = re.compile(r"[^aiosu]s$")
_NOUN_TAKES_ES = re.compile(r"(?:s|x|z|ch|sh)$")


def _words_of(table: str) -> frozenset[str]:
    return frozenset(table.split())


# ---------------------------------------------------------------- verbs that no rule inflects

# Base, past, participle; no participle if it equals the past. A slash separates alternative forms.
_IRREGULAR_VERBS = """
abide abided/abode, arise arose arisen, bear bore borne/born, beat beat beaten/beat, begin began begun, bend bent, bet
bet/betted, bid bid/bade bid/bidden, bind bound, bite bit bitten, bleed bled, blow blew blown, break broke broken,
breed bred, bring brought, broadcast broadcast/broadcasted, build built, burn burned/burnt, burst burst, bust
busted/bust, buy bought, cast cast, catch caught, choose chose chosen, cling clung, come came come, cost cost/costed,
creep crept, cut cut, deal dealt, dig dug, dive dived/dove dived, do did done, draw drew drawn, drink drank drunk,
drive drove driven, eat ate eaten, fall fell fallen, feed fed, feel felt, fight fought, find found, fit fitted/fit,
flee fled, fly flew flown, forbid forbade/forbad forbidden, forecast forecast/forecasted, forget forgot forgotten,
freeze froze frozen, get got got/gotten, give gave given, go went gone, grind ground, grow grew grown, hang
hung/hanged, have had, hear heard, hide hid hidden, hit hit, hold held, hurt hurt, input input/inputted, keep kept,
know knew known, lay laid, lead led, lean leaned/leant, leap leapt/leaped, learn learned/learnt, leave left, lend lent,
let let, lie lay/lied lain/lied, light lit/lighted, lose lost, make made, mean meant, meet met, offset offset, output
output/outputted, pay paid, plead pleaded/pled, prove proved proved/proven, put put, quit quit/quitted, read read,
relay relayed/relaid, rid rid/ridded, ride rode ridden, ring rang rung, rise rose risen, run ran run, saw sawed
sawn/sawed, say said, see saw seen, seek sought, sell sold, send sent, set set, shake shook shaken, shed shed, shoot
shot, show showed shown/showed, shrink shrank/shrunk shrunk/shrunken, shut shut, sink sank/sunk sunk, sit sat, sleep
slept, slide slid, sow sowed sown/sowed, speak spoke spoken, speed sped/speeded, spell spelled/spelt, spend spent,
spill spilled/spilt, spin spun, spit spat/spit, split split, spoil spoiled/spoilt, spread spread, spring sprang/sprung
sprung, stand stood, stave staved/stove, steal stole stolen, stick stuck, sting stung, strike struck struck/stricken,
string strung, strive strove/strived striven/strived, swear swore sworn, sweep swept, swell swelled swollen/swelled,
swing swung, take took taken, teach taught, tear tore torn, tell told, think thought, throw threw thrown, thrust
thrust, understand understood, wake woke/waked woken/waked, wear wore worn, win won, wind wound, write wrote written
"""
_PREFIXES = _words_of("""
    back be cross for fore ghost green hand inter mis out over pre proof re short side spot trouble type un under up
    with
    """)
"""Prefixes of irregular verbs that keep their forms: withdraw, undo, override, rewrite, greenlight."""
_REGULAR_DESPITE_PREFIX = _words_of("befit behave belie outfit overshoe")
_ALSO_BASES = _words_of("bore bound fell felt found ground present rebound relent rent resent saw wound")
"""Base forms that look like the past of another verb."""
_LIKE_A_PAST = _words_of("embed imbed")

# Verbs of several syllables whose last consonant doubles: the last one is stressed, or a word of its own.
_DOUBLED = _words_of("""
    abet acquit admit airdrop allot annul backpedal backstop begin commit compel concur confer control debar defer
    deter embed emit equip excel expel forbid forget format gas incur infer input inter kidnap occur offset omit
    outfit output outstrip overlap overstep patrol permit prefer program propel readmit rebel rebut recap recommit
    recur refer refit regret remit repel reprogram resubmit retrofit sidestep submit transfer tranship transmit
    transship unclog underpin wiretap
    """)
_DOUBLED_OR_NOT = _words_of("benefit bias bus combat focus leaflet plus refocus worship")
_SYNCED = _words_of("resync sync")
"""Verbs in c that take no k."""
_KEEPS_E = _words_of("singe tinge")
_KEEPS_E_OR_NOT = _words_of("age cue eye hinge queue route")

# ---------------------------------------------------------------- nouns that no rule inflects

_SAME_IN_PLURAL = _words_of("""
    aircraft cattle chassis cod corps crossroads customs deer earnings economics electronics ethics goods headquarters
    logistics means news offspring people physics police politics premises proceeds renminbi salmon semis series sheep
    spacecraft species statistics swine thanks
    """)
# Singular, plural; a slash separates alternative forms.
_IRREGULAR_NOUNS = """
addendum addenda/addendums, appendix appendices/appendixes, axis axes, baht baht/bahts, bath baths, bitcoin
bitcoins/bitcoin, bureau bureaus/bureaux, bus buses/busses, child children, consortium consortia/consortiums, counsel
counsel/counsels, craft craft/crafts, criterion criteria/criterions, datum data, dozen dozens/dozen, fish fish/fishes,
focus focuses/foci, foot feet, formula formulas/formulae, forum forums/fora, gas gases/gasses, half halves, index
indexes/indices, knife knives, leaf leaves, life lives, loaf loaves, man men, maximum maximums/maxima, medium
media/mediums, memorandum memorandums/memoranda, millennium millennia/millenniums, minimum minimums/minima, moratorium
moratoriums/moratoria, mouse mice, person people/persons, phenomenon phenomena, quiz quizzes, referendum
referendums/referenda, runner-up runners-up, self selves, shelf shelves, shrimp shrimp/shrimps, spectrum
spectra/spectrums, squid squid/squids, stadium stadiums/stadia, stimulus stimuli/stimuluses, thief thieves, tooth
teeth, tuna tuna/tunas, ultimatum ultimatums/ultimata, wife wives, wolf wolves, woman women, won won/wons, yen
yen/yens, yuan yuan/yuans
"""
_ENDS_OF_COMPOUNDS = _words_of("child foot knife leaf man mouse shelf tooth wife wolf woman")
_NOT_OF_MAN = _words_of("german human roman")
_OES = _words_of("echo embargo go hero no potato tomato torpedo veto")
_OS_AND_OES = _words_of("buffalo cargo fiasco mango manifesto mosquito tornado volcano zero")
_HARD_CH = _words_of("biotech cleantech edtech fintech monarch oligarch stomach tech")
_SINGULAR_THOUGH_IN_S = _words_of("lens mars") | _SAME_IN_PLURAL

# ---------------------------------------------------------------- spelling

_ONLY_ISE = _words_of("""
    advertise advise arise comprise compromise concise demise devise disguise enterprise excise exercise expertise
    franchise improvise likewise merchandise otherwise overpromise paradise practise precise premise promise revise
    sunrise supervise surprise televise
    """)
_ONLY_IZE = _words_of("capsize downsize outsize oversize prize resize rightsize size supersize upsize")
_OUR_STEMS = (
    "arb|ard|arm|behavi|cand|clam|clang|col|demean|endeav|enam|fav|ferv|flav|glam|harb|hon|hum|lab|misdemean|neighb|od"
    "|parl|ranc|rig|rum|savi|sav|splend|succ|tum|val|vap|vig"
)
_OUR = re.compile(rf"((?:be|dis|mis|re|un)?(?:{_OUR_STEMS}))(our|or)((?:er|ite|able|hood|y|ing|ful|al|ism|itism)?)")
_METRE = re.compile(r"((?:centi|deci|hecto|kilo|micro|milli|nano)?(?:met|lit))(re|er)")
_ISE = re.compile(r"(\w*[aeiouy]\w*[^\W\daeiou]i|\w+ly)(s|z)(e|er|ation)")

_SPELLINGS = """
acknowledgement acknowledgment, adviser advisor, ageing aging, aluminium aluminum, analogue analog, artefact artifact,
axe ax, catalogue catalog, centre center, chilli chili, cooperate co-operate, cooperation co-operation, coordinate
co-ordinate, coordination co-ordination, coordinator co-ordinator, councillor councilor, datacentre datacenter, defence
defense, despatch dispatch, dialogue dialog, disc disk, distil distill, email e-mail, enquire inquire, enquiry inquiry,
enrol enroll, enrolment enrollment, epicentre epicenter, fibre fiber, fulfil fulfill, fulfilment fulfillment, gramme
gram, grey gray, instalment installment, instil instill, jewellery jewelry, judgement judgment, kilogramme kilogram,
licence license, manoeuvre maneuver, offence offense, plough plow, pre-empt preempt, pretence pretense, programme
program, protester protestor, re-elect reelect, re-election reelection, re-engage reengage, re-enter reenter,
re-establish reestablish, re-examine reexamine, re-export reexport, re-impose reimpose, reprogramme reprogram, rouble
ruble, sceptic skeptic, scepticism skepticism, soy soya, soybean soyabean, spectre specter, sublicence sublicense,
sulphate sulfate, sulphide sulfide, sulphur sulfur, theatre theater, tonne ton, transship tranship, transshipment
transhipment, traveller traveler, tsar czar, whisky whiskey
"""
"""Spellings of one word. Words whose other spelling is also a word of its own stay apart: check, curb, draft, story."""
_SPELLINGS_OF_VERBS = "practise practice"
_SPELLINGS_OF_NOUNS = """
cancelling canceling, channelling channeling, fuelling fueling, labelling labeling, levelling leveling,
modelling modeling, signalling signaling, travelling traveling, tyre tire, unravelling unraveling
"""


class _Past(NamedTuple):
    forms: tuple[str, ...]
    participles: tuple[str, ...]


def _rows(*tables: str) -> list[list[str]]:
    return [row.split() for table in tables for row in table.split(",")]


_VERB_SPELLINGS = {word: tuple(row) for row in _rows(_SPELLINGS, _SPELLINGS_OF_VERBS) for word in row}
_NOUN_SPELLINGS = {word: tuple(row) for row in _rows(_SPELLINGS, _SPELLINGS_OF_NOUNS) for word in row}
_IRREGULAR = {
    base: _Past(tuple(rest[0].split("/")), tuple(rest[-1].split("/"))) for base, *rest in _rows(_IRREGULAR_VERBS)
}
_BASES_OF_PAST = {form: base for base, past in _IRREGULAR.items() for form in past.forms + past.participles}
_PLURALS = {singular: tuple(plural.split("/")) for singular, plural in _rows(_IRREGULAR_NOUNS)}
_SINGULARS = {
    form: singular
    for singular, plurals in _PLURALS.items()
    for form in plurals
    if form not in {*_PLURALS, *_SAME_IN_PLURAL}
}

# ---------------------------------------------------------------- words and phrases


@lru_cache(maxsize=4096)
def verb_forms(text: str) -> tuple[str, ...]:
    """Return base, third person, past, participle and -ing form of a verb or phrasal verb, in all spellings."""
    verbs, after = _read_verb(text)
    forms = list[str]()
    for verb in verbs:
        if verb in ("be", "have"):
            third = ["is", "are", "am"] if verb == "be" else ["has"]
        elif _ENDS_IN_Y.search(verb):
            third = [f"{verb[:-1]}ies"]
        elif verb.endswith("s") and verb in _DOUBLED_OR_NOT:
            third = [f"{verb}es", f"{verb}ses"]
        elif _SHORT_IN_Z.fullmatch(verb):
            third = [f"{verb}zes"]
        elif verb in _OS_AND_OES:
            third = [f"{verb}es", f"{verb}s"]
        else:
            third = [f"{verb}es" if _TAKES_ES.search(verb) else f"{verb}s"]
        last = verb.rpartition("-")[2]  # of a word with hyphens the last part inflects
        if last.endswith("ie"):
            stems = [f"{last[:-2]}y"]
        elif last in _KEEPS_E_OR_NOT:
            stems = [last[:-1], last]
        elif _DROPS_E.search(last) and last not in _KEEPS_E and last != "be":
            stems = [last[:-1]]
        else:
            stems = _stems(last)
        past = _past(verb)
        ing = [f"{verb.removesuffix(last)}{stem}ing" for stem in stems]
        forms += (verb, *third, *past.forms, *past.participles, *ing)
    return _phrases(forms, *after)


@lru_cache(maxsize=4096)
def participles(text: str) -> tuple[str, ...]:
    """Return the past participles of a verb or phrasal verb, in all spellings."""
    verbs, after = _read_verb(text)
    return _phrases([form for verb in verbs for form in _past(verb).participles], *after)


def agreeing(verb: str, *, plural: bool) -> str:
    """Return the form of a verb in the present, or of `was`, that agrees with its subject: says, are, were."""
    if plural:
        return {"be": "are", "was": "were"}.get(verb, verb)
    try:
        return verb if verb == "was" else verb_forms(verb)[1]
    except ValueError:  # the words of a rule are free text
        return f"{verb}s"


@lru_cache(maxsize=4096)
def noun_forms(text: str) -> tuple[str, ...]:
    """Return singular and plural of a noun, in all spellings; of several words the last one inflects."""
    *before, last = _words(text)
    noun = last.lower()
    if not _NOUN.fullmatch(noun):
        raise ValueError(f"{last!r} is not an English noun")
    end = noun.rpartition("-")[2]
    if not last.isupper() and end in _SINGULARS:
        raise ValueError(f"{noun!r} is a plural: give the singular, {_SINGULARS[end]}")
    if not last.isupper() and _LOOKS_PLURAL.search(end) and end not in _SINGULAR_THOUGH_IN_S:
        raise ValueError(f"{noun!r} looks like a plural: give the singular")
    inflected = [form for noun in _spellings(noun, _NOUN_SPELLINGS) for form in (noun, *_plural(noun))]
    # The other words do not inflect, and stay as they are: "US" is not "us".
    others = [(word, *_spellings(word.lower(), _NOUN_SPELLINGS)[1:]) for word in before]
    return _phrases(*others, inflected)


@lru_cache(maxsize=4096)
def _read_verb(text: str) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """The spellings of a verb in its base form, and those of each word behind it. Refuses an inflected form."""
    first, *after = _words(text)
    verb = first.lower()
    if not _VERB.fullmatch(verb):
        raise ValueError(f"{first!r} is not an English verb")
    last = verb.rpartition("-")[2]
    if not _irregular_stem(last)[1] and last not in _ALSO_BASES:
        for prefix in ("", *_PREFIXES):
            stem = last.removeprefix(prefix)
            if stem in _BASES_OF_PAST and stem not in _ALSO_BASES:
                raise ValueError(f"{verb!r} is a past form: give the base, {prefix}{_BASES_OF_PAST[stem]}")
        if _LOOKS_INFLECTED.search(last) and last not in _LIKE_A_PAST:
            raise ValueError(f"{verb!r} looks like an inflected form: give the base")
    others = tuple((word, *_spellings(word.lower(), _NOUN_SPELLINGS)[1:]) for word in after)
    return _spellings(verb, _VERB_SPELLINGS), others


def _words(text: str) -> list[str]:
    words = text.split()
    if not words:
        raise ValueError("a word is missing")
    if odd := next((word for word in words if not _WORD.fullmatch(word)), None):
        raise ValueError(f"{odd!r} is not a word")
    return words


def _phrases(*words: Iterable[str]) -> tuple[str, ...]:
    if len(words) == 1:
        return tuple(dict.fromkeys(words[0]))
    return tuple(dict.fromkeys(" ".join(phrase) for phrase in product(*words)))


# ---------------------------------------------------------------- verbs


@lru_cache(maxsize=4096)
def _past(verb: str) -> _Past:
    cut = verb.rfind("-") + 1  # of a word with hyphens the last part inflects
    before, last = verb[:cut], verb[cut:]
    prefix, stem = _irregular_stem(last)
    if last == "be":
        past = _Past(("was", "were"), ("been",))
    elif stem:
        past = _IRREGULAR[stem]
        before += prefix
    else:
        if last.endswith("e"):
            regular = [f"{last}d"]
        elif _ENDS_IN_Y.search(last):
            regular = [f"{last[:-1]}ied"]
        else:
            regular = [f"{stem}ed" for stem in _stems(last)]
        past = _Past(tuple(regular), tuple(regular))
    return _Past(*(tuple(before + form for form in forms) for forms in past))


@lru_cache(maxsize=4096)
def _irregular_stem(verb: str) -> tuple[str, str]:
    """The prefix and the irregular verb of which a verb consists; nothing if it is regular."""
    if verb in _IRREGULAR:
        return "", verb
    for prefix in () if verb in _REGULAR_DESPITE_PREFIX else _PREFIXES:
        if verb.startswith(prefix) and verb[len(prefix) :] in _IRREGULAR:
            return prefix, verb[len(prefix) :]
    return "", ""


def _stems(verb: str) -> list[str]:
    """What -ed and -ing follow: the verb, the verb with its last consonant doubled, or both."""
    if _ENDS_IN_C.search(verb) and verb not in _SYNCED:
        return [f"{verb}k"]
    doubled = verb + verb[-1]
    if verb in _DOUBLED_OR_NOT:
        return [verb, doubled]
    # One syllable, or an irregular verb of one behind a prefix, that ends in one vowel and one consonant.
    is_short = _SHORT_SYLLABLE.fullmatch(_irregular_stem(verb)[1] or verb) is not None
    if verb in _DOUBLED or doubled in _VERB_SPELLINGS.get(verb, ()) or is_short:
        return [doubled]
    # The British double an l after any single vowel: cancelled, fuelled.
    return [verb, doubled] if _ENDS_IN_L.search(verb) else [verb]


# ---------------------------------------------------------------- nouns


def _plural(noun: str) -> tuple[str, ...]:
    cut = noun.rfind("-") + 1  # of a word with hyphens the last part inflects
    before, last = noun[:cut], noun[cut:]
    if noun in _PLURALS:
        return _PLURALS[noun]
    if before:
        return tuple(before + plural for plural in _plural(last))
    if noun in _SAME_IN_PLURAL:
        return (noun,)
    if end := next((end for end in _ENDS_OF_COMPOUNDS if noun.endswith(end) and noun not in _NOT_OF_MAN), None):
        return tuple(noun.removesuffix(end) + plural for plural in _PLURALS[end])
    if noun in _OS_AND_OES:
        return (f"{noun}es", f"{noun}s")
    if _ENDS_IN_Y.search(noun):
        return (f"{noun[:-1]}ies",)
    if noun.endswith("sis"):
        return (f"{noun[:-2]}es",)
    takes_es = noun in _OES or (_NOUN_TAKES_ES.search(noun) and noun not in _HARD_CH)
    return (f"{noun}es",) if takes_es else (f"{noun}s",)


# ---------------------------------------------------------------- spelling


def _spellings(word: str, groups: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The spellings of a word, the given one first: of a table, or with -our and -or, -ise and -ize exchanged;
    of a noun also -re and -er."""
    if groups is _NOUN_SPELLINGS and (metre := _METRE.fullmatch(word)):
        return (word, metre[1] + ("er" if metre[2] == "re" else "re"))
    if word in groups:
        return tuple(dict.fromkeys((word, *groups[word])))
    cut = word.rfind("-") + 1  # of a word with hyphens the last part inflects
    before, last = word[:cut], word[cut:]
    others = groups.get(last, ())
    if not others and (our := _OUR.fullmatch(last)):
        others = (our[1] + ("or" if our[2] == "our" else "our") + our[3],)
    elif not others and (ise := _ISE.fullmatch(last)) and f"{ise[1]}{ise[2]}e" not in _ONLY_ISE | _ONLY_IZE:
        others = (ise[1] + ("z" if ise[2] == "s" else "s") + ise[3],)
    return tuple(dict.fromkeys((word, *(before + other for other in others))))

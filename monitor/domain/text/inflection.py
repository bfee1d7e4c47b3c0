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
abide abided/abode, arise arose arisen, awake awoke/awaked awoken/awaked, bear bore borne/born, beat beat beaten/beat,
beget begot begotten, begin began begun, bend bent, bereave bereaved/bereft, beseech besought/beseeched,
bet bet/betted, bid bid/bade bid/bidden, bind bound, bite bit bitten, bleed bled, blow blew blown, break broke broken,
breed bred, bring brought, broadcast broadcast/broadcasted, build built, burn burned/burnt, burst burst,
bust busted/bust, buy bought, cast cast, catch caught, choose chose chosen,
cleave cleaved/cleft/clove cleaved/cleft/cloven, cling clung, come came come, cost cost/costed, creep crept, cut cut,
deal dealt, dig dug, dive dived/dove dived, do did done, draw drew drawn, dream dreamed/dreamt, drink drank drunk,
drive drove driven, dwell dwelt/dwelled, eat ate eaten, fall fell fallen, feed fed, feel felt, fight fought,
find found, fit fitted/fit, flee fled, fling flung, fly flew flown, forbid forbade/forbad forbidden,
forecast forecast/forecasted, forget forgot forgotten, forgive forgave forgiven, forsake forsook forsaken,
freeze froze frozen, get got got/gotten, gild gilded/gilt, give gave given, go went gone, grind ground,
grow grew grown, hang hung/hanged, have had, hear heard, hew hewed hewn/hewed, hide hid hidden, hit hit, hold held,
hurt hurt, input input/inputted, keep kept, kneel knelt/kneeled, knit knitted/knit, know knew known, lade laded laden,
lay laid, lead led, lean leaned/leant, leap leapt/leaped, learn learned/learnt, leave left, lend lent, let let,
lie lay/lied lain/lied, light lit/lighted, lose lost, make made, mean meant, meet met, mow mowed mown/mowed,
offset offset, output output/outputted, partake partook partaken, pay paid, plead pleaded/pled,
prove proved proved/proven, put put, quit quit/quitted, read read, relay relayed/relaid, rend rent, rid rid/ridded,
ride rode ridden, ring rang rung, rise rose risen, run ran run, saw sawed sawn/sawed, say said, see saw seen,
seek sought, sell sold, send sent, set set, sew sewed sewn/sewed, shake shook shaken, shear sheared shorn/sheared,
shed shed, shine shone/shined, shoe shod/shoed, shoot shot, show showed shown/showed,
shrink shrank/shrunk shrunk/shrunken, shut shut, sing sang sung, sink sank/sunk sunk, sit sat,
slay slew/slayed slain/slayed, sleep slept, slide slid, sling slung, slink slunk, slit slit, smell smelled/smelt,
smite smote smitten, sneak sneaked/snuck, sow sowed sown/sowed, speak spoke spoken, speed sped/speeded,
spell spelled/spelt, spend spent, spill spilled/spilt, spin spun, spit spat/spit, split split, spoil spoiled/spoilt,
spread spread, spring sprang/sprung sprung, stand stood, stave staved/stove, steal stole stolen, stick stuck,
sting stung, stink stank/stunk stunk, strew strewed strewn/strewed, stride strode stridden,
strike struck struck/stricken, string strung, strive strove/strived striven/strived, swear swore sworn,
sweat sweated/sweat, sweep swept, swell swelled swollen/swelled, swim swam swum, swing swung, take took taken,
teach taught, tear tore torn, tell told, think thought, thrive thrived/throve thrived/thriven, throw threw thrown,
thrust thrust, tread trod/treaded trodden/trod, understand understood, wake woke/waked woken/waked, wear wore worn,
weave wove/weaved woven/weaved, wed wedded/wed, weep wept, wet wetted/wet, win won, wind wound, wring wrung,
write wrote written
"""
_PREFIXES = _words_of("""
    baby back be cross for fore ghost green ham hand inter mis out over pre proof re short side spot tele trouble type
    un under up with
    """)
"""Prefixes of irregular verbs that keep their forms: withdraw, undo, override, rewrite, greenlight."""
_ANY_PREFIX = tuple(_PREFIXES)
_REGULAR_DESPITE_PREFIX = _words_of("befit behave belie outfit overshoe")
_ALSO_BASES = _words_of("bore bound fell felt found ground present rebound relent rent resent saw wound")
"""Base forms that look like the past of another verb."""
_LIKE_A_PAST = _words_of("embed imbed")

# Verbs of several syllables whose last consonant doubles: the last one is stressed, or a word of its own.
_DOUBLED = _words_of("""
    abet abhor abut acquit admit airdrop allot annul aver backpedal backstop befit beget begin bootleg commit compel
    concur confer control counterplot debar debug decommit decontrol defer demur deter disbar dispel eavesdrop embed
    emit entrap equip excel expel extol forbid forget format gas handicap hobnob impel incur infer input inter kidnap
    manumit misfit nonplus occur offset omit outfit output outstrip outwit overlap overstep patrol permit prefer
    preplan program propel readmit reban rebel rebut recap recommit recur reequip refer refit regret remap remit repel
    replan reprogram resubmit retrofit rewrap sidestep submit transfer tranship transmit transship unban unclog
    underpin unpin unplug unwrap unzip waterlog wiretap zigzag
    """)
_DOUBLED_OR_NOT = _words_of("benefit bias bus combat focus leaflet plus refocus worship")
_SYNCED = _words_of("resync sync")
"""Verbs in c that take no k."""
_KEEPS_E = _words_of("singe swinge tinge")
_KEEPS_E_OR_NOT = _words_of("age binge cue eye hinge queue route whinge")

# ---------------------------------------------------------------- nouns that no rule inflects

_SAME_IN_PLURAL = _words_of("""
    aircraft barracks bison cattle chassis cod corps crossroads customs deer earnings economics electronics ethics
    goods headquarters hovercraft logistics mathematics means moose news offspring people physics police politics
    premises proceeds renminbi rotorcraft salmon semis series sheep spacecraft species statistics swine thanks trout
    watercraft
    """)
# Singular, plural; a slash separates alternative forms.
_IRREGULAR_NOUNS = """
addendum addenda/addendums, alga algae, alumnus alumni, antenna antennas/antennae, appendix appendices/appendixes,
axis axes, bacterium bacteria, baht baht/bahts, bath baths, beau beaux/beaus, bitcoin bitcoins/bitcoin,
bureau bureaus/bureaux, bus buses/busses, calf calves, chateau chateaux/chateaus, child children,
consortium consortia/consortiums, corrigendum corrigenda, counsel counsel/counsels, craft craft/crafts,
criterion criteria/criterions, curriculum curricula/curriculums, datum data, dozen dozens/dozen, dwarf dwarfs/dwarves,
elf elves, emporium emporia/emporiums, erratum errata, fish fish/fishes, focus focuses/foci, foot feet,
formula formulas/formulae, forum forums/fora, fungus fungi/funguses, gas gases/gasses, goose geese, half halves,
honorarium honoraria/honorariums, hoof hooves/hoofs, index indexes/indices, knife knives, larva larvae, leaf leaves,
life lives, loaf loaves, louse lice, man men, matrix matrices/matrixes, maximum maximums/maxima, medium media/mediums,
memorandum memorandums/memoranda, millennium millennia/millenniums, minimum minimums/minima,
moratorium moratoriums/moratoria, mouse mice, nucleus nuclei, optimum optima/optimums, ox oxen, passer-by passers-by,
passerby passersby, person people/persons, phenomenon phenomena, plateau plateaus/plateaux, quiz quizzes,
radius radii/radiuses, referendum referendums/referenda, runner-up runners-up, scarf scarves/scarfs, self selves,
sheaf sheaves, shelf shelves, shrimp shrimp/shrimps, spectrum spectra/spectrums, squid squid/squids,
stadium stadiums/stadia, stimulus stimuli/stimuluses, stratum strata, syllabus syllabuses/syllabi,
symposium symposia/symposiums, tableau tableaux/tableaus, thief thieves, tooth teeth, tuna tuna/tunas,
ultimatum ultimatums/ultimata, vertex vertices/vertexes, wharf wharves/wharfs, wife wives, wolf wolves, woman women,
won won/wons, yen yen/yens, yuan yuan/yuans
"""
_ENDS_OF_COMPOUNDS = _words_of("child foot knife leaf man mouse shelf tooth wife wolf woman")
_NOT_OF_MAN = _words_of("caiman german human norman ottoman roman shaman superhuman talisman")
_OES = _words_of("echo embargo go hero no potato superhero tomato torpedo veto")
_OS_AND_OES = _words_of(
    """
    archipelago buffalo cargo domino fiasco flamingo fresco ghetto grotto halo innuendo lingo mango manifesto memento
    mosquito motto tornado tuxedo volcano zero
    """
)
_HARD_CH = _words_of("biotech cleantech edtech epoch eunuch fintech matriarch monarch oligarch patriarch stomach tech")
_SINGULAR_THOUGH_IN_S = _words_of("lens mars") | _SAME_IN_PLURAL

# ---------------------------------------------------------------- spelling

_ONLY_ISE = _words_of("""
    advertise advise apprise arise chastise circumcise clockwise comprise compromise concise crosswise demise despise
    devise disenfranchise disguise enfranchise enterprise excise exercise expertise franchise imprecise improvise
    incise lengthwise likewise merchandise moonrise otherwise overpromise paradise practise precise premise promise
    reprise revise sunrise supervise surmise surprise televise treatise
    """)
_ONLY_IZE = _words_of("assize capsize downsize outsize oversize prize resize rightsize size supersize upsize")
_OUR_STEMS = (
    "arb|ard|arm|behavi|cand|clam|clang|col|demean|endeav|enam|fav|ferv|flav|glam|harb|hon|hum|lab|misdemean|neighb|od"
    "|parl|ranc|rig|rum|savi|sav|splend|succ|tum|val|vap|vig"
)
_OUR = re.compile(rf"((?:be|dis|mis|re|un)?(?:{_OUR_STEMS}))(our|or)((?:er|ite|able|hood|y|ing|ful|al|ism|itism)?)")
_METRE = re.compile(r"((?:centi|deci|hecto|kilo|micro|milli|nano)?(?:met|lit))(re|er)")
_ISE = re.compile(r"(\w*[aeiouy]\w*[^\W\daeiou]i|\w+ly)(s|z)(e|er|ation)")

_SPELLINGS = """
acknowledgement acknowledgment, adviser advisor, aeroplane airplane, ageing aging, aluminium aluminum,
amphitheatre amphitheater, anaesthetic anesthetic, analogue analog, appal appall, artefact artifact, axe ax,
calibre caliber, catalogue catalog, centre center, chilli chili, cipher cypher, cooperate co-operate,
cooperation co-operation, coordinate co-ordinate, coordination co-ordination, coordinator co-ordinator,
councillor councilor, counsellor counselor, datacentre datacenter, defence defense, despatch dispatch,
dialogue dialog, disc disk, distil distill, email e-mail, enquire inquire, enquiry inquiry, enrol enroll,
enrolment enrollment, enthral enthrall, epicentre epicenter, fibre fiber, foetus fetus, fulfil fulfill,
fulfilment fulfillment, furore furor, gramme gram, grey gray, haemorrhage hemorrhage, instalment installment,
instil instill, jeweller jeweler, jewellery jewelry, judgement judgment, kilogramme kilogram, kilotonne kiloton,
labeller labeler, leukaemia leukemia, licence license, lustre luster, manoeuvre maneuver, megatonne megaton,
modeller modeler, mould mold, moustache mustache, offence offense, paediatrician pediatrician, panellist panelist,
plough plow, pre-empt preempt, pretence pretense, programme program, protester protestor, re-elect reelect,
re-election reelection, re-engage reengage, re-enter reenter, re-establish reestablish, re-examine reexamine,
re-export reexport, re-impose reimpose,
reconnoitre reconnoiter, reprogramme reprogram, rouble ruble, sabre saber, sceptic skeptic, scepticism skepticism,
sceptre scepter, smoulder smolder, snowplough snowplow, soy soya, soybean soyabean, spectre specter,
sublicence sublicense, sulphate sulfate, sulphide sulfide, sulphur sulfur, theatre theater, tonne ton,
transship tranship, transshipment transhipment, traveller traveler, tsar czar, whisky whiskey, yoghurt yogurt
"""
"""Spellings of one word. Words whose other spelling is also a word of its own stay apart: check, curb, draft, story."""
_SPELLINGS_OF_VERBS = "practise practice"
_SPELLINGS_OF_NOUNS = """
cancelling canceling, channelling channeling, fuelling fueling, labelling labeling, levelling leveling,
modelling modeling, signalling signaling, travelling traveling, tyre tire, unravelling unraveling
"""


class _Irregular(NamedTuple):
    past: tuple[str, ...]
    participles: tuple[str, ...]


def _rows(table: str) -> list[list[str]]:
    return [row.split() for row in table.split(",")]


def _spelling_groups(*tables: str) -> dict[str, tuple[str, ...]]:
    return {word: tuple(row) for table in tables for row in _rows(table) for word in row}


_VERB_SPELLINGS = _spelling_groups(_SPELLINGS, _SPELLINGS_OF_VERBS)
_NOUN_SPELLINGS = _spelling_groups(_SPELLINGS, _SPELLINGS_OF_NOUNS)
_IRREGULAR = {
    base: _Irregular(tuple(rest[0].split("/")), tuple(rest[-1].split("/"))) for base, *rest in _rows(_IRREGULAR_VERBS)
}
_BASES_OF_PAST = {form: base for base, verb in _IRREGULAR.items() for form in verb.past + verb.participles}
_PLURALS = {singular: tuple(plural.split("/")) for singular, plural in _rows(_IRREGULAR_NOUNS)}

_SINGULARS = {
    form: singular
    for singular, plurals in _PLURALS.items()
    for form in plurals
    if form not in {*_PLURALS, *_SAME_IN_PLURAL}
}

# ---------------------------------------------------------------- the three questions


@lru_cache(maxsize=4096)
def verb_forms(text: str) -> tuple[str, ...]:
    """Return base, third person, past, participle and -ing form of a verb or phrasal verb, in all spellings."""
    verbs, after = _read_verb(text)
    return _phrases([form for verb in verbs for form in _all_forms(verb)], *after)


@lru_cache(maxsize=4096)
def participles(text: str) -> tuple[str, ...]:
    """Return the past participles of a verb or phrasal verb, in all spellings."""
    verbs, after = _read_verb(text)
    return _phrases([form for verb in verbs for form in _past(verb).participles], *after)


@lru_cache(maxsize=4096)
def noun_forms(text: str) -> tuple[str, ...]:
    """Return singular and plural of a noun, in all spellings; of several words the last one inflects."""
    *before, last = _words(text)
    noun = last.lower()
    if not _NOUN.fullmatch(noun):
        raise ValueError(f"{last!r} is not an English noun")
    if not last.isupper():
        _refuse_plural(noun)
    inflected = [form for noun in _noun_spellings(noun) for form in (noun, *_plural(noun))]
    return _phrases(*map(_other_word, before), inflected)


@lru_cache(maxsize=4096)
def _read_verb(text: str) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """The spellings of a verb in its base form, and those of each word behind it."""
    first, *after = _words(text)
    verb = first.lower()
    if not _VERB.fullmatch(verb):
        raise ValueError(f"{first!r} is not an English verb")
    _refuse_inflected(verb)
    return _verb_spellings(verb), tuple(map(_other_word, after))


def _words(text: str) -> list[str]:
    words = text.split()
    if not words:
        raise ValueError("a word is missing")
    if odd := next((word for word in words if not _WORD.fullmatch(word)), None):
        raise ValueError(f"{odd!r} is not a word")
    return words


def _other_word(word: str) -> tuple[str, ...]:
    """The spellings of a word that does not inflect. The word itself stays as it is: "US" is not "us"."""
    return (word, *_noun_spellings(word.lower())[1:])


def _phrases(*words: Iterable[str]) -> tuple[str, ...]:
    if len(words) == 1:
        return tuple(dict.fromkeys(words[0]))
    return tuple(dict.fromkeys(" ".join(phrase) for phrase in product(*words)))


def _last_part(word: str) -> tuple[str, str]:
    """A word with hyphens in two: what stays, and the last part, which inflects."""
    before, hyphen, last = word.rpartition("-")
    return before + hyphen, last


# ---------------------------------------------------------------- verbs


def _all_forms(verb: str) -> tuple[str, ...]:
    past, participle = _past(verb)
    return (verb, *_third_person(verb), *past, *participle, *_ing(verb))


def _third_person(verb: str) -> tuple[str, ...]:
    if verb in ("be", "have"):
        return ("is", "are", "am") if verb == "be" else ("has",)
    if _ends_in_y(verb):
        return (f"{verb[:-1]}ies",)
    if verb.endswith("s") and verb in _DOUBLED_OR_NOT:
        return (f"{verb}es", f"{verb}ses")
    if _SHORT_IN_Z.fullmatch(verb):
        return (f"{verb}zes",)
    if verb in _OS_AND_OES:
        return (f"{verb}es", f"{verb}s")
    return (f"{verb}es",) if _TAKES_ES.search(verb) else (f"{verb}s",)


@lru_cache(maxsize=4096)
def _past(verb: str) -> _Irregular:
    before, last = _last_part(verb)
    if last == "be":
        return _Irregular((f"{before}was", f"{before}were"), (f"{before}been",))
    prefix, stem = _irregular_stem(last)
    if stem:
        past, participle = _IRREGULAR[stem]
        return _Irregular(*(tuple(f"{before}{prefix}{form}" for form in forms) for forms in (past, participle)))
    regular = tuple(f"{before}{form}" for form in _regular_past(last))
    return _Irregular(regular, regular)


@lru_cache(maxsize=4096)
def _irregular_stem(verb: str) -> tuple[str, str]:
    """The prefix and the irregular verb of which a verb consists; nothing if it is regular."""
    if verb in _IRREGULAR:
        return "", verb
    for prefix in () if verb in _REGULAR_DESPITE_PREFIX else _prefixes_of(verb):
        if verb[len(prefix) :] in _IRREGULAR:
            return prefix, verb[len(prefix) :]
    return "", ""


def _prefixes_of(verb: str) -> list[str]:
    """The prefix of a verb before an irregular one; '' for most verbs."""
    return [prefix for prefix in _PREFIXES if verb.startswith(prefix)] if verb.startswith(_ANY_PREFIX) else []


def _regular_past(verb: str) -> list[str]:
    if verb.endswith("e"):
        return [f"{verb}d"]
    return [f"{verb[:-1]}ied"] if _ends_in_y(verb) else [f"{stem}ed" for stem in _stems(verb)]


def _ing(verb: str) -> list[str]:
    before, last = _last_part(verb)
    if last.endswith("ie"):
        return [f"{before}{last[:-2]}ying"]
    if last in _KEEPS_E_OR_NOT:
        return [f"{before}{last[:-1]}ing", f"{before}{last}ing"]
    if _DROPS_E.search(last) and last not in _KEEPS_E and last != "be":
        return [f"{before}{last[:-1]}ing"]
    return [f"{before}{stem}ing" for stem in _stems(last)]


def _stems(verb: str) -> list[str]:
    """What -ed and -ing follow: the verb, the verb with its last consonant doubled, or both."""
    if _ENDS_IN_C.search(verb) and verb not in _SYNCED:
        return [f"{verb}k"]
    doubled = verb + verb[-1]
    if verb in _DOUBLED_OR_NOT:
        return [verb, doubled]
    if verb in _DOUBLED or doubled in _VERB_SPELLINGS.get(verb, ()) or _ends_in_short_syllable(verb):
        return [doubled]
    # the British double an l after any single vowel: cancelled, fuelled
    return [verb, doubled] if _ENDS_IN_L.search(verb) else [verb]


def _ends_in_short_syllable(verb: str) -> bool:
    """Tell whether a verb, or the irregular verb in it, is one syllable that ends in one vowel and one consonant."""
    return _SHORT_SYLLABLE.fullmatch(_irregular_stem(verb)[1] or verb) is not None


def _ends_in_y(word: str) -> bool:
    return _ENDS_IN_Y.search(word) is not None


def _refuse_inflected(verb: str) -> None:
    _, last = _last_part(verb)
    if _irregular_stem(last)[1] or last in _ALSO_BASES:
        return
    for prefix in ("", *_prefixes_of(last)):
        stem = last.removeprefix(prefix)
        if stem in _BASES_OF_PAST and stem not in _ALSO_BASES:
            raise ValueError(f"{verb!r} is a past form: give the base, {prefix}{_BASES_OF_PAST[stem]}")
    if _LOOKS_INFLECTED.search(last) and last not in _LIKE_A_PAST:
        raise ValueError(f"{verb!r} looks like an inflected form: give the base")


# ---------------------------------------------------------------- nouns


def _plural(noun: str) -> tuple[str, ...]:
    before, last = _last_part(noun)
    if noun in _PLURALS:
        return _PLURALS[noun]
    if before:
        return tuple(before + plural for plural in _plural(last))
    if noun in _SAME_IN_PLURAL:
        return (noun,)
    if end := next((end for end in _ENDS_OF_COMPOUNDS if noun.endswith(end) and noun not in _NOT_OF_MAN), None):
        return tuple(noun.removesuffix(end) + plural for plural in _PLURALS[end])
    return _regular_plural(noun)


def _regular_plural(noun: str) -> tuple[str, ...]:
    if noun in _OS_AND_OES:
        return (f"{noun}es", f"{noun}s")
    if _ends_in_y(noun):
        return (f"{noun[:-1]}ies",)
    if noun.endswith("sis"):
        return (f"{noun[:-2]}es",)
    if noun in _OES or (_NOUN_TAKES_ES.search(noun) and noun not in _HARD_CH):
        return (f"{noun}es",)
    return (f"{noun}s",)


def _refuse_plural(noun: str) -> None:
    _, last = _last_part(noun)
    if last in _SINGULARS:
        raise ValueError(f"{noun!r} is a plural: give the singular, {_SINGULARS[last]}")
    if _LOOKS_PLURAL.search(last) and last not in _SINGULAR_THOUGH_IN_S:
        raise ValueError(f"{noun!r} looks like a plural: give the singular")


# ---------------------------------------------------------------- spelling


def _verb_spellings(verb: str) -> tuple[str, ...]:
    return _spellings(verb, _VERB_SPELLINGS)


def _noun_spellings(noun: str) -> tuple[str, ...]:
    if metre := _METRE.fullmatch(noun):
        return (noun, metre[1] + ("er" if metre[2] == "re" else "re"))
    return _spellings(noun, _NOUN_SPELLINGS)


def _spellings(word: str, groups: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The spellings of a word, that which was given first."""
    if word in groups:
        return tuple(dict.fromkeys((word, *groups[word])))
    before, last = _last_part(word)
    others = groups.get(last) or (_other_ending(last),)
    return tuple(dict.fromkeys((word, *(before + other for other in others))))


def _other_ending(word: str) -> str:
    """The word with the other of the endings -our and -or, -ise and -ize, or as it is."""
    if our := _OUR.fullmatch(word):
        return our[1] + ("or" if our[2] == "our" else "our") + our[3]
    ise = _ISE.fullmatch(word)
    if ise and f"{ise[1]}{ise[2]}e" not in (_ONLY_IZE if ise[2] == "z" else _ONLY_ISE):
        return ise[1] + ("z" if ise[2] == "s" else "s") + ise[3]
    return word

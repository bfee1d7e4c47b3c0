"""Attribution: the official, agency or company that a sentence credits, else its publisher.

"China has bought a million tonnes, Reuters reports" in another paper has Reuters as its source, as has the dateline
"(Reuters) -". Someone who does not speak ("declined to say", 尚未证实) is credited with nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import islice

from monitor.domain.matching.document import Document, Place
from monitor.domain.matching.modality import LIFTING, Polarity, opens_predicate, says_of_itself
from monitor.domain.matching.rules import ActRule
from monitor.domain.model import By, Says, Tier
from monitor.domain.model.sides import COMPANY, joint, parties_in
from monitor.domain.text.folding import CLAUSE_DASH, is_unspaced
from monitor.domain.text.pattern_eval import FieldView
from monitor.domain.text.patterns import Node
from monitor.domain.text.segments import WORD_COST, Match, SegmentedText, Sentence, TextClause

MAX_DISTANCE = 4 * WORD_COST
"""Half words allowed between a speaker and the reporting verb. An estimate."""

MOST_OPENING = 2
"""The words before the subject of a subordinate clause: "after", "even as", "after US"."""

_UNNAMED = re.compile(
    r"\b(?:sources?|people|traders?|analysts?|experts?|insiders?|report(?:er)?s?|aides?|boss|chief|executives?|lawmakers?|senators?)\b|"
    r"知情人士|消息人士|分析|专家|外媒"
)
_UNSAID = re.compile(
    r"\b(?:declin\w*|refus\w*|not|never|cannot|fails? to|failed to|yet to|without|neither)\b|n't\b"
    r"|^ from |^ (?:(?:is|are) )?(?:\w+ )?to $|\b(?:will|may|might|could) $|[:—] ?$"
    r"|尚未|未(?!来)|没有|拒绝|不予|不愿|拒"
)
"""Around a name and a reporting verb: what is denied, refused, or only to be said, is not said."""
MAX_DATELINE = 60
"""The characters at the beginning of a field that may hold its dateline. An estimate: place, date and agency."""
_DATED = re.compile(r"\) ?[-–—]|[^。]{0,12}[电讯]")
"""The text behind an agency's name in a dateline."""
_DIGIT = re.compile(r"\d")
_AGENT_MARKER = re.compile(r"(?:\bby (?:the )?|由|被|遭|获)$")
_ACTED_ON = re.compile(
    r"(?:[对向从自于与同和在至赴访将把]|原产|[\d一二三四五六七八九十多几][家个名])(?:[对输涉在访赴来]?)$"
)
"""The text right before a party that a Chinese sentence acts on: 对美国, 将3家美国企业."""
_BY = re.compile(r" by (?:the )?")
"""The text right behind an act, before the one who does it."""
_BEHIND_PREPOSITION = re.compile(r"\b(?:on|of|for|to|from|with|over|against|in|at|into)(?: the| all| some| new)? $")
"""The text right before a party that an English clause acts on: "a levy on US goods"."""
_JOINED = re.compile(r"\band\b|,|[和与、]")
_OWNED = ("'s", "’s")
_AUXILIARY = re.compile(r"\s*(?:(?:to|will|has|have|is to) )?")
"""What may stand between the subject of an act and its verb."""
_FORESEES = re.compile(r" (?:warns?|expects?|predicts?|sees)\b")
"""The text after a name that tells what others may do, without a word of reporting."""
_PEOPLE = re.compile(
    r"\b(?:senators?|lawmakers?|me?ps?|congress\w*|firms?|compan(?:y|ies)|(?:buy|import|export|farm|suppli)ers?|mills?)\b"
)
"""Who belongs to a side and does not act for it."""
_SUFFERS = re.compile(r"(?:loses?|lost|fac(?:e[sd]?|ing)|gets?|suffers?|receives?|wins?)\b")
"""Verbs by which something happens to their subject."""
_ITSELF = re.compile(r"\b(?:it|they|we)\b")
_ONLY_SPEAKS = re.compile(
    r"[^，,:；]{0,8}(?:表示|称|说|指出|强调|回应|认为)[，,:“ ]*(?![将已拟会正要愿]|决定|计划|可能|考虑|不会)"
)
"""The text right after a party that speaks of an act without taking it: 商务部表示，动辄威胁…, but not 美方称将加征."""
_STATEMENT = re.compile(r":(?! reports?\b)|(?:新闻)?(?:发言人)?(?:就|关于)")
"""The text right after the speaker whose statement or document this is: 商务部：…, 商务部新闻发言人就…答记者问."""
_REFUSES = re.compile(r"(?: \w+)? (?:no|yes) to\b")
"""The text after a name that decides rather than speaks: China says no to chips."""
HEARSAY = re.compile(
    r"\breportedly\b|\b(?:media )?reports? (?:says?|said)\b|\bsaid to (?:have|be)\b|"
    r"[外美英德法日韩港欧]媒|媒体(?:报道|称|爆)|(?<![数证依根])据.{0,12}?(?:报道|消息)",
    re.IGNORECASE,
)
"""What other media report, without their name. State media that relay it are no voice of their side."""
_INVERTED = frozenset({"said", "says", "according to", "told", "据"})
_NOUN = re.compile(r"(?:claims|reports|rules|states|promises)(?= of\b)")
"""A form of a reporting verb that is a noun: White House claims of purchases."""


def is_acting_name(word: str) -> bool:
    """Whether a word of a script without spaces names a party as acting, unlike 对美 and 涉华."""
    return is_unspaced(word[0]) and word[0] not in "对输涉在访赴来"


@dataclass(frozen=True, slots=True)
class Attribution:
    """The source of a sentence. `origin` is one name for all outlets that quote it."""

    says: Says
    origin: str


def attribute(document: Document, place: Place, declared: Collection[str]) -> Attribution:
    """The source of the sentence at a place: the first of these. declared: the parties of the deal; speakers for
    parties of other deals do not count.

    1. The credited speakers; no subject of a subordinate clause that the act is not in: "Europe hits back after Trump
       vows duties" has no word of Trump on Europe's act. Speakers of several parties count as all of them together.
    2. The speaker of its turn, in a document of several speakers.
    3. The agency of a dateline.
    4. The official whose statement the title of an official text or of state media is.
    5. The publisher; a statistics body only if the sentence has a figure, state media only if they relay no others.
    """
    view, sentence, act_in = place.view, place.sentence, place.clause.start
    heard = {COMPANY, Says.DATA, Says.PRESS, *declared}
    known = [(span, speaker) for span, speaker in document.speakers_in(view) if speaker.side in heard]
    named = [at for at in known if sentence.start <= at[0].start < sentence.end]
    named.sort(key=lambda pair: (pair[0].start, -pair[0].end))
    # A name within a longer one does not speak: 美国商务部 holds the name of another ministry.
    named = [at for n, at in enumerate(named) if all(at[0].end > o.end or at[0] == o for o, _ in named[:n])]
    heeded = [(span, speaker) for span, speaker in named if not _opens_aside(view.text, span, act_in)]
    speaking = [s for span, s in heeded if s.side != Says.DATA and _is_speaker_here(document, view, sentence, span)]
    opening = [speaker for span, speaker in named if _STATEMENT.match(view.text.folded, span.end, sentence.end)][:1]
    officials = [speaker for speaker in opening or speaking if speaker.side != Says.PRESS]
    # A statistics body needs no verb: its figures are its statement.
    credited = officials or [speaker for _, speaker in named if speaker.side == Says.DATA][:1] or speaking[:1]
    if not credited and (turn := document.turn_at(view, sentence)) and turn.speaker is not None:
        credited = [turn.speaker] if turn.speaker.side in heard else []
    if not credited:  # the agency whose report another outlet prints: "(Reuters) - …", "路透北京3日电"
        datelines = (
            speaker
            for field in document.views
            for span, speaker in document.speakers_in(field)
            if speaker.side == Says.PRESS and span.end <= MAX_DATELINE and _DATED.match(field.text.folded, span.end)
        )
        credited = list(islice(datelines, 1))
    publisher = document.publisher
    # A customs office that restores a licence counts as its government, like every official of a party.
    official = publisher.tier in (Tier.OFFICIAL, Tier.STATE_MEDIA)
    if not credited and official and view is not document.title:
        # A sentence that names the official is not in the official's words.
        title, told = document.title.text.folded, {speaker.name for _, speaker in named}
        credited = [
            speaker
            for span, speaker in document.speakers_in(document.title)
            if speaker.side == publisher.side and speaker.name not in told and _STATEMENT.match(title, span.end)
        ][:1]
    if credited:
        first = {speaker.side: speaker for speaker in reversed(credited)}
        parties = [side for side in first if parties_in(side)]
        if len(parties) > 1 and credited[0].side in parties:
            return Attribution(Says(joint(parties)), " and ".join(sorted(first[side].name for side in parties)))
        return Attribution(Says(credited[0].side), credited[0].name)
    counts = _DIGIT.search(view.text.folded, sentence.start, sentence.end) is not None
    names = {publisher.name, publisher.owner}
    if counts and any(s.side == Says.DATA and s.name in names for s in document.matcher.speakers):
        return Attribution(Says.DATA, publisher.origin)
    relayed = publisher.tier is Tier.STATE_MEDIA and HEARSAY.search(view.text.folded, sentence.start, sentence.end)
    if publisher.side in heard and not relayed and (official or publisher.side == Says.COMPANY):
        return Attribution(Says(publisher.side), publisher.origin)
    return Attribution(Says.PRESS, publisher.origin)


def _opens_aside(text: SegmentedText, name: Match, act_in: int) -> bool:
    """Whether a name is the subject of a subordinate clause, and the act in another clause (`act_in`: its start)."""
    clause = text.clause_at(name.start)
    before = text.folded[clause.start : name.start].split()
    return clause.subordinate and clause.start != act_in and len(before) <= MOST_OPENING


def _is_speaker_here(document: Document, view: FieldView, sentence: Sentence, name: Match) -> bool:
    """Whether a name is that of a speaker here: "Bessent: …", "… — Bessent", "Bessent says", "said Bessent"."""
    folded, distance = view.text.folded, view.text.distance
    # A name alone behind a dash or a colon at the end, at most with an adjective or two before it, signs the sentence.
    before = folded[sentence.start : name.start]
    # Whose claims, duties or deal a sentence is about does not speak.
    if _REFUSES.match(folded, name.end) or _owns(view.text, name):
        return False
    mark = max(before.rfind(CLAUSE_DASH), before.rfind(":"))
    if mark >= 0 and not folded[name.end : sentence.end].strip(" .") and len(before[mark + 1 :].split()) <= 2:
        return True
    if _STATEMENT.match(folded, name.end, sentence.end):
        return True
    if document.matcher.reporting_verbs is None:
        return False
    verbs = [s for s in view.find(document.matcher.reporting_verbs) if sentence.start <= s.start < sentence.end]
    following = next((verb for verb in verbs if verb.start >= name.start), None)
    if following is not None and _NOUN.match(folded, following.start):
        return False
    if following is not None and distance(name.end, following.start) <= MAX_DISTANCE:
        # No statement of Trump: "Trump, sources say", "Trump declined to say", "banned Trump from ..., reports say".
        between = folded[name.end : following.start]
        # After a comma another one speaks: "Trump deal works, Huang says", but not "Trump, Bessent say".
        comma = name.end + between.find(",", 1)
        another = any(name.end < comma < span.start < following.start for span, _ in document.speakers_in(view))
        if not another and not _UNNAMED.search(between) and not _UNSAID.search(between):
            return True
    return any(
        verb.end <= name.start
        and distance(verb.end, name.start) <= WORD_COST
        and (said := folded[verb.start : verb.end]) in _INVERTED
        # "Done", says Trump: but not a lawmaker says Trump agreed.
        and not (
            said in ("says", "said") and view.text.raw[: view.text.raw_span(verb.start, verb.end)[0] - 1][-1:].isalnum()
        )
        for verb in verbs
    )


def agent_of(place: Place, declared: Mapping[By, Node]) -> By:
    """The party named after "by" after the act, else the nearest one before it in its clause or at the clause's start.
    UNKNOWN if the clause names none there. declared: the words for those who act in the deal.

    In Chinese the act begins at its head (中方回应美方加征: the US charges), a party that is acted on or only speaks
    does not count, and if its clause names none, its sentence (商务部：暂停…) does.
    """
    text, at = place.view.text, place.span.start
    clause = text.clause_at(at)
    within: TextClause | Sentence = clause
    if unspaced := is_unspaced(text.folded[at]):
        clause, within, at = place.clause, place.sentence, max(at, place.span.head)
    named = _parties_named(place, declared, within)
    if unspaced:
        named = [each for each in named if is_acting_name(text.folded[each[0].start]) and not _ACTED_ON.search(each[2])]
        speaks = [_ONLY_SPEAKS.match(text.folded, span.end, within.end) for span, _, _ in named]
        named = [each for each, says in zip(named, speaks, strict=True) if says is None or says.end() > at]
    here = [each for each in named if clause.start <= each[0].start < clause.end]
    agents = [by for _, by, said in here if _AGENT_MARKER.search(said)]
    ahead = [each for each in here if each[0].start <= at]
    if not unspaced:  # who stands behind a preposition is acted on, or a place
        ahead = [each for each in ahead if not _BEHIND_PREPOSITION.search(each[2])] or ahead
        if opens_predicate(text.folded, clause.start, at):  # the subject of the first verb, and no owner of its object
            ahead = [each for each in ahead if not _owns(text, each[0])] or ahead
    earlier = [by for span, by, _ in named if unspaced and span.start < at]
    return (agents or [by for _, by, _ in ahead] or earlier or [By.UNKNOWN])[-1]


def announcer_of(place: Place, document: Document, declared: Mapping[By, Node], by: By) -> str:
    """The office, leader or company right before the head of an act, as its subject: "Trump threatens tariffs"; the id
    of the side that acts (by), if its clause begins with it and not with people of that side: "China to lift curbs".
    Else who opens the sentence and foresees the act: "US expects China to lift curbs". '' without one, if another
    subject or a preposition stands before the name, or if the act happens to it. declared: the words for those who act
    in the deal."""
    text = place.view.text
    head = place.span.head if place.span.head >= 0 else place.span.start
    for span, speaker in document.speakers_in(place.view):
        before = text.folded[text.clause_at(span.start).start : span.start]
        alone = not (_JOINED.search(before) or _BEHIND_PREPOSITION.search(before) or _owns(text, span))
        near = span.end <= head and _AUXILIARY.fullmatch(text.folded, span.end, head)
        if speaker.side in declared and alone and near and not _SUFFERS.match(text.folded, head):
            return speaker.name
    for span in place.view.find(declared[by]) if by in declared and len(by.parties) == 1 else ():
        begins = span.start == text.clause_at(head).start and span.end <= head and not _owns(text, span)
        suffers = _SUFFERS.match(text.folded[span.end :].lstrip()) or _SUFFERS.match(text.folded, head)
        if begins and not suffers and _PEOPLE.search(text.folded, span.start, head) is None:
            return by.value
    named = [(span, speaker.name) for span, speaker in document.speakers_in(place.view) if speaker.side in declared]
    for side, words in declared.items():
        named += [(span, side.value) for span in place.view.find(words) if len(side.parties) == 1]
    foresees = (
        name for span, name in named if span.start == place.sentence.start and _FORESEES.match(text.folded, span.end)
    )
    return next(foresees, "")


def _owns(text: SegmentedText, name: Match) -> bool:
    """Whether a name only owns what follows."""
    end = text.raw_span(name.start, name.end)[1]
    return text.raw[end - 2 : end] in _OWNED or text.raw[end : end + 2] in _OWNED


def another_actor(document: Document, place: Place, act: ActRule, declared: Mapping[By, Node]) -> Match | None:
    """The party that does the act instead of the one of its rule, or None: that after "by" right behind the act ("sales
    to China stalled by a US review"); or, where an act takes off a burden that another party laid, the clause's first
    party, unless the right one stands before the head of the act as well, or after "by". A verb after "and" or a comma
    has the clause's subject, whatever that acted on: "China removes a levy on US goods, lifts curbs" names China only.
    """
    view, folded, begins = place.view, place.view.text.folded, place.clause.start
    head = place.span.head if place.span.head >= 0 else place.span.parts[-1][0]
    if not parties_in(act.by) or is_unspaced(folded[head]):
        return None
    named = _parties_named(place, declared, view.text.clause_at(place.span.start))
    # A book-keeper after "by" takes no good act from its author: an order for China logged by USDA.
    if act.polarity in (Polarity.BAD, Polarity.BREAK) and (
        behind := _BY.match(folded, max(end for _, end in place.span.parts))
    ):
        for span, by, _ in named:
            if span.start == behind.end() and by.parties:
                return None if by.parties & act.by.parties else span
    relief = act.polarity in (Polarity.GOOD, Polarity.DONE) and not act.weak
    if not (relief and says_of_itself(view, place.span, document.matcher.cues, *LIFTING)):
        return None
    named = [each for each in named if each[1] is not By.COMPANY]
    own = [(span, said) for span, by, said in named if by.parties & act.by.parties]
    if not named or named[0][0].start >= head or _BEHIND_PREPOSITION.search(named[0][2]):
        return None
    subject = named[0][0]
    # Who says what another does is not its subject, but "it" is the speaker again.
    verbs = view.find(document.matcher.reporting_verbs) if document.matcher.reporting_verbs else ()
    said_at = next((verb.end for verb in verbs if subject.end <= verb.start < head), None)
    if said_at is not None and _ITSELF.search(folded, said_at, head) is None:
        return None
    joined = opens_predicate(folded, begins, head)
    acting = [span for span, said in own if span.start < head and not (joined and _BEHIND_PREPOSITION.search(said))]
    return None if acting or any(_AGENT_MARKER.search(said) for _, said in own) else subject


def _parties_named(
    place: Place, declared: Mapping[By, Node], within: TextClause | Sentence
) -> list[tuple[Match, By, str]]:
    """The parties that a clause or sentence names, in order, each with what it says before them; of two at one place
    the longer ("US and China")."""
    found = [(span, by) for by, words in declared.items() for span in place.view.find(words)]
    named: list[tuple[Match, By, str]] = []
    for span, by in sorted(found, key=lambda pair: (pair[0].start, -pair[0].end)):
        if within.start <= span.start < within.end and not (named and span.start < named[-1][0].end):
            named.append((span, by, place.view.text.folded[within.start : span.start]))
    return named

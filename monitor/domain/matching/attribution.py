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
from monitor.domain.model import By, Says, Tier
from monitor.domain.model.sides import UNDECLARED, joint, parties_in
from monitor.domain.text.folding import CLAUSE_DASH, is_unspaced
from monitor.domain.text.pattern_eval import FieldView
from monitor.domain.text.patterns import Node
from monitor.domain.text.segments import WORD_COST, Match, Sentence

MAX_DISTANCE = 4 * WORD_COST
"""Half words allowed between a speaker and the reporting verb. An estimate."""

_UNNAMED = re.compile(
    r"\b(?:sources?|people|traders?|analysts?|experts?|insiders?|reporters?|aides?)\b|知情人士|消息人士|分析|专家|外媒"
)
_NEGATED_SPEECH = re.compile(
    r"\b(?:declin\w*|refus\w*|not|never|cannot|fails? to|failed to|yet to|without|neither)\b|n't\b|尚未|未(?!来)|没有|拒绝|不予|不愿|拒"  # noqa: E501
)
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
_INVERTED = frozenset({"said", "says", "according to", "told", "据"})


def is_acting_name(word: str) -> bool:
    """Whether a word of a script without spaces names a party as acting, unlike 对美 and 涉华."""
    return is_unspaced(word[0]) and word[0] not in "对输涉在访赴来"


@dataclass(frozen=True, slots=True)
class Attribution:
    """The source of a sentence. `origin` is one name for all outlets that quote it."""

    says: Says
    origin: str


def attribute(document: Document, view: FieldView, sentence: Sentence, declared: Collection[str]) -> Attribution:
    """The source of a sentence: the first of these. declared: the parties of the deal; speakers for parties of other
    deals do not count.

    1. The credited speakers. Speakers of several parties count as all of them together.
    2. The speaker of its turn, in a document of several speakers.
    3. The agency of a dateline.
    4. The publisher; a statistics body only if the sentence has a figure.
    """
    heard = UNDECLARED | {Says.DATA, Says.PRESS, *declared}
    known = [(span, speaker) for span, speaker in document.speakers_in(view) if speaker.side in heard]
    named = [at for at in known if sentence.start <= at[0].start < sentence.end]
    named.sort(key=lambda pair: (pair[0].start, -pair[0].end))
    speaking = [s for span, s in named if s.side != Says.DATA and _is_speaker_here(document, view, sentence, span)]
    officials = [speaker for speaker in speaking if speaker.side != Says.PRESS]
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
    if credited:
        first = {speaker.side: speaker for speaker in reversed(credited)}
        parties = [side for side in first if parties_in(side)]
        if len(parties) > 1 and credited[0].side in parties:
            return Attribution(Says(joint(parties)), " and ".join(sorted(first[side].name for side in parties)))
        return Attribution(Says(credited[0].side), credited[0].name)
    publisher = document.publisher
    counts = _DIGIT.search(view.text.folded, sentence.start, sentence.end) is not None
    names = {publisher.name, publisher.owner}
    if counts and any(s.side == Says.DATA and s.name in names for s in document.matcher.speakers):
        return Attribution(Says.DATA, publisher.origin)
    # A customs office that restores a licence counts as its government, like every official of a party.
    official = publisher.tier in (Tier.OFFICIAL, Tier.STATE_MEDIA)
    if publisher.side in heard and (official or publisher.side == Says.COMPANY):
        return Attribution(Says(publisher.side), publisher.origin)
    return Attribution(Says.PRESS, publisher.origin)


def _is_speaker_here(document: Document, view: FieldView, sentence: Sentence, name: Match) -> bool:
    """Whether a name is that of a speaker here: "Bessent: …", "… — Bessent", "Bessent says", "said Bessent"."""
    folded, distance = view.text.folded, view.text.distance
    if folded[name.end : name.end + 1] == ":":
        return True
    # A name alone behind a dash at the end, at most with an adjective or two before it, signs the sentence.
    before = folded[sentence.start : name.start]
    dash = before.rfind(CLAUSE_DASH)
    if dash >= 0 and not folded[name.end : sentence.end].strip(" .") and len(before[dash + 1 :].split()) <= 2:
        return True
    if document.matcher.reporting_verbs is None:
        return False
    verbs = [s for s in view.find(document.matcher.reporting_verbs) if sentence.start <= s.start < sentence.end]
    following = next((verb for verb in verbs if verb.start >= name.start), None)
    if following is not None and distance(name.end, following.start) <= MAX_DISTANCE:
        # Neither "Trump, sources say" nor "Trump declined to say" is a statement of Trump.
        between = folded[name.end : following.start]
        if not _UNNAMED.search(between) and not _NEGATED_SPEECH.search(between):
            return True
    return any(
        verb.end <= name.start
        and distance(verb.end, name.start) <= WORD_COST
        and folded[verb.start : verb.end] in _INVERTED
        for verb in verbs
    )


def agent_of(document: Document, place: Place, declared: Mapping[By, Node]) -> By:
    """The party named after "by" after the act, else the nearest one before it in its clause or at the clause's start.
    UNKNOWN if the clause names none there. declared: the words for the parties of the deal.

    In Chinese the act begins at its head (中方回应美方加征: the US charges), a party that is acted on does not count,
    and if its clause names none, its sentence (商务部：暂停…) does.
    """
    text, sentence, at = place.view.text, place.sentence, place.span.start
    folded, clause = text.folded, text.clause_at(at)
    if unspaced := is_unspaced(folded[at]):
        clause, at = place.clause, max(at, place.span.head)
    known = (*declared.items(), *document.matcher.parties.items())
    found = [(span, by) for by, words in known for span in place.view.find(words)]
    found.sort(key=lambda pair: (pair[0].start, -pair[0].end))
    agent, before, earlier, last_end = None, By.UNKNOWN, By.UNKNOWN, -1
    for span, by in found:
        if span.start < last_end:
            continue  # of two at one place the longer name ("US and China") counts
        last_end = span.end
        acts = is_acting_name(folded[span.start]) and not _ACTED_ON.search(folded, sentence.start, span.start)
        if unspaced and not acts:
            continue
        if clause.start <= span.start < clause.end:
            if _AGENT_MARKER.search(folded, clause.start, span.start):
                agent = by
            if span.start <= at:
                before = by
        elif unspaced and sentence.start <= span.start < at:
            earlier = by
    return agent or (earlier if before is By.UNKNOWN else before)

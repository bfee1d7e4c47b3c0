"""Whose word a sentence is: the official, agency or company it credits, else the publisher.

"China has bought a million tonnes, Reuters reports" in another paper is Reuters once more, as is its dateline "(Reuters) -".
Who declines to speak ("declined to say", 尚未证实) says nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from monitor.domain.matching.document import Document, Place
from monitor.domain.matching.rules import Speaker
from monitor.domain.model import By, Publisher, Says, Tier
from monitor.domain.text.folding import CLAUSE_DASH
from monitor.domain.text.pattern_eval import FieldView, Match
from monitor.domain.text.segments import WORD_COST, Sentence

REPORTING_VERBS = (
    "(say|says|said|saying|tell|tells|told|announce|announces|announced|confirm|confirms|confirmed|claim|claims|claimed)",
    "(report|reports|reported|declare|declares|declared|deny|denies|denied|warn|warns|warned)",
    "(vows|vowed|insists|insisted|adds|added|states|stated|posts|posted|writes|wrote|argues|argued|notes|noted)",
    "(signs|signed|issues|issued|publishes|published|rules|ruled|statement|spokesman|spokeswoman|spokesperson|according to)",
    "(表示|称|说|宣布|公告|指出|强调|透露|认为|介绍|答记者问|发布|证实|确认|否认|警告|签署|据)",
)
"""Patterns of words that tie a statement to its speaker; a vocabulary set named `sayings` replaces them."""

MAX_DISTANCE = 4 * WORD_COST
"""Half words that may stand between a speaker and the word of saying."""

_UNNAMED = re.compile(
    r"\b(?:sources?|people|traders?|analysts?|experts?|insiders?|reporters?|aides?)\b|知情人士|消息人士|分析|专家|外媒"
)
_NEGATED_SPEECH = re.compile(
    r"\b(?:declin\w*|refus\w*|not|never|cannot|fails? to|failed to|yet to|without|neither)\b|n't\b|尚未|未(?!来)|没有|拒绝|不予|不愿|拒"
)
MAX_DATELINE = 60
"""So many characters of a summary may hold its dateline."""
_DATED = re.compile(r"\) ?[-–—]|[^。]{0,12}[电讯]")
"""What stands behind an agency's name in a dateline."""
_INVERTED = frozenset({"said", "says", "according to", "told", "据"})


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who stands behind a sentence. `origin` is one name however many outlets quote it."""

    says: Says
    origin: str


def attribute(document: Document, view: FieldView, sentence: Sentence) -> Attribution:
    """The speakers that a sentence credits; a turn of a document credits its own; else the publisher speaks."""
    credited = _credited(document, view, sentence)
    turn = document.turn_at(view, sentence)
    if turn is not None and turn.speaker is not None and not credited:
        credited = [turn.speaker]
    if not credited:
        credited = _dateline(document)
    if credited:
        return _joint_attribution(credited)
    counts = any(char.isdigit() for char in view.text.folded[sentence.start : sentence.end])
    statistics = (s.name for s in document.matcher.speakers if s.side == Says.DATA) if counts else ()
    return publisher_statement(document.publisher, frozenset(statistics))


def publisher_statement(publisher: Publisher, statistics: frozenset[str]) -> Attribution:
    """What a publisher says itself: a party to the deal speaks for its side, everyone else is press. A customs office that counts
    is a statistic; one that restores a licence is its government."""
    if statistics & {publisher.name, publisher.owner}:
        return Attribution(Says.DATA, publisher.origin)
    official = publisher.tier in (Tier.OFFICIAL, Tier.STATE_MEDIA)
    if publisher.side and (official or publisher.side == Says.COMPANY):
        return Attribution(Says(publisher.side), publisher.origin)
    return Attribution(Says.PRESS, publisher.origin)


def _joint_attribution(credited: list[Speaker]) -> Attribution:
    first = credited[0]
    other = next((s for s in credited if {s.side, first.side} == {Says.US, Says.CN}), None)
    if other is None:
        return Attribution(Says(first.side), first.name)
    return Attribution(Says.BOTH, " and ".join(sorted((first.name, other.name))))


def _credited(document: Document, view: FieldView, sentence: Sentence) -> list[Speaker]:
    """Credited speakers in order of mention. A statistics body needs no verb: its figures are its word."""
    found = [
        (span, speaker)
        for speaker in document.matcher.speakers
        for span in view.find(speaker.words)
        if sentence.start <= span.start < sentence.end
    ]
    found.sort(key=lambda pair: (pair[0].start, -pair[0].end))
    tied = [s for span, s in found if s.side != Says.DATA and _is_speaker_here(document, view, sentence, span)]
    named = [speaker for speaker in tied if speaker.side != Says.PRESS]
    return named or [speaker for _, speaker in found if speaker.side == Says.DATA][:1] or tied[:1]


def _dateline(document: Document) -> list[Speaker]:
    """The agency whose report another outlet prints: "(Reuters) - …", "路透北京3日电"."""
    for view in document.views:
        text = view.text.folded
        for speaker in document.matcher.speakers:
            if speaker.side == Says.PRESS and any(
                span.end <= MAX_DATELINE and _DATED.match(text, span.end) for span in view.find(speaker.words)
            ):
                return [speaker]
    return []


def _is_speaker_here(document: Document, view: FieldView, sentence: Sentence, name: Match) -> bool:
    """Whether a name is that of someone who speaks here: "Bessent: …", "… — Bessent", "Bessent says", "said Bessent"."""
    text = view.text.folded
    if text[name.end : name.end + 1] == ":" or _is_signature(
        text[sentence.start : name.start], text[name.end : sentence.end]
    ):
        return True
    if document.matcher.reporting_verbs is None:
        return False
    verbs = [s for s in view.find(document.matcher.reporting_verbs) if sentence.start <= s.start < sentence.end]
    return _says(view, name, verbs) or any(_said_by(view, verb, name) for verb in verbs)


def _is_signature(before: str, after: str) -> bool:
    """Whether a name stands alone after a dash at the end of a sentence, an adjective or two before it allowed."""
    dash = before.rfind(CLAUSE_DASH)
    return dash >= 0 and not after.strip(" .") and len(before[dash + 1 :].split()) <= 2


def _says(view: FieldView, name: Match, verbs: list[Match]) -> bool:
    """Whether the first reporting verb from the name on is near, with nobody unnamed between ("Trump, sources say") and no
    word of silence ("declined to say")."""
    verb = next((s for s in verbs if s.start >= name.start), None)
    if verb is None or view.text.distance(name.end, verb.start) > MAX_DISTANCE:
        return False
    between = view.text.folded[name.end : verb.start]
    return _UNNAMED.search(between) is None and _NEGATED_SPEECH.search(between) is None


def _said_by(view: FieldView, verb: Match, name: Match) -> bool:
    """Whether a verb that may stand before its speaker does so: "said Bessent"."""
    near = verb.end <= name.start and view.text.distance(verb.end, name.start) <= WORD_COST
    return near and view.text.folded[verb.start : verb.end] in _INVERTED


_AGENT_MARKER = re.compile(r"(?:\bby (?:the )?|由|被)$")


def agent_of(document: Document, place: Place) -> By:
    """The party named after "by" behind the act, else the nearest one that stands before it in its clause or opens it.
    UNKNOWN where the clause names none there."""
    clause = place.view.text.clause_at(place.span.start)
    named = [(span, by) for span, by in _parties_named(document, place) if clause.start <= span.start < clause.end]
    agents = [
        (span, by) for span, by in named if _AGENT_MARKER.search(place.view.text.folded[clause.start : span.start])
    ]
    before = [(span, by) for span, by in named if span.start <= place.span.start]
    return (agents[-1:] or before[-1:] or [(place.span, By.UNKNOWN)])[0][1]


def _parties_named(document: Document, place: Place) -> list[tuple[Match, By]]:
    """Every party named in the field, in order; of two at one place the longer name ("US and China") counts."""
    found = [(span, by) for by, words in document.matcher.parties.items() for span in place.view.find(words)]
    found.sort(key=lambda pair: (pair[0].start, -pair[0].end))
    return [pair for at, pair in enumerate(found) if not any(p.end >= pair[0].end for p, _ in found[:at])]

"""The slow, obvious matcher: tries every pair of positions and asks plain questions. What View.find must agree with."""

import re
import unicodedata
from itertools import product

from monitor.domain.text.automaton import Phrase
from monitor.domain.text.pattern_compiler import PatternCompiler
from monitor.domain.text.pattern_eval import FieldView
from monitor.domain.text.patterns import (
    NEAR,
    AtStart,
    Choice,
    Form,
    Head,
    InOrder,
    Link,
    Node,
    Reach,
    RoleFrame,
    Together,
    Window,
    Words,
)
from monitor.domain.text.segments import SegmentedText

Found = set[tuple[int, int]]


def find(node: Node, text: SegmentedText) -> Found:
    """Every (start, end) in the folded text where a pattern stands."""
    match node:
        case Words(phrase):
            return _phrase(phrase, text.folded)
        case Form(source):
            return {(start, end) for start, end in _words(text.folded) if re.fullmatch(source, text.folded[start:end])}
        case Choice(options):
            return set().union(*(find(option, text) for option in options))
        case AtStart(inner):
            return {(start, end) for start, end in find(inner, text) if _opens_clause(text, start)}
        case Head(inner):
            return find(inner, text)
        case InOrder(parts, links):
            found = find(parts[0], text)
            for link, part in zip(links, parts[1:], strict=True):
                found = _joined(found, link, find(part, text), text)
            return found
    raise TypeError(node)


# ---------------------------------------------------------------- parts in any order, and who does what to whom

Place = tuple[int, int]


def stands_together(node: Together, text: SegmentedText) -> set[int]:
    """The beginnings of the sentences in which every part stands."""
    sentences = {sentence.start: sentence for sentence in text.sentences}
    return {
        start
        for start, sentence in sentences.items()
        if all(any(sentence.start <= a and b <= sentence.end for a, b in find(part, text)) for part in node.parts)
    }


def events(frame: RoleFrame, text: SegmentedText) -> set[int]:
    """Where the events begin that stand with their roles: every way to fill the roles is tried."""
    agents, patients, means = (_fillers(role, text) for role in (frame.agent, frame.patient, frame.via))
    kinds = (
        (frame.verbs, _active),
        (frame.participles, _passive),
        (frame.nouns, _nominal),
        (frame.unspaced, _chinese),
        (frame.phrases, _either_side),
    )
    standing = set()
    for node, stands in kinds:
        for event in find(node, text) if node is not None else ():
            if stands is _nominal and _rather_verb(event, frame, text):
                continue
            for agent, patient, via in product(agents, patients, means):
                reach = Window.SENTENCE if frame.within is Window.SENTENCE else Window.CLAUSE
                by_means = via is None or _beside(via, event, reach, text)
                if by_means and stands(event, agent, patient, frame.within, text):
                    standing.add(event[0])
    return standing


def _rather_verb(event: Place, frame: RoleFrame, text: SegmentedText) -> bool:
    before, behind = text.folded[text.sentence_at(event[0]).start : event[0]], text.folded[event[1] :]
    role_before = any(end + 1 == event[0] for _, role in frame.roles for _, end in find(role, text))
    preposition = re.search(
        r"\b(of|in|on|over|for|from|with|by|after|amid|despite|during|about|against|without)\s$", before
    )
    noun = role_before or preposition or behind.startswith(" in ") or _noun_here(event, text.folded)
    is_verb = frame.verbs is not None and event in find(frame.verbs, text)
    ing = text.folded[event[0] : event[1]].endswith("ing")
    return is_verb and not ing and not noun and re.search(r"[^\W_]", before) is not None


def _fillers(role: Node | None, text: SegmentedText) -> list[Place | None]:
    return [None] if role is None else list(find(role, text))


def _active(event: Place, agent: Place | None, patient: Place | None, within: Window, text: SegmentedText) -> bool:
    if _noun_here(event, text.folded) or _order(event, text):
        return False
    if agent is None or patient is None:
        before = agent is None or _before(agent, event, within, text)
        return before and (patient is None or _behind(patient, event, within, text))
    usual = _before(agent, event, within, text) and _behind(patient, event, within, text)
    placed = text.folded[: agent[0]].endswith(" in ")
    ahead = _before(agent, event, Window.NEAR, text) and _before(patient, agent, Window.NEAR, text)
    return usual or (ahead and not placed)


def _order(event: Place, text: SegmentedText) -> bool:
    begins = re.fullmatch(r"[\W_]*", text.folded[text.sentence_at(event[0]).start : event[0]])
    word = text.folded[event[0] : event[1]].split(" ")[0]
    return begins is not None and re.search(r"(s|ed|ing)$", word) is None


def _passive(event: Place, agent: Place | None, patient: Place | None, within: Window, text: SegmentedText) -> bool:
    if patient is None:
        return agent is not None and _behind_by(agent, event, within, text)
    if not _before(patient, event, within, text):
        return False
    owner = agent is not None and _before(agent, patient, Window.NEAR, text)
    return agent is None or owner or _behind_by(agent, event, within, text)


def _nominal(event: Place, agent: Place | None, patient: Place | None, within: Window, text: SegmentedText) -> bool:
    def near(role: Place | None) -> bool:
        return role is None or _beside(role, event, Window.NEAR, text)

    if agent is None or patient is None:
        return near(agent) and near(patient)
    return (near(patient) and _near_one(agent, (event, patient), text)) or (
        near(agent) and _near_one(patient, (event, agent), text)
    )


def _chinese(event: Place, agent: Place | None, patient: Place | None, within: Window, text: SegmentedText) -> bool:
    if patient is not None and not _beside(patient, event, within, text):
        return False
    others = (event,) if patient is None else (event, patient)
    ahead = agent is not None and _before(agent, min(others), Window.SENTENCE, text)
    return agent is None or ahead or _before(agent, event, within, text) or _near_one(agent, others, text)


def _either_side(event: Place, agent: Place | None, patient: Place | None, within: Window, text: SegmentedText) -> bool:
    return all(role is None or _beside(role, event, within, text) for role in (agent, patient))


def _near_one(role: Place, others: tuple[Place, ...], text: SegmentedText) -> bool:
    apart = all(role[1] <= other[0] or other[1] <= role[0] for other in others)
    return apart and any(_beside(role, other, Window.NEAR, text) for other in others)


def _noun_here(event: Place, folded: str) -> bool:
    word, before, after = folded[event[0] : event[1]], folded[: event[0]], folded[event[1] :]
    if word.endswith(("ed", "ing")):
        return False
    determiners = "a an the its their his her our any some no new more these those such deny denies denied"
    denials = [stem + end for stem in ("reject", "dismiss") for end in ("", "s", "es", "ed")]
    last = re.split(r"[\W_]", before[:-1])[-1] if before[-1:].isspace() else ""
    takes_on = word.removesuffix("s") == "ban" and re.match(r" on(?![^\W_])", after) is not None
    return last in [*determiners.split(), *denials] or takes_on or re.match(r" of(?![^\W_])", after) is not None


def _behind_by(agent: Place, event: Place, within: Window, text: SegmentedText) -> bool:
    marked = text.folded[: agent[0]].endswith((" by ", " by the "))
    return marked and _behind(agent, event, within, text)


def _beside(role: Place, other: Place, within: Window, text: SegmentedText) -> bool:
    return _before(role, other, within, text) or _behind(role, other, within, text)


def _before(role: Place, other: Place, within: Window, text: SegmentedText) -> bool:
    return role[1] <= other[0] and _reaches(role[1] - 1, (role[1], other[0]), role, other, within, text)


def _behind(role: Place, other: Place, within: Window, text: SegmentedText) -> bool:
    return other[1] <= role[0] and _reaches(role[0], (other[1], role[0]), role, other, within, text)


def _reaches(at: int, gap: Place, role: Place, other: Place, within: Window, text: SegmentedText) -> bool:
    """Whether the end of a role that is nearer to the other stands within its window."""
    if text.sentence_at(role[0]) != text.sentence_at(other[0]):
        return False
    if within is Window.SENTENCE:
        return True
    first, last = text.clause_at(other[0]), text.clause_at(max(other[0], other[1] - 1))
    in_clause = first.start <= at and text.clause_at(at).start <= last.start
    return in_clause and (within is Window.CLAUSE or _half_words(text.folded[slice(*gap)]) <= 2 * NEAR)


def _phrase(phrase: Phrase, text: str) -> Found:
    places = product(range(len(text)), range(1, len(text) + 1))
    return {(start, end) for start, end in places if _is(phrase, text[start:end]) and _stands_alone(text, start, end)}


def _is(phrase: Phrase, word: str) -> bool:
    longer = phrase.family and word.startswith(phrase.text) and _one_word(word[len(phrase.text) - 1 :])
    return word == phrase.text or longer


def _stands_alone(text: str, start: int, end: int) -> bool:
    return _separate(text, start - 1, start) and _separate(text, end - 1, end)


def _one_word(tail: str) -> bool:
    return all(_letter(char) for char in tail)


def _letter(char: str) -> bool:
    return (char.isalnum() or unicodedata.category(char)[0] == "M") and not _unspaced(char)


def _unspaced(char: str) -> bool:
    names = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "THAI")
    return unicodedata.name(char, "").startswith(names)


def _separate(text: str, left: int, right: int) -> bool:
    """Whether a word may end at `left` and another begin at `right`."""
    if left < 0 or right >= len(text):
        return True
    return not (_letter(text[left]) and _letter(text[right])) and not _decimal(text, left, right)


def _decimal(text: str, left: int, right: int) -> bool:
    before, after = text[max(0, left - 1) : left + 1], text[right : right + 2]
    point_after = text[left].isdigit() and len(after) == 2 and after[0] in ".," and after[1].isdigit()
    point_before = text[right].isdigit() and len(before) == 2 and before[1] in ".," and before[0].isdigit()
    return point_after or point_before


def _joined(left: Found, link: Link, right: Found, text: SegmentedText) -> Found:
    found = set()
    for one, two in product(left, right):
        if _fits(one, link, two, text):
            found.add((one[0], two[1]))
        if link.either and _fits(two, link, one, text):
            found.add((two[0], one[1]))
    return found


def _fits(one: tuple[int, int], link: Link, two: tuple[int, int], text: SegmentedText) -> bool:
    if two[0] < one[1] or not _share(text.sentences, one[0], two[1]):
        return False
    between = text.folded[one[1] : two[0]]
    if link.reach is Reach.ADJACENT:
        return between in ("", " ")
    if link.reach is Reach.CLAUSE:
        return _share(text.clauses, one[0], two[1])
    if link.reach is Reach.SENTENCE:
        return True
    return _half_words(between) <= 2 * link.words


def _share(ranges: tuple, start: int, end: int) -> bool:  # type: ignore[type-arg]
    return any(r.start <= start and end <= r.end for r in ranges)


def _half_words(between: str) -> int:
    """Counts words of the piece by walking it: two for a word of letters and digits, one for an unspaced character."""
    total, inside = 0, False
    for at, char in enumerate(between):
        if _unspaced(char):
            total, inside = total + 1, False
        elif char.isalnum():
            total, inside = total + (0 if inside else 2), True
        elif not (char in ".," and between[max(0, at - 1) : at].isdigit() and between[at + 1 : at + 2].isdigit()):
            inside = False
    return total


def _words(text: str) -> Found:
    """Runs of letters and digits, grown one character at a time; a point or comma between digits belongs to the
    number."""
    found, start = set(), None
    for at in range(len(text) + 1):
        if at < len(text) and _in_word(text, at, start):
            start = at if start is None else start
        elif start is not None:
            found.add((start, at))
            start = None
    return found


def _in_word(text: str, at: int, start: int | None) -> bool:
    char = text[at]
    if char.isalnum():
        return not _unspaced(char)
    inside = start is not None and char in ".," and text[at - 1].isdigit()
    return inside and text[at + 1 : at + 2].isalnum() and not _unspaced(text[at + 1]) and text[at + 1].isdigit()


def _opens_clause(text: SegmentedText, start: int) -> bool:
    return any(c.start <= start < c.end and not text.folded[c.start : start].strip(" ,，;:—-\n") for c in text.clauses)


def viewed(node: Node, text: SegmentedText) -> tuple[FieldView, Node]:
    """The program's own matcher before this text."""
    compiler = PatternCompiler()
    compiled = compiler.compile(node)
    view = FieldView("title", text, compiler.index().find(text.folded))
    return view, compiled


def heads(node: Node, text: SegmentedText) -> set[int]:
    """The heads of what the program's own matcher finds; where a match begins that has none."""
    view, compiled = viewed(node, text)
    return {span.head if span.head >= 0 else span.start for span in view.find(compiled)}


def found(node: Node, text: SegmentedText) -> set[tuple[int, int]]:
    """What the program's own matcher finds, in the form of `find`."""
    view, compiled = viewed(node, text)
    return {(span.start, span.end) for span in view.find(compiled)}

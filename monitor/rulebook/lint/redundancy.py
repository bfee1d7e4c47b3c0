"""Which phrases of a list add nothing to the others. Everything is looked up, so the cost of a word does not grow with the list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from monitor.domain.text.automaton import Phrase
from monitor.domain.text.folding import is_unspaced
from monitor.domain.text.pattern_syntax import AtStart, Node, Words

MAX_PHRASE = 80
"""Characters of a phrase that is examined, an estimate: every pair of word edges is tried."""


@dataclass(frozen=True, slots=True)
class RedundancyIndex:
    """The phrases of one list by what could make others redundant."""

    families: Mapping[str, Node]
    """Words with all their endings, by their text."""
    anywhere: Mapping[str, Node]
    """Phrases of which each hit anywhere is enough, by their text; none if places matter in this list."""
    at_start: Mapping[str, Node]
    """The same at the start of a clause."""

    @classmethod
    def of(cls, nodes: Iterable[Node], *, shut: bool) -> RedundancyIndex:
        families, anywhere, at_start = dict[str, Node](), dict[str, Node](), dict[str, Node]()
        for node in nodes:
            phrase = phrase_of(node)
            if phrase is None:
                continue
            if isinstance(node, Words) and phrase.family:
                families[phrase.text] = node
            if shut:
                (at_start if isinstance(node, AtStart) else anywhere).setdefault(phrase.text, node)
        return cls(families, anywhere, at_start)

    def __bool__(self) -> bool:
        """Whether anything could make another phrase redundant: in most lists nothing could."""
        return bool(self.families or self.anywhere or self.at_start)

    def made_redundant_by(self, node: Node) -> Node | None:
        """A phrase that is found wherever this one is; None if there is none."""
        phrase = phrase_of(node)
        if phrase is None or len(phrase.text) > MAX_PHRASE:
            return None
        return next((other for other in self._others(node, phrase) if other != node), None)

    def _others(self, node: Node, phrase: Phrase) -> Iterator[Node]:
        text = phrase.text
        if isinstance(node, Words):
            for end in range(text.rfind(" ") + 2, len(text) + 1):
                family = self.families.get(text[:end])
                if family is not None and all(char.isalnum() and not is_unspaced(char) for char in text[end:]):
                    yield family
        if not (self.anywhere or self.at_start):
            return
        edges = [at for at in range(len(text) + 1) if _is_edge(text, at)]
        if isinstance(node, AtStart):
            yield from (self.at_start[text[:end]] for end in edges if text[:end] in self.at_start)
        for start in edges if self.anywhere else ():
            for end in edges:
                other = self.anywhere.get(text[start:end]) if start < end else None
                if other is not None and (inner := phrase_of(other)) is not None and contains_phrase(phrase, inner):
                    yield other


def phrase_of(node: Node) -> Phrase | None:
    """The phrase that is all a pattern asks for, at the start of a clause or anywhere; None if it asks for more."""
    if isinstance(node, AtStart):
        node = node.inner
    return node.phrase if isinstance(node, Words) else None


def contains_phrase(long: Phrase, short: Phrase) -> bool:
    """Whether wherever the long phrase stands, the short one stands inside it."""
    at = long.text.find(short.text)
    while at >= 0:
        end = at + len(short.text)
        goes_on = long.family and end == len(long.text)
        if _is_edge(long.text, at) and (short.family or (_is_edge(long.text, end) and not goes_on)):
            return True
        at = long.text.find(short.text, at + 1)
    return False


def _is_edge(text: str, at: int) -> bool:
    """Whether a word begins or ends there."""
    if at in (0, len(text)):
        return True
    before, after = text[at - 1], text[at]
    return is_unspaced(before) or is_unspaced(after) or not (before.isalnum() and after.isalnum())

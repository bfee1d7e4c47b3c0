"""Which phrases of a list add nothing to the others. Everything is looked up, so that long lists cost no more a word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from monitor.domain.text.automaton import Phrase
from monitor.domain.text.folding import is_unspaced
from monitor.domain.text.pattern_syntax import AtStart, Node, Words

MAX_PHRASE = 80
"""Characters of a phrase that is looked into."""


@dataclass(frozen=True, slots=True)
class RedundancyIndex:
    """The phrases of one list by what could make others idle."""

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

    def made_redundant_by(self, node: Node) -> Node | None:
        """A phrase that is found wherever this one is."""
        phrase = phrase_of(node)
        if phrase is None or len(phrase.text) > MAX_PHRASE:
            return None
        return next((other for other in self._others(node, phrase) if other != node), None)

    def _others(self, node: Node, phrase: Phrase) -> Iterator[Node]:
        text = phrase.text
        if isinstance(node, Words):
            for end in range(text.rfind(" ") + 2, len(text) + 1):
                family = self.families.get(text[:end])
                if family is not None and _endings(text[end:]):
                    yield family
        if isinstance(node, AtStart):
            yield from (self.at_start[text[:end]] for end in _word_edges(text) if text[:end] in self.at_start)
        for start in _word_edges(text) if self.anywhere else ():
            for end in _word_edges(text):
                other = self.anywhere.get(text[start:end]) if start < end else None
                if other is not None and (inner := phrase_of(other)) is not None and contains_phrase(phrase, inner):
                    yield other


def phrase_of(node: Node) -> Phrase | None:
    """The phrase that is all a pattern asks for, at the start of a clause or anywhere."""
    if isinstance(node, AtStart):
        node = node.inner
    return node.phrase if isinstance(node, Words) else None


def contains_phrase(long: Phrase, short: Phrase) -> bool:
    """Whether wherever the long phrase stands, the short one stands inside it."""
    at = long.text.find(short.text)
    while at >= 0:
        end = at + len(short.text)
        if _is_edge(long.text, at) and (short.family or (_is_edge(long.text, end) and not _goes_on(long, end))):
            return True
        at = long.text.find(short.text, at + 1)
    return False


def _goes_on(phrase: Phrase, end: int) -> bool:
    return phrase.family and end == len(phrase.text)


def _word_edges(text: str) -> list[int]:
    """Where words begin and end."""
    return [at for at in range(len(text) + 1) if _is_edge(text, at)]


def _is_edge(text: str, at: int) -> bool:
    if at in (0, len(text)):
        return True
    before, after = text[at - 1], text[at]
    return is_unspaced(before) or is_unspaced(after) or not (before.isalnum() and after.isalnum())


def _endings(rest: str) -> bool:
    return all(char.isalnum() and not is_unspaced(char) for char in rest)

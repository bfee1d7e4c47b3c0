"""Patterns that do nothing beside their neighbours, or something else than they look like."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from monitor.domain.text.automaton import Phrase
from monitor.domain.text.pattern_syntax import Choice, Node, Words
from monitor.domain.text.writing_systems import HAN_RANGE
from monitor.errors import Issue
from monitor.rulebook.compile.rule_files import RuleFiles
from monitor.rulebook.lint.chinese_scripts import is_mixed, simplified
from monitor.rulebook.lint.pattern_lists import PatternList, all_lists, parse_or_none
from monitor.rulebook.lint.redundancy import RedundancyIndex, phrase_of

COMMON_WORDS = frozenset(
    [
        "a",
        "about",
        "after",
        "all",
        "also",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "been",
        "but",
        "by",
        "can",
        "could",
        "did",
        "do",
        "does",
        "for",
        "from",
        "had",
        "has",
        "have",
        "he",
        "her",
        "his",
        "how",
        "if",
        "in",
        "into",
        "is",
        "it",
        "its",
        "just",
        "may",
        "more",
        "most",
        "new",
        "no",
        "not",
        "now",
        "of",
        "off",
        "on",
        "one",
        "or",
        "our",
        "out",
        "over",
        "said",
        "says",
        "she",
        "so",
        "some",
        "than",
        "that",
        "the",
        "their",
        "them",
        "then",
        "there",
        "these",
        "they",
        "this",
        "to",
        "today",
        "up",
        "was",
        "we",
        "were",
        "what",
        "when",
        "which",
        "who",
        "will",
        "with",
        "would",
        "year",
        "you",
        "your",
    ]
)
"""Words that stand in news of any kind."""
_FULL_WIDTH = re.compile("[（）｜｛｝＊～＾，；！０-９Ａ-Ｚａ-ｚ]")
_HALF_WIDTH = {"（": "(", "）": ")", "｜": "|", "｛": "{", "｝": "}", "＊": "*", "～": "~", "＾": "^", "！": "!"}


@dataclass(frozen=True, slots=True)
class Option:
    """One of several things that may stand in one place: an entry of a list, or a part of a group in it."""

    entry: int
    column: int
    text: str
    node: Node


def pattern_lints(files: RuleFiles) -> Iterator[Issue]:
    """Every pattern that cannot be meant as it stands."""
    for one in all_lists(files):
        for entry, text in enumerate(one.texts):
            yield from _spelling(one, entry, text)
        yield from _beside_each_other(one, list(_entries(one)))
        for entry, text in enumerate(one.texts):
            for group in _groups(text):
                if not _spans(text, group):
                    options = [
                        Option(entry, column, part, node) for column, part in group if (node := parse_or_none(part))
                    ]
                    yield from _beside_each_other(replace(one, role="words"), options)
        if one.role == "open":
            yield from _too_common(one)
        if one.role == "words":
            yield from _only_traditional(one)
    yield from _in_two_lists(files)


def _entries(one: PatternList) -> Iterator[Option]:
    """The entries of a list; one that is a group as a whole counts as its parts."""
    for entry, text in enumerate(one.texts):
        groups = _groups(text)
        whole = next((group for group in groups if _spans(text, group)), None)
        for column, part in whole or [(0, text)]:
            if (node := parse_or_none(part)) is not None:
                yield Option(entry, column, part, node)


def _spans(text: str, group: list[tuple[int, str]]) -> bool:
    """Whether a group is all there is in a pattern."""
    start, end = group[0][0], group[-1][0] + len(group[-1][1])
    return text[:start].strip() == "(" and text[end:].strip() == ")"


def _groups(text: str) -> list[list[tuple[int, str]]]:
    """The parts of every (group) of a pattern with their columns."""
    groups: list[list[tuple[int, str]]] = []
    opened: list[list[int]] = []
    for column, char in enumerate(text):
        if char == "(":
            opened.append([column])
        elif char == "|" and opened:
            opened[-1].append(column)
        elif char == ")" and opened:
            edges = [*opened.pop(), column]
            groups.append([_part(text, start + 1, end) for start, end in pairwise(edges)])
    return groups


def _part(text: str, start: int, end: int) -> tuple[int, str]:
    part = text[start:end]
    return start + len(part) - len(part.lstrip()), part.strip()


# ---------------------------------------------------------------- neighbours


def _beside_each_other(one: PatternList, options: list[Option]) -> Iterator[Issue]:
    seen: dict[Node, Option] = {}
    for option in options:
        if option.node in seen:
            yield _warning(
                one,
                option,
                "duplicate_pattern",
                f"{option.text!r} stands here for the second time",
                _both_spellings(option, seen[option.node]),
            )
        seen.setdefault(option.node, option)
    index = RedundancyIndex.of(seen, shut=one.role == "shut")
    for node, option in seen.items():
        by = index.made_redundant_by(node)
        if by is not None:
            yield _warning(one, option, "shadowed", f"{option.text!r} adds nothing to {seen[by].text!r}", "delete it")


def _both_spellings(option: Option, first: Option) -> str:
    if option.text == first.text:
        return "delete one"
    return f"{first.text!r} is read the same: case, width and hyphens do not count"


def _in_two_lists(files: RuleFiles) -> Iterator[Issue]:
    """What any title or summary opens need not be said again for one of them."""
    for source, shape, _ in files.commitments:
        known = {parse_or_none(text) for text in shape.about.any}
        for part, texts in (("title", shape.about.title), ("summary", shape.about.summary)):
            one = PatternList(source, ("about", part), texts, "open")
            for option in _entries(one):
                if option.node in known:
                    yield _warning(
                        one, option, "duplicate_pattern", f"{option.text!r} stands under any already", "delete it here"
                    )


# ---------------------------------------------------------------- single patterns


def _too_common(one: PatternList) -> Iterator[Issue]:
    for option in _entries(one):
        phrases = list(_alone(option.node))
        common = next((phrase.text for phrase in phrases if _is_common(phrase)), None)
        if common is not None:
            yield _warning(
                one,
                option,
                "common_word",
                f"{common!r} alone is in a great part of all news",
                "add the words that must stand beside it",
            )


def _alone(node: Node) -> Iterable[Phrase]:
    """Phrases that are all that a pattern asks for."""
    if isinstance(node, Choice):
        return [phrase for option in node.options for phrase in _alone(option)]
    phrase = phrase_of(node)
    return [phrase] if phrase is not None else []


def _is_common(phrase: Phrase) -> bool:
    return phrase.text in COMMON_WORDS or len(phrase.text) == 1


def _spelling(one: PatternList, entry: int, text: str) -> Iterator[Issue]:
    if (found := _FULL_WIDTH.search(text)) is not None:
        char = found[0]
        hint = (
            f"write {_HALF_WIDTH[char]}"
            if char in _HALF_WIDTH
            else "begin a new entry"
            if char in "，；"
            else "write it narrow"
        )
        message = f"the full-width {char} is part of the text here, no sign of the pattern"
        if char.isalnum():
            message = f"the full-width {char} is the same as the narrow one"
        yield _warning(one, Option(entry, found.start(), text, _ANY), "full_width", message, hint)
    if (loose := _LOOSE_GAP.search(text)) is not None:
        yield _warning(
            one,
            Option(entry, loose.start(), text, _ANY),
            "loose_gap",
            f"the number {loose[2]} is a word of the text here, not the width of the gap",
            f"write {loose[1]}{loose[2]} without a space",
        )
    for word in re.finditer(f"[{HAN_RANGE}]+", text):
        if is_mixed(word[0]):
            yield _warning(
                one,
                Option(entry, word.start(), text, _ANY),
                "mixed_scripts",
                f"{word[0]!r} has Simplified and Traditional characters",
                "write each script as an entry of its own",
            )


_LOOSE_GAP = re.compile(r"(\.\.\.?|~)\s+(\d{1,2})(?=\s)")

_ANY = Words(Phrase("", family=False))


def _only_traditional(one: PatternList) -> Iterator[Issue]:
    """A Traditional word whose Simplified twin is missing: most news is Simplified."""
    known = set(one.texts)
    for entry, text in enumerate(one.texts):
        twin = simplified(text)
        if twin is not None and twin not in known and twin != text and not is_mixed(text):
            yield _warning(
                one,
                Option(entry, 0, text, _ANY),
                "only_traditional",
                f"{text!r} is Traditional, and the list has no {twin!r}",
                "add the Simplified word",
            )


def _warning(one: PatternList, option: Option, code: str, message: str, hint: str) -> Issue:
    where = (*one.where, option.entry)
    return one.source.issue(code, message, where, hint=hint, inside=option.column, severity="warning")

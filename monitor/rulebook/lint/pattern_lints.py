"""Lints of patterns: repeated ones, too common ones, and characters that only look like pattern syntax."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from monitor.domain.text.automaton import Phrase
from monitor.domain.text.chinese_script import is_traditional, simplified
from monitor.domain.text.patterns import AtStart, Choice, Node, Words
from monitor.domain.text.writing_systems import HAN_RANGE
from monitor.errors import Issue
from monitor.rulebook.compile.rule_files import RuleFiles
from monitor.rulebook.compile.sets import pattern_entries
from monitor.rulebook.lint.pattern_lists import PatternList, all_lists, parse_or_none

_COMMON = (
    "a about after all also an and are as at be been but by can could did do does for from had has have he her his "
    "how if "
    "in into is it its just may more most new no not now of off on one or our out over said says she so some than "
    "that the "
    "their them then there these they this to today up was we were what when which who will with would year you your"
)
COMMON_WORDS = frozenset(_COMMON.split())
"""Words that occur in all kinds of news."""
_FULL_WIDTH = re.compile("[（）｜｛｝＊～＾，；！０-９Ａ-Ｚａ-ｚ]")
_HALF_WIDTH = dict(zip("（）｜｛｝＊～＾！", "()|{}*~^!", strict=True))
_GROUP_SIGN = re.compile(r"[(|)]")
_HAN_WORD = re.compile(f"[{HAN_RANGE}]+")


@dataclass(frozen=True, slots=True)
class Option:
    """One of several alternatives: an entry of a list, or a part of a group in it."""

    entry: int
    column: int
    text: str
    node: Node


def pattern_lints(files: RuleFiles) -> Iterator[Issue]:
    """Every pattern that is most likely a mistake."""
    for listed in all_lists(files):
        options = list(_entries(listed))
        yield from _spelling(listed)
        yield from _duplicates(listed, options)
        for entry, text in enumerate(listed.texts):
            for group in _groups(text):
                if not _spans(text, group):
                    parts = [
                        Option(entry, column, part, node) for column, part in group if (node := parse_or_none(part))
                    ]
                    yield from _duplicates(listed, parts)
        # A pattern of one common word matches too much.
        for option in options if listed.role == "opening" else ():
            alone = [phrase.text for node in _choices(option.node) if (phrase := _phrase_of(node)) is not None]
            common = next((text for text in alone if text in COMMON_WORDS or len(text) == 1), None)
            if common is not None:
                message = f"{common!r} alone is in a large part of all news"
                hint = "add other words that must occur near it"
                yield listed.warning(option.entry, option.column, "common_word", message, hint)
    # A pattern for title and summary need not be repeated for one of them.
    for source, shape, _ in files.commitments:
        known = {parse_or_none(text) for text in shape.about.any}
        for part, texts in (("title", shape.about.title), ("summary", shape.about.summary)):
            listed = PatternList(pattern_entries(source, ("about", part), texts), "opening")
            for option in _entries(listed):
                if option.node in known:
                    message = f"{option.text!r} is already under any"
                    yield listed.warning(option.entry, option.column, "duplicate_pattern", message, "delete it here")


def _entries(listed: PatternList) -> Iterator[Option]:
    """The entries of a list. An entry that is one whole group counts as its parts."""
    for entry, text in enumerate(listed.texts):
        whole = next((group for group in _groups(text) if _spans(text, group)), None) if "(" in text else None
        for column, part in whole or [(0, text)]:
            if (node := parse_or_none(part)) is not None:
                yield Option(entry, column, part, node)


def _spans(text: str, group: list[tuple[int, str]]) -> bool:
    """Whether a group is the whole pattern."""
    start, end = group[0][0], group[-1][0] + len(group[-1][1])
    return text[:start].strip() == "(" and text[end:].strip() == ")"


@lru_cache(maxsize=10_000)
def _groups(text: str) -> list[list[tuple[int, str]]]:
    """The parts of every (group) of a pattern with their columns."""
    groups: list[list[tuple[int, str]]] = []
    opened: list[list[int]] = []
    for sign in _GROUP_SIGN.finditer(text):
        char, column = sign[0], sign.start()
        if char == "(":
            opened.append([column])
        elif char == "|" and opened:
            opened[-1].append(column)
        elif char == ")" and opened:
            parts = []
            for start, end in pairwise([*opened.pop(), column]):
                part = text[start + 1 : end]
                parts.append((end - len(part.lstrip()), part.strip()))
            groups.append(parts)
    return groups


def _duplicates(listed: PatternList, options: list[Option]) -> Iterator[Issue]:
    """Options that match the same text as an earlier one. Those in traditional Chinese have a warning of their own."""
    seen: dict[Node, Option] = {}
    for option in (each for each in options if not is_traditional(each.text)):
        if option.node in seen:
            first = seen[option.node]
            same = f"{first.text!r} matches the same text: case, width and hyphens do not count"
            hint = "delete one" if option.text == first.text else same
            message = f"{option.text!r} is repeated"
            yield listed.warning(option.entry, option.column, "duplicate_pattern", message, hint)
        seen.setdefault(option.node, option)


def _phrase_of(node: Node) -> Phrase | None:
    """The phrase of a pattern that has only this phrase, at the start of a clause or anywhere; None for other
    patterns."""
    if isinstance(node, AtStart):
        node = node.inner
    return node.phrase if isinstance(node, Words) else None


def _choices(node: Node) -> Iterator[Node]:
    """The options of a pattern, with those of nested groups; the pattern itself if it has none."""
    if isinstance(node, Choice):
        for option in node.options:
            yield from _choices(option)
    else:
        yield node


def _spelling(listed: PatternList) -> Iterator[Issue]:
    """Characters that look like pattern syntax, and words in traditional Chinese."""
    for entry, text in enumerate(listed.texts):
        if (wide := _FULL_WIDTH.search(text)) is not None:
            char = wide[0]
            hint = "begin a new entry" if char in "，；" else "write the narrow character"
            hint = f"write {_HALF_WIDTH[char]}" if char in _HALF_WIDTH else hint
            message = f"the full-width {char} is text here, not pattern syntax"
            if char.isalnum():
                message = f"the full-width {char} equals the narrow one"
            yield listed.warning(entry, wide.start(), "full_width", message, hint)
        for word in _HAN_WORD.finditer(text):
            if is_traditional(word[0]):
                message = f"{word[0]!r} is traditional Chinese, which is matched as simplified"
                hint = f"write {simplified(word[0])!r} once: it matches both"
                yield listed.warning(entry, word.start(), "traditional", message, hint)

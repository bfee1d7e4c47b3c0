"""Lints of patterns: repeated ones, too common ones, and characters that only look like pattern syntax."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from monitor.domain.text.pattern_syntax import PatternError, parse_pattern
from monitor.domain.text.patterns import AtStart, Choice, Node, Words
from monitor.domain.text.writing_systems import HAN_RANGE, is_traditional, simplified
from monitor.errors import Issue
from monitor.rulebook.compile.rule_files import RuleFiles
from monitor.rulebook.compile.sets import PatternEntry, Written, pattern_entries, sets_named
from monitor.rulebook.schema.models import ROLES, RuleShape, VocabularyShape
from monitor.rulebook.source.rule_source import RuleSource, ValuePath

ListRole: TypeAlias = Literal["words", "opening", "excluding"]

_EXCLUDING_WORDS = frozenset({"frames", "documents", "headlines"})
"""Parts of the vocabulary whose words exclude a sentence, or classify a document."""
_OPENING = ("any", "title", "summary")
_EXCLUDING = {"never": "never", "not": "excluded", "unless": "unless", "when": "when"}
"""Keys of about, acts and precedence that have patterns, with their fields."""
_COMMON = (
    "a about after all also an and are as at be been but by can could did do does for from had has have he her his how "
    "if in into is it its just may more most new no not now of off on one or our out over said says she so some than "
    "that the their them then there these they this to today up was we were what when which who will with would year "
    "you your"
)
COMMON_WORDS = frozenset(_COMMON.split())
"""Words that occur in all kinds of news."""
_FULL_WIDTH = re.compile("[（）｜｛｝＊～＾，；！０-９Ａ-Ｚａ-ｚ]")
_HALF_WIDTH = dict(zip("（）｜｛｝＊～＾！", "()|{}*~^!", strict=True))
_HAN_WORD = re.compile(f"[{HAN_RANGE}]+")


# ---------------------------------------------------------------- the lists of all files


@dataclass(frozen=True, slots=True)
class PatternList:
    """The patterns of one list. words: an entry is part of a longer pattern, or counts by its place, so each span
    matters. opening: one match is enough to report a topic or an act. excluding: one match anywhere is enough to
    exclude something."""

    entries: Sequence[PatternEntry]
    role: ListRole


def parse_or_none(text: str) -> Node | None:
    """A parsed pattern, or None if it is invalid, which is an error of its own."""
    try:
        return parse_pattern(text)
    except PatternError:
        return None


def all_lists(files: RuleFiles) -> Iterator[PatternList]:
    """Every list of patterns of these files."""
    for source, _, sets in files.with_sets():
        for name, words in sets.items():
            yield _list(source, ("sets", name), words, "words")
    for source, vocabulary in files.vocabulary:
        yield from _of_vocabulary(source, vocabulary)
    for source, deal in files.deals.values():
        for name, party in deal.parties.items():
            yield _list(source, ("parties", name), party, "words")
        yield _list(source, ("levels",), dict(deal.levels), "opening")
        for number, rule in enumerate(deal.precedence):
            yield from _by_key(source, ("precedence", number), rule)
        if deal.gate is not None:
            yield _list(source, ("gate", "any"), deal.gate.any, "opening")
            for number, entry in enumerate(deal.gate.together):
                yield _list(source, ("gate", "together", number), entry, "words")
    for source, commitment, _ in files.commitments:
        yield from _by_key(source, ("about",), commitment.about)
        yield _list(source, ("defaults", "not"), commitment.defaults.excluded, "excluding")
        for number, act in enumerate(commitment.acts):
            where: ValuePath = ("acts", number)
            yield from _by_key(source, where, act)
            for at, frame in enumerate(act.frames):
                yield from _by_key(source, (*where, "frames", at), frame)


def _of_vocabulary(source: RuleSource, shape: VocabularyShape) -> Iterator[PatternList]:
    for part in ("modality", "frames", "parties", "documents", "headlines"):
        role: ListRole = "excluding" if part in _EXCLUDING_WORDS else "words"
        for name, words in getattr(shape, part).items():
            yield _list(source, (part, str(name)), words, role)
    for number, speaker in enumerate(shape.speakers):
        yield _list(source, ("speakers", number, "words"), speaker.words, "words")
    yield _list(source, ("masks",), shape.masks, "words")


def sets_named_by_file(files: RuleFiles) -> dict[str, set[str]]:
    """Path of a file -> the sets that its patterns use."""
    named: dict[str, set[str]] = {}
    for listed in all_lists(files):
        for entry in listed.entries:
            node = parse_or_none(entry.text) if "{" in entry.text else None
            named.setdefault(entry.source.path, set()).update(sets_named(node) if node is not None else ())
    return named


def _by_key(source: RuleSource, where: ValuePath, shape: RuleShape) -> Iterator[PatternList]:
    """The lists of about, an act, a frame or a row of precedence."""
    fields = type(shape).model_fields
    for key in _OPENING:
        if key in fields:
            yield _list(source, (*where, key), getattr(shape, key), "opening")
    for key, name in _EXCLUDING.items():
        if name in fields:
            yield _list(source, (*where, key), getattr(shape, name), "excluding")
    for role in ROLES:
        if role in fields:
            yield _list(source, (*where, role), getattr(shape, role) or (), "words")


def _list(source: RuleSource, where: ValuePath, written: Written, role: ListRole) -> PatternList:
    return PatternList(pattern_entries(source, where, written), role)


# ---------------------------------------------------------------- lints


def pattern_lints(files: RuleFiles) -> Iterator[Issue]:
    """Every pattern that is most likely a mistake."""
    for listed in all_lists(files):
        seen: dict[tuple[Node, bool], PatternEntry] = {}
        for entry in listed.entries:
            yield from _spelling(entry)
            node = parse_or_none(entry.text)
            if node is None:
                continue
            # One entry can be in the lists of both languages. A repetition in traditional Chinese has a warning of
            # its own.
            if (first := seen.setdefault((node, "zh" in entry.where), entry)) is not entry and not is_traditional(
                entry.text
            ):
                same = f"{first.text!r} matches the same text: case, width and hyphens do not count"
                hint = "delete one" if entry.text == first.text else same
                yield entry.warning("duplicate_pattern", f"{entry.text!r} is repeated", hint)
            words = [option.phrase.text for option in _choices(node) if isinstance(option, Words)]
            common = next((text for text in words if text in COMMON_WORDS or len(text) == 1), None)
            if listed.role == "opening" and common is not None:
                message = f"{common!r} alone is in a large part of all news"
                yield entry.warning("common_word", message, "add other words that must occur near it")
    # A pattern for title and summary need not be repeated for one of them.
    for source, shape, _ in files.commitments:
        known = {parse_or_none(text) for text in shape.about.any}
        for part in ("title", "summary"):
            for entry in pattern_entries(source, ("about", part), getattr(shape.about, part)):
                if parse_or_none(entry.text) in known:
                    yield entry.warning("duplicate_pattern", f"{entry.text!r} is already under any", "delete it here")


def _choices(node: Node) -> Iterator[Node]:
    """The options of a pattern, also within groups and at the start of a clause; the pattern itself if it has none."""
    if isinstance(node, Choice):
        for option in node.options:
            yield from _choices(option)
    else:
        yield node.inner if isinstance(node, AtStart) else node


def _spelling(entry: PatternEntry) -> Iterator[Issue]:
    """Characters that look like pattern syntax, and words in traditional Chinese."""
    if (wide := _FULL_WIDTH.search(entry.text)) is not None:
        char = wide[0]
        hint = "begin a new entry" if char in "，；" else "write the narrow character"
        hint = f"write {_HALF_WIDTH[char]}" if char in _HALF_WIDTH else hint
        message = f"the full-width {char} is text here, not pattern syntax"
        if char.isalnum():
            message = f"the full-width {char} equals the narrow one"
        yield entry.warning("full_width", message, hint, inside=wide.start())
    for word in _HAN_WORD.finditer(entry.text):
        if is_traditional(word[0]):
            message = f"{word[0]!r} is traditional Chinese, which is matched as simplified"
            hint = f"write {simplified(word[0])!r} once: it matches both"
            yield entry.warning("traditional", message, hint, inside=word.start())

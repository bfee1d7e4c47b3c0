"""Adds a story to the examples of a rule: one more line in the example file, which is read back at once."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from monitor.domain.matching.document import Document
from monitor.domain.matching.explain_text import near_miss_text
from monitor.domain.matching.near_misses import NearMiss, near_misses
from monitor.domain.matching.rules import Rulebook, RuleExample, RuleInfo, acts_of
from monitor.domain.model import Effect
from monitor.domain.text.plain import whole_characters
from monitor.errors import Issue, RuleError
from monitor.rulebook import ExampleResult
from monitor.rulebook.compile.example_files import ENDING, read_example_files
from monitor.rulebook.source.example_lines import NOT_ABOUT, ExampleLine, with_line
from monitor.rulebook.testing.examples import result_of, run_example, story_of

_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
"""Characters that rule files cannot contain, all invisible."""


@dataclass(frozen=True, slots=True)
class ExampleText:
    """The text of a new example. `published` is its day, None if unknown."""

    text: str
    summary: str = ""
    published: date | None = None


@dataclass(frozen=True, slots=True)
class AddedExample:
    """The new example with its place and its result under the rules. If it fails, `near_miss` is the nearest act."""

    path: Path
    shown: str
    line: int
    written: str
    example: RuleExample
    result: ExampleResult
    near_miss: NearMiss | None = None


def add_example(
    folder: Path, rulebook: Rulebook, rule: str, wording: ExampleText, effect: str = "", *, near_miss: bool = False
) -> AddedExample:
    """Appends an example to the example file of its commitment. Without an effect, it expects the effect that its act
    has now.

    1. Match the text with the rules. For a near miss that they take for an act, expect none.
    2. Drop the summary if the result is the same without it, and the day unless the act counts only on some days.
    3. Refuse a text that is an example of the commitment already; without an effect, also one that its act does not
       match, because it would test another act.
    4. Add the example to the file, read it back and run it.

    Raises RuleError, and restores the file, if the text is refused or not read back unchanged; KeyError for an
    unknown rule.
    """
    info = acts_of(rulebook)[rule]
    text, summary = (_UNSEEN.sub(" ", whole_characters(part)).strip() for part in (wording.text, wording.summary))
    path = (folder / Path(info.path).relative_to(folder.name)).with_suffix(ENDING)
    shown = info.path.removesuffix(".yaml") + ENDING
    example = RuleExample(info.id, info.commitment, 0, text, None, shown, 0, summary, wording.published)
    said, winner = _answer(rulebook, example)
    if _answer(rulebook, replace(example, summary="")) == (said, winner):
        example = replace(example, summary="")
    if not _asks_the_day(rule, rulebook) and _answer(rulebook, replace(example, published=None)) == (said, winner):
        example = replace(example, published=None)
    expected = effect or (Effect.NONE.value if near_miss and said != NOT_ABOUT else said)
    example = replace(example, effect=None if expected == NOT_ABOUT else Effect(expected))
    for other in rulebook.examples:
        one, two = (" ".join(text.casefold().split()) for text in (other.text, example.text))
        if other.commitment == example.commitment and one == two:
            message = f"this text is already example {other.number} of {other.rule}"
            raise _refusal(other.path, other.line, "duplicate_example", message)
    if not (effect or near_miss):
        _require_own_reading(example, rulebook, info)
    act = rule.partition("/")[2]
    written = ExampleLine(0, act, expected, example.published, example.text, example.summary)
    before = path.read_bytes() if path.exists() else None
    text_before = (before or b"").decode("utf-8-sig")
    new_text, line = with_line(text_before, written)
    path.write_bytes((BOM_UTF8 if (before or b"").startswith(BOM_UTF8) else b"") + new_text.encode("utf-8"))
    try:
        return _checked(folder, rulebook, path, replace(example, line=line), str(written))
    except RuleError:
        if before is None:
            path.unlink()
        else:
            path.write_bytes(before)
        raise


def _answer(rulebook: Rulebook, example: RuleExample) -> tuple[str, str]:
    """The effect of an example for its own commitment, and the deciding rule, '' for none."""
    result, said = result_of(example, rulebook)
    return said, result.winner.act.rule if result.winner else ""


def _require_own_reading(example: RuleExample, rulebook: Rulebook, info: RuleInfo) -> None:
    """Raises RuleError, with the act that matches the text, unless it is the act of the example."""
    result, said = result_of(example, rulebook)
    winner = result.winner
    standing = (hit for hit in result.candidates if hit.act.rule == example.rule and hit.rejection is None)
    if winner is not None and any(hit is winner or hit.effect is winner.effect for hit in standing):
        return
    other = f"{winner.act.rule} gives {said}" if winner else f"no act matches, which gives {said}"
    message = f"{example.rule} does not match this text: {other}"
    if near := _nearest(example, rulebook):
        message += f". Nearest: {near.rule} would give {near.effect}: {near_miss_text(near)}"
    hint = "give the expected effect with --effect; near-miss if it must not match"
    if example.published is None and _asks_the_day(example.rule, rulebook):
        hint += "; the act counts only on some days: give the story as a JSON line with published"
    raise _refusal(info.path, info.line, "not_its_own", message, hint)


def _asks_the_day(rule: str, rulebook: Rulebook) -> bool:
    """Whether an act counts only on some days."""
    acts = (act for topic in rulebook.matcher.topics for act in topic.acts if act.rule == rule)
    return any(act.only.since is not None or act.only.until is not None for act in acts)


def _checked(folder: Path, rulebook: Rulebook, path: Path, example: RuleExample, written: str) -> AddedExample:
    """The example as read back from its file. Raises RuleError if it cannot be read, or differs."""
    examples, issues = read_example_files(folder, rulebook)
    if own := [issue for issue in issues if issue.path == example.path and issue.severity == "error"]:
        raise RuleError(own, subject=str(path))
    found = next((one for one in examples if (one.path, one.line) == (example.path, example.line)), example)
    if replace(found, number=0) != example or found is example:
        raise _refusal(example.path, example.line, "not_kept", "the text would not be read back unchanged")
    result = run_example(found, rulebook)
    near = None if result.passed else _nearest(found, rulebook)
    return AddedExample(path, example.path, found.line, written, found, result, near)


def _nearest(example: RuleExample, rulebook: Rulebook) -> NearMiss | None:
    """The most useful near miss: of its own rule first, then with the expected effect."""
    (topic,) = rulebook.matcher.topics_of([example.commitment])
    misses = near_misses(Document(story_of(example), rulebook), topic)
    return min(misses, key=lambda m: (m.rule != example.rule, m.effect is not example.effect, m.rank_key), default=None)


def _refusal(path: str, line: int, code: str, message: str, hint: str = "") -> RuleError:
    return RuleError([Issue(path, line, 1, "error", code, message, hint)])

"""One story made an example of a rule: one line more in the file of examples beside its commitment, read back at once."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from monitor.domain.matching.document import Document
from monitor.domain.matching.explain_text import near_miss_text
from monitor.domain.matching.match import trace
from monitor.domain.matching.near_misses import NearMiss, near_misses
from monitor.domain.matching.rules import Rulebook, RuleExample, RuleInfo, acts_of
from monitor.domain.model import Effect
from monitor.domain.text.plain import whole_characters
from monitor.errors import Issue, RuleError
from monitor.rulebook import ExampleResult
from monitor.rulebook.compile.example_files import ENDING, read_example_files
from monitor.rulebook.source.example_lines import NOT_ABOUT, ExampleLine, with_line
from monitor.rulebook.testing.examples import effect_name, result_of, run_example, story_of

_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
"""What a rule file may not hold, and a reader cannot see."""


@dataclass(frozen=True, slots=True)
class ExampleText:
    """The text that is to become an example. published: its day, None where nothing is known of it."""

    text: str
    summary: str = ""
    published: date | None = None


@dataclass(frozen=True, slots=True)
class AddedExample:
    """An example that now stands in its file. `line` is its line; `result` what the rules make of it; `near_miss` what came
    nearest where they read something else, best of the rule itself."""

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
    """Appends an example to the file of examples of its commitment. Without an effect, it expects what its act reads in it now.

    1. Read the text with the rules; for a near miss that they take for an act, expect none.
    2. Leave the summary out if the answer is the same without it: a title says more to a reader than a page; and the day, unless
       the act counts on some days only.
    3. Refuse a text that is an example of the commitment already, of whichever of its acts; and, without an effect, one that
       its act does not read: what another act reads there, or none, shows nothing of this one.
    4. Put the example into the file, read it back and run it.

    Raises RuleError, and leaves the file as it was, if it refuses the text, or the text is not read back as it was given;
    KeyError, if there is no such rule.
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
        if other.commitment == example.commitment and _title_key(other.text) == _title_key(example.text):
            message = f"{other.rule} has this text as its example {other.number} already"
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
    """The effect that the rules read in an example for its own commitment, and the rule that decides, '' for none."""
    result = result_of(example, trace(story_of(example), rulebook))
    return effect_name(result), result.winner.act.rule if result.winner else ""


def _require_own_reading(example: RuleExample, rulebook: Rulebook, info: RuleInfo) -> None:
    """Raises RuleError, which says what reads the text, if what the rules make of it is nothing that its own act reads."""
    result = result_of(example, trace(story_of(example), rulebook))
    winner, said = result.winner, effect_name(result)
    standing = (hit for hit in result.candidates if hit.act.rule == example.rule and hit.rejection is None)
    if winner is not None and any(hit is winner or hit.effect is winner.effect for hit in standing):
        return
    other = f"{winner.act.rule} reads {said} in it" if winner else f"no act is read in it, which gives {said}"
    message = f"{example.rule} does not read this text: {other}"
    if near := _nearest(example, rulebook):
        message += f". Nearest: {near.rule} would read {near.effect}: {near_miss_text(near)}"
    hint = "say what it must mean with --effect, or that it must not match with --near-miss"
    if example.published is None and _asks_the_day(example.rule, rulebook):
        hint += "; the act counts on some days only, which --published names"
    raise _refusal(info.path, info.line, "not_its_own", message, hint)


def _title_key(title: str) -> str:
    """The same key for one headline, however it is spaced and cased."""
    return " ".join(title.casefold().split())


def _asks_the_day(rule: str, rulebook: Rulebook) -> bool:
    """Whether an act counts on some days only."""
    acts = (act for topic in rulebook.matcher.topics for act in topic.acts if act.rule == rule)
    return any(act.only.since is not None or act.only.until is not None for act in acts)


def _checked(folder: Path, rulebook: Rulebook, path: Path, example: RuleExample, written: str) -> AddedExample:
    """The example as its file now has it. Raises RuleError if it cannot be read, or says something else."""
    examples, issues = read_example_files(folder, rulebook)
    if own := [issue for issue in issues if issue.path == example.path and issue.severity == "error"]:
        raise RuleError(own, subject=str(path))
    found = next((one for one in examples if (one.path, one.line) == (example.path, example.line)), example)
    if replace(found, number=0) != example or found is example:
        raise _refusal(example.path, example.line, "not_kept", "the text would not be read back as it was given")
    result = run_example(found, rulebook)
    near = None if result.passed else _nearest(found, rulebook)
    return AddedExample(path, example.path, found.line, written, found, result, near)


def _nearest(example: RuleExample, rulebook: Rulebook) -> NearMiss | None:
    """The near miss of the example's commitment that is most useful: of its own rule, and with the effect that it expects."""
    (topic,) = rulebook.matcher.topics_of([example.commitment])
    misses = near_misses(Document(story_of(example), rulebook), topic)
    return min(misses, key=lambda m: (m.rule != example.rule, m.effect is not example.effect, m.rank_key), default=None)


def _refusal(path: str, line: int, code: str, message: str, hint: str = "") -> RuleError:
    return RuleError([Issue(path, line, 1, "error", code, message, hint)])

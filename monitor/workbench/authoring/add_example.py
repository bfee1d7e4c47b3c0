"""One story made an example of a rule: the smallest edit of its file, checked, and undone if the rules do not load after it."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from monitor.domain.matching.document import Document
from monitor.domain.matching.match import trace
from monitor.domain.matching.near_misses import NearMiss, near_misses
from monitor.domain.matching.rules import Rulebook, RuleExample, acts_of
from monitor.domain.model import Effect
from monitor.domain.text.writing_systems import HAN_RANGE
from monitor.errors import Issue, RuleError
from monitor.rulebook import ExampleResult, check_rulebook
from monitor.rulebook.source.source_map import read_yaml
from monitor.rulebook.testing.examples import NOT_ABOUT, effect_name, result_of, run_example, story_of
from monitor.workbench.authoring.yaml_insert import insert_example
from monitor.workbench.comparing.exclusion_use import title_key
from monitor.workbench.rule_clauses import file_of

_PLAIN = re.compile(rf"[A-Za-z{HAN_RANGE}][\w \-./%$’“”《》（）。·、{HAN_RANGE}]*[\w.%）。”]")
"""Texts that mean themselves without quotes, also inside { }."""
_NOT_TEXT = re.compile(r"y|n|yes|no|on|off|true|false|null|none|~", re.I)
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]")
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
    """Appends an example to a rule's file. Without an effect, the example expects what the rules make of it now.

    1. Read the text with the rules; for a near miss that they take for an act, expect none.
    2. Leave the summary out if the answer is the same without it: a title says more to a reader than a page; and the day, unless
       the act counts on some days only.
    3. Refuse a text that is an example of the commitment already, of whichever of its acts.
    4. Insert the example in the file, load the rules again and run the example.

    Raises RuleError, and leaves the file as it was, if the commitment has the text already or its rules cannot be read
    afterwards; KeyError, if there is no such rule.
    """
    info = acts_of(rulebook)[rule]
    text, summary = (_UNSEEN.sub(" ", part).strip() for part in (wording.text, wording.summary))
    place = (text, None, info.path, info.line, summary, wording.published)
    example = RuleExample(info.id, info.commitment, 0, *place)
    said, winner = _answer(rulebook, example)
    if _answer(rulebook, replace(example, summary="")) == (said, winner):
        example = replace(example, summary="")
    if not _asks_the_day(rule, rulebook) and _answer(rulebook, replace(example, published=None)) == (said, winner):
        example = replace(example, published=None)
    expected = effect or (Effect.NONE.value if near_miss and said != NOT_ABOUT else said)
    example = replace(example, effect=None if expected == NOT_ABOUT else Effect(expected))
    for other in rulebook.examples:
        if other.commitment == example.commitment and title_key(other.text) == title_key(example.text):
            message = f"{other.rule} has this text as its example {other.number} already"
            raise _refusal(other.path, other.line, "duplicate_example", message)
    path = file_of(folder, info.path)
    before = path.read_bytes()
    source, issues = read_yaml(before.decode("utf-8-sig"), info.path)
    if source is None:
        raise RuleError(issues, subject=info.path)
    acts: list[dict[str, object]] = source.value["acts"]
    number = next(number for number, act in enumerate(acts) if act.get("id") == rule.partition("/")[2])
    new_text, line = insert_example(source, number, example_line(example))
    path.write_bytes((BOM_UTF8 if before.startswith(BOM_UTF8) else b"") + new_text.encode("utf-8"))
    try:
        return _checked(folder, path, replace(example, line=line))
    except RuleError:
        path.write_bytes(before)
        raise


def _answer(rulebook: Rulebook, example: RuleExample) -> tuple[str, str]:
    """The effect that the rules read in an example for its own commitment, and the rule that decides, '' for none."""
    result = result_of(example, trace(story_of(example), rulebook))
    return effect_name(result), result.winner.act.rule if result.winner else ""


def _asks_the_day(rule: str, rulebook: Rulebook) -> bool:
    """Whether an act counts on some days only."""
    acts = (act for topic in rulebook.matcher.topics for act in topic.acts if act.rule == rule)
    return any(act.only.since is not None or act.only.until is not None for act in acts)


def _checked(folder: Path, path: Path, example: RuleExample) -> AddedExample:
    """The example as the rules now have it. Raises RuleError if they do not load, or do not have it."""
    rulebook, issues = check_rulebook(folder)
    if rulebook is None:
        raise RuleError([issue for issue in issues if issue.severity == "error"], subject=str(path))
    own = [one for one in rulebook.examples if one.rule == example.rule and one.text == example.text]
    if len(own) != 1:
        raise _refusal(example.path, example.line, "not_kept", "the text would not be read back as it was given")
    result = run_example(own[0], rulebook)
    near = None if result.passed else _nearest(own[0], rulebook)
    return AddedExample(path, example.path, own[0].line, example_line(example), own[0], result, near)


def _nearest(example: RuleExample, rulebook: Rulebook) -> NearMiss | None:
    """The near miss of the example's commitment that is most useful: of its own rule, and with the effect that it expects."""
    (topic,) = rulebook.matcher.topics_of([example.commitment])
    misses = near_misses(Document(story_of(example), rulebook), topic)
    return min(misses, key=lambda m: (m.rule != example.rule, m.effect is not example.effect, m.rank_key), default=None)


def _refusal(path: str, line: int, code: str, message: str) -> RuleError:
    return RuleError([Issue(path, line, 1, "error", code, message)])


# ---------------------------------------------------------------- how it is written


def example_line(example: RuleExample) -> str:
    """An example as one line of YAML."""
    effect = NOT_ABOUT if example.effect is None else example.effect.value
    summary = f", summary: {yaml_quoted(example.summary)}" if example.summary else ""
    published = f", published: {example.published}" if example.published else ""
    return f"{{text: {yaml_quoted(example.text)}, effect: {effect}{summary}{published}}}"


def yaml_quoted(text: str) -> str:
    """A text as YAML on one line: bare where that is safe, in single quotes, or with escapes where it has line breaks."""
    if _PLAIN.fullmatch(text) and not _NOT_TEXT.fullmatch(text):
        return text
    if "\n" in text or "\t" in text:
        escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
        return f'"{escaped}"'
    return "'" + text.replace("'", "''") + "'"

"""One story made an example of a rule: the smallest edit of its file that does it, checked, and undone if it breaks the file."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from monitor.domain.matching.match import MatchResult, trace
from monitor.domain.matching.rules import ABOUT, Rulebook, RuleExample, RuleInfo
from monitor.domain.model import Effect
from monitor.domain.text.writing_systems import HAN_RANGE
from monitor.errors import Issue, RuleError
from monitor.rulebook import ExampleResult, check_rulebook
from monitor.rulebook.source.source_map import RuleSource, read_yaml
from monitor.rulebook.testing.examples import NOT_ABOUT, effect_name, result_of, run_example, story_of
from monitor.workbench.authoring.yaml_insert import insert_example
from monitor.workbench.rule_clauses import file_of

_PLAIN = re.compile(rf"[A-Za-z{HAN_RANGE}][\w \-./%$’“”《》（）。·、{HAN_RANGE}]*[\w.%）。”]")
"""Texts that mean themselves without quotes, also inside { }."""
_NOT_TEXT = re.compile(r"y|n|yes|no|on|off|true|false|null|none|~", re.I)
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]")
"""What a rule file may not hold, and a reader cannot see."""


@dataclass(frozen=True, slots=True)
class ExampleText:
    """The text that is to become an example."""

    text: str
    summary: str = ""


@dataclass(frozen=True, slots=True)
class AddedExample:
    """An example that now stands in its file. `example_line` is its line; `result` what the rules make of it."""

    path: Path
    shown: str
    line: int
    written: str
    example: RuleExample
    result: ExampleResult


def add_example(
    folder: Path, rulebook: Rulebook, rule: str, wording: ExampleText, effect: str = "", *, near_miss: bool = False
) -> AddedExample:
    """Appends an example to a rule's file. Without an effect, the example expects what the rules say of it now.

    Raises RuleError, and leaves the file as it was, if the commitment has the text already, or its rules could not be
    read any more afterwards; KeyError, if there is no such rule.
    """
    info = rules_with_examples(rulebook)[rule]
    expected = effect or _said(rulebook, rule, wording, near_miss=near_miss)
    example = _minimal_example(rulebook, _example(info, wording, expected))
    _refuse_twice(rulebook, example)
    path = file_of(folder, info.path)
    before = path.read_bytes()
    source = _read(before, info.path)
    number = _number_of(source, rule)
    text, line = insert_example(source, number, example_line(example))
    path.write_bytes(_encoded(before, text))
    try:
        return _checked(folder, path, replace(example, line=line))
    except RuleError:
        path.write_bytes(before)
        raise


def _checked(folder: Path, path: Path, example: RuleExample) -> AddedExample:
    """The example as the rules now have it; RuleError if they do not load, or do not have it."""
    rulebook, issues = check_rulebook(folder)
    errors = [issue for issue in issues if issue.severity == "error"]
    if rulebook is None:
        raise RuleError(errors, subject=str(path))
    own = [one for one in rulebook.examples if one.rule == example.rule and one.text == example.text]
    if len(own) != 1:
        raise _refusal(example.path, example.line, "not_kept", "the text would not be read back as it was given")
    result = run_example(own[0], rulebook)
    return AddedExample(path, example.path, own[0].line, example_line(example), own[0], result)


# ---------------------------------------------------------------- what is added


def rules_with_examples(rulebook: Rulebook) -> dict[str, RuleInfo]:
    """The rules that carry examples."""
    return {name: info for name, info in rulebook.rules.items() if not name.endswith(f"/{ABOUT}")}


def _said(rulebook: Rulebook, rule: str, wording: ExampleText, *, near_miss: bool) -> str:
    """What the rules say of a text now; for a near miss that they take for an act: none."""
    said = effect_name(match_example(rulebook, _example(rulebook.rules[rule], wording, NOT_ABOUT)))
    return Effect.NONE.value if near_miss and said != NOT_ABOUT else said


def match_example(rulebook: Rulebook, example: RuleExample) -> MatchResult:
    """What the rules see in an example for its own commitment."""
    return result_of(example, trace(story_of(example), rulebook))


def _example(info: RuleInfo, wording: ExampleText, effect: str) -> RuleExample:
    text, summary = (_UNSEEN.sub(" ", part).strip() for part in (wording.text, wording.summary))
    meant = None if effect == NOT_ABOUT else Effect(effect)
    return RuleExample(info.id, info.commitment, 0, text, meant, info.path, info.line, summary)


def _minimal_example(rulebook: Rulebook, example: RuleExample) -> RuleExample:
    """The example without what does not change the answer: a title says more to a reader than a page."""
    titled = replace(example, summary="")
    return titled if _answer(match_example(rulebook, titled)) == _answer(match_example(rulebook, example)) else example


def _answer(result: MatchResult) -> tuple[str, str]:
    return effect_name(result), result.winner.act.rule if result.winner else ""


def _refuse_twice(rulebook: Rulebook, example: RuleExample) -> None:
    """A text that is an example of the commitment already, of whichever of its acts."""
    for other in rulebook.examples:
        if other.commitment == example.commitment and _comparable(other.text) == _comparable(example.text):
            message = f"{other.rule} has this text as its example {other.number} already"
            raise _refusal(other.path, other.line, "duplicate_example", message)


def _comparable(text: str) -> str:
    return " ".join(text.casefold().split())


def _refusal(path: str, line: int, code: str, message: str) -> RuleError:
    return RuleError([Issue(path, line, 1, "error", code, message)])


# ---------------------------------------------------------------- how it is written


def example_line(example: RuleExample) -> str:
    """An example as one line of YAML."""
    effect = NOT_ABOUT if example.effect is None else example.effect.value
    pairs = [("text", yaml_quoted(example.text)), ("effect", effect)]
    if example.summary:
        pairs.append(("summary", yaml_quoted(example.summary)))
    return f"{{{', '.join(f'{key}: {value}' for key, value in pairs)}}}"


def yaml_quoted(text: str) -> str:
    """A text as YAML on one line: bare where that is safe, in single quotes, or with escapes where it has line breaks."""
    if _PLAIN.fullmatch(text) and not _NOT_TEXT.fullmatch(text):
        return text
    if "\n" in text or "\t" in text:
        escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
        return f'"{escaped}"'
    return "'" + text.replace("'", "''") + "'"


# ---------------------------------------------------------------- the file


def _read(body: bytes, shown: str) -> RuleSource:
    source, issues = read_yaml(body.decode("utf-8-sig"), shown)
    if source is None:
        raise RuleError(issues, subject=shown)
    return source


def _encoded(before: bytes, text: str) -> bytes:
    """The new text with the byte order mark that the file had."""
    mark = b"\xef\xbb\xbf" if before.startswith(b"\xef\xbb\xbf") else b""
    return mark + text.encode("utf-8")


def _number_of(source: RuleSource, rule: str) -> int:
    acts: list[dict[str, object]] = source.value["acts"]
    return next(number for number, act in enumerate(acts) if act.get("id") == rule.partition("/")[2])

"""The examples that rules carry, run through the same `match` as news."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from monitor.domain.matching import Judgment, trace
from monitor.domain.model import Effect, Story
from monitor.domain.rules import Example, Rulebook
from monitor.rulebook.load import load_rulebook

NOT_ABOUT = "not_about"
_WRITTEN = datetime(2026, 1, 1, tzinfo=UTC)
_HAN = re.compile("[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """What one example gave. `matched` and `blocked` say why, in words of the text and of the rule."""

    path: str
    line: int
    rule: str
    number: int
    text: str
    expected: str
    got: str
    passed: bool
    matched: tuple[str, ...] = ()
    blocked: tuple[str, ...] = ()


def test_rulebook(rules: Rulebook | Path) -> tuple[ExampleResult, ...]:
    """Run every example of a rulebook, or of a folder of rules (raises RuleError if that cannot be loaded)."""
    rulebook = load_rulebook(rules) if isinstance(rules, Path) else rules
    return tuple(_run(example, rulebook) for example in rulebook.examples)


def _run(example: Example, rulebook: Rulebook) -> ExampleResult:
    judgments = trace(_story(example), rulebook)
    judgment = next((j for j in judgments if j.commitment == example.commitment), Judgment(example.commitment, ()))
    expected = NOT_ABOUT if example.effect is None else example.effect.value
    got = NOT_ABOUT if judgment.signal is None else judgment.signal.effect.value
    fired = any(c.act.rule == example.rule and not c.blocked for c in judgment.candidates)
    # An example that expects an effect shows what its act matches; one that expects none may show what it does not.
    if expected == got and example.effect not in (None, Effect.NONE) and not fired:
        got = f"{got}, but not by this rule"
    return ExampleResult(
        example.path, example.line, example.rule, example.number, example.text, expected, got, expected == got,
        _matched(judgment), _blocks(judgment),
    )  # fmt: skip


def _story(example: Example) -> Story:
    lang = example.lang or ("zh" if _HAN.search(example.text) else "en")
    return Story(
        id=f"{example.rule}#{example.number}", published_at=_WRITTEN, seen_at=_WRITTEN, source=example.source, url="",
        title=example.text, summary=example.summary, lang=lang,
    )  # fmt: skip


def _matched(judgment: Judgment) -> tuple[str, ...]:
    about = (f"about: {' … '.join(hit.place.words)}" for hit in judgment.about)
    acts = (f"{c.act.rule}: {' … '.join(c.place.words)} ({c.mood.turn})" for c in judgment.candidates)
    return tuple(dict.fromkeys([*about, *acts]))


def _blocks(judgment: Judgment) -> tuple[str, ...]:
    reasons = [judgment.blocked, *(hit.blocked for hit in judgment.about)]
    acts = [f"{c.act.rule}: {c.blocked}" for c in judgment.candidates if c.blocked]
    return tuple(dict.fromkeys(reason for reason in [*reasons, *acts] if reason))

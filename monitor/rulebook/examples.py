"""The examples that rules carry, run through the same `match` as news."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path

from monitor.domain.matching import Candidate, Judgment, trace
from monitor.domain.model import Effect, Story
from monitor.domain.rules import Example, Rulebook
from monitor.domain.writing_systems import language_of
from monitor.rulebook.cache import load_rulebook

NOT_ABOUT = "not_about"
_WRITTEN = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """What one example gave. `matched` and `blocked` say why, in words of the text and of the rule; `decided` is what won."""

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
    decided: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What the rules make of an example. `told` says which rule gave an effect, where it is not the one that is tested."""

    effect: str
    passed: bool
    told: str


def test_rulebook(rules: Rulebook | Path) -> tuple[ExampleResult, ...]:
    """Run every example of a rulebook, or of a folder of rules (raises RuleError if that cannot be loaded)."""
    rulebook = load_rulebook(rules) if isinstance(rules, Path) else rules
    return tuple(run_example(example, rulebook) for example in rulebook.examples)


def run_example(example: Example, rulebook: Rulebook, watch: Callable[[], float] = lambda: 0.0) -> ExampleResult:
    """What one example gives; `watch` tells the seconds it took."""
    began = watch()
    judgment = judgment_of(example, trace(story_of(example), rulebook))
    answer = answer_of(example, judgment)
    return ExampleResult(
        example.path, example.line, example.rule, example.number, example.text, expected_of(example), answer.told,
        answer.passed, _matched(judgment), _blocks(judgment), _decided(judgment), watch() - began,
    )  # fmt: skip


def expected_of(example: Example) -> str:
    return NOT_ABOUT if example.effect is None else example.effect.value


def judgment_of(example: Example, judgments: Sequence[Judgment]) -> Judgment:
    """What was seen for the commitment of an example."""
    return next((j for j in judgments if j.commitment == example.commitment), Judgment(example.commitment, ()))


def answer_of(example: Example, judgment: Judgment) -> Answer:
    """An example that expects an effect shows what its act matches; one that expects none may show what it does not."""
    got = effect_of(judgment)
    fired = any(c.act.rule == example.rule and not c.blocked for c in judgment.candidates)
    if expected_of(example) != got or example.effect in (None, Effect.NONE) or fired:
        return Answer(got, expected_of(example) == got, got)
    return Answer(got, False, f"{got}, but not by this rule")


def effect_of(judgment: Judgment) -> str:
    return NOT_ABOUT if judgment.signal is None else judgment.signal.effect.value


def story_of(example: Example) -> Story:
    """An example as a story of its own."""
    written = datetime.combine(example.published, time(), UTC) if example.published else _WRITTEN
    return Story(
        id=f"{example.rule}#{example.number}", published_at=written, seen_at=written, source=example.source, url="",
        title=example.text, summary=example.summary, lang=example.lang or language_of(example.text),
    )  # fmt: skip


def _matched(judgment: Judgment) -> tuple[str, ...]:
    about = (f"about: {' … '.join(hit.place.words)}" for hit in judgment.about)
    acts = (f"{c.act.rule}: {' … '.join(c.place.words)} ({c.mood.turn})" for c in judgment.candidates)
    return tuple(dict.fromkeys([*about, *acts]))


def _blocks(judgment: Judgment) -> tuple[str, ...]:
    reasons = [judgment.blocked, *(hit.blocked for hit in judgment.about)]
    acts = [f"{c.act.rule}: {c.blocked}" for c in judgment.candidates if c.blocked]
    return tuple(dict.fromkeys(reason for reason in [*reasons, *acts] if reason))


def _decided(judgment: Judgment) -> str:
    """The act that won, with the words that made its effect."""
    winner = judgment.winner
    if winner is None:
        return ""
    marks = ", ".join(f"{mark} “{words}”" for mark, words in marks_of(winner))
    return f"{winner.act.rule}: {' … '.join(winner.place.words)} ({winner.mood.turn}{f', {marks}' if marks else ''})"


def marks_of(candidate: Candidate) -> tuple[tuple[str, str], ...]:
    """The words around an act that made it firm or doubtful: kind and words."""
    view = candidate.place.view
    return tuple((mark.value, " … ".join(view.words(span))) for mark, span in candidate.mood.marks)

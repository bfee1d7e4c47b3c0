"""The examples that rules carry, run through the same `match` as news."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time

from monitor.domain.matching.explain_text import rejection_text
from monitor.domain.matching.match import Candidate, MatchResult, trace
from monitor.domain.matching.rules import Rulebook, RuleExample
from monitor.domain.model import Effect, Story
from monitor.domain.text.writing_systems import language_of

NOT_ABOUT = "not_about"
_DEFAULT_DATE = datetime(2026, 1, 1, tzinfo=UTC)


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
class ExampleOutcome:
    """What the rules make of an example. `told` says which rule gave an effect, where it is not the one that is tested."""

    effect: str
    passed: bool
    told: str


def test_rulebook(rulebook: Rulebook) -> tuple[ExampleResult, ...]:
    """Run every example of a rulebook."""
    return tuple(run_example(example, rulebook) for example in rulebook.examples)


def run_example(example: RuleExample, rulebook: Rulebook, watch: Callable[[], float] = lambda: 0.0) -> ExampleResult:
    """What one example gives; `watch` tells the seconds it took."""
    began = watch()
    result = result_of(example, trace(story_of(example), rulebook))
    answer = outcome_of(example, result)
    return ExampleResult(
        example.path,
        example.line,
        example.rule,
        example.number,
        example.text,
        expected_of(example),
        answer.told,
        answer.passed,
        _matched(result),
        _rejections(result),
        _decided(result),
        watch() - began,
    )


def expected_of(example: RuleExample) -> str:
    return NOT_ABOUT if example.effect is None else example.effect.value


def result_of(example: RuleExample, results: Sequence[MatchResult]) -> MatchResult:
    """What was seen for the commitment of an example."""
    return next((j for j in results if j.commitment == example.commitment), MatchResult(example.commitment, ()))


def outcome_of(example: RuleExample, result: MatchResult) -> ExampleOutcome:
    """An example that expects an effect shows what its act matches; one that expects none may show what it does not."""
    got = effect_name(result)
    fired = any(c.act.rule == example.rule and c.rejection is None for c in result.candidates)
    if expected_of(example) != got or example.effect in (None, Effect.NONE) or fired:
        return ExampleOutcome(got, expected_of(example) == got, got)
    return ExampleOutcome(got, False, f"{got}, but not by this rule")


def effect_name(result: MatchResult) -> str:
    return NOT_ABOUT if result.signal is None else result.signal.effect.value


def story_of(example: RuleExample) -> Story:
    """An example as a story of its own."""
    written = datetime.combine(example.published, time(), UTC) if example.published else _DEFAULT_DATE
    return Story(
        id=f"{example.rule}#{example.number}",
        published_at=written,
        seen_at=written,
        source="",
        url="",
        title=example.text,
        summary=example.summary,
        lang=language_of(example.text),
    )


def _matched(result: MatchResult) -> tuple[str, ...]:
    about = (f"about: {' … '.join(hit.place.words)}" for hit in result.about)
    acts = (f"{c.act.rule}: {' … '.join(c.place.words)} ({c.modality.shift})" for c in result.candidates)
    return tuple(dict.fromkeys([*about, *acts]))


def _rejections(result: MatchResult) -> tuple[str, ...]:
    reasons = [rejection_text(result.rejection), *(rejection_text(hit.rejection) for hit in result.about)]
    acts = [f"{c.act.rule}: {rejection_text(c.rejection)}" for c in result.candidates if c.rejection]
    return tuple(dict.fromkeys(reason for reason in [*reasons, *acts] if reason))


def _decided(result: MatchResult) -> str:
    """The act that won, with the words that made its effect."""
    winner = result.winner
    if winner is None:
        return ""
    cues = ", ".join(f"{cue} “{words}”" for cue, words in cues_of(winner))
    return f"{winner.act.rule}: {' … '.join(winner.place.words)} ({winner.modality.shift}{f', {cues}' if cues else ''})"


def cues_of(candidate: Candidate) -> tuple[tuple[str, str], ...]:
    """The words around an act that made it firm or doubtful: kind and words."""
    view = candidate.place.view
    return tuple((cue.value, " … ".join(view.words(span))) for cue, span in candidate.modality.cues)

"""Runs the examples of rules through the same `match` as news."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time

from monitor.domain.matching.explain_text import rejection_text
from monitor.domain.matching.match import MatchResult, trace
from monitor.domain.matching.rules import Rulebook, RuleExample
from monitor.domain.model import Effect, Story
from monitor.domain.text.writing_systems import language_of
from monitor.long_work import counted
from monitor.rulebook.source.example_lines import NOT_ABOUT

_DEFAULT_DATE = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """The result of one example. `matched` and `blocked` give the reasons; `decided` is the act that won, `hint`
    the remedy where another commitment reads the text too."""

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
    hint: str = ""


def run_examples(rulebook: Rulebook) -> tuple[ExampleResult, ...]:
    """Runs every example of a rulebook."""
    examples = rulebook.examples
    return tuple(run_example(each, rulebook) for each in counted(examples, "running", len(examples), "examples"))


def run_example(example: RuleExample, rulebook: Rulebook) -> ExampleResult:
    """Runs one example."""
    nothing = MatchResult(example.commitment, ())
    results = {result.commitment: result for result in trace(story_of(example), rulebook)}
    result = results.get(example.commitment, nothing)
    got = NOT_ABOUT if result.signal is None else result.signal.effect.value
    expected = NOT_ABOUT if example.effect is None else example.effect.value
    of_deal = example.rule == example.commitment  # any act may decide, and `none` includes not_about
    shown, passed = got, got == expected or (of_deal and {got, expected} == {NOT_ABOUT, Effect.NONE.value})
    # An example that expects an effect must get it from its own act, and one of an act that presumes has no effect.
    own = any(hit.act.rule == example.rule and hit.rejection is None for hit in result.candidates)
    acts = rulebook.matcher.topic(example.commitment).acts
    presumes = any(act.presumes for act in acts if act.rule == example.rule)
    of_others = {None, *Effect} - {Effect.NONE} if presumes else {None, Effect.NONE}
    if passed and not own and not of_deal and example.effect not in of_others:
        shown, passed = f"{got}, but not by this rule", False
    hint = ""
    for other in (results[name] for name in sorted(example.others & results.keys())):
        if other.signal is not None and other.signal.effect is not Effect.NONE:
            shown, result = f"{shown}, and {other.signal.effect} of {other.commitment}", other if passed else result
            passed, hint = False, f"if that is right, add a line under [{other.commitment}] too"
    matched = [f"about: {' … '.join(hit.place.words)}" for hit in result.about]
    blocked = [rejection_text(result.rejection), *(rejection_text(hit.rejection) for hit in result.about)]
    for candidate in result.candidates:
        rule = candidate.act.rule
        matched.append(f"{rule}: {' … '.join(candidate.place.words)} ({candidate.modality.shift})")
        if candidate.rejection:
            blocked.append(f"{rule}: {rejection_text(candidate.rejection)}")
    decided = ""
    if (winner := result.winner) is not None:
        view = winner.place.view
        cues = [f"{cue.value} “{' … '.join(view.words(span))}”" for cue, span in winner.modality.cues]
        shift = ", ".join([str(winner.modality.shift), *cues])
        decided = f"{winner.act.rule}: {' … '.join(winner.place.words)} ({shift})"
    origin = (example.path, example.line, example.rule, example.number, example.text)
    reasons = tuple(dict.fromkeys(matched)), tuple(dict.fromkeys(filter(None, blocked)))
    return ExampleResult(*origin, expected, shown, passed, *reasons, decided, hint)


def story_of(example: RuleExample) -> Story:
    """An example as a story."""
    written = datetime.combine(example.published, time(), UTC) if example.published else _DEFAULT_DATE
    lang = language_of(example.text)
    identity = f"{example.rule}#{example.number}"
    return Story(identity, written, written, source="", url="", title=example.text, summary=example.summary, lang=lang)

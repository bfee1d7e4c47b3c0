"""The files of examples beside the commitments, loaded by whoever tests rules: no rule depends on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from monitor.domain.matching.modality import EFFECT_TABLE, PolarityShift
from monitor.domain.matching.rules import Rulebook, RuleExample, acts_of
from monitor.domain.model import Effect
from monitor.errors import Issue, RuleError
from monitor.rulebook.source.example_lines import NOT_ABOUT, read_examples
from monitor.rulebook.source.page import Page, UnreadableFileError, read_text
from monitor.rulebook.source.source_map import did_you_mean

ENDING = ".examples"
"""Of the file beside that of a commitment, which has the same name otherwise."""


def with_examples(folder: Path, rulebook: Rulebook) -> Rulebook:
    """The rulebook with the examples of a folder. Raises RuleError with every error in their files."""
    examples, issues = read_example_files(folder, rulebook)
    if errors := [issue for issue in issues if issue.severity == "error"]:
        raise RuleError(errors, subject=str(folder))
    return replace(rulebook, examples=examples)


def check_examples(folder: Path, rulebook: Rulebook) -> tuple[tuple[RuleExample, ...], tuple[Issue, ...]]:
    """The examples of every act, and every issue of theirs: faults of their files, and acts that lack one."""
    examples, issues = read_example_files(folder, rulebook)
    return examples, tuple(sorted({*issues, *_lacking(folder, rulebook, examples)}))


def read_example_files(folder: Path, rulebook: Rulebook) -> tuple[tuple[RuleExample, ...], list[Issue]]:
    """The examples of every act, those inside older files of commitments first, and every fault of the files of examples."""
    issues: list[Issue] = []
    examples = [example for example in rulebook.examples if not example.path.endswith(ENDING)]
    for path in sorted(path for path in folder.rglob(f"*{ENDING}") if not path.name.startswith(".")):
        shown = f"{folder.name}/{path.relative_to(folder).as_posix()}"
        try:
            page = Page(shown, read_text(path, shown))
        except UnreadableFileError as refused:
            issues.append(refused.issue)
            continue
        if _belongs(page, rulebook):
            examples += _of_page(page, rulebook, issues, Counter(example.rule for example in examples))
        else:
            near = did_you_mean(path.stem, rulebook.commitments)
            message, hint = (
                f"no commitment {path.stem!r} stands beside it",
                near or "give it the name of its commitment",
            )
            issues.append(page.issue_at((1, 1), "no_commitment", message, hint))
    return tuple(examples), issues


def _belongs(page: Page, rulebook: Rulebook) -> bool:
    """Whether the file stands beside that of its commitment."""
    own = PurePosixPath(page.path).with_suffix(".yaml").as_posix()
    return any(info.path == own for info in rulebook.rules.values())


def _of_page(page: Page, rulebook: Rulebook, issues: list[Issue], counts: Counter[str]) -> Iterator[RuleExample]:
    commitment = PurePosixPath(page.path).stem
    known = acts_of(rulebook)
    acts = frozenset(name.rpartition("/")[2] for name, info in known.items() if info.commitment == commitment)
    for one in read_examples(page, acts, issues):
        rule = f"{commitment}/{one.act}"
        counts[rule] += 1
        effect = None if one.effect == NOT_ABOUT else Effect(one.effect)
        written = (one.title, effect, page.path, one.line, one.summary, one.day)
        yield RuleExample(rule, commitment, counts[rule], *written)


def _lacking(folder: Path, rulebook: Rulebook, examples: Sequence[RuleExample]) -> Iterator[Issue]:
    """Acts without their own test: at least one text that the act matches, and one that only looks like it."""
    of_act: dict[str, list[Effect | None]] = {}
    for example in examples:
        of_act.setdefault(example.rule, []).append(example.effect)
    for topic in rulebook.matcher.topics:
        for act in topic.acts:
            found = of_act.get(act.rule, [])
            wanted = {act.effect} if act.polarity is None else {*Effect} - {Effect.NONE}
            positive = [effect for effect in found if effect in wanted]
            if not positive:
                done = act.effect if act.polarity is None else EFFECT_TABLE[act.polarity][PolarityShift.PLAIN]
                yield _act_issue(folder, rulebook, act.rule, "no_example", "has no example that it matches", done)
            if len(positive) == len(found):
                yield _act_issue(
                    folder, rulebook, act.rule, "no_near_miss", "has no near miss among its examples", NOT_ABOUT
                )


def _act_issue(folder: Path, rulebook: Rulebook, rule: str, code: str, lacks: str, effect: str) -> Issue:
    """A warning at the id of an act: whoever begins with a new act tries headlines before he keeps them as examples."""
    info = rulebook.rules[rule]
    commitment, _, act = rule.rpartition("/")
    path = folder / PurePosixPath(info.path).relative_to(folder.name)
    line = Page(info.path, path.read_text(encoding="utf-8-sig", errors="replace")).line(info.line)
    hint = f"{effect} | | its title, below [{act}] in {commitment}{ENDING}"
    message = f"the act {act!r} {lacks}"
    return Issue(info.path, info.line, line.find(act) + 1 or 1, "warning", code, message, hint, line)

"""The example files next to the commitments. Only tests of rules load them: no rule depends on them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path, PurePosixPath

from monitor.domain.matching.modality import EFFECT_TABLE, PolarityShift
from monitor.domain.matching.rules import ABOUT, Rulebook, RuleExample, acts_of
from monitor.domain.model import Effect
from monitor.errors import Issue
from monitor.rulebook.source.example_lines import NOT_ABOUT, read_examples
from monitor.rulebook.source.page import Page, UnreadableFileError, read_text
from monitor.rulebook.source.rule_source import did_you_mean

ENDING = ".examples"
"""Extension of an example file, which has the name of its commitment."""


def check_examples(folder: Path, rulebook: Rulebook) -> tuple[tuple[RuleExample, ...], tuple[Issue, ...]]:
    """The examples of every act, and every issue: faults of the files, and acts without examples."""
    examples, found = read_example_files(folder, rulebook)
    issues = {*found}
    of_act: dict[str, list[Effect | None]] = {}
    for example in examples:
        of_act.setdefault(example.rule, []).append(example.effect)
    for act in (act for topic in rulebook.matcher.topics for act in topic.acts):
        effects = of_act.get(act.rule, [])
        wanted = {act.effect} if act.polarity is None else {*Effect} - {Effect.NONE}
        wanted = {*Effect} if act.presumes else wanted  # its words may stand beside any act
        positive = [effect for effect in effects if effect in wanted]
        if not positive:
            done = act.effect if act.polarity is None else EFFECT_TABLE[act.polarity][PolarityShift.PLAIN]
            issues.add(_act_issue(folder, rulebook, act.rule, "no_example", "has no matching example", done))
        if len(positive) == len(effects):
            issues.add(_act_issue(folder, rulebook, act.rule, "no_near_miss", "has no near miss", NOT_ABOUT))
    return examples, tuple(sorted(issues))


def read_example_files(folder: Path, rulebook: Rulebook) -> tuple[tuple[RuleExample, ...], list[Issue]]:
    """The examples of every act, and every fault of the example files."""
    issues: list[Issue] = []
    examples: list[RuleExample] = []
    rule_files = {info.path for info in rulebook.rules.values()}
    counts = Counter[str]()
    for path in sorted(path for path in folder.rglob(f"*{ENDING}") if not path.name.startswith(".")):
        commitment, shown = path.stem, f"{folder.name}/{path.relative_to(folder).as_posix()}"
        try:
            page = Page(shown, read_text(path, shown))
        except UnreadableFileError as refused:
            issues.append(refused.issue)
            continue
        if PurePosixPath(shown).with_suffix(".yaml").as_posix() not in rule_files:
            hint = did_you_mean(commitment, rulebook.commitments) or "name it after its commitment"
            message = f"there is no commitment {commitment!r} next to this file"
            issues.append(page.issue_at((1, 1), "no_commitment", message, hint))
            continue
        acts = {name.rpartition("/")[2] for name, info in acts_of(rulebook).items() if info.commitment == commitment}
        for one in read_examples(page, frozenset(acts | {ABOUT}), issues):
            rule = f"{commitment}/{one.act}"
            counts[rule] += 1
            effect = None if one.effect == NOT_ABOUT else Effect(one.effect)
            written = (one.title, effect, page.path, one.line, one.summary, one.day)
            examples.append(RuleExample(rule, commitment, counts[rule], *written))
    return tuple(examples), issues


def _act_issue(folder: Path, rulebook: Rulebook, rule: str, code: str, lacks: str, effect: str) -> Issue:
    """A warning at the id of an act; no error, because authors try a new act before they write its examples."""
    info = rulebook.rules[rule]
    commitment, _, act = rule.rpartition("/")
    path = folder / PurePosixPath(info.path).relative_to(folder.name)
    line = Page(info.path, path.read_text(encoding="utf-8-sig", errors="replace")).line(info.line)
    hint = f"{effect} | | its title, below [{act}] in {commitment}{ENDING}"
    message = f"the act {act!r} {lacks}"
    return Issue(info.path, info.line, line.find(act) + 1 or 1, "warning", code, message, hint, line)

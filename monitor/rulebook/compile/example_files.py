"""The example files next to the commitments and deals. Only tests of rules load them: no rule depends on them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path, PurePosixPath

from monitor.domain.matching.modality import EFFECT_TABLE, PolarityShift
from monitor.domain.matching.rules import ABOUT, Rulebook, RuleExample, acts_of
from monitor.domain.model import Effect
from monitor.errors import Issue
from monitor.rulebook.source.example_lines import NOT_ABOUT, ExampleLine, read_examples
from monitor.rulebook.source.page import Page, UnreadableFileError, read_text
from monitor.rulebook.source.rule_source import did_you_mean

ENDING = ".examples"
"""Extension of an example file, which has the name of its commitment."""
_OF_DEAL = "deal" + ENDING
"""The headlines of a deal. A section names the commitment that must read them; the others of the deal must not."""


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
    """The examples of every act, the headlines of every deal, and every fault of the example files."""
    issues: list[Issue] = []
    examples: list[RuleExample] = []
    rule_files = {info.path for info in rulebook.rules.values()}
    folders: dict[str, set[str]] = {}
    for info in rulebook.rules.values():
        folders.setdefault(PurePosixPath(info.path).parent.as_posix(), set()).add(info.commitment)
    counts = Counter[str]()
    for path in sorted(path for path in folder.rglob(f"*{ENDING}") if not path.name.startswith(".")):
        commitment, shown = path.stem, f"{folder.name}/{path.relative_to(folder).as_posix()}"
        try:
            page = Page(shown, read_text(path, shown))
        except UnreadableFileError as refused:
            issues.append(refused.issue)
            continue
        of_deal = folders.get(PurePosixPath(shown).parent.as_posix()) if path.name == _OF_DEAL else None
        if of_deal is not None:
            lines = list(read_examples(page, frozenset(of_deal), issues, noun="commitment"))
            told = {(one.title, one.act) for one in lines}
            for number, one in enumerate(lines, 1):
                others = frozenset(name for name in of_deal if (one.title, name) not in told)
                examples.append(_example(one, one.act, one.act, number, page.path, others))
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
            examples.append(_example(one, rule, commitment, counts[rule], page.path))
    return tuple(examples), issues


def _example(
    one: ExampleLine, rule: str, commitment: str, number: int, path: str, others: frozenset[str] = frozenset()
) -> RuleExample:
    effect = None if one.effect == NOT_ABOUT else Effect(one.effect)
    return RuleExample(rule, commitment, number, one.title, effect, path, one.line, one.summary, one.day, others)


def _act_issue(folder: Path, rulebook: Rulebook, rule: str, code: str, lacks: str, effect: str) -> Issue:
    """A warning at the id of an act; no error, because authors try a new act before they write its examples."""
    info = rulebook.rules[rule]
    commitment, _, act = rule.rpartition("/")
    path = folder / PurePosixPath(info.path).relative_to(folder.name)
    line = Page(info.path, path.read_text(encoding="utf-8-sig", errors="replace")).line(info.line)
    hint = f"{effect} | | its title, below [{act}] in {commitment}{ENDING}"
    message = f"the act {act!r} {lacks}"
    return Issue(info.path, info.line, line.find(act) + 1 or 1, "warning", code, message, hint, line)

"""What a shape cannot say: ids that meet across files, order of baselines, examples that every act needs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import PurePosixPath

from monitor.domain.matching.conditions import NEWS_DOCUMENT
from monitor.domain.matching.rules import ABOUT
from monitor.domain.model import Effect, Kind, Standing
from monitor.errors import Issue
from monitor.rulebook.compile.rule_files import RuleFiles
from monitor.rulebook.schema.models import ActShape, CommitmentShape
from monitor.rulebook.source.source_map import RuleSource, did_you_mean


def crosscheck(files: RuleFiles, root: str) -> list[Issue]:
    """Every issue between the files of one folder of rules."""
    issues = [*_vocabulary(files), *_publishers(files), *_deals(files)]
    if not files.commitments:
        issues.append(Issue(root, 1, 1, "error", "no_commitments", "no file of rules defines a commitment"))
    seen: dict[str, RuleSource] = {}
    for source, shape, deal in files.commitments:
        if shape.id in seen:
            issues.append(
                source.issue("duplicate_id", f"{shape.id!r} is also defined in {seen[shape.id].path}", ("id",))
            )
        seen.setdefault(shape.id, source)
        issues += _commitment(files, source, shape, deal)
        issues += _conditions(files, source, shape)
    return issues


def _conditions(files: RuleFiles, source: RuleSource, shape: CommitmentShape) -> Iterator[Issue]:
    """Classes of documents that conditions name must exist."""
    known = {NEWS_DOCUMENT, *(name for _, words in files.vocabulary for name in words.documents)}
    for number, act in enumerate(shape.acts):
        for at, name in enumerate(act.only_if.document):
            if name not in known:
                where = ("acts", number, "only_if", "document", at)
                hint = did_you_mean(name, known)
                yield source.issue("unknown_document", f"there is no document {name!r}", where, hint=hint)


def _vocabulary(files: RuleFiles) -> Iterator[Issue]:
    seen: dict[str, RuleSource] = {}
    for source, shape in files.vocabulary:
        for name in shape.sets:
            if name in seen:
                yield source.issue(
                    "duplicate_set", f"the set {name!r} is also in {seen[name].path}", ("sets", name), key=True
                )
            seen[name] = source


def _publishers(files: RuleFiles) -> Iterator[Issue]:
    if files.sources is None:
        return
    source, shape = files.sources
    seen: dict[str, str] = {}
    for number, publisher in enumerate(shape.publishers):
        for name in (publisher.name, *publisher.aliases, *publisher.domains):
            owner = seen.setdefault(name.casefold(), publisher.name)
            if owner != publisher.name:
                yield source.issue(
                    "duplicate_publisher", f"{name!r} is already {owner}", ("publishers", number, "name")
                )


def _deals(files: RuleFiles) -> Iterator[Issue]:
    for deal, (source, _) in files.deals.items():
        folder = PurePosixPath(source.path).parent.name
        if deal != folder:
            yield source.issue("deal_id", f"the id {deal!r} differs from its folder {folder!r}", ("id",))


def _commitment(files: RuleFiles, source: RuleSource, shape: CommitmentShape, deal: str) -> Iterator[Issue]:
    stem = PurePosixPath(source.path).stem
    if stem != shape.id:
        yield source.issue(
            "file_name",
            f"the id {shape.id!r} differs from the file's name",
            ("id",),
            hint=f"name the file {shape.id}.yaml",
        )
    yield from _part(files, source, shape, deal)
    yield from _gives_way(files, source, shape)
    yield from _baselines(source, shape)
    yield from _kind(source, shape)
    yield from _acts(source, shape)


def _part(files: RuleFiles, source: RuleSource, shape: CommitmentShape, deal: str) -> Iterator[Issue]:
    """A part carries its parent's id before its own, so both must belong to one deal."""
    for _, other, other_deal in files.commitments:
        if shape.id.startswith(f"{other.id}-") and other_deal != deal:
            yield source.issue(
                "part", f"{shape.id!r} reads as a part of {other.id!r}, which is of deal {other_deal!r}", ("id",)
            )


def _gives_way(files: RuleFiles, source: RuleSource, shape: CommitmentShape) -> Iterator[Issue]:
    known = {other.id for _, other, _ in files.commitments} | files.faulty
    for number, rule in enumerate(shape.about.gives_way_to):
        where = ("about", "gives_way_to", number, "commitment")
        if rule.commitment not in known:
            hint = did_you_mean(rule.commitment, known)
            yield source.issue("unknown_commitment", f"there is no commitment {rule.commitment!r}", where, hint=hint)
        elif rule.commitment == shape.id:
            yield source.issue("gives_way_to_itself", "a commitment cannot give way to itself", where)


_PAGE = re.compile(r"https?://\S+")
_STANDING_KINDS = {Standing.IN_FORCE: True, Standing.MET: False, Standing.PARTLY_MET: False}
"""Standings that only a commitment of kind standing can have (True), or only the others (False)."""


def _baselines(source: RuleSource, shape: CommitmentShape) -> Iterator[Issue]:
    for number, (one, two) in enumerate(pairwise(shape.baselines), 1):
        if two.as_of <= one.as_of:
            yield source.issue(
                "baseline_order", "baselines go from the oldest to the newest", ("baselines", number, "as_of")
            )
    for number, baseline in enumerate(shape.baselines):
        if baseline.standing in _STANDING_KINDS and (shape.kind is Kind.STANDING) != _STANDING_KINDS[baseline.standing]:
            other = Standing.MET if baseline.standing is Standing.IN_FORCE else Standing.IN_FORCE
            yield source.issue(
                "wrong_standing",
                f"a commitment of kind {shape.kind} is never {baseline.standing}",
                ("baselines", number, "standing"),
                hint=f"did you mean {other}?",
            )
        if not _PAGE.fullmatch(baseline.source):
            yield source.issue(
                "no_page",
                f"{baseline.source[:60]!r} is no page that a reader can open",
                ("baselines", number, "source"),
                hint="an address begins with https://",
            )
        for at, step in enumerate(baseline.steps):
            if step not in shape.steps:
                hint = did_you_mean(step, shape.steps)
                yield source.issue(
                    "unknown_step", f"there is no step {step!r}", ("baselines", number, "steps", at), hint=hint
                )
        if baseline.since is not None and baseline.since > baseline.as_of:
            yield source.issue("baseline_since", "since lies after as_of", ("baselines", number, "since"))


def _kind(source: RuleSource, shape: CommitmentShape) -> Iterator[Issue]:
    if shape.kind == "milestone" and not shape.steps:
        yield source.issue("no_steps", "a milestone needs its steps", ("kind",), hint="steps: [agreed, signed, closed]")
    for number, step in enumerate(shape.partly_met_by):
        if step not in shape.steps:
            hint = did_you_mean(step, shape.steps)
            yield source.issue("unknown_step", f"there is no step {step!r}", ("partly_met_by", number), hint=hint)
    if shape.kind == "quantity" and not shape.targets:
        yield source.issue(
            "no_targets", "a quantity needs its targets", ("kind",), hint="targets: [{amount: 12 Mt, …}]"
        )


def _acts(source: RuleSource, shape: CommitmentShape) -> Iterator[Issue]:
    seen = {ABOUT}
    for number, act in enumerate(shape.acts):
        where = ("acts", number, "id")
        if act.id in seen:
            yield source.issue(
                "duplicate_id", f"the act {act.id!r} stands here for the second time, or is reserved", where
            )
        seen.add(act.id)
        if act.step and act.step not in shape.steps:
            hint = did_you_mean(act.step, shape.steps)
            yield source.issue("unknown_step", f"there is no step {act.step!r}", ("acts", number, "step"), hint=hint)
        yield from _examples(source, number, act)


def _examples(source: RuleSource, number: int, act: ActShape) -> Iterator[Issue]:
    """A rule carries its own test: at least one text that it matches and one that only looks like it."""
    hits = [e for e in act.examples if is_positive(act, e.effect)]
    where = ("acts", number, "id")
    if not hits:
        yield source.issue(
            "no_example",
            f"the act {act.id!r} has no example that it matches",
            where,
            hint="examples: [{text: …, effect: progress}]",
        )
    if len(hits) == len(act.examples):
        yield source.issue(
            "no_near_miss",
            f"the act {act.id!r} has no near miss among its examples",
            where,
            hint="add one with effect: not_about, or none",
        )


def is_positive(act: ActShape, effect: Effect | str) -> bool:
    """Whether an example is one that the act must match, rather than a near miss."""
    return effect == act.effect if act.effect is not None else effect not in ("not_about", Effect.NONE)

"""Checks that need more than one value or file: ids across files, order of baselines, names used by acts."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import PurePosixPath

from monitor.domain.matching.modality import Polarity
from monitor.domain.matching.rules import ABOUT, NEWS_DOCUMENT, PERSON, READER, SLOT
from monitor.domain.model import Kind, Standing
from monitor.domain.verdicts.standing import FAILED, FULFILLED, STANDING_ORDER, unreachable_standings
from monitor.errors import Issue
from monitor.rulebook.compile.declared_parties import party_issues
from monitor.rulebook.compile.definitions import ANY_PHASE, phase_of
from monitor.rulebook.compile.rule_files import RuleFiles
from monitor.rulebook.schema.models import CommitmentShape, DealShape
from monitor.rulebook.source.rule_source import RuleSource, ValuePath, did_you_mean

_RESERVED = {
    ABOUT: "stories about a commitment without an act",
    READER: "readings of a model alone",
    PERSON: "readings of a person alone",
}
"""Names that acts cannot have, each with its use."""


def crosscheck(files: RuleFiles, root: str) -> list[Issue]:
    """Every issue between the files of a folder. `root` is its name in issues."""
    issues: list[Issue] = []
    owners: dict[str, str] = {}
    for number, publisher in enumerate(files.sources[1].publishers if files.sources else ()):
        for name in (publisher.name, *publisher.aliases, *publisher.domains):
            owner = owners.setdefault(name.casefold(), publisher.name)
            told_by_address = publisher.domains and name in publisher.aliases
            if files.sources and owner != publisher.name and not told_by_address:
                where, message = ("publishers", number, "name"), f"{name!r} is already {owner}"
                issues.append(files.sources[0].issue("duplicate_publisher", message, where))
    for deal, (source, deal_shape) in files.deals.items():
        issues += _precedence(files, source, deal_shape)
        folder = PurePosixPath(source.path).parent.name
        if deal != folder:
            issues.append(source.issue("deal_id", f"the id {deal!r} differs from its folder {folder!r}", ("id",)))
    if not files.commitments:
        issues.append(Issue(root, 1, 1, "error", "no_commitments", "no file of rules defines a commitment"))
    documents = {NEWS_DOCUMENT, *(name for _, words in files.vocabulary for name in words.documents)}
    names = names_of(files)
    seen: dict[str, RuleSource] = {}
    for source, shape, deal in files.commitments:
        if shape.id in seen:
            first = seen[shape.id]
            message = f"{shape.id!r} is also defined in {first.path}:{first.place(('id',))[0]}"
            issues.append(source.issue("duplicate_id", message, ("id",)))
        seen.setdefault(shape.id, source)
        issues += _commitment(files, source, shape, deal)
        issues += _parts(files, source, shape)
        issues += _standings(source, shape)
        issues += _baselines(source, shape)
        issues += _acts(source, shape, documents, names)
        issues += _phases(source, shape, documents)
    return [*issues, *party_issues(files)]


def names_of(files: RuleFiles) -> Mapping[str, Mapping[str, str]]:
    """What words of other languages mean, by kind of thing, from all vocabulary files."""
    kinds: dict[str, dict[str, str]] = {}
    for _, vocabulary in files.vocabulary:
        for kind, names in vocabulary.names.items():
            kinds.setdefault(kind, {}).update(names)
    return kinds


def _commitment(files: RuleFiles, source: RuleSource, shape: CommitmentShape, deal: str) -> Iterator[Issue]:
    """Issues of a commitment's definition, without baselines and acts."""
    if PurePosixPath(source.path).stem != shape.id:
        message = f"the id {shape.id!r} differs from the name of the file"
        yield source.issue("file_name", message, ("id",), f"name the file {shape.id}.yaml")
    # The id of a part begins with its parent's id, so both must belong to one deal.
    for _, other, other_deal in files.commitments:
        if shape.id.startswith(f"{other.id}-") and other_deal != deal:
            message = f"{shape.id!r} would be a part of {other.id!r}, which belongs to the deal {other_deal!r}"
            yield source.issue("part", message, ("id",))
    if shape.kind == "milestone" and not shape.steps:
        yield source.issue("no_steps", "a milestone needs its steps", ("kind",), "steps: [agreed, signed, closed]")
    for number, step in enumerate(shape.partly_met_by):
        yield from _unknown(source, "step", step, shape.steps, ("partly_met_by", number))
    for name in shape.clauses:
        yield from _unknown(source, "step", name, (*shape.steps, Standing.IN_FORCE, Standing.MET), ("clauses", name))
    if shape.kind == "quantity" and not shape.targets:
        yield source.issue("no_targets", "a quantity needs its targets", ("kind",), "targets: [{amount: 12 Mt, …}]")


def _parts(files: RuleFiles, source: RuleSource, shape: CommitmentShape) -> Iterator[Issue]:
    """Issues of the parts that make up a commitment. They and the whole are states to be kept."""
    kinds = {other.id: other.kind for _, other, _ in files.commitments}
    if shape.parts and shape.kind is not Kind.STANDING:
        message = f"a commitment of kind {shape.kind} is not made up of parts"
        yield source.issue("part_kind", message, ("parts",), "write kind: standing, or delete parts", key=True)
    for number, part in enumerate(shape.parts):
        where: ValuePath = ("parts", number)
        if not part.startswith(f"{shape.id}-"):
            message, hint = f"{part!r} is no part of {shape.id!r}", f"the id of a part begins with {shape.id}-"
            yield source.issue("not_a_part", message, where, hint)
            continue
        yield from _unknown(source, "commitment", part, {*kinds, *files.faulty}, where)
        if kinds.get(part, Kind.STANDING) is not Kind.STANDING:
            message = f"the part {part!r} is of kind {kinds[part]}, so it is never in force"
            yield source.issue("part_kind", message, where, "delete it here, or write kind: standing in its file")


def _standings(source: RuleSource, shape: CommitmentShape) -> Iterator[Issue]:
    """Issues of criteria and baselines with a standing that this kind of commitment never has."""
    never = unreachable_standings(shape.kind, shape.partly_met_by)
    places: dict[ValuePath, str] = {("criteria", name): name for name in shape.criteria}
    places |= {("baselines", number, "standing"): each.standing for number, each in enumerate(shape.baselines)}
    for where, standing in places.items():
        if standing in never:
            message = f"a commitment of kind {shape.kind} is never {standing}"
            hint = f"did you mean {FULFILLED[shape.kind]}?"
            if standing == Standing.PARTLY_MET and shape.kind is Kind.MILESTONE:
                message += " without steps that fulfil a part of it"
                hint = "name them: partly_met_by: [signed]"
            yield source.issue("wrong_standing", message, where, hint, key=where[0] == "criteria")


def _precedence(files: RuleFiles, source: RuleSource, shape: DealShape) -> Iterator[Issue]:
    """Issues of a precedence table. An unknown commitment is a warning: authors who keep only some of the shipped
    commitments need not edit the table."""
    known = {other.id for _, other, _ in files.commitments} | files.faulty
    for number, rule in enumerate(shape.precedence):
        where: ValuePath = ("precedence", number)
        named = [(rule.to, (*where, "to")), *((name, (*where, "of", at)) for at, name in enumerate(rule.of))]
        for name, place in named:
            for issue in _unknown(source, "commitment", name, known, place):
                yield replace(issue, severity="warning")
        for at, name in enumerate(rule.of):
            if name == rule.to:
                message = "a commitment cannot give way to itself"
                yield source.issue("gives_way_to_itself", message, (*where, "of", at))


def _phases(source: RuleSource, shape: CommitmentShape, documents: set[str]) -> Iterator[Issue]:
    """Issues of phases, and of the defaults and acts that use them."""
    if ANY_PHASE in shape.phases:
        message = f"{ANY_PHASE!r} means always and cannot name a phase"
        yield source.issue("reserved_phase", message, ("phases", ANY_PHASE), key=True)
    named = {*shape.phases, ANY_PHASE}
    if shape.defaults.phase:
        yield from _unknown(source, "phase", shape.defaults.phase, named, ("defaults", "in"))
    for at, name in enumerate(shape.defaults.document):
        yield from _unknown(source, "document", name, documents, ("defaults", "document", at))
    for number, act in enumerate(shape.acts):
        if not act.phase:
            continue
        yield from _unknown(source, "phase", act.phase, named, ("acts", number, "in"))
        phase, own = phase_of(act, shape), act.only_if.published
        if phase is not None and (phase.since or phase.until) and (own.since or own.until):
            message = f"the phase {act.phase!r} has days of its own"
            hint = "delete one of them, or make the days a further phase"
            yield source.issue("two_periods", message, ("acts", number, "only_if", "published"), hint, key=True)


def _baselines(source: RuleSource, shape: CommitmentShape) -> Iterator[Issue]:
    for number, (earlier, later) in enumerate(pairwise(shape.baselines), 1):
        if later.as_of <= earlier.as_of:
            message = "baselines are ordered from the oldest to the newest"
            yield source.issue("baseline_order", message, ("baselines", number, "as_of"))
    for number, baseline in enumerate(shape.baselines):
        where: ValuePath = ("baselines", number)
        for at, step in enumerate(baseline.steps):
            yield from _unknown(source, "step", step, shape.steps, (*where, "steps", at))
            least = _least_standing(shape, step)
            if baseline.standing not in FAILED and STANDING_ORDER[baseline.standing] < STANDING_ORDER[least]:
                message = f"{baseline.standing}, although the step {step!r} is done"
                hint = f"write standing: {least}, or delete the step"
                yield source.issue("step_beyond", message, (*where, "steps", at), hint)
        needed = {Standing.MET: shape.steps[-1:], Standing.PARTLY_MET: shape.partly_met_by}.get(baseline.standing)
        if shape.kind is Kind.MILESTONE and needed and not {*needed} & {*baseline.steps}:
            message = f"{baseline.standing} without the step {' or '.join(map(repr, needed))}"
            hint = f"add the step to steps: [{needed[0]}], or correct the standing"
            yield source.issue("step_missing", message, (*where, "standing"), hint)
        if baseline.since is not None and baseline.since > baseline.as_of:
            yield source.issue("baseline_since", "since is later than as_of", (*where, "since"))


def _least_standing(shape: CommitmentShape, step: str) -> Standing:
    """The standing that a commitment has at least once a step is done, by the acts that complete the step."""
    polarities = {act.polarity for act in shape.acts if act.step == step}
    if shape.kind is Kind.MILESTONE and step == shape.steps[-1] and polarities == {Polarity.DONE}:
        return Standing.MET
    if step in shape.partly_met_by:
        return Standing.PARTLY_MET
    is_deed = polarities and polarities <= {Polarity.GOOD, Polarity.DONE}
    return Standing.IN_PROGRESS if is_deed else Standing.PLEDGED


def _acts(source: RuleSource, shape: CommitmentShape, documents: set[str], names: Collection[str]) -> Iterator[Issue]:
    seen = dict[str, int]()
    for number, act in enumerate(shape.acts):
        where = ("acts", number, "id")
        if act.id in _RESERVED:
            message = f"the program uses the name {act.id!r} for {_RESERVED[act.id]}"
            yield source.issue("reserved_id", message, where, "name the act after the event, such as: id: bought")
        elif act.id in seen:
            yield source.issue(
                "duplicate_id", f"the act {act.id!r} is repeated (the first is in line {seen[act.id]})", where
            )
        seen.setdefault(act.id, source.place(where)[0])
        if act.step:
            yield from _unknown(source, "step", act.step, shape.steps, ("acts", number, "step"))
        for at, name in enumerate(act.only_if.document):
            yield from _unknown(source, "document", name, documents, ("acts", number, "only_if", "document", at))
        for kind, *_ in SLOT.findall(act.tells):
            yield from _unknown(source, "kind_of_names", kind, names, ("acts", number, "tells"))


def _unknown(source: RuleSource, what: str, name: str, known: Collection[str], where: ValuePath) -> Iterator[Issue]:
    """An issue for a name that is not defined."""
    if name not in known:
        hint = did_you_mean(name, known)
        yield source.issue(f"unknown_{what}", f"there is no {what} {name!r}", where, hint)

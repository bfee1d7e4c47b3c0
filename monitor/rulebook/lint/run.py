"""The warnings of likely mistakes in rule files.

A comment allows a warning on its line: `# allow: common_word (the gate needs it)`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from monitor.domain.model.sides import meant, parties_in
from monitor.domain.text.patterns import Together, nodes_in
from monitor.errors import Issue
from monitor.rulebook.compile.declared_parties import of_deal
from monitor.rulebook.compile.rule_files import RuleFiles
from monitor.rulebook.compile.sets import pattern_entries, stem_of
from monitor.rulebook.lint.pattern_lints import parse_or_none, pattern_lints, sets_named_by_file
from monitor.rulebook.schema.models import RolesShape
from monitor.rulebook.source.rule_source import RuleSource, ValuePath

_ALLOW = re.compile(r"#\s*allow:\s*([a-z_]+(?:\s*,\s*[a-z_]+)*)")
_TODO = re.compile(r"\bTODO\b")
_CUT_COMMENT = re.compile(r"[ \t]+(#[^\s#!])")
_CUT_NUMBER = re.compile(r",(?=[0-9]{3}(?![0-9]))")
_UNLESS_ALONE = "unless is an exception to not, and there is no not"


def lints(files: RuleFiles, *, sound: bool) -> list[Issue]:
    """Every warning about these files.

    The meaning of the rules is checked only if the files are `sound` (without errors): otherwise parts of it would be
    missing.
    """
    every = (files.sources, files.policy, *files.vocabulary, *files.deals.values(), *files.commitments)
    warnings = [issue for file in every if file is not None for issue in _cut_values(file[0])]
    warnings += [issue for file in every if file is not None for issue in _unwritten(file[0])]
    if sound:
        warnings += [*pattern_lints(files), *_set_lints(files), *_act_lints(files), *_deal_lints(files)]
    allowed = ((issue, _ALLOW.search(issue.source)) for issue in warnings)
    return [issue for issue, match in allowed if not match or issue.code not in re.split(r"\s*,\s*", match[1])]


def _cut_values(source: RuleSource) -> Iterator[Issue]:
    """Values without quotes that end before their author meant them to."""
    for scalar in source.scalars.values():
        if scalar.style:
            continue
        if (cut := _CUT_COMMENT.match(source.text, scalar.end)) is not None:
            place, message = source.position_at(cut.start(1)), "the text after ' #' is a comment and ignored"
            hint = "put the whole text in single quotes"
            yield source.issue_at(place, "cut_by_comment", message, hint, severity="warning")
        if source.text[scalar.start : scalar.end][-1:].isdigit() and _CUT_NUMBER.match(source.text, scalar.end):
            place, hint = source.position_at(scalar.end), "put a number such as '1,200' in single quotes"
            yield source.issue_at(place, "cut_by_comma", "this comma ends the text", hint, severity="warning")


def _unwritten(source: RuleSource) -> Iterator[Issue]:
    """Lines that `rules new` has left to the author."""
    for number, line in enumerate(source.lines, 1):
        if (found := _TODO.search(line)) is not None:
            message, hint = "this is left to you", "write it, and delete TODO"
            yield source.issue_at((number, found.start() + 1), "todo", message, hint, severity="warning")


def _act_lints(files: RuleFiles) -> Iterator[Issue]:
    """Exceptions and phases without effect, and events of two words that a sum was meant to join."""
    for source, shape, _ in files.commitments:
        if shape.about.unless and not shape.about.excluded:
            yield source.warning("unless_alone", _UNLESS_ALONE, ("about", "unless"), "delete it, or add not", key=True)
        for name in shape.phases.keys() - {act.phase for act in shape.acts} - {shape.defaults.phase}:
            message = f"no act is in the phase {name!r}"
            yield source.warning("unused_phase", message, ("phases", name), "delete it", key=True)
        for number, act in enumerate(shape.acts):
            if act.unless and not act.excluded and not shape.defaults.excluded:
                place, hint = ("acts", number, "unless"), "delete it, or add not"
                yield source.warning("unless_alone", _UNLESS_ALONE, place, hint, key=True)
            yield from _joined_events(source, ("acts", number), act)
            for at, frame in enumerate(act.frames):
                yield from _joined_events(source, ("acts", number, "frames", at), frame)


def _joined_events(source: RuleSource, where: ValuePath, frame: RolesShape) -> Iterator[Issue]:
    """Events that need two words in one sentence."""
    for entry in pattern_entries(source, (*where, "event"), frame.event or ()):
        node = parse_or_none(entry.text)
        if node is not None and any(isinstance(part, Together) for part in nodes_in(node)):
            message = f"{entry.text!r} needs all of these words in one sentence"
            yield entry.warning("joined_event", message, "to add words to a set, write {buy + <order>}")


def _set_lints(files: RuleFiles) -> Iterator[Issue]:
    """Unused sets, sets that hide shared ones, and missing modality words."""
    # Without words that hedge or deny, plans and denials would count as done.
    known = {cue for _, shape in files.vocabulary for cue in shape.modality}
    for cues, does in ((("rumour", "plan"), "hedges"), (("negation", "denial"), "denies")):
        if files.commitments and not known & set(cues):
            message = f"no word of the vocabulary {does} an act"
            hint = f"modality: {{{cues[0]}: {{en: […], zh: […]}}}} in rules/vocabulary/modality.yaml"
            yield files.commitments[0][0].warning("no_modality", message, ("acts",), hint, key=True)
    named = sets_named_by_file(files)
    shared = {source.path for source, _ in files.vocabulary}
    for source, use, sets in files.with_sets():
        others = named.get(source.path, set()) - sets.keys()
        for used, shape in [(source, shape) for source, shape in files.vocabulary if stem_of(source) in use]:
            if used.path == source.path:
                continue
            found = others & shape.sets.keys()
            stem = stem_of(used)
            if not found:
                message, hint = f"no pattern of this file uses a set of {stem}.yaml", "delete it here"
                yield source.warning("unused_use", message, ("use", use.index(stem)), hint)
            for name in sorted(sets.keys() & shape.sets.keys()):
                message, hint = f"the set {name!r} of this file hides that of {stem}.yaml", "give it a name of its own"
                yield source.warning("hides_set", message, ("sets", name), hint, key=True)
        for name in sets if source.path not in shared else ():
            if name not in named.get(source.path, set()):
                message = f"no pattern of this file uses the set {name!r}"
                yield source.warning("unused_set", message, ("sets", name), "delete it", key=True)


def _deal_lints(files: RuleFiles) -> Iterator[Issue]:
    """Commitments and deals that lack texts for readers, and promises of parties that no source speaks for."""
    asked = {deal for _, shape, deal in files.commitments if shape.reads is not None}
    gated = {shape.id for _, shape in files.deals.values() if shape.gate is not None}
    speaking = {speaker.side for _, vocabulary in files.vocabulary for speaker in vocabulary.speakers}
    speaking |= {publisher.side for publisher in files.sources[1].publishers} if files.sources else set()
    for source, shape, deal in files.commitments:
        if deal in asked | gated and shape.reads is None:
            others = "other commitments of its deal have one" if deal in asked else "its deal has a gate"
            message = f"readers are not asked about {shape.id!r}: it has no reads, but {others}"
            yield source.warning("no_reads", message, ("id",), "reads: {about: …, not_about: …}")
        declared = of_deal(files, deal)
        for party in sorted(parties_in(meant(shape.owed_by, declared)) - speaking):
            message = f"nothing can confirm the promise of {party!r}: no publisher or speaker has side: {party}"
            hint = f"add to sources.yaml: {{name: …, domains: […], tier: official, side: {party}, owner: …}}"
            yield source.warning("silent_party", message, ("owed_by",), hint)
    for source, deal_shape in files.deals.values():
        if deal_shape.id in asked and deal_shape.gate is None:
            message = "without a gate, readers are asked about every story that a rule of the deal could match"
            yield source.warning("no_gate", message, ("id",), "gate: {any: […], together: [[…, …]]}")

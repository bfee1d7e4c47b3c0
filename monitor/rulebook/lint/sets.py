"""Lints of sets that nobody uses, or that hide one of the same name."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.domain.text.pattern_syntax import set_refs
from monitor.errors import Issue
from monitor.rulebook.compile.compiler import SAYINGS_SET
from monitor.rulebook.compile.rule_files import RuleFiles
from monitor.rulebook.lint.pattern_lists import all_lists, parse_or_none


def set_lints(files: RuleFiles) -> Iterator[Issue]:
    """Every set that nothing names, every local one that hides a shared one, and cues that the vocabulary lacks."""
    # Without words that hedge or deny, whatever may be, and whatever is not, reads as done.
    known = {cue for _, shape in files.vocabulary for cue in shape.modality}
    for cues, does in ((("rumour", "plan"), "hedges"), (("negation", "denial"), "denies")):
        if files.commitments and not known & set(cues):
            message = f"no word of the vocabulary {does} an act"
            hint = f"modality: {{{cues[0]}: {{en: […], zh: […]}}}} in rules/vocabulary/modality.yaml"
            yield files.commitments[0][0].warning("no_modality", message, ("acts",), hint, key=True)
    used = _used_sets(files)
    local = {source.path: set(shape.sets) for source, shape, _ in files.commitments}
    used_as_shared = set[str]().union(*(names - local.get(path, set()) for path, names in used.items()))
    for source, shape in files.vocabulary:
        for name in shape.sets:
            if name not in used_as_shared and name != SAYINGS_SET:
                message = f"no pattern of any file names the set {name!r}"
                yield source.warning("unused_set", message, ("sets", name), "delete it", key=True)
    shared = {name for _, shape in files.vocabulary for name in shape.sets}
    for source, commitment, _ in files.commitments:
        for name in commitment.sets:
            if name not in used.get(source.path, ()):
                message = f"no pattern of this file names the set {name!r}"
                yield source.warning("unused_set", message, ("sets", name), "delete it", key=True)
            if name in shared:
                message = f"the set {name!r} of this file hides the shared one"
                yield source.warning("hides_set", message, ("sets", name), "give it a name of its own", key=True)


def _used_sets(files: RuleFiles) -> dict[str, set[str]]:
    """The sets that the patterns of each file name, by the file's path."""
    used: dict[str, set[str]] = {}
    for listed in all_lists(files):
        names = used.setdefault(listed.source.path, set())
        for text in listed.texts:
            if "{" in text and (node := parse_or_none(text)) is not None:
                names |= {ref.name for ref in set_refs(node)}
    return used

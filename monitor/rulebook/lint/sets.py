"""Sets that nobody uses, or that hide one of the same name."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.domain.text.pattern_syntax import set_refs
from monitor.errors import Issue
from monitor.rulebook.compile.compiler import SAYINGS_SET
from monitor.rulebook.compile.rule_files import RuleFiles
from monitor.rulebook.lint.pattern_lists import PatternList, all_lists, parse_or_none
from monitor.rulebook.source.source_map import RuleSource


def set_lints(files: RuleFiles) -> Iterator[Issue]:
    """Every set that nothing names, and every local one that stands in the way of a shared one."""
    yield from _without_cues(files)
    shared = {name for _, shape in files.vocabulary for name in shape.sets}
    used = _used(all_lists(files))
    outside: set[str] = set().union(*(names - _local(files, path) for path, names in used.items()))
    for source, shape in files.vocabulary:
        for name in shape.sets:
            if name not in outside and name != SAYINGS_SET:
                yield _unused(source, name, "no pattern of any file")
    for source, commitment, _ in files.commitments:
        for name in commitment.sets:
            if name not in used.get(source.path, ()):
                yield _unused(source, name, "no pattern of this file")
            if name in shared:
                yield source.issue(
                    "hides_set",
                    f"the set {name!r} of this file hides the shared one",
                    ("sets", name),
                    key=True,
                    hint="give it a name of its own",
                    severity="warning",
                )


def _without_cues(files: RuleFiles) -> Iterator[Issue]:
    """Rules whose vocabulary has no word that hedges or denies: whatever may be, and whatever is not, reads as done."""
    known = {cue for _, shape in files.vocabulary for cue in shape.modality}
    for cues, does in ((("rumour", "plan"), "hedges"), (("negation", "denial"), "denies")):
        if files.commitments and not known & set(cues):
            yield files.commitments[0][0].issue(
                "no_modality",
                f"no word of the vocabulary {does} an act",
                ("acts",),
                key=True,
                severity="warning",
                hint=f"modality: {{{cues[0]}: {{en: […], zh: […]}}}} in rules/vocabulary/modality.yaml",
            )


def _used(found: Iterator[PatternList]) -> dict[str, set[str]]:
    """The sets that the patterns of each file name."""
    used: dict[str, set[str]] = {}
    for one in found:
        names = used.setdefault(one.source.path, set())
        for text in one.texts:
            if "{" in text and (node := parse_or_none(text)) is not None:
                names |= {ref.name for ref in set_refs(node)}
    return used


def _local(files: RuleFiles, path: str) -> set[str]:
    return {name for source, shape, _ in files.commitments if source.path == path for name in shape.sets}


def _unused(source: RuleSource, name: str, nobody: str) -> Issue:
    return source.issue(
        "unused_set", f"{nobody} names the set {name!r}", ("sets", name), key=True, hint="delete it", severity="warning"
    )

"""A folder of rules in the older syntax written in the new one, file by file."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from monitor.errors import Issue, RuleError
from monitor.rulebook.compile.example_files import ENDING
from monitor.rulebook.compile.rule_files import RuleFiles
from monitor.rulebook.compile.scopes import stem_of
from monitor.rulebook.lint.old_syntax import old_syntax_lints
from monitor.rulebook.lint.pattern_lists import PatternList, all_lists, sets_named_by_file
from monitor.rulebook.load import read_files
from monitor.rulebook.source.example_lines import ExampleLine
from monitor.rulebook.source.layout import Item, Layout, Node, node_of, read_layout
from monitor.rulebook.source.source_map import ValuePath, read_yaml
from monitor.workbench.authoring.migration.commitment_steps import (
    examples_apart,
    kinds_of_exclusions,
    named_phases,
    shared_defaults,
)
from monitor.workbench.authoring.migration.precedence import PrecedenceTable
from monitor.workbench.authoring.migration.wording import Forms, Wording

_GROUP_SIGNS = re.compile(r"[(|)]")
_BEFORE_SETS = (
    "sets",
    "about",
    "parties",
    "gate",
    "precedence",
    "speakers",
    "modality",
    "frames",
    "documents",
    "masks",
)


@dataclass(frozen=True, slots=True)
class Left:
    """What stays in the older syntax, and why."""

    path: str
    what: str


@dataclass(frozen=True, slots=True)
class WrittenAnew:
    """What became of a folder. widened: verb -> the forms that no list had and `<verb>` stands for."""

    left: tuple[Left, ...]
    widened: Mapping[str, Collection[str]]


def write_anew(folder: Path, forms: Forms, spared: frozenset[str] = frozenset()) -> WrittenAnew:
    """Write the files of a folder in the new syntax, in place. Its rules have to be usable. spared: verbs of which all forms have
    to be listed. A folder with nothing of the older syntax stays as it is, but for verbs that are to be widened."""
    files, _ = read_files(folder)
    if forms is not Forms.SOME and not any(old_syntax_lints(files)):
        return WrittenAnew((), {})
    layouts = {source.path: read_layout(source.text) for source, _, _ in files.with_sets()}
    wording = Wording(forms, _words_alone(files) if forms is Forms.SOME else frozenset(), spared)
    for patterns in all_lists(files):
        _written_anew(patterns, layouts, wording)
    left = tuple(_tables(files, layouts))
    for source, _, _ in files.commitments:
        path = _place(folder, source.path)
        _examples_apart(layouts[source.path].root, path.with_suffix(ENDING))
        _commitment(layouts[source.path].root)
    for source, _, _ in files.with_sets():
        _write(_place(folder, source.path), source.text, layouts[source.path])
    _name_what_is_used(folder)
    return WrittenAnew(left, wording.widened)


def _commitment(root: Node) -> None:
    kinds_of_exclusions(root)
    named_phases(root)
    shared_defaults(root)


def _words_alone(files: RuleFiles) -> frozenset[str]:
    """What stands alone in a list or a group."""
    return frozenset(
        option.strip() for listed in all_lists(files) for text in listed.texts for option in _GROUP_SIGNS.split(text)
    )


def _written_anew(patterns: PatternList, layouts: dict[str, Layout], wording: Wording) -> None:
    """The entries of one list, or of several by kind of news."""
    by_list: dict[ValuePath, list[str]] = {}
    for entry in patterns.entries:
        root = layouts[entry.source.path].root
        if isinstance(entry.where[-1], int):
            by_list.setdefault(entry.where[:-1], []).append(entry.text)
        elif (text := wording.pattern(entry.text)) != entry.text:
            node = root.at(entry.where)
            node.text, node.written = text, ""
    for where, texts in by_list.items():
        listed = layouts[patterns.entries[0].source.path].root.at(where)
        listed.items = list(_kept(listed.entries(), texts, wording.entries(texts)))


def _kept(items: Sequence[Item], before: Sequence[str], after: Sequence[tuple[int, str]]) -> Iterator[Item]:
    """The entries that stay, each with its new text; comments above one that goes pass to the next."""
    text_of, waiting = dict(after), list[str]()
    for number, item in enumerate(items):
        if number not in text_of:
            waiting += item.above
            continue
        item.above, waiting = [*waiting, *item.above], []
        if text_of[number] != before[number]:
            item.value = Node(text=text_of[number])
        yield item


def _tables(files: RuleFiles, layouts: dict[str, Layout]) -> Iterator[Left]:
    """`gives_way_to` of every commitment in the table of its deal."""
    shared = {name for _, shape in files.vocabulary for name in shape.sets}
    tables = {name: PrecedenceTable(layouts[source.path].root, shared) for name, (source, _) in files.deals.items()}
    for source, _, deal in files.commitments:
        for other in tables[deal].take(layouts[source.path].root):
            yield Left(source.path, f"gives_way_to {other}: the deal has other sets of the names that it uses")


def _examples_apart(root: Node, path: Path) -> None:
    """The examples of a commitment, below those that the file beside it has."""
    lines: list[str] = []
    act = ""

    def add(comments: str, example: ExampleLine) -> None:
        nonlocal act
        if example.act != act:
            act = example.act
            lines.append(f"[{act}]")
        lines.extend(filter(None, (*comments.splitlines(), str(example))))

    examples_apart(root, add)
    if lines:
        before = path.read_text(encoding="utf-8").rstrip("\n") if path.exists() else ""
        path.write_text("\n".join([*([before, ""] if before else []), *lines, ""]), encoding="utf-8")


def _name_what_is_used(folder: Path) -> None:
    """`use` in every file whose patterns name sets of other files."""
    files, _ = read_files(folder)
    named = sets_named_by_file(files)
    sets_of = {stem_of(source): set(shape.sets) for source, shape in files.vocabulary}
    for source, use, own in files.with_sets():
        seen = set(own).union(*(sets_of.get(stem, ()) for stem in use or ()))
        others = named.get(source.path, set()) - seen
        if taken := [stem for stem, sets in sets_of.items() if stem != stem_of(source) and others & sets]:
            layout = read_layout(source.text)
            if use is None:
                _put_use(layout.root, taken)
            else:
                layout.root.at(("use",)).entries().extend(Item(node_of(stem)) for stem in taken)
            _write(_place(folder, source.path), source.text, layout)


def _put_use(root: Node, taken: list[str]) -> None:
    item = root.put("use", node_of(taken, flow=True), _BEFORE_SETS)
    at = root.entries().index(item)
    for follower in root.entries()[at + 1 : at + 2]:
        # A heading of the file stays at its top; a heading of the sets stays with them.
        if at == 0 or not any(follower.above):
            item.above, follower.above = follower.above, []


def _write(path: Path, before: str, layout: Layout) -> None:
    """Write a file, if it changes. Raises RuleError if it would not be read as it is meant."""
    after = str(layout)
    if after == before:
        return
    read, faults = read_yaml(after, path.name)
    if read is None or faults or read.value != layout.root.plain():
        raise RuleError(
            [Issue(path.name, 1, 1, "error", "not_kept", "this file cannot be written anew", "rewrite it by hand")]
        )
    path.write_text(after, encoding="utf-8")


def _place(folder: Path, shown: str) -> Path:
    """The file that issues name so."""
    return folder.joinpath(*PurePosixPath(shown).parts[1:])

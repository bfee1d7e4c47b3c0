"""Edits of the small folder of rules, each of one part, and what two rulebooks differ in over all stories, the long
way."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from monitor.domain.matching.rules import Rulebook
from tests.builders.rules_folder import FILES, key_of, load


class RuleEdit(NamedTuple):
    """One text of one file and what replaces it; an empty `old` stands for the whole file."""

    file: str
    old: str
    new: str


TEXT = (Path(__file__).parent / "rules" / "edits.json").read_text(encoding="utf-8")
EDITS = {name: RuleEdit(*parts) for name, parts in json.loads(TEXT).items()}
"""Edit by what it changes."""


def edited(folder: Path, names: Iterable[str]) -> Rulebook:
    """The small rulebook with these edits, as far as each still finds its text."""
    files = {key_of(name): text for name, text in FILES.items()}
    for edit in (EDITS[name] for name in names):
        files[edit.file] = files[edit.file].replace(edit.old, edit.new, 1) if edit.old else edit.new
    return load(folder, **files)

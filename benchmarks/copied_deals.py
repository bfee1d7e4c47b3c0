"""Many deals: copies of a shipped one about other things, in words that no other deal has.

A copy has the rules of the original with other names for parties, goods, firms and measures, in the deal and in the
vocabulary of its subjects, and so has news in its words. Verbs, modality and the like are common to all deals.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

VOCABULARY = ("parties", "soybeans", "minerals", "technology", "barriers", "goods")
"""The files that are copied with a deal."""
NOUNS = (
    "soybeans?|soyabeans?|soya?|beans?|oilseeds?|bushels?|crops?|farms?|agricultural|agriculture|grains?|beef|poultry|"
    "corn|sorghum|wheat|pork|cotton|rare|earths?|magnets?|minerals?|gallium|germanium|antimony|graphite|tungsten|"
    "chips?|semiconductors?|tariffs?|fentanyl|ports?|docking|entity|affiliates|subsidiary|truce|cargo|cargoes|vessels?"
)
_WORD = re.compile(rf"(?<!\w)((?!Mt\b)[A-Z][A-Za-z]+|{NOUNS})(?!\w)|([一-鿿]{{2,}})")
_KEPT = re.compile(r"\{[^}]*\}|https?://\S+")
"""Names of sets, and addresses: no words of news."""


def mark_of(number: int) -> str:
    """What the words of a copy begin with; the original is number 0."""
    return "bdfgklmnprstvz"[number % 14] + "aeiou"[number // 14] + "x" if number else ""


def reworded(text: str, mark: str) -> str:
    """A text in the words of the copy with this mark."""
    if not mark:
        return text
    parts, last = [], 0
    for kept in (*_KEPT.finditer(text), None):
        words = text[last : kept.start() if kept else None]
        parts.append(_WORD.sub(lambda found: f"{mark}{found[1]}" if found[1] else f"{_han(mark)}{found[2]}", words))
        if kept:
            parts.append(kept[0])
            last = kept.end()
    return "".join(parts)


def _han(mark: str) -> str:
    return chr(0x9000 + 32 * ord(mark[0]) + ord(mark[1]))


def write_copies(rules: Path, deal: str, count: int, folder: Path) -> Path:
    """The folder with a copy of the rules in which a deal has copies; `count` deals in all."""
    shutil.copytree(rules, folder, ignore=shutil.ignore_patterns("tests", "*.examples", "reader-examples.yaml"))
    own, vocabulary = sorted((folder / deal).glob("*.yaml")), folder / "vocabulary"
    for mark in map(mark_of, range(1, count)):
        names = {path.stem: f"{mark}-{path.stem}" for path in own if path.stem != "deal"}
        names |= {name: f"{name}-{mark}" for name in (deal, *VOCABULARY)}
        (folder / names[deal]).mkdir()
        copies = {path: folder / names[deal] / f"{names.get(path.stem, path.stem)}.yaml" for path in own}
        copies |= {vocabulary / f"{name}.yaml": vocabulary / f"{names[name]}.yaml" for name in VOCABULARY}
        for source, copy in copies.items():
            values = _renamed(yaml.safe_load(source.read_text(encoding="utf-8")), names, mark)
            copy.write_text(yaml.safe_dump(values, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return folder


def _renamed(value: Any, names: Mapping[str, str], mark: str) -> Any:
    """A value of a rule file with the names and words of a copy."""
    if isinstance(value, list):
        return [_renamed(own, names, mark) for own in value]
    if isinstance(value, dict):  # the keys are ids, or texts, or words of the rule language
        keys = {key: _renamed(key, names, mark) if {" ", "-"} & set(str(key)) else key for key in value}
        return {keys[key]: _renamed(own, names, mark) for key, own in value.items()}
    return names.get(value) or reworded(value, mark) if isinstance(value, str) else value

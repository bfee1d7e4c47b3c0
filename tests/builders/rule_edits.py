"""Edits of the small folder of rules, each of one part, and what two rulebooks differ in over all stories, the long
way."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from monitor.domain.matching.rules import Rulebook
from tests.builders.rules_folder import FILES, PRECEDENCE, key_of, load


class RuleEdit(NamedTuple):
    """One text of one file and what replaces it; an empty `old` stands for the whole file."""

    file: str
    old: str
    new: str


SHIPS = """\
id: ships
name: China docks ships
short: Ships
kind: series
owed_by: cn
baselines: [{as_of: 2025-09-15, standing: in_progress, source: "https://example.org/s"}]
use: [words]
about: {any: ['(ship|ships|cargoes)']}
acts:
  - id: docked
    polarity: good
    any: ['(dock|docks)', '{cn} ..6 (books|halts)']
"""

EDITS = {
    "a word in an act": RuleEdit("beans", "(ban|bans|boycott)", "(ban|bans|boycott|shuns)"),
    "a word gone from an act": RuleEdit("beans", "(ban|bans|boycott)", "(ban|boycott)"),
    "a pattern in an act": RuleEdit("beans", "any: ['cancels ..6 {beans}']", "any: ['cancels ..6 {beans}', 'shuns']"),
    "a wider gap": RuleEdit("beans", "any: ['cancels ..6 {beans}']", "any: ['cancels ..1 {beans}']"),
    "another order of patterns": RuleEdit(
        "beans", "any: ['{takes} ..8 {beans}', '{cn} ..8 {takes}']", "any: ['{cn} ..8 {takes}', '{takes} ..8 {beans}']"
    ),
    "a head": RuleEdit("beans", "any: ['{takes} ..8 {beans}'", "any: ['!{takes} ..8 {beans}'"),
    "a veto": RuleEdit("beans", "not: {oil: 'soybean oil'}", "not: {oil: ['soybean oil', 'two']}"),
    "an exception to a veto": RuleEdit(
        "beans", "not: {oil: 'soybean oil'}", "not: {oil: 'two'}\n    unless: ['ports']"
    ),
    "who acts": RuleEdit(
        "beans", "not: {oil: 'soybean oil'}\n    by: cn", "not: {oil: 'soybean oil'}\n    by: company"
    ),
    "a polarity": RuleEdit("beans", "polarity: break", "polarity: deadline"),
    "a day of an act": RuleEdit(
        "beans", "polarity: break\n", "polarity: break\n    only_if: {published: {until: 2025-11-06}}\n"
    ),
    "a field of an act": RuleEdit("beans", "polarity: bad\n", "polarity: bad\n    only_if: {field: [summary]}\n"),
    "an act on trial": RuleEdit("beans", "polarity: bad\n", "polarity: bad\n    stage: experimental\n"),
    "an act outside": RuleEdit("beans", "polarity: bad\n", "polarity: bad\n    outside: true\n"),
    "a meaning by status": RuleEdit(
        "beans", "polarity: bad\n", "polarity: bad\n    when_status: [{under: [unpledged], read: {setback: none}}]\n"
    ),
    "a renamed act": RuleEdit("beans", "id: banned", "id: barred"),
    "a narrower about": RuleEdit("beans", "'{cn} ..8 {beans}', '{beans} ..8 {cn}', '{us_beans}'", "'{cn} ..2 {beans}'"),
    "an exclusion of about": RuleEdit("beans", "'(Brazil*|巴西)'", "'(Brazil*|巴西|oil)'"),
    "a word of giving way": RuleEdit("deal", "'after ..2 (call|talks)'", "'after ..2 (call|talks|winter)'"),
    "a day of giving way": RuleEdit("deal", "to: talks, when", "to: talks, since: 2025-11-06, when"),
    "nobody given way to": RuleEdit("deal", PRECEDENCE, ""),
    "another unit": RuleEdit("beans", "amount: 12 Mt", "amount: 12 units"),
    "a local set": RuleEdit("beans", "[buy*, bought, book*]", "[buy*, bought, book*, halts]"),
    "a baseline": RuleEdit("beans", "as_of: 2025-09-15, standing: unpledged", "as_of: 2025-09-15, standing: pledged"),
    "another commitment's about": RuleEdit(
        "talks", "any: ['{cn} ..8 (call|talks)'", "any: ['{cn} ..8 (call|talks|ports)'"
    ),
    "another commitment": RuleEdit("ships", "", SHIPS),
    "a shared set": RuleEdit("words", "en: [soybean*, soya]", "en: [soybean*, soya, oil]"),
    "a pattern in a shared set": RuleEdit("words", "zh: [大豆, 美豆]", "zh: [大豆, 美豆, '两 ..2 港口']"),
    "a shared set without a word": RuleEdit("words", "[US, American, Washington, Trump]", "[US, American, Trump]"),
    "a denial": RuleEdit("words", "denial: {en: [denies]", "denial: {en: [denies, halts]"),
    "a word of plain speech": RuleEdit("words", "  ease:", "  plain: {en: ['may two']}\n  ease:"),
    "a frame": RuleEdit("words", "market: {en: [shares, futures]", "market: {en: [shares, futures, '^after']"),
    "a frame's name": RuleEdit("words", "  market:", "  trading:"),
    "a speaker's words": RuleEdit("words", "[Bessent, Treasury Secretary]", "[Bessent, Trump]"),
    "another speaker first": RuleEdit(
        "words",
        "  - {name: US Treasury, side: us, words: {en: [Bessent, Treasury Secretary], zh: [贝森特]}}\n",
        "  - {name: White House, side: us, words: {en: [Bessent, Trump]}}\n"
        "  - {name: US Treasury, side: us, words: {en: [Bessent, Treasury Secretary], zh: [贝森特]}}\n",
    ),
    "a statistics body": RuleEdit("words", "name: Video Sharing, side: company", "name: Harvest Group, side: data"),
    "a mask": RuleEdit("words", "masks: {zh: [模拟]}", "masks: {zh: [模拟], en: [US soybean oil]}"),
    "a tier": RuleEdit("sources", "domains: [grain.example], tier: trade", "domains: [grain.example], tier: wire"),
    "a zone": RuleEdit("sources", "zone: America/Chicago", "zone: Asia/Tokyo"),
    "a number of the policy": RuleEdit("policy", "outlook_origins: 1", "outlook_origins: 2"),
}
"""Edit by what it changes."""


def edited(folder: Path, names: Iterable[str]) -> Rulebook:
    """The small rulebook with these edits, as far as each still finds its text."""
    files = {key_of(name): text for name, text in FILES.items()}
    for edit in (EDITS[name] for name in names):
        files[edit.file] = files[edit.file].replace(edit.old, edit.new, 1) if edit.old else edit.new
    return load(folder, **files)

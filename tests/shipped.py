"""The rules that come with the program, loaded once however many tests use them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from monitor.domain.rules import Rulebook
from monitor.rulebook import load_rulebook

ROOT = Path(__file__).parents[1]
YEAR = ROOT / "monitor" / "samples" / "year.jsonl"


@cache
def rulebook() -> Rulebook:
    return load_rulebook(ROOT / "rules")

"""A rulebook of one made-up deal, small enough to be read beside the tests that use it."""

from __future__ import annotations

from pathlib import Path

from monitor.domain.matching.rules import Rulebook
from monitor.rulebook import load_rulebook

SOURCES = """
publishers:
  - {name: Herald Wire, domains: [herald.example], tier: wire, owner: Herald}
  - {name: Second Wire, domains: [second.example], tier: wire, owner: Second}
  - {name: Third Wire, domains: [third.example], tier: wire, owner: Third}
  - {name: Ministry, domains: [ministry.example], tier: official, side: cn, owner: Ministry}
  - {name: Aggregator, domains: [news.example], tier: aggregator, owner: Aggregator}
"""
WORDS = """
sets: {}
modality:
  plan: {en: [plans to]}
  denial: {en: [denies]}
"""
DEAL = "{id: deal, name: A deal, description: Made up for tests.}"
SOY = """
id: soy
name: China buys soybeans
short: Soybeans
kind: standing
owed_by: cn
baselines:
  - {as_of: 2026-01-05, standing: pledged, outlook: steady, source: "https://ministry.example/pledge", note: made up}
criteria: {in_force: it buys}
about: {any: [soybeans]}
acts:
  - id: bought
    polarity: good
    any: [buys]
    by: cn
  - id: cancelled
    polarity: bad
    any: [cancels]
    by: cn
"""
SOY_EXAMPLES = """\
[bought]
progress | | China buys soybeans
not_about | | China buys wheat
[cancelled]
setback | | China cancels orders of soybeans
none | | Brazil grows soybeans
"""
SHIPS_EXAMPLES = SOY_EXAMPLES.replace("soybeans", "tankers")
SHIPS = SOY.replace("id: soy", "id: ships").replace("soybeans", "tankers").replace("Soybeans", "Tankers")

BUYS = "China buys two cargoes of soybeans from the United States"
CANCELS = "China cancels three orders of soybeans from the United States"
TANKERS = "China buys six tankers from the United States"
BOTH = "China buys two cargoes of soybeans and buys six tankers from the United States"
"""Headlines that these rules read."""


def write(folder: Path, **commitments: str) -> Path:
    """The folder with these commitments, each as YAML; with soy and ships, if none is given."""
    files = {
        "sources": SOURCES,
        "policy": "{press_origins: 1, outlook_origins: 1}  # the first wire moves all that needs no bar",
        "vocabulary/words": WORDS,
        "deal/deal": DEAL,
    }
    files |= {f"deal/{name}": text for name, text in (commitments or {"soy": SOY, "ships": SHIPS}).items()}
    files = {f"{name}.yaml": text for name, text in files.items()}
    for name, examples in (("soy", SOY_EXAMPLES), ("ships", SHIPS_EXAMPLES)):
        if f"deal/{name}.yaml" in files:
            files[f"deal/{name}.examples"] = examples
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def rulebook(folder: Path, **commitments: str) -> Rulebook:
    """The rulebook of these commitments."""
    return load_rulebook(write(folder, **commitments))

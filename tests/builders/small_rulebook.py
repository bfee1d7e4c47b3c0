"""A rulebook of one made-up deal, small enough to be read beside the tests that use it."""

from pathlib import Path

from monitor.domain.matching.rules import Rulebook
from monitor.rulebook import load_rulebook
from tests.builders.rules_folder import lay, rule_files

FILES = rule_files("soy")
SOURCES, SOY, SOY_EXAMPLES = FILES["sources.yaml"], FILES["deal/soy.yaml"], FILES["deal/soy.examples"]
SHIPS_EXAMPLES = SOY_EXAMPLES.replace("soybeans", "tankers")
SHIPS = SOY.replace("id: soy", "id: ships").replace("soybeans", "tankers").replace("Soybeans", "Tankers")

CUPS = SOY.replace("id: soy", "id: cups").replace("soybeans", "teacups").replace("Soybeans", "Teacups")
OTHER_DEAL = {
    "tea/deal.yaml": FILES["deal/deal.yaml"]
    .replace("id: deal", "id: tea")
    .replace("name: A deal", "name: A deal about tea"),
    "tea/cups.yaml": f"{CUPS}reads: {{about: China buying teacups}}\n",
}
"""The files of a second deal."""

WHOLE = SOY.replace("criteria:", "parts: [soy-ships, soy-trains]\ncriteria:")
OF_PARTS = {
    "soy": WHOLE,
    "soy-ships": SHIPS.replace("id: ships", "id: soy-ships"),
    "soy-trains": SOY.replace("id: soy", "id: soy-trains").replace("soybeans", "wagons"),
}
"""A promise with two parts: pass it as `**OF_PARTS`."""

BUYS = "China buys two cargoes of soybeans from the United States"
CANCELS = "China cancels three orders of soybeans from the United States"
TANKERS = "China buys six tankers from the United States"
BOTH = "China buys two cargoes of soybeans and buys six tankers from the United States"
"""Headlines that these rules read."""


def write(folder: Path, **commitments: str) -> Path:
    """The folder with these commitments, each as YAML; with soy and ships, if none is given."""
    given = commitments or {"soy": SOY, "ships": SHIPS}
    files = {name: text for name, text in FILES.items() if not name.startswith("deal/soy")}
    files |= {f"deal/{name}.yaml": text for name, text in given.items()}
    examples = {"soy": SOY_EXAMPLES, "ships": SHIPS_EXAMPLES}
    files |= {f"deal/{name}.examples": text for name, text in examples.items() if name in given}
    return lay(folder, files)


def rulebook(folder: Path, **commitments: str) -> Rulebook:
    """The rulebook of these commitments."""
    return load_rulebook(write(folder, **commitments))

"""A deal of other parties in other words, made up for tests: rule files alone, as its analysts would write them."""

from pathlib import Path

from monitor.domain.matching.rules import Rulebook
from monitor.rulebook import load_rulebook
from tests.builders.rules_folder import PARTIES, TALKS, lay, rule_files

FILES = rule_files("mercosur")
SOURCES = FILES["sources.yaml"]
DEAL, FORCE, BEEF, LICENCES = (
    FILES[f"eu-mercosur/{name}.yaml"] for name in ("deal", "mercosur-force", "mercosur-beef", "mercosur-beef-licences")
)


def write(folder: Path, **changed: str) -> Path:
    """The folder `rules` with these files; a changed one is named by its stem, with _ for - in it, and '' leaves it
    out."""
    files = {}
    for name, text in FILES.items():
        if wanted := changed.get(Path(name).stem.replace("-", "_"), text):
            files[name] = text if name.endswith(".examples") else wanted
    return lay(folder / "rules", files)


def load(folder: Path, **changed: str) -> Rulebook:
    """The rulebook of these files."""
    return load_rulebook(write(folder, **changed))


def load_with_tea(folder: Path) -> Rulebook:
    """The rulebook of these files and of one more deal, about cups for tea."""
    root, told = write(folder), TALKS.replace("id: talks", "id: cups")
    cups = told.replace("name: Leaders", "reads: {about: cups}\nname: Leaders").replace("(call|talks)", "cups")
    tea = {"deal": f"id: tea\nname: Tea\n{PARTIES}gate: {{any: [tea]}}\n"}
    tea["cups"] = cups.replace("{cn}", "China").replace("holds talks", "holds cups")
    lay(root, {f"tea/{name}.yaml": text for name, text in tea.items()})
    return load_rulebook(root)

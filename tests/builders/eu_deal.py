"""A made-up deal between the EU and the US beside the one of `rules_folder`, which the EU is no party of."""

from pathlib import Path

from monitor.domain.matching.rules import Rulebook
from monitor.rulebook import load_rulebook
from tests.builders import rules_folder

SOURCES = (
    rules_folder.SOURCES
    + """\
  - name: European Commission
    domains: [commission.example]
    tier: official
    side: eu
    owner: European Commission
    called: the European Commission
  - {name: USTR, domains: [ustr.example], tier: official, side: us, owner: USTR}
  - {name: Rhine Wire, domains: [rhine.example], tier: wire, owner: Rhine}
"""
)
WORDS = (
    rules_folder.VOCABULARY.replace(
        "modality:",
        """\
  - {name: European Commission, side: eu, words: {en: [Sefcovic, EU trade chief], zh: [欧委会]}}
modality:""",
    )
    + """\
parties:
  us: {name: the US, words: {en: ['{us}'], zh: ['{us}']}}
  cn: {name: China, words: {en: ['{cn}'], zh: ['{cn}']}}
  third: {en: [EU, Japan]}
  eu: {name: the EU, words: [EU, Brussels, 欧盟]}
"""
)
FILES = rules_folder.rule_files("eu")
DEAL, SCRAPPED, STEEL = (FILES[f"eu-us/{name}.yaml"] for name in ("deal", "eu-duties", "steel-quota"))
ANSWERED = """\
scenarios:
  - name: The EU's own text puts it in force, a wire's report does not
    start: 2025-11-01
    stories:
      - {at: 2025-11-10T08:00Z, source: Rhine Wire, title: EU scraps duties on US industrial goods}
      - {at: 2025-11-12T08:00Z, source: European Commission, title: EU scraps duties on US industrial goods from today}
    expect:
      - at: 2025-11-11
        commitment: eu-duties
        standing: pledged
        flags: [{kind: unconfirmed, detail: no statement from the EU seen yet}]
      - {at: 2025-11-12, commitment: eu-duties, standing: in_force, flags: []}
"""


def write(folder: Path, **changed: str) -> Path:
    """The folder `rules` with both deals; a changed file is named by its stem, with _ for -."""
    shared = {"sources": SOURCES, "words": WORDS}
    root = rules_folder.write(folder, **shared | {name: changed[name] for name in shared if name in changed})
    (root / "eu-us").mkdir()
    for name, text in FILES.items():
        other = "" if name.endswith(".examples") else changed.get(Path(name).stem.replace("-", "_"), "")
        (root / name).write_text(other or text, encoding="utf-8")
    return root


def load(folder: Path, **changed: str) -> Rulebook:
    """The rulebook of these files."""
    return load_rulebook(write(folder, **changed))

"""A made-up deal between the EU and the US beside the one of `rules_folder`, which the EU is no party of."""

from __future__ import annotations

from pathlib import Path

from monitor.domain.matching.rules import Rulebook
from monitor.rulebook import load_rulebook
from tests.builders import rules_folder

SOURCES = (
    rules_folder.SOURCES
    + """\
  - {name: European Commission, domains: [commission.example], tier: official, side: eu, owner: European Commission, called: the European Commission}
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
  us: {en: ['{us}'], zh: ['{us}']}
  cn: {en: ['{cn}'], zh: ['{cn}']}
  third: {en: [EU, Japan]}
  eu: {name: the EU, words: [EU, Brussels, 欧盟]}
"""
)
DEAL = """\
id: eu-us
name: EU-US framework
sets: {duties: {en: [duty, duties, tariff*]}}
parties:
  eu: {}
  eu+us: {words: ['(EU|Brussels) and (US|Washington)', both sides]}
"""
SCRAPPED = """\
id: eu-duties
name: The EU scraps its duties on US industrial goods
short: EU duties
kind: standing
owed_by: eu
criteria: {in_force: The regulation is in force.}
reads: {about: the EU's duties on US industrial goods}
baselines: [{as_of: 2025-09-01, standing: pledged, source: "https://commission.example/statement"}]
about: {any: ['(duties|tariff*) ..4 US industrial goods']}
acts:
  - id: scrapped
    polarity: done
    any: ['(scraps|scrapped)']
    tells: to scrap its duties
  - id: kept
    polarity: bad
    by: eu
    any: ['(keeps|restores)']
"""
SCRAPPED_EXAMPLES = """\
[scrapped]
delivered | | EU scraps duties on US industrial goods
not_about | | EU may scrap a museum
[kept]
setback | | EU keeps duties on US industrial goods
not_about | | EU keeps a museum open
"""
STEEL = """\
id: steel-quota
name: The EU and the US open a quota for steel
short: Steel quota
kind: standing
owed_by: [us, eu]
criteria: {in_force: Both have opened it.}
reads: {about: the quota for steel between the EU and the US}
baselines: [{as_of: 2025-09-01, standing: pledged, source: "https://commission.example/steel"}]
about: {any: [steel quota]}
acts:
  - id: opened
    polarity: done
    any: ['(opens|opened|open)']
    tells: to open the quota
  - id: agreed
    polarity: pledge
    any: ['(agrees|agree|agreed)']
"""
STEEL_EXAMPLES = """\
[opened]
delivered | | EU and US open steel quota
not_about | | EU opens a museum
[agreed]
pledge | | EU and US agree on steel quota
not_about | | EU agrees on a steel museum
"""
FILES = {"eu-us/deal.yaml": DEAL, "eu-us/eu-duties.yaml": SCRAPPED, "eu-us/steel-quota.yaml": STEEL}
EXAMPLES = {"eu-us/eu-duties.examples": SCRAPPED_EXAMPLES, "eu-us/steel-quota.examples": STEEL_EXAMPLES}
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
        flags: [{kind: unconfirmed, detail: the EU has not confirmed it}]
      - {at: 2025-11-12, commitment: eu-duties, standing: in_force, flags: []}
"""


def write(folder: Path, **changed: str) -> Path:
    """The folder `rules` with both deals; a changed file is named by its stem, with _ for -."""
    known = {Path(name).stem.replace("-", "_"): name for name in FILES}
    shared = {"sources": SOURCES, "words": WORDS}
    root = rules_folder.write(folder, **shared | {name: changed[name] for name in shared if name in changed})
    (root / "eu-us").mkdir()
    for stem, name in known.items():
        (root / name).write_text(changed.get(stem, FILES[name]), encoding="utf-8")
    for name, text in EXAMPLES.items():
        (root / name).write_text(text, encoding="utf-8")
    return root


def load(folder: Path, **changed: str) -> Rulebook:
    """The rulebook of these files."""
    return load_rulebook(write(folder, **changed))
